"""Dead letters as a JSONL file: where each lay, why it could not be used, and its original bytes."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import msgspec
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from sinks.jsonl_file import FileUnusable, JsonlFile
from state.event import DeadLetter, Reason

NAME = "dead-letters{}.jsonl"


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. `original` is the input as text; `original_base64` instead when it is no UTF-8."""

    partition: str
    position: int
    reason: Reason
    detail: str
    original: str | None = None
    original_base64: str | None = None


class DeadLetters(StatelessSinkPartition[DeadLetter]):
    """Appends each dead letter once, also when a replay brings it again, to whichever worker. Opening raises
    `FileUnusable`.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonlFile(path)
        others = sorted(path.parent.glob(NAME.format("*")))
        try:
            self._written = {place for other in others for place in _written(other)}
        except FileUnusable:
            self._file.close()
            raise

    def write_batch(self, items: Sequence[DeadLetter]) -> None:
        """Write what is new; durable when this returns."""
        fresh = {(item.partition, item.position): item for item in items}
        fresh = {place: item for place, item in fresh.items() if place not in self._written}
        self._file.append([msgspec.json.encode(_letter(item)) for item in fresh.values()])
        self._written |= fresh.keys()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class DeadLetterSink(DynamicSink[DeadLetter]):
    """One file for each worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, step_id: str, worker_index: int, worker_count: int) -> DeadLetters:  # noqa: ARG002  Bytewax's signature
        """`dead-letters.jsonl`, with the worker's number from the second one on."""
        suffix = f"-{worker_index}" if worker_index else ""
        return DeadLetters(self._folder / NAME.format(suffix))


class Passed(StatelessSinkPartition[DeadLetter]):
    """Keeps nothing."""

    def write_batch(self, items: Sequence[DeadLetter]) -> None:
        """Somebody else has them."""


class Nowhere(DynamicSink[DeadLetter]):
    """For a flow beside the one that writes dead letters."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Passed:  # noqa: ARG002  Bytewax's signature
        """The same for every worker."""
        return Passed()


def _letter(item: DeadLetter) -> Letter:
    try:
        return Letter(item.partition, item.position, item.reason, item.detail, original=item.original.decode())
    except UnicodeDecodeError:
        encoded = b64encode(item.original).decode()
        return Letter(item.partition, item.position, item.reason, item.detail, original_base64=encoded)


def _written(path: Path) -> set[tuple[str, int]]:
    """Which inputs have a letter already."""
    decoder = msgspec.json.Decoder(Letter)
    found = set()
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):  # another worker is writing it
                break
            try:
                letter = decoder.decode(line)
            except (ValueError, RecursionError):
                raise FileUnusable(f"{path} line {number} is no dead letter: move the file away") from None
            found.add((letter.partition, letter.position))
    return found
