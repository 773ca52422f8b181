"""What the simulated CRM can be told when it starts."""

from pathlib import Path

import msgspec


class SimulatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`port` 0 takes a free one; the limits are those of HubSpot's smallest plan.

    `burst` is calls per ten seconds, `daily` calls per UTC day, `searches` search calls per second. Search
    lags behind writes by `search_lag_ms`.
    `seed` is a JSONL file of records the CRM holds before anyone writes (see `simulators.hubspot.seed`).
    """

    token: str
    port: int = 0
    burst: int = 100
    daily: int = 250_000
    searches: int = 5
    search_lag_ms: int = 1_000
    seed: Path | None = None

    def __repr__(self) -> str:
        return f"SimulatorSettings(token=***, port={self.port}, seed={self.seed})"
