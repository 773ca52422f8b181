"""A second process for a second model: it hears the same frames, or reads the same ledgers, as the first.

Evaluating takes most of a replay's time, so two models take two cores.
"""

import gc
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO

import msgspec

from flows.process import environment, program
from flows.replay.build import Asked, Evaluation, Half
from flows.replay.feed import Frame
from flows.replay.history import of_ledgers, of_log
from flows.replay.joint import joint
from flows.replay.ledgers_file import LedgersReader
from flows.replay.plan import Plan, from_json, load_models, to_json
from flows.replay.reader import LENGTH, ReaderFailed, received

CURRENT = 0
"""The place of the model that is evaluated here."""


class Task(msgspec.Struct, frozen=True):
    """What the second process is told: `ledgers` if the plan's log is a file of them."""

    plan: Plan
    asked: Asked
    ledgers: bool


class Beside:
    """The second process, for as long as the context lasts."""

    def __init__(self, task: Task) -> None:
        command = program("flows.replay.beside")
        self._process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        told = to_json(task)
        self.frames.write(LENGTH.pack(len(told)) + told)
        self.frames.flush()

    @property
    def frames(self) -> BinaryIO:
        """Where the frames go that it hears."""
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]  # a pipe of bytes

    def half(self) -> Half:
        """What came of it. Raises `ReaderFailed` when it ended without that, and has said why."""
        assert self._process.stdout is not None
        said = self._process.stdout.read()
        if self._process.wait() or not said:
            raise ReaderFailed("the process of the second model ended without a result")
        return msgspec.msgpack.decode(said, type=Half)

    def __enter__(self) -> "Beside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue  # what it was not told any more it does not need


def main() -> None:
    """Evaluate; the result goes to standard output."""
    gc.disable()  # as in the other processes of a replay
    source = sys.stdin.buffer
    task = from_json(source.read(LENGTH.unpack(source.read(LENGTH.size))[0]), Task)
    with suppress(EOFError):  # the first process says why there is no end
        sys.stdout.buffer.write(msgspec.msgpack.encode(evaluated(task, source)))


def evaluated(task: Task, source: BinaryIO) -> Half:
    """The current model's half; frames come from `source`."""
    plan, models = task.plan, load_models(task.plan.models)
    reader = LedgersReader(plan.log) if task.ledgers else None
    shared = joint(models, reader.header.heard if reader else None)
    evaluation = Evaluation(shared, task.asked, (CURRENT,))
    if reader:
        past = of_ledgers(reader, plan.until, evaluation.everyone)
    else:
        past = of_log(plan, shared, evaluation.everyone, received(source), _unheard)
    evaluation.go_through(past)
    return evaluation.half()


def _unheard(frame: Frame) -> None:
    """The first process tells how far it is."""


if __name__ == "__main__":
    main()
