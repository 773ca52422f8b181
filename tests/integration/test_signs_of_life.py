"""A flow that is in the middle of a long epoch keeps its namespace, and says that it is alive."""

from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows import scoring_run
from flows.scoring_run import Report, ScoringRun
from flows.stores import connection
from tests.events import event, write_log


@pytest.fixture
def long_epoch(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A log of one batch, so that nothing is proven before its end; each piece of work is time for a sign."""
    monkeypatch.setattr(scoring_run, "ALIVE_S", 0.0)
    log = write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email="ann@acme.com")])
    return msgspec.structs.replace(settings, log=log, epoch_ms=60_000)


def test_it_says_how_much_it_has_read(long_epoch: Settings, signals: None) -> None:
    told: set[tuple[int, bool]] = set()
    with connection(long_epoch) as store:
        ScoringRun(long_epoch, store, lambda report: told.add((report.received, bool(store.checkpoints())))).run()
    assert (1, False) in told


def test_it_takes_its_lease_anew(long_epoch: Settings, signals: None) -> None:
    held: list[int] = []
    with connection(long_epoch) as store:
        lease = store.keys.common("lease")

        def end_lease(report: Report) -> None:
            if report.received:
                held.append(store.client.exists(lease))
                store.client.delete(lease)

        ScoringRun(long_epoch, store, end_lease).run()
    assert held == [1] * len(held) != []
