"""The server that comes along: who starts it, who stops it, and what it still knows after a violent end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from redis import Redis
from redis.exceptions import RedisError

from state.embedded import serve
from state.store import StoreUnavailable

ROOT = Path(__file__).parents[2]

USER = """
import sys, time
from pathlib import Path
from redis import Redis
from state.embedded import serve
with serve(Path(sys.argv[1])) as url:
    Redis.from_url(url).set("left", "by a user")
    print(url, flush=True)
    time.sleep(60)
"""


def pid_of(url: str) -> int:
    with closing(Redis.from_url(url)) as client:
        return int(str(cast("dict[str, object]", client.info("server"))["process_id"]))


def put(url: str, value: str) -> None:
    with closing(Redis.from_url(url)) as client:
        client.set("key", value)


def held(url: str, key: str = "key") -> object:
    with closing(Redis.from_url(url)) as client:
        return client.get(key)


def answers(url: str) -> bool:
    try:
        return bool(pid_of(url))
    except RedisError:
        return False


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be noticed does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_server_is_there_soon_and_gone_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    with serve(tmp_path) as url:
        assert answers(url)
    assert (time.monotonic() - began < 2.0, answers(url)) == (True, False)


def test_what_was_written_is_there_again(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        put(url, "kept")
    with serve(tmp_path) as url:
        assert held(url) == b"kept"


def test_two_users_share_one_server(tmp_path: Path) -> None:
    with serve(tmp_path) as first, serve(tmp_path) as second:
        assert pid_of(first) == pid_of(second)


def test_the_last_user_stops_it(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        with serve(tmp_path):
            pid = pid_of(url)
        still_there = answers(url)
    assert (still_there, lives(pid)) == (True, False)


def test_folders_have_servers_of_their_own(tmp_path: Path) -> None:
    with serve(tmp_path / "a") as first, serve(tmp_path / "b") as second:
        put(first, "mine")
        assert held(second) is None


def test_a_user_that_was_killed_leaves_the_server_to_the_next(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as user:
        assert user.stdout is not None
        url = user.stdout.readline().strip()
        pid = pid_of(url)
        user.send_signal(signal.SIGKILL)
    with serve(tmp_path) as again:
        found = pid_of(again), held(again, "left")
    assert (found, lives(pid)) == ((pid, b"by a user"), False)


def test_a_ctrl_c_for_the_user_spares_the_server(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        pid = pid_of(url)
        assert os.getpgid(pid) != os.getpgid(0)


def test_a_server_that_was_killed_comes_back_with_all_it_had_answered(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        put(url, "kept")
        pid = pid_of(url)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not lives(pid))
        with serve(tmp_path) as again:
            assert held(again) == b"kept"


def test_leaving_a_dead_server_is_no_error(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        pid = pid_of(url)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not lives(pid))
    assert not answers(url)


@pytest.mark.parametrize("name", ["x" * 120, "ü" * 60, "with space", "50% ?of #it", "[1]"])
def test_any_folder_will_do(name: str, tmp_path: Path) -> None:
    with serve(tmp_path / name) as url:
        put(url, "kept")
    with serve(tmp_path / name) as url:
        assert held(url) == b"kept"


def test_a_socket_s_path_is_measured_in_bytes() -> None:
    with TemporaryDirectory() as short:
        folder = Path(short) / ("ü" * (99 - len(short) - len("//valkey.sock")))
        with serve(folder) as url:
            assert answers(url)


def test_only_its_owner_reaches_it(tmp_path: Path) -> None:
    with serve(tmp_path / "new") as url, closing(Redis.from_url(url)) as client:
        port = client.config_get("port")
        modes = [path.stat().st_mode & 0o077 for path in (tmp_path / "new", tmp_path / "new" / "valkey.sock")]
    assert (port, modes) == ({"port": "0"}, [0, 0])


def test_it_keeps_every_key(tmp_path: Path) -> None:
    with serve(tmp_path) as url, closing(Redis.from_url(url)) as client:
        kept = client.config_get("maxmemory-policy", "appendonly", "appendfsync")
    assert kept == {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}


def test_a_folder_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreUnavailable, match=r"the data folder .*file.* cannot be used: .*; choose another"),
        serve(tmp_path / "file"),
    ):
        pass


def test_a_broken_append_only_file_is_one_clear_line_and_no_long_wait(tmp_path: Path) -> None:
    with serve(tmp_path) as url:
        put(url, "kept")
    (broken,) = (tmp_path / "appendonlydir").glob("*.incr.aof")
    broken.write_bytes(b"not what it wrote")
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"does not answer; see .*valkey\.log"), serve(tmp_path):
        pass
    assert time.monotonic() - began < 5.0
