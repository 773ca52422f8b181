"""What is replayed, and how; also what the process that reads the log is told."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote_to_bytes

import msgspec

from config.loading import load_model
from config.model import Model
from flows.replay.joint import Joint, joint
from operators.identify_shard import Limits
from sources.kafka_stretch import Range
from state.tombstones import Buried

DAY_MS = 86_400_000
Told = TypeVar("Told", bound=msgspec.Struct)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A log under one model or two, the current one first, in steps of `every` (ms).

    With `kafka` that is read, and `log` is what it is called. Who is among the `erased` is left out.

    `every` 0: one step, with no regard to the order of events. Facts later than `until` (ms) do not count.
    `latest` is the end of plausible time (ms): an event past it is a dead letter.
    """

    log: Path
    kafka: Range | None = None
    models: tuple[Path, ...]
    every: int = DAY_MS
    until: int | None = None
    latest: int
    limits: Limits = Limits()
    trust_statements: bool = False
    erased: Buried | None = None

    def load(self) -> Joint:
        """The models, ready to be folded for and to score by. Raises `ModelError`."""
        return joint(load_models(self.models))


def load_models(paths: Iterable[Path]) -> list[Model]:
    """The models in these files, checked. Raises `ModelError`."""
    return [load_model(path) for path in paths]


def to_json(told: msgspec.Struct) -> bytes:
    """A plan, or more, for another process of the replay."""
    return msgspec.json.encode(told, enc_hook=lambda path: quote(bytes(path)))  # a path may be no Unicode


def from_json(encoded: bytes, kind: type[Told]) -> Told:
    """What `to_json` encoded.

    >>> plan = Plan(log=Path("caf\\udce9.jsonl"), models=(Path("a.toml"),), latest=1)
    >>> from_json(to_json(plan), Plan) == plan
    True
    """
    return msgspec.json.decode(encoded, type=kind, dec_hook=lambda _, text: Path(os.fsdecode(unquote_to_bytes(text))))
