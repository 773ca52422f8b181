"""The process that reads a log for a replay, so that reading and evaluating have a core each: frames over a pipe."""

import gc
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from queue import Queue
from typing import BinaryIO

import msgspec

from config.loading import ModelError
from flows.exits import CHANGE_SOMETHING, Problem
from flows.process import environment, program
from flows.replay.feed import Frame, frames
from flows.replay.plan import Plan, from_json, to_json
from sources.log_error import LogError

LENGTH = struct.Struct("<I")
AHEAD = 8
"""Frames that may wait to be joined."""


class ReaderFailed(Exception):
    """The process that reads ended without having said that it was done: a defect, or somebody ended it."""


def main() -> int:
    """Read the log of the plan on standard input; frames go to standard output. The exit code."""
    gc.disable()  # records hold no cycles, and every look for some walks over all of them
    plan = from_json(sys.stdin.buffer.read(), Plan)
    try:
        send(frames(plan, plan.load()), sys.stdout.buffer)
    except (LogError, ModelError) as error:
        print(error, file=sys.stderr)
        return CHANGE_SOMETHING
    return 0


def send(sent: Iterator[Frame], out: BinaryIO) -> None:
    """Write frames, each behind its length; a length of 0 says that all were sent."""
    encode = msgspec.msgpack.Encoder().encode
    for frame in sent:
        packed = encode(frame)
        out.write(LENGTH.pack(len(packed)))
        out.write(packed)
        out.flush()
    out.write(LENGTH.pack(0))
    out.flush()


def frames_of_process(plan: Plan, copy: BinaryIO | None = None) -> Iterator[Frame]:
    """The frames of a plan, read by a process of their own; also written to `copy`.

    Raises `Problem` with what that process could not use.
    """
    command = [*program("flows.replay.reader")]
    process = subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(to_json(plan))
    process.stdin.close()
    try:
        yield from received(process.stdout, copy)  # type: ignore[arg-type]  # a pipe of bytes
    except EOFError:
        _explain(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def received(source: BinaryIO, copy: BinaryIO | None = None) -> Iterator[Frame]:
    """The frames that `send` sent. Raises `EOFError` when it did not come to its end."""
    waiting: Queue[bytes] = Queue(AHEAD)
    done = threading.Event()
    threading.Thread(target=_receive, args=(source, waiting, done, copy), daemon=True).start()
    decoder = msgspec.msgpack.Decoder(Frame)
    while packed := waiting.get():
        yield decoder.decode(packed)
    if not done.is_set():
        raise EOFError


def _receive(source: BinaryIO, waiting: "Queue[bytes]", done: threading.Event, copy: BinaryIO | None) -> None:
    """Keeps the pipe empty, so that reading never waits while there is room."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        packed = source.read(length)
        if copy is not None:
            copy = _copied(head + packed, copy)
        if not length:
            done.set()
            break
        if len(packed) < length:
            break
        waiting.put(packed)
    waiting.put(b"")


def _copied(block: bytes, copy: BinaryIO) -> BinaryIO | None:
    """Write it; nothing more once nobody reads, who must then say so by its own end."""
    try:
        copy.write(block)
        copy.flush()
    except OSError:
        return None
    return copy


def _explain(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None
    said = process.stderr.read().decode(errors="replace").strip()
    if process.wait() == CHANGE_SOMETHING:
        raise Problem(said)
    raise ReaderFailed(said)


if __name__ == "__main__":
    sys.exit(main())
