"""Folded ledgers in a file: private, versioned, and as good as the log."""

import stat
from pathlib import Path

import pytest

from flows.exits import Problem
from flows.replay.joint import Heard
from flows.replay.ledgers_file import LedgersReader, LedgersWriter, is_ledgers
from flows.replay.subjects import Everyone, Step
from state.event import Counts
from state.ledger import Keep, Ledger
from state.subject import Facts, Subject

GOLDEN = Path(__file__).parent / "golden" / "ledgers-1"
"""A file as version 1 wrote it. It is never changed; a new version gets one of its own."""

AT = 1_781_251_200_000
DAY = 86_400_000


def subject(id_: str, day: int) -> Subject:
    known = Facts(Ledger(), {"title": (AT, "VP Sales")})
    known.ledger.record((AT + day * DAY) << 20 | 7, ("pricing_viewed",), Keep())
    return Subject(id_, {"a:anon_1": known})


STEPS = [
    (Step(AT + DAY - 1, [subject("d:acme.com", 0), subject("e:ann@acme.com", 0)], 3), Counts(4, 3, 1)),
    (Step(AT + 2 * DAY - 1, [subject("e:ann@acme.com", 1)], 1, {"c:151": "e:ann@acme.com"}), Counts(5, 4, 1)),
]


def written(path: Path) -> Path:
    with LedgersWriter(path, DAY, {"pricing_viewed": Heard(b"pattern", 20)}) as writer:
        for step, counts in STEPS:
            writer.add(step, counts)
    return path


def read(path: Path) -> list[tuple[Step, Counts]]:
    return list(LedgersReader(path).steps(Everyone()))


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.ledgers")) == STEPS


def test_a_file_of_version_1_is_read_for_ever() -> None:
    assert (read(GOLDEN), LedgersReader(GOLDEN).header.heard) == (STEPS, {"pricing_viewed": Heard(b"pattern", 20)})


def test_the_same_ledgers_are_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "a").read_bytes() == written(tmp_path / "b").read_bytes()


def test_everyone_is_as_of_the_last_step(tmp_path: Path) -> None:
    everyone = Everyone()
    for _ in LedgersReader(written(tmp_path / "a")).steps(everyone):
        pass
    assert everyone.find("e:ann@acme.com") == subject("e:ann@acme.com", 1)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o644)
    assert stat.S_IMODE(written(tmp_path / "a").stat().st_mode) == 0o600


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Problem, match="damaged or cut off"):
        read(path)


def test_one_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), LedgersWriter(tmp_path / "a", DAY, {}):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_log_is_no_file_of_ledgers(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"event": "x"}\n')
    assert [is_ledgers(path) for path in (tmp_path / "a.jsonl", tmp_path, tmp_path / "none", GOLDEN)] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"none/a cannot be written .*--ledgers"):
        LedgersWriter(tmp_path / "none" / "a", DAY, {})
