"""Writing statements about identifiers into the event log: identity is corrected there, never in Redis."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import msgspec

from flows.exits import Problem
from operators.statements import FILE, may_state
from sources.jsonl import Reader
from sources.jsonl_files import find_logs, packing_of
from state.moment import iso
from state.store import Position


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """An event that says something of identifiers; see `operators.statements`."""

    event: str
    timestamp: str
    message_id: str
    properties: dict[str, str]


def statement(name: str, at: int, source: str, target: str = "", note: str = "") -> Statement:
    """One statement as of `at` (ms); ids as people write them (`email:ann@acme.com`)."""
    properties = {"source": source} | ({"target": target} if target else {}) | ({"note": note} if note else {})
    return Statement(name, iso(at), f"leadstream-{uuid4().hex}", properties)


def require_read(log: Path, partitions: Collection[str]) -> None:
    """Raises `Problem` when the score flow reads none of this log (its `partitions` are those it has read of), and
    `LogError` when nobody can.
    """
    if not any(one.partition in partitions for one in find_logs(log)):
        raise Problem(f"the score flow has read nothing of {log}: give --log what `leadstream score` was given")


def unread(log: Path, positions: Mapping[str, Position]) -> Iterator[bytes]:
    """The lines of the file that `write` appends to, from where the score flow has come to. Raises `LogError`."""
    path = log / FILE if log.is_dir() else log
    for one in find_logs(path) if path.is_file() else ():
        reader = Reader(one, positions.get(one.partition, 0))
        while not reader.at_end:
            batch = reader.read()
            yield from batch.lines if batch else ()


def write(log: Path, statements: Sequence[Statement], *, trusted: bool) -> Path:
    """Append to the log, durably, and say to which file: a folder has one of our own, a plain file gets it itself.

    Raises `Problem` for a file of another name that the score flow would not believe; `trusted`: it believes every log.
    """
    path = log / FILE if log.is_dir() else log
    if path == log and (not log.is_file() or packing_of(log)):
        raise Problem(f"{log} cannot be written to: give --log a folder of logs, or a log that is one plain file")
    if not trusted and not may_state(path.name):
        raise Problem(
            f"the score flow believes no {path.name} on whom ids belong to, only {FILE}: have it read the log's folder "
            "and give --log that, or run both with --trust-statements"
        )
    lines = b"".join(msgspec.json.encode(one) + b"\n" for one in statements)
    try:
        _append(path, lines)
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror}") from None
    return path


def _append(path: Path, lines: bytes) -> None:
    """In one write, so that it stands whole between the lines of whoever else appends."""
    with path.open("ab", buffering=0) as log:
        if log.tell() and not _ends_in_newline(path):
            raise Problem(f"{path} ends in the middle of a line: somebody is writing to it; try again")
        if log.write(lines) < len(lines):
            raise Problem(f"{path} could not take all: make room on its disk, and remove its last line, which is torn")
        os.fsync(log.fileno())


def _ends_in_newline(path: Path) -> bool:
    with path.open("rb") as log:
        log.seek(-1, os.SEEK_END)
        return log.read(1) == b"\n"
