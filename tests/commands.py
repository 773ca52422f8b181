"""leadstream as its users have it: a command in a process of its own, or the same command in this process."""

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from flows.process import environment, program
from tests.waiting import wait_for

SIMPLE = Path(__file__).with_name("simple.toml")
END_S = 30.0


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for machines."""
        return json.loads(self.out)


class Running:
    """A command that was started."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err

    def says(self, text: str) -> None:
        """Wait until it has said so on standard error."""
        wait_for(lambda: text in self.err)

    def end(self, number: signal.Signals = signal.SIGTERM) -> Ended:
        """Send it a signal, and wait for its end."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> Ended:
        """Wait for its end."""
        code = self.process.wait(END_S)
        return Ended(code, self._out.read_text(), self.err)

    @property
    def err(self) -> str:
        """What it has said on standard error so far."""
        return self._err.read_text()


@contextmanager
def running(folder: Path, *arguments: str, env: Mapping[str, str]) -> Iterator[Running]:
    """`leadstream` with these arguments for the length of the block; what it says is kept in the folder."""
    out, err = folder / f"{arguments[0]}.out", folder / f"{arguments[0]}.err"
    command = [*program("flows.cli"), *arguments]
    with out.open("wb") as to_out, err.open("wb") as to_err:
        process = subprocess.Popen(command, env={**environment(), **env}, stdout=to_out, stderr=to_err)
    try:
        yield Running(process, out, err)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(END_S)
        print(f"{arguments[0]} said: {err.read_text()}")  # for whoever reads why a test failed


def children(pid: int, running: str = "") -> list[int]:
    """The processes that a process started and that still run, those with this in their command."""
    shown = ["ps", "-A", "-o", "pid=,ppid=,stat=,args="]
    listed = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=3) for line in listed.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and not row[2].startswith("Z") and running in row[3]]
