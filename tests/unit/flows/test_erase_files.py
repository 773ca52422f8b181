"""Taking a person out of the files in the data folder."""

import json
import stat
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest

from flows.erase_files import File, FilesErasing
from flows.erased import facts_without
from flows.intake import Intake
from flows.models import model_of
from operators.decode import Decoder
from sources.logs import Logs, Share
from state.batch import Batch
from state.clock import LogClock
from state.messages import LinkFacts
from state.parcel import Parcel
from tests.unit.flows.conftest import SETTINGS

HEADER = b'{"leadstream":"identity log","version":1,"id":"x"}'
OF_ANN = LinkFacts("u:1", {"c:1": {"e:ann@acme.com": [5]}}, ("c:1",))
OF_BOTH = LinkFacts("u:1", {"c:1": {"e:ann@acme.com": [5], "e:bob@acme.com": [6]}}, ("c:1",))
OF_BOB = LinkFacts("u:1", {"c:1": {"e:bob@acme.com": [6]}}, ("c:1",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "identity" / "ours").mkdir(parents=True)
    return tmp_path


def erase(folder: Path) -> list[File]:
    erasing = FilesErasing(
        lambda line: b"ann" in line, lambda facts: facts_without(facts, lambda id_: "ann" in id_), lambda: None
    )
    return erasing.run(folder, "ours")


def letter(text: str) -> bytes:
    return json.dumps({"partition": "a", "position": 1, "reason": "malformed", "detail": "", "original": text}).encode()


def in_base64(original: bytes) -> bytes:
    return json.dumps({"partition": "a", "position": 1, "original_base64": b64encode(original).decode()}).encode()


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_dead_letters_of_the_person_go_and_the_others_stay_as_they_are(folder: Path) -> None:
    kept = letter("bob"), in_base64(b"bob\xff")
    path = write(folder / "dead-letters.jsonl", kept[0], letter("ann"), kept[1], in_base64(b"ann\xff"))
    path.chmod(0o640)
    assert (erase(folder), path.read_bytes()) == ([File(path, 2)], b"".join(line + b"\n" for line in kept))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(one.name for one in folder.iterdir()) == ["dead-letters.jsonl", "identity"]


def test_every_worker_s_dead_letters_and_the_crashes_are_read(folder: Path) -> None:
    paths = [write(folder / name, letter("ann")) for name in ("dead-letters.jsonl", "dead-letters-1.jsonl")]
    crashes = write(folder / "crashes.log", b"KeyError: 'e:ann@acme.com'", b"another line")
    assert sorted(file.path for file in erase(folder)) == sorted([*paths, crashes])
    assert crashes.read_bytes() == b"another line\n"


def test_a_file_that_names_nobody_is_left_alone(folder: Path) -> None:
    path = write(folder / "dead-letters.jsonl", letter("bob"))
    before = path.stat().st_ino
    assert (erase(folder), path.stat().st_ino) == ([], before)


def test_facts_are_changed_where_they_stand(folder: Path) -> None:
    lines = [HEADER, *map(msgspec.json.encode, (OF_BOB, OF_ANN, OF_BOTH, OF_BOB))]
    path = write(folder / "identity" / "ours" / "identity.jsonl", *lines)
    assert erase(folder) == [File(path, 2)]
    left = path.read_bytes().split(b"\n")[:-1]
    assert [len(line) for line in left] == [len(line) for line in lines]
    assert ([left[0], left[1], left[4]], left[2].strip()) == ([HEADER, lines[1], lines[4]], b"")
    assert msgspec.json.decode(left[3], type=LinkFacts) == OF_BOB


def test_the_flow_reads_on_in_what_is_left(folder: Path) -> None:
    path = write(folder / "identity" / "ours" / "identity.jsonl", HEADER, *map(msgspec.json.encode, (OF_ANN, OF_BOTH)))
    before = read(path.parent)
    erase(folder)
    after = read(path.parent)
    assert (after.partition, after.position) == (before.partition, before.position)
    (parcel,) = Intake(Decoder(model_of(SETTINGS)), 4, LogClock()).decode(
        [msgspec.structs.replace(after, partition=f"@{after.partition}")]
    )
    assert isinstance(parcel, Parcel)
    assert parcel.messages == [OF_BOB]


def read(folder: Path) -> Batch:
    logs = Logs(folder, {}, follow=False, share=Share((0, 1)))
    batch = logs.read()
    logs.close()
    assert batch is not None
    return batch


def test_another_namespace_s_facts_are_left_alone(folder: Path) -> None:
    (folder / "identity" / "theirs").mkdir()
    path = write(folder / "identity" / "theirs" / "identity.jsonl", msgspec.json.encode(OF_ANN))
    assert (erase(folder), path.read_bytes()) == ([], msgspec.json.encode(OF_ANN) + b"\n")


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "dead-letters.jsonl").mkdir()
    (failed,) = erase(folder)
    assert (failed.lines, "dead-letters.jsonl cannot be rewritten (Is a directory)" in failed.failed) == (0, True)


def test_without_a_folder_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert erase(tmp_path / "nowhere") == []
