"""The identity log: facts about known ids that one shard learned and another needs, written back as input.

It is a JSONL file like any other log; the flow reads it as a partition of its own, so what stands in it is replayed
as events are. Its first line says what it is, and which of all such logs: another data folder's is another partition,
read from its start and not from where the first one's had got to.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from sinks.jsonl_file import JsonlFile
from state.messages import LinkFacts
from state.parcel import Parcel

HEADER = b'{"leadstream":"identity log","version":1,"id":"%s"}'
NAME = "identity{}.jsonl"


def identity_folder(folder: Path, namespace: str) -> Path:
    """The folder of a namespace's identity log."""
    return folder / "identity" / namespace


def begin_identity_log(folder: Path, worker: int = 0) -> JsonlFile:
    """A worker's identity log, ready to be read and written. Raises `FileUnusable`."""
    path = folder / NAME.format(f"-{worker}" if worker else "")
    log = JsonlFile(path)
    if path.stat().st_size == 0:
        log.append([HEADER % secrets.token_hex(8).encode()])
    return log


class IdentityLog(StatelessSinkPartition[Parcel]):
    """Appends link facts; durable when `write_batch` returns, so before the epoch ends."""

    def __init__(self, file: JsonlFile) -> None:
        self._file = file

    def write_batch(self, items: Sequence[Parcel]) -> None:
        """One line for each fact."""
        self._file.append([
            msgspec.json.encode(message)
            for parcel in items
            for message in parcel.messages
            if isinstance(message, LinkFacts)
        ])  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class IdentityLogSink(DynamicSink[Parcel]):
    """Writes to the logs of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, step_id: str, worker_index: int, worker_count: int) -> IdentityLog:  # noqa: ARG002  Bytewax's signature
        """The first worker writes `identity.jsonl`, others a file of their own."""
        return IdentityLog(begin_identity_log(self._folder, worker_index))
