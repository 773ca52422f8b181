"""The identity log: facts that come round, as lines of a log of their own."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sinks.identity_log import IdentityLog, IdentityLogSink, begin_identity_log, identity_folder
from sources.jsonl_files import find_logs
from state.messages import LinkFacts, Touched
from state.parcel import Parcel
from state.subject import Facts

FACTS = LinkFacts("u:1", {"c:1": {"e:ann@acme.com": [5, 7]}}, ("c:1",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begun(tmp_path, "leadstream")


def begun(tmp_path: Path, namespace: str) -> Path:
    folder = identity_folder(tmp_path, namespace)
    begin_identity_log(folder).close()
    return folder


def lines(folder: Path) -> list[bytes]:
    return (folder / "identity.jsonl").read_bytes().splitlines()


def test_facts_come_back_as_they_were(folder: Path) -> None:
    with closing(IdentityLog(begin_identity_log(folder))) as log:
        log.write_batch([Parcel("written", 0, [FACTS]), Parcel("written", 1, [FACTS])])
    assert [msgspec.json.decode(line, type=LinkFacts) for line in lines(folder)[1:]] == [FACTS, FACTS]


def test_only_link_facts_are_written(folder: Path) -> None:
    with closing(IdentityLog(begin_identity_log(folder))) as log:
        log.write_batch([Parcel("written", 0, [Touched("e:ann@acme.com", "a:1", Facts())])])
    assert len(lines(folder)) == 1


def test_its_first_line_says_what_it_is(folder: Path) -> None:
    assert lines(folder)[0].startswith(b'{"leadstream":"identity log","version":1,')


def test_it_can_be_read_as_a_log_from_the_start(folder: Path) -> None:
    assert [log.name for log in find_logs(folder, follow=True)] == ["identity.jsonl"]


def test_it_stays_the_same_log_when_it_is_opened_again(tmp_path: Path) -> None:
    first, again = (find_logs(begun(tmp_path, "x")) for _ in range(2))
    assert first == again


def test_the_log_of_another_folder_is_another_partition(tmp_path: Path) -> None:
    (one,), (other,) = (find_logs(begun(tmp_path / name, "x")) for name in "ab")
    assert one.partition != other.partition


def test_namespaces_have_logs_of_their_own(tmp_path: Path) -> None:
    assert identity_folder(tmp_path, "a") != identity_folder(tmp_path, "b")


def test_other_workers_have_files_of_their_own(folder: Path) -> None:
    IdentityLogSink(folder).build("written", 1, 2).close()
    assert sorted(path.name for path in folder.iterdir()) == ["identity-1.jsonl", "identity.jsonl"]
