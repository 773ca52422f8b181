"""Events as a site sends them, and logs of them."""

import json
from collections.abc import Iterable
from pathlib import Path

DAY = "2025-06-12"


def event(name: str, clock: str = "08:00:00", **fields: object) -> bytes:
    """One line: an event on 12 June 2025 at `clock`, with the fields as they are called on the wire."""
    return json.dumps({"event": name, "timestamp": f"{DAY}T{clock}Z", **fields}).encode()


def write_log(path: Path, lines: Iterable[bytes]) -> Path:
    """A log of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def append(path: Path, *lines: bytes) -> None:
    """What a site that still writes to the log adds."""
    with path.open("ab") as log:
        log.write(b"".join(line + b"\n" for line in lines))
