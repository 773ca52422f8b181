"""A folder's logs as one stream: in order, shared out, followed, rotated, put away."""

import gzip
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sources import logs as module
from sources.log_error import LogError, NoLogs
from sources.logs import Logs, Share, require_lines
from sources.pace import Pace
from state.clock import wall_clock

ALL = Share((0, 1))
NONE: Mapping[str, int] = {}
Open = Callable[..., Logs]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "logs"
    made.mkdir()
    return made


@pytest.fixture
def open_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens logs that look for new ones at every read, and closes them after the test."""
    monkeypatch.setattr(module, "LOOK_AGAIN_MS", -1)
    with ExitStack() as opened:

        def make(
            path: Path, positions: dict[str, int] | None = None, *, follow: bool = False, share: Share = ALL
        ) -> Logs:
            return opened.enter_context(closing(Logs(path, positions or {}, follow=follow, share=share)))

        yield make


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def all_lines(logs: Logs) -> list[str]:
    found: list[str] = []
    while not logs.at_end:
        if (batch := logs.read()) is not None:
            found += [line.decode() for line in batch.lines]
    return found


def now(logs: Logs, reads: int = 4) -> list[str]:
    """What a few reads give."""
    batches = [logs.read() for _ in range(reads)]
    return [line.decode() for batch in batches if batch for line in batch.lines]


def test_finished_logs_are_read_one_after_the_other_by_name(folder: Path, open_logs: Open) -> None:
    write(folder / "b.jsonl", "b1", "b2")
    write(folder / "a.jsonl", "a1", "a2")
    assert all_lines(open_logs(folder)) == ["a1", "a2", "b1", "b2"]


def test_every_log_goes_on_where_it_was(folder: Path, open_logs: Open) -> None:
    for name in ("a", "b"):
        write(folder / f"{name}.jsonl", f"{name}1", f"{name}2")
    first = open_logs(folder).read()
    assert first is not None
    assert all_lines(open_logs(folder, {first.partition: 3})) == ["a2", "b1", "b2"]


def test_the_workers_read_every_log_once(folder: Path, open_logs: Open) -> None:
    names = [f"{number:02}" for number in range(20)]
    for name in names:
        write(folder / f"{name}.jsonl", name)
    shares = [all_lines(open_logs(folder, share=Share((worker, 3)))) for worker in range(3)]
    assert sorted(line for lines in shares for line in lines) == names


def test_followed_logs_give_in_turns(folder: Path, open_logs: Open) -> None:
    for name in ("a", "b"):
        write(folder / f"{name}.jsonl", f"{name}1")
    logs = open_logs(folder, follow=True)
    first = now(logs)
    for name in ("a", "b"):
        with (folder / f"{name}.jsonl").open("a") as more:
            more.write(f"{name}2\n")
    assert (first, sorted(now(logs))) == (["a1", "b1"], ["a2", "b2"])


def test_of_long_lines_fewer_are_read_at_once(folder: Path, open_logs: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(module, "LINE_BYTES", 4)
    write(folder / "a.jsonl", "12345", "12345", "12345", "12345")
    assert len(now(open_logs(folder), reads=1)) == 2


def test_followed_logs_never_end(folder: Path, open_logs: Open) -> None:
    logs = open_logs(write(folder / "a.jsonl", "a1"), follow=True)
    assert (now(logs), logs.at_end) == (["a1"], False)


def test_a_log_that_appears_in_a_followed_folder_is_read(folder: Path, open_logs: Open) -> None:
    write(folder / "a.jsonl", "a1")
    logs = open_logs(folder, follow=True)
    before = now(logs)
    write(folder / "b.jsonl", "b1")
    assert (before, now(logs)) == (["a1"], ["b1"])


def test_a_followed_log_that_is_rotated_is_read_to_its_end_and_the_new_one_from_its_start(
    folder: Path, open_logs: Open
) -> None:
    path = write(folder / "a.jsonl", "old 1")
    logs = open_logs(path, follow=True)
    before = now(logs)
    with path.open("a") as more:
        more.write("old 2\n")
    path.rename(folder / "a.jsonl.1")
    gap = now(logs)
    write(path, "new 1")
    assert (before, gap, now(logs)) == (["old 1"], ["old 2"], ["new 1"])


def test_a_followed_folder_may_be_emptied(folder: Path, open_logs: Open) -> None:
    path = write(folder / "a.jsonl", "a1")
    logs = open_logs(folder, follow=True)
    before = now(logs)
    path.unlink()
    gap = now(logs)
    write(folder / "b.jsonl", "b1")
    assert (before, gap, now(logs)) == (["a1"], [], ["b1"])


def test_an_empty_log_that_is_followed_is_waited_for(folder: Path, open_logs: Open) -> None:
    path = write(folder / "a.jsonl")
    logs = open_logs(path, follow=True)
    before = now(logs)
    write(path, "a1")
    assert (before, now(logs)) == ([], ["a1"])


def test_a_folder_that_is_not_there_is_no_folder_to_follow(folder: Path, open_logs: Open) -> None:
    with pytest.raises(NoLogs):
        open_logs(folder / "missing", follow=True)


def test_a_log_that_may_not_be_looked_at_later_is_trouble(
    folder: Path, open_logs: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = open_logs(write(folder / "a.jsonl", "a1"), follow=True)
    os.replace(folder / "a.jsonl", folder / "b.jsonl")
    os.mkfifo(folder / "a.jsonl")
    with pytest.raises(LogError, match="not a regular file"):
        now(logs)


def event_at(at: int, name: str) -> str:
    return f'{{"timestamp": {at}, "name": "{name}"}}'


def test_the_first_time_is_that_of_the_earliest_log(folder: Path, open_logs: Open) -> None:
    write(folder / "a.jsonl", "rubbish", event_at(1_749_700_000_000, "late"))
    write(folder / "b.jsonl", event_at(1_749_600_000_000, "early"))
    assert open_logs(folder).first_time() == 1_749_600_000_000


def test_logs_without_a_time_have_no_first_time(folder: Path, open_logs: Open) -> None:
    assert open_logs(write(folder / "a.jsonl", "rubbish")).first_time() is None


def test_in_time_lapse_no_log_gives_what_its_time_has_not_come_to(folder: Path, open_logs: Open) -> None:
    for name in ("a", "b"):
        write(folder / f"{name}.jsonl", event_at(1_749_600_000_000, name), event_at(1_749_700_000_000, f"{name} later"))
    logs = open_logs(folder)
    logs.pace(Pace(speed=1.0, start_wall_ms=wall_clock(), start_log_ms=1_749_600_000_000))
    assert ([line.split('"')[-2] for line in now(logs)], logs.at_end) == (["a", "b"], False)


def test_one_line_is_enough(folder: Path) -> None:
    write(folder / "a.jsonl")
    write(folder / "b.jsonl", "b1")
    require_lines(folder)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_a_log_without_a_line_is_empty(content: bytes, folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(content)
    with pytest.raises(LogError, match=r"a\.jsonl is empty: .*--until-end"):
        require_lines(folder / "a.jsonl")


def test_blank_lines_are_lines(folder: Path) -> None:
    require_lines(write(folder / "a.jsonl", ""))


def test_what_was_not_read_yet_is_told_in_bytes_for_each_log(folder: Path, open_logs: Open) -> None:
    write(folder / "a.jsonl", "one", "two")
    write(folder / "b.jsonl", "three")
    logs = open_logs(folder, follow=True)
    before = sorted(logs.behind().values())
    logs.read()
    with (folder / "a.jsonl").open("a") as log:
        log.write("more\n")
    assert (before, sorted(logs.behind().values())) == ([6, 8], [5, 6])


def test_of_a_log_that_waits_only_what_comes_after_its_position_is_left(folder: Path) -> None:
    log = write(folder / "a.jsonl", "one", "two")
    (partition,) = Logs(log, {}, follow=True, share=Share((0, 1))).behind()
    assert Logs(log, {partition: 4}, follow=True, share=Share((0, 1))).behind() == {partition: 4}


def test_of_a_compressed_log_packed_bytes_are_told(folder: Path, open_logs: Open) -> None:
    packed = gzip.compress(b"one\n" * 100_000)
    (folder / "a.jsonl.gz").write_bytes(packed)
    logs = open_logs(folder, follow=True)
    before = list(logs.behind().values())
    now(logs)
    assert (before, list(logs.behind().values())) == ([len(packed)], [0])


def test_a_log_that_was_read_to_its_end_is_not_behind(folder: Path, open_logs: Open) -> None:
    logs = open_logs(write(folder / "a.jsonl", "one"))
    all_lines(logs)
    assert logs.behind() == {}


def test_a_log_that_was_put_away_before_it_was_opened_is_not_behind(folder: Path, open_logs: Open) -> None:
    log = write(folder / "a.jsonl", "one")
    logs = open_logs(folder)
    log.unlink()
    assert list(logs.behind().values()) == [0]


def test_a_time_lapse_is_never_behind(folder: Path, open_logs: Open) -> None:
    logs = open_logs(write(folder / "a.jsonl", "one"))
    logs.pace(Pace(speed=1.0, start_wall_ms=0, start_log_ms=0))
    assert logs.behind() == {}
