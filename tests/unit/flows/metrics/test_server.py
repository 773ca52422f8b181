"""`/metrics`, `/live` and `/ready`."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from flows.exits import Problem
from flows.metrics.catalogue import PROGRESS_AT
from flows.metrics.server import serving
from flows.metrics.watch import Watch
from tests.unit.flows.metrics.test_watch import NOON_S, report


@pytest.fixture
def watch() -> Watch:
    return Watch("score", lambda: NOON_S * 1000)


@pytest.fixture
def address(watch: Watch) -> Iterator[str]:
    with serving(watch, "127.0.0.1", 0) as served:
        yield served


def test_metrics_come_in_the_text_format_of_prometheus(address: str) -> None:
    answer = httpx.get(f"{address}/metrics")
    assert (
        answer.status_code,
        answer.headers["content-type"].partition(";")[0],
        "leadstream_ready 0.0" in answer.text,
    ) == (
        200,
        "text/plain",
        True,
    )


def test_metrics_come_as_openmetrics_to_who_asks_for_it(address: str) -> None:
    answer = httpx.get(f"{address}/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.text.endswith("# EOF\n")


def test_a_launcher_is_live_before_its_flow_is(address: str) -> None:
    answer = httpx.get(f"{address}/live")
    assert (answer.status_code, answer.text) == (200, "live\n")


def test_a_flow_that_has_not_begun_is_not_ready_and_says_why(address: str) -> None:
    answer = httpx.get(f"{address}/ready")
    assert (answer.status_code, answer.text) == (
        503,
        "score has not begun: it starts, or waits for its namespace\n",
    )


def test_a_flow_that_gets_on_is_ready(address: str, watch: Watch) -> None:
    watch.report(report(PROGRESS_AT.of(NOON_S)))
    answer = httpx.get(f"{address}/ready?verbose")
    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_another_path_is_told_which_there_are(address: str) -> None:
    answer = httpx.get(f"{address}/")
    assert (answer.status_code, answer.text) == (404, "there are /metrics, /live and /ready\n")


def test_a_head_has_no_body(address: str) -> None:
    answer = httpx.head(f"{address}/live")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "5", b"")


def test_nothing_can_be_changed(address: str) -> None:
    assert httpx.post(f"{address}/metrics").status_code == 501


def test_a_caller_who_never_asks_keeps_nobody_waiting(watch: Watch) -> None:
    with serving(watch, "127.0.0.1", 0) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))):
            assert httpx.get(f"{address}/live").status_code == 200


def test_a_port_that_is_taken_is_named_with_the_way_out(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as refused, serving(watch, "127.0.0.1", port):
            pass
    assert str(refused.value) == (
        f"--metrics-port {port}: 127.0.0.1 cannot be listened on there (Address already in use); give another port"
    )


def test_ipv6_can_be_listened_on(watch: Watch) -> None:
    with serving(watch, "::1", 0) as address:
        assert httpx.get(f"{address}/live").text == "live\n"
