"""The flows as Prometheus and an orchestrator see them."""

import os
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.metrics.catalogue import DELIVER, LAG_EVENTS, LAUNCHER, SCORE
from state.clock import wall_clock
from tests.commands import Running, children
from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Start
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm
from tests.waiting import wait_for

ANN = event("pricing_viewed", email="ann@acme.com")
BAD = b'{"event": "pricing_viewed"'


def address_of(flow: Running) -> str:
    """Where its metrics are."""
    wait_for(lambda: "/metrics" in flow.err)
    found = re.search(r"metrics at (http://127\.0\.0\.1:\d+)/metrics", flow.err)
    assert found
    return found[1]


def scraped(address: str) -> dict[str, float]:
    """Every series, written as Prometheus writes it, with its value."""
    text = httpx.get(f"{address}/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name + _labels(sample.labels): sample.value for sample in samples}


def _labels(labels: Mapping[str, str]) -> str:
    written = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    return f"{{{written}}}" if written else ""


def exported(address: str) -> set[str]:
    """The names of all metrics."""
    text = httpx.get(f"{address}/metrics").text
    return set(re.findall(r"^# TYPE (\S+)", text, flags=re.MULTILINE))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "events.jsonl", [ANN, BAD])


@pytest.fixture
def scoring(start: Start, log: Path) -> Running:
    """A score flow that is ready."""
    flow = start("score", log, "--metrics-port", "0")
    address = address_of(flow)
    wait_for(lambda: httpx.get(f"{address}/ready").status_code == 200)
    return flow


def test_the_score_flow_exports_its_metrics(scoring: Running) -> None:
    assert exported(address_of(scoring)) == {metric.name for metric in (*SCORE, *LAUNCHER)} - {LAG_EVENTS.name}


def test_what_was_read_is_counted(scoring: Running) -> None:
    address = address_of(scoring)
    wait_for(lambda: scraped(address)["leadstream_received_total"] == 2)
    series = scraped(address)
    assert (series["leadstream_used_total"], series['leadstream_dead_total{reason="malformed"}']) == (1, 1)


def test_an_event_that_comes_now_is_in_the_outbox_soon(scoring: Running, log: Path) -> None:
    address = address_of(scoring)
    append(log, event("pricing_viewed", email="bob@beta.io", timestamp=wall_clock()))
    fresh = 'leadstream_event_to_outbox_seconds_bucket{le="10.0"}'
    wait_for(lambda: scraped(address).get(fresh, 0) >= 1)


def test_a_killed_flow_is_counted_and_counts_on(scoring: Running, log: Path) -> None:
    address = address_of(scoring)
    wait_for(lambda: scraped(address)["leadstream_received_total"] == 2)
    os.kill(children(scoring.process.pid)[0], signal.SIGKILL)
    wait_for(lambda: scraped(address)['leadstream_restarts_total{cause="signal"}'] == 1)
    append(log, ANN)
    wait_for(lambda: scraped(address)["leadstream_received_total"] >= 3)


def test_a_port_that_is_taken_is_one_line_and_code_2(leadstream: Leadstream, log: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = leadstream("score", log, "--metrics-port", str(port))
    assert (ended.code, ended.err.count("\n"), f"--metrics-port {port}" in ended.err) == (2, 1, True)


def test_nothing_listens_unless_asked_for(start: Start, log: Path, leadstream: Leadstream) -> None:
    flow = start("score", log)
    wait_for(lambda: leadstream("show", "ann@acme.com").code == 0)
    assert "metrics at" not in flow.err


def test_the_processes_of_a_group_are_counted_together(start: Start, tmp_path: Path) -> None:
    for number in range(8):
        write_log(tmp_path / "logs" / f"{number}.jsonl", [ANN, BAD])
    address = address_of(start("score", tmp_path / "logs", "--workers", "2", "--metrics-port", "0"))
    wait_for(lambda: scraped(address).get("leadstream_received_total") == 16)
    assert scraped(address)["leadstream_processes"] == 2


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with running_crm() as crm:
        yield crm


@pytest.fixture
def delivering(start: Start, crm: SimulatedCrm) -> Running:
    return start("deliver", "--hubspot-url", crm.url, "--hubspot-token", TOKEN, "--metrics-port", "0")


def test_the_deliver_flow_exports_its_metrics(scoring: Running, delivering: Running) -> None:
    address = address_of(delivering)
    wait_for(lambda: scraped(address).get('leadstream_crm_records_total{outcome="written",sink="hubspot"}'))
    assert exported(address) == {metric.name for metric in (*DELIVER, *LAUNCHER)}


def test_an_event_that_comes_now_is_in_the_crm_soon(scoring: Running, delivering: Running, log: Path) -> None:
    address = address_of(delivering)
    append(log, event("pricing_viewed", email="bob@beta.io", timestamp=wall_clock()))
    fresh = 'leadstream_event_to_crm_seconds_bucket{le="10.0",priority="drifted"}'
    wait_for(lambda: scraped(address).get(fresh, 0) >= 1)


def test_a_crm_that_fails_is_counted_by_trouble(scoring: Running, delivering: Running, crm: SimulatedCrm) -> None:
    address = address_of(delivering)
    crm.fail("500", times=100)
    wait_for(lambda: scraped(address).get('leadstream_crm_errors_total{kind="unavailable",sink="hubspot"}'))
    assert scraped(address)["leadstream_crm_paused"] == 1
