"""The simulated CRM as a program of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.integration.hubspot_simulator.calls import TOKEN, ann, arm, told, upsert


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition never came about"


def program(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulators.hubspot", "--token", TOKEN, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_it_listens_and_ends_cleanly(ending: signal.Signals) -> None:
    with program() as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("simulated CRM on ").strip()
        answer = httpx.get(address)
        os.kill(process.pid, ending)
        _, complaints = process.communicate(timeout=10)
    assert (answer.status_code, process.returncode, complaints) == (200, 0, "")


def test_the_program_ends_cleanly_while_an_answer_hangs() -> None:
    with program() as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("simulated CRM on ").strip()
        bearer = {"authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address, headers=bearer) as api, ThreadPoolExecutor(1) as caller:
            arm(api, "hang", seconds=300)
            hanging = caller.submit(upsert, api, ann())
            wait_for(lambda: len(told(api)) == 1)
            process.terminate()
            assert hanging.result(timeout=10).status_code == 200
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, "")


def test_a_port_in_use_is_one_clear_line(url: str) -> None:
    port = url.rstrip("/").rpartition(":")[2]
    with program("--port", port) as process:
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints.count("\n")) == (2, 1)
    assert f"port {port} on 127.0.0.1 cannot be used" in complaints
