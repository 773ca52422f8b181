"""What a replay is measured beside."""

from pathlib import Path

from benchmarks.replay import replay_rows
from benchmarks.traffic import write


def test_a_replay_is_measured_beside_processes_that_only_decode(tmp_path: Path) -> None:
    log = tmp_path / "traffic.jsonl"
    write(log, 2_000, 7)
    row = replay_rows(log)["replay"]
    assert row.events_per_s is not None
    assert row.figures["replay_share"] == row.events_per_s / row.figures["only_decoding"]
