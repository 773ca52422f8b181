"""How to reach a HubSpot account, and what leadstream may do there."""

from pathlib import Path

import msgspec


class HubSpotSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the HubSpot sink; a print of them never shows the token.

    The token may stand in `token_file` instead, which is read again when HubSpot refuses it.
    `bands` are the choices that the band property is created with, lowest first; a band that is written later
    and is no choice yet is added. `timeout_s` holds for each of connecting, sending and reading.
    `search_lag_s` is how long HubSpot's search may not show a company that was just created: no company is
    created within that time of the start, or of a create call whose answer was lost, since it may exist.
    """

    token: str = ""
    token_file: Path | None = None
    base_url: str = "https://api.hubapi.com"
    create_companies: bool = False
    bands: tuple[str, ...] = ("low", "medium", "high")
    prefix: str = "leadstream_"
    timeout_s: float = 10.0
    search_lag_s: float = 10.0

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The fields as rich prints them, the token masked."""
        names = self.__struct_fields__
        return [(name, "***" if name == "token" else getattr(self, name)) for name in names]

    def __repr__(self) -> str:
        """The fields, the token masked."""
        return f"HubSpotSettings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"
