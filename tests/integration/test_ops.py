"""The alert rules and the dashboard: they mean something to Prometheus, and name what leadstream exports."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from flows.delivery import OUTCOMES
from flows.metrics.catalogue import CAUSES, METRICS, PRIORITIES
from flows.notices import LEVELS, Event
from sinks.hubspot.client import TROUBLES

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "ops/alerts.yml"
DASHBOARD = ROOT / "ops/dashboard.json"
RUNBOOK = (ROOT / "docs/OPERATIONS.md").read_text()
ALERT_TESTS = Path(__file__).with_name("alerts-test.yml")

NAMES = re.findall(r"- alert: (\w+)", ALERTS.read_text())
VALUES: dict[str, set[str]] = {
    "outcome": {*OUTCOMES},
    "kind": {*TROUBLES, "contact", "account"},
    "priority": {*PRIORITIES},
    "cause": {*CAUSES},
    "window": {"burst", "daily"},
    "flow": {"score", "deliver", "archive"},
    "instance": {"$instance"},
}


@pytest.fixture
def promtool() -> str:
    """Where there is none the test is skipped, but never in CI."""
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("promtool is not installed: run .ci/prometheus")
        pytest.skip("promtool is not installed: it is in Debian's package prometheus")
    return found


def said(*command: str | Path) -> str:
    """What promtool complains of, `""` if of nothing."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr


def found_in(node: object, key: str) -> Iterator[str]:
    """All texts under a key, however deep."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get(key), str):
        yield node[key]
    for child in children:
        yield from found_in(child, key)


def dashboard_queries() -> list[str]:
    return list(found_in(json.loads(DASHBOARD.read_text()), "expr"))


def named() -> set[str]:
    """The metrics that rules and dashboard name."""
    text = ALERTS.read_text() + "\n".join([*dashboard_queries(), *found_in(json.loads(DASHBOARD.read_text()), "query")])
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bleadstream_\w+", text)}


def test_the_alert_rules_are_rules(promtool: str) -> None:
    assert said(promtool, "check", "rules", ALERTS) == ""


def test_alerts_come_when_they_should_and_stay_away_when_all_is_well(promtool: str) -> None:
    assert said(promtool, "test", "rules", ALERT_TESTS) == ""


@pytest.mark.parametrize(
    ("rule", "change"), [("leadstream_ready == 0", "leadstream_ready == 2"), ("> 0.05", "> 0.5"), ("band_up|", "")]
)
def test_an_alert_that_does_not_come_is_seen(promtool: str, tmp_path: Path, rule: str, change: str) -> None:
    (tmp_path / "alerts.yml").write_text(ALERTS.read_text().replace(rule, change))
    tests = ALERT_TESTS.read_text().replace("../../ops/alerts.yml", "alerts.yml")
    (tmp_path / "alerts-test.yml").write_text(tests)
    assert "FAILED" in said(promtool, "test", "rules", tmp_path / "alerts-test.yml")


def test_the_dashboards_queries_are_queries(promtool: str, tmp_path: Path) -> None:
    plain = [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in dashboard_queries()]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(plain)]
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert said(promtool, "check", "rules", tmp_path / "panels.yml") == ""


def test_every_metric_they_name_is_exported_and_every_exported_one_is_named() -> None:
    assert named() == set(METRICS)


@pytest.mark.parametrize("text", [ALERTS.read_text(), *dashboard_queries()])
def test_labels_are_asked_for_values_that_they_have(text: str) -> None:
    asked = re.findall(r'\b(\w+)=~?"([^"]*)"', text)
    assert [
        (label, value) for label, values in asked for value in values.split("|") if value not in VALUES[label]
    ] == []


@pytest.mark.parametrize("alert", NAMES)
def test_every_alert_is_tested_and_has_its_place_in_the_runbook(alert: str) -> None:
    assert (
        f'"{alert}"' in ALERT_TESTS.read_text(),
        f"### {alert}\n" in RUNBOOK,
        f"docs/OPERATIONS.md#{alert.lower()}\n" in ALERTS.read_text(),
    ) == (True, True, True)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_in_the_runbook(metric: str) -> None:
    assert f"| `{metric}` |" in RUNBOOK


@pytest.mark.parametrize("event", get_args(Event))
def test_every_event_of_the_log_is_in_the_runbook_with_its_level(event: Event) -> None:
    assert f"| `{event}` | {LEVELS.get(event, 'info')} |" in RUNBOOK


def test_panels_do_not_lie_on_each_other() -> None:
    places = [panel["gridPos"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    taken = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert (len(taken), max(x for x, _ in taken)) == (len(set(taken)), 23)
