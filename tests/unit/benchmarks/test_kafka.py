"""Measuring Kafka: where no broker can be started."""

from pathlib import Path

import pytest

from benchmarks import kafka
from benchmarks.kafka import kafka_rows
from benchmarks.report import Row
from dev.kafka_jars import NoBroker


def test_without_a_broker_the_row_is_skipped_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise NoBroker("no `java` is installed")

    monkeypatch.setattr(kafka, "address", none)
    assert kafka_rows(Path("none.jsonl"), 1) == {"kafka": Row("Kafka to Redis: skipped, no `java` is installed")}
