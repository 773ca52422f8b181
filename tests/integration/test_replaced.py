"""A Redis that was emptied, or replaced by an empty one, is not silently filled again."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import pytest

from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Start
from tests.servers import Server, started
from tests.waiting import wait_for

GOOD = event("pricing_viewed", email="ann@acme.com")
MORE = event("docs_viewed", "09:00:00", email="ann@acme.com")
NOON = "2025-06-12T12:00:00Z"
REFUSED = "is new in Redis, but"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own."""
    with started(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def redis_url(redis: Server) -> str:
    return redis.url


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "events.jsonl", [GOOD])


@pytest.fixture
def score_shown(leadstream: Leadstream) -> Callable[[], float | None]:
    """Ann's score at noon, None before there is one."""

    def look() -> float | None:
        ended = leadstream("show", "ann@acme.com", "--json", "--at", NOON)
        return None if ended.code else ended.json["score"]

    return look


def empty(redis: Server) -> None:
    """Put a server without anything in the place of this one."""
    redis.kill()
    rmtree(redis.folder / "appendonlydir")
    redis.start()


def test_a_flow_whose_redis_was_emptied_is_refused_and_told_the_ways_out(
    log: Path, redis: Server, leadstream: Leadstream
) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    ended = leadstream("score", log, "--until-end")
    assert (ended.code, REFUSED in ended.err, "--start-over" in ended.err) == (2, True, True)


def test_a_refused_flow_has_scored_nothing(log: Path, redis: Server, leadstream: Leadstream) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    leadstream("score", log, "--until-end")
    assert leadstream("show", "ann@acme.com").code == 3


def test_a_start_over_reads_the_whole_log_again(
    log: Path, redis: Server, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    ended = leadstream("score", log, "--until-end", "--start-over")
    assert (ended.code, score_shown()) == (0, 10.0)


def test_after_a_start_over_the_new_namespace_is_the_known_one(
    log: Path, redis: Server, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    leadstream("score", log, "--until-end", "--start-over")
    append(log, MORE)
    assert (leadstream("score", log, "--until-end").code, score_shown()) == (0, 12.0)


def test_a_start_over_puts_right_what_was_lost(
    log: Path, redis: Server, leadstream: Leadstream, namespace: str, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    with closing(redis.client()) as client:
        client.delete(*client.scan_iter(f"{namespace}:*c????????????"))
    lost = score_shown()
    leadstream("score", log, "--until-end", "--start-over")
    assert (lost, score_shown()) == (None, 10.0)


def test_a_start_over_is_refused_while_a_flow_is_at_it(
    log: Path, start: Start, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    start("score", log)
    wait_for(score_shown)
    ended = leadstream("score", log, "--start-over")
    assert (ended.code, "another flow" in ended.err) == (2, True)


def test_a_running_flow_whose_redis_is_replaced_ends_with_2(
    log: Path, redis: Server, start: Start, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    append(log, MORE)
    flow = start("score", log)
    wait_for(lambda: score_shown() == 12.0)
    empty(redis)
    ended = flow.ended()
    assert (ended.code, REFUSED in ended.err.splitlines()[-1]) == (2, True)


def test_a_running_flow_whose_redis_is_flushed_ends_with_2(
    log: Path, redis: Server, start: Start, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    append(log, MORE)
    flow = start("score", log)
    wait_for(lambda: score_shown() == 12.0)
    with closing(redis.client()) as client:
        client.flushall()
    ended = flow.ended()
    assert (ended.code, REFUSED in ended.err.splitlines()[-1]) == (2, True)


def test_another_namespace_in_the_same_data_folder_is_no_replacement(
    log: Path, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    leadstream("score", log, "--until-end")
    assert leadstream("score", log, "--until-end", "--namespace", "another").code == 0


def test_another_data_folder_knows_nothing_of_the_old_one(
    log: Path, redis: Server, tmp_path: Path, leadstream: Leadstream
) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    assert leadstream("score", log, "--until-end", "--data", tmp_path / "other").code == 0


def test_a_machine_that_comes_back_after_another_began_anew_is_refused(
    log: Path, redis: Server, tmp_path: Path, leadstream: Leadstream
) -> None:
    leadstream("score", log, "--until-end")
    empty(redis)
    leadstream("score", log, "--until-end", "--data", tmp_path / "other")
    assert leadstream("score", log, "--until-end").code == 2


def test_who_was_erased_is_no_reason_to_refuse(log: Path, leadstream: Leadstream) -> None:
    leadstream("score", log, "--until-end")
    leadstream("erase", "ann@acme.com", "--yes")
    assert leadstream("score", log, "--until-end").code == 0


def test_an_embedded_server_whose_files_were_deleted_is_refused(
    log: Path, tmp_path: Path, leadstream: Leadstream
) -> None:
    data = tmp_path / "embedded"
    leadstream("score", log, "--until-end", "--redis", "", "--data", data)
    rmtree(data / "appendonlydir")
    assert leadstream("score", log, "--until-end", "--redis", "", "--data", data).code == 2


def test_a_data_folder_that_was_deleted_with_its_server_begins_anew(
    log: Path, tmp_path: Path, leadstream: Leadstream
) -> None:
    data = tmp_path / "embedded"
    leadstream("score", log, "--until-end", "--redis", "", "--data", data)
    rmtree(data)
    assert leadstream("score", log, "--until-end", "--redis", "", "--data", data).code == 0
