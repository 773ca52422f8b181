r"""Folded ledgers in a file: everybody who changed, step by step, so that any weights can be tried without the log.

After the first line (`leadstream ledgers 1`) comes one Zstandard stream of blocks, each a length (four bytes, little
endian) and so many bytes of msgpack: a `Header`, then a `Block` per step, then a length of 0. Records are those of
`state.codec`. The file holds e-mail addresses, and is for its owner's eyes only.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import zstandard

from flows.exits import Problem
from flows.replay.joint import Heard
from flows.replay.plan import Plan
from flows.replay.subjects import Everyone, Step
from state.codec import Decoder, encode
from state.event import Counts
from state.stored import canonical
from state.subject import Subject

FIRST_LINE = b"leadstream ledgers 1\n"
LENGTH = struct.Struct("<I")
LEVEL = 3


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What the ledgers listened for, and the length of a step (ms); 0: there is only one."""

    every: int
    heard: dict[str, Heard]


class Block(msgspec.Struct, frozen=True, array_like=True):
    """A `Step`, with the records of who changed; `counts` are of all lines up to it."""

    at: int
    events: int
    records: list[bytes]
    counts: Counts
    moved: dict[str, str] = {}


def saved_in(plan: Plan) -> "LedgersReader | None":
    """The plan's log, if it is a file of ledgers. Raises `Problem`."""
    return LedgersReader(plan.log) if plan.kafka is None and is_ledgers(plan.log) else None


class LedgersWriter:
    """Writes a file that only its owner may read, and puts it in its place when it is complete."""

    def __init__(self, path: Path, every: int, heard: Mapping[str, Heard]) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        try:
            self._file = open(self._part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115  closed on exit
        except OSError as error:
            raise Problem(f"{path} cannot be written ({error.strerror}): name another file with --ledgers") from None
        os.fchmod(self._file.fileno(), 0o600)
        self._file.write(FIRST_LINE)
        self._packed = zstandard.ZstdCompressor(LEVEL).stream_writer(self._file, closefd=False)
        self._write(canonical(Header(every, dict(heard))))

    def add(self, step: Step, counts: Counts) -> None:
        """Write who changed in a step, in the order of their ids."""
        records = sorted(encode(subject) for subject in step.changed)
        self._write(canonical(Block(step.at, step.events, records, counts, step.moved)))

    def _write(self, block: bytes) -> None:
        self._packed.write(LENGTH.pack(len(block)))
        self._packed.write(block)

    def __enter__(self) -> "LedgersWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._packed.write(LENGTH.pack(0))
        self._packed.close()  # type: ignore[no-untyped-call]  # zstandard's stub
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            with suppress(OSError):
                self._part.unlink()


class LedgersReader:
    """Reads such a file, as often as one likes. Raises `Problem` for another file, or one that was cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._decode = Decoder(Subject).decode
        with self._opened() as blocks:
            self.header = msgspec.msgpack.decode(next(blocks.blocks()), type=Header)

    def steps(self, everyone: Everyone) -> Iterator[tuple[Step, Counts]]:
        """All steps; everyone is brought up to date with each."""
        decoder = msgspec.msgpack.Decoder(Block)
        with self._opened() as opened:
            blocks = opened.blocks()
            next(blocks)
            for packed in blocks:
                block = decoder.decode(packed)
                subjects = [self._decode(record) for record in block.records]
                for subject in subjects:
                    everyone.put(subject)
                everyone.pack()
                yield Step(block.at, subjects, block.events, block.moved), block.counts

    def _opened(self) -> "_Blocks":
        return _Blocks(self._path)


def is_ledgers(path: Path) -> bool:
    """Whether this is a file of ledgers, and not a log."""
    try:
        with path.open("rb") as file:
            return file.read(len(FIRST_LINE)) == FIRST_LINE
    except OSError:
        return False


class _Blocks:
    """The blocks of an open file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")

    def __enter__(self) -> "_Blocks":
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def blocks(self) -> Iterator[bytes]:
        """Each block's bytes."""
        self._file.seek(len(FIRST_LINE))
        packed = zstandard.ZstdDecompressor().stream_reader(self._file, closefd=False)
        try:
            while length := LENGTH.unpack(_exactly(packed, LENGTH.size))[0]:
                yield _exactly(packed, length)
        except (EOFError, zstandard.ZstdError, msgspec.DecodeError) as error:
            raise Problem(f"{self._path} is damaged or cut off: fold the log again with --ledgers") from error


def _exactly(stream: BinaryIO, count: int) -> bytes:
    found = stream.read(count)
    while len(found) < count:
        more = stream.read(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found
