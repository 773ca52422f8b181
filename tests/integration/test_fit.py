"""`leadstream fit`: a proposal from a log and its outcomes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.json import encode

from config.loading import load_model
from config.model import Points
from tests.events import write_log
from tests.integration.conftest import Leadstream

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
LEADS, DAYS = 480, 160
MODEL = """\
[model]
name = "turned round"
version = "1"
note = "Whoever reads the documentation buys, or so we think."

[signals.pricing_viewed]
words = "viewed pricing"

[signals.docs_viewed]
words = "read the documentation"

[contact]
bands = [{ name = "low" }, { name = "high", enter = 15, leave = 10 }]

[[contact.rules]]
name = "pricing"
type = "points"
signal = "pricing_viewed"
points = 4 # we doubt it
half_life = "30d"

[[contact.rules]]
name = "docs"
type = "points"
signal = "docs_viewed"
points = 20
half_life = "30d"

[account]
bands = [{ name = "low" }]

[[account.rules]]
name = "pricing"
type = "points"
signal = "pricing_viewed"
points = 5
"""
WON = """
[signals.deal_won]
words = "bought"

[[contact.rules]]
name = "won"
type = "points"
signal = "deal_won"
points = 50
"""


def at(days: float) -> str:
    return (BEGIN + timedelta(days=days)).isoformat().replace("+00:00", "Z")


def converts(lead: int) -> bool:
    """Of those who viewed pricing two in three, of the others one in eleven."""
    return lead % 3 > 0 if lead % 2 else lead % 11 == 0


def seen(lead: int) -> dict[str, object]:
    name = "pricing_viewed" if lead % 2 else "docs_viewed"
    return {"event": name, "timestamp": at(lead % DAYS), "messageId": f"m{lead}", "email": f"lead{lead}@acme.com"}


def won(lead: int, after: float) -> dict[str, object]:
    return {**seen(lead), "event": "deal_won", "timestamp": at(lead % DAYS + 10 + after), "messageId": f"w{lead}"}


def write(folder: Path, leads: int = LEADS, won_after: float | None = None, extra: str = "") -> list[str]:
    """A log with its outcomes and a model; the arguments of the command."""
    winning = [won(lead, won_after) for lead in range(leads) if converts(lead)] if won_after is not None else []
    write_log(folder / "events.jsonl", [encode(one) for one in [*map(seen, range(leads)), *winning]])
    rows = [f"lead{lead}@acme.com,{at(lead % DAYS + 10) if converts(lead) else ''}" for lead in range(leads)]
    (folder / "outcomes.csv").write_text("\n".join(["contact,converted_at", *rows]))
    signal, _, rule = extra.partition("[[contact.rules]]")
    (folder / "ours.toml").write_text(
        MODEL.replace("[contact]", f"{signal}\n[contact]", 1) + (f"[[contact.rules]]{rule}" if rule else "")
    )
    files = [str(folder / name) for name in ("events.jsonl", "outcomes.csv", "ours.toml", "proposed.toml")]
    return ["fit", files[0], "--outcomes", files[1], "--model", files[2], "-o", files[3]]


def points(path: Path) -> dict[str, float]:
    return {rule.name: rule.points for rule in load_model(path).contact.rules if isinstance(rule, Points)}


def test_what_leads_convert_on_is_worth_more(tmp_path: Path, leadstream: Leadstream) -> None:
    assert leadstream(*write(tmp_path)).code == 0
    before, after = points(tmp_path / "ours.toml"), points(tmp_path / "proposed.toml")
    assert (after["pricing"] > before["pricing"], after["docs"] < before["docs"]) == (True, True)


def test_the_report_shows_both_models_on_the_later_part(tmp_path: Path, leadstream: Leadstream) -> None:
    report = leadstream(*write(tmp_path), "--json").json
    assert report["current"]["auc"]["value"] + 0.2 < report["proposed"]["auc"]["value"]


def test_the_proposal_is_the_file_with_other_numbers_and_a_note(tmp_path: Path, leadstream: Leadstream) -> None:
    leadstream(*write(tmp_path))
    before, after = ((tmp_path / name).read_text().splitlines() for name in ("ours.toml", "proposed.toml"))
    changed = {new.partition(" = ")[0] for old, new in zip(before, after, strict=True) if old != new}
    assert changed <= {"version", "note", "points", "half_life"}
    assert any(line.endswith("# we doubt it") for line in after)


def test_the_same_log_gives_the_same_proposal(tmp_path: Path, leadstream: Leadstream) -> None:
    arguments = write(tmp_path)
    texts = []
    for _ in range(2):
        leadstream(*arguments)
        texts.append((tmp_path / "proposed.toml").read_text())
    assert texts[0] == texts[1]


def test_ledgers_that_were_folded_before_give_it_too(tmp_path: Path, leadstream: Leadstream) -> None:
    arguments = write(tmp_path)
    leadstream(*arguments)
    expected = (tmp_path / "proposed.toml").read_text()
    ledgers = tmp_path / "folded.ledgers"
    leadstream("replay", arguments[1], "--against", tmp_path / "ours.toml", "--ledgers", ledgers)
    leadstream("fit", ledgers, *arguments[2:])
    assert (tmp_path / "proposed.toml").read_text() == expected


@pytest.mark.parametrize(
    ("after", "expected"), [(0.0, "signal 'deal_won' is the outcome itself"), (2.0, "signal 'deal_won' comes after")]
)
def test_a_signal_that_gives_the_outcome_away_is_refused(
    tmp_path: Path, leadstream: Leadstream, after: float, expected: str
) -> None:
    ended = leadstream(*write(tmp_path, won_after=after, extra=WON))
    assert (ended.code, expected in ended.err) == (2, True)


def test_too_few_labels_are_refused(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream(*write(tmp_path, leads=60))
    assert (ended.code, "too few labels" in ended.err) == (2, True)
