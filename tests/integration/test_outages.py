"""A flow whose Redis goes away for a while."""

import os
import signal
from contextlib import closing
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.events import append, event, write_log
from tests.integration.conftest import Start
from tests.waiting import wait_for

GOOD = event("pricing_viewed", email="ann@acme.com")


def test_an_embedded_server_that_dies_is_started_again(tmp_path: Path, start: Start) -> None:
    data = tmp_path / "embedded"
    log = write_log(tmp_path / "events.jsonl", [GOOD])
    flow = start("score", log, "--redis", "", "--data", data)
    (socket,) = wait_for(lambda: list(data.glob("valkey.sock")))
    wait_for(lambda: found(socket, "*:outbox:*"))
    with closing(Redis(unix_socket_path=str(socket))) as admin:
        os.kill(int(str(admin.info("server")["process_id"])), signal.SIGKILL)
    flow.says("leadstream: the flow ended with Redis away; starting again in 0.2 s")
    append(log, event("docs_viewed", "09:00:00", email="bob@other.com"))
    wait_for(lambda: len(found(socket, "*:{*}:c????????????")) == 2)


def found(socket: Path, pattern: str) -> list[object]:
    """The keys at a server, none while it is away."""
    try:
        with closing(Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))) as admin:
            return list(admin.scan_iter(pattern))
    except RedisError:
        return []
