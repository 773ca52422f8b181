"""The files that are in the repository: they are what the README says, and what the script makes."""

import csv
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
import zstandard

from sample.event import Event
from sample.log import events
from sample.make_sample import EVENTS, OUTCOMES, jsonl
from tests.unit.sample.rows import month

SAMPLE = Path(__file__).parents[3] / "sample"
README = (SAMPLE / "README.md").read_text(encoding="utf-8")
MONTH = Path(__file__).with_name("month.jsonl")


def unpacked(path: Path) -> bytes:
    return zstandard.ZstdDecompressor().decompress(path.read_bytes())


def made_again(folder: Path) -> tuple[bytes, bytes]:
    """The sample, where leadforge can be had; else what the same code makes of hand-made rows."""
    if find_spec("leadforge") is None:
        return jsonl(events(month())), b""
    subprocess.run([sys.executable, SAMPLE / "make_sample.py", "--out", folder], check=True, capture_output=True)
    return unpacked(folder / EVENTS), (folder / OUTCOMES).read_bytes()


def kept() -> tuple[bytes, bytes]:
    if find_spec("leadforge") is None:
        return MONTH.read_bytes(), b""
    return unpacked(SAMPLE / EVENTS), (SAMPLE / OUTCOMES).read_bytes()


@cache
def log() -> list[Event]:
    return msgspec.json.Decoder(Event).decode_lines(unpacked(SAMPLE / EVENTS))


def outcomes() -> dict[str, str]:
    with (SAMPLE / OUTCOMES).open(encoding="utf-8", newline="") as file:
        return {row["contact"]: row["converted_at"] for row in csv.DictReader(file)}


@pytest.mark.timeout(300)  # leadforge simulates for some ten seconds, longer on a busy machine
def test_the_script_makes_the_same_bytes_again(tmp_path: Path) -> None:
    assert [sha256(made).hexdigest() for made in made_again(tmp_path)] == [
        sha256(content).hexdigest() for content in kept()
    ]


def test_hand_made_rows_become_the_bytes_they_became_before() -> None:
    assert jsonl(events(month())).decode().splitlines() == MONTH.read_text(encoding="utf-8").splitlines()


def test_the_readme_names_the_digests_of_both_files() -> None:
    log_digest = sha256(unpacked(SAMPLE / EVENTS)).hexdigest()
    outcomes_digest = sha256((SAMPLE / OUTCOMES).read_bytes()).hexdigest()
    assert re.findall(r"[0-9a-f]{64}", README) == [log_digest, outcomes_digest]


def test_the_readme_counts_the_events() -> None:
    counted = {name: int(count.replace(",", "")) for name, count in re.findall(r"\| `(\w+)` \| ([\d,]+) \|", README)}
    assert counted == Counter(event.event for event in log())


def test_the_log_runs_forward() -> None:
    times = [event.timestamp for event in log()]
    assert times == sorted(times)


def test_no_message_id_comes_twice() -> None:
    assert len({event.message_id for event in log()}) == len(log())


def test_every_contact_with_an_outcome_sent_a_form() -> None:
    named = {event.email for event in log() if event.event == "form_submitted" and event.traits}
    assert outcomes().keys() <= named


def test_nobody_converts_before_they_are_known() -> None:
    known: dict[str, str] = {}
    for event in log():
        known.setdefault(event.email or "", event.timestamp)
    assert [contact for contact, at in outcomes().items() if at and at < known[contact]] == []


@pytest.mark.parametrize("name", ["chance", "event"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    import doctest
    from importlib import import_module

    failed, attempted = doctest.testmod(import_module(f"sample.{name}"))
    assert (failed, attempted > 0) == (0, True)
