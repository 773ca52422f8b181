"""A replay's ledgers and scores are the live flow's, byte for byte, whatever the order of the log."""

import random
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from benchmarks.traffic import Traffic
from config.loading import standard_model_path
from config.settings import Settings
from flows.models import scoring_of
from flows.replay.course import Course
from flows.replay.feed import frames
from flows.replay.history import of_log
from flows.replay.plan import DAY_MS, Plan
from flows.replay.subjects import Everyone
from flows.stores import connection
from operators.evaluate import evaluate, glance
from state.codec import Decoder, encode
from state.subject import Subject
from tests.events import event, write_log
from tests.integration.conftest import Score

NOW = 1_780_000_000_000
EVENTS = 2_500
Known = dict[str, tuple[bytes, bytes]]
"""Id -> its facts as they are stored, and its score with its receipt."""


BOTS = [
    event(
        "pricing_viewed", messageId=f"b{number}", email=f"ann@b{number}.io", userAgent=f"PriceWatch/{number % 2 + 1}.0"
    )
    for number in range(20)
]
VERDICTS = [
    event("leadstream:retract", messageId=source, properties={"source": source})
    for source in ("domain:acme-0.com", "domain:acme-1.io", "agent:pricewatch-2")
]


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """Traffic with duplicates, late events and shared devices, the week of a company, and verdicts."""
    month = Path(__file__).parents[1].joinpath("unit/sample/month.jsonl").read_bytes().splitlines()
    return [line.rstrip() for line in islice(Traffic(11), EVENTS)] + month + [*BOTS, *VERDICTS]


def told(subjects: list[Subject]) -> Known:
    """What is known of everybody who did anything; what was told to whom, and when it was put right, aside."""
    scoring = scoring_of(Settings())
    found = {}
    for subject in subjects:
        if subject.sources:
            facts = Subject(subject.id, subject.sources)
            found[subject.id] = encode(facts), msgspec.json.encode(evaluate(scoring, facts, NOW))
    return found


def replayed(log: Path, every: int) -> Known:
    """By a replay in one process."""
    plan = Plan(log=log, models=(standard_model_path(),), every=every, latest=1 << 43, trust_statements=True)
    joint, everyone = plan.load(), Everyone()
    for _ in of_log(plan, joint, everyone, frames(plan, joint), lambda frame: None):
        pass
    return told([*everyone.contacts, *everyone.accounts])


@pytest.fixture
def live(lines: list[bytes], tmp_path: Path, score: Score, settings: Settings) -> Known:
    """By the live flow, in a server."""
    score(write_log(tmp_path / "live" / "events.jsonl", lines), model=None, log_time=True, trust_statements=True)
    decode = Decoder(Subject).decode
    with connection(settings) as store:
        return told([decode(record) for kind in ("contact", "account") for record in store.scan(kind)])


@pytest.mark.parametrize("every", [0, DAY_MS])
@pytest.mark.parametrize("seed", [None, 1])
def test_a_replay_ends_as_the_live_flow_does(
    lines: list[bytes], tmp_path: Path, live: Known, every: int, seed: int | None
) -> None:
    shuffled = lines[:]
    if seed is not None:
        random.Random(seed).shuffle(shuffled)
    assert replayed(write_log(tmp_path / "events.jsonl", shuffled), every) == live


def test_the_course_through_a_shuffled_log_is_that_through_the_log(lines: list[bytes], tmp_path: Path) -> None:
    """Day by day: what happens later is in nobody's past."""
    shuffled = lines[:]
    random.Random(2).shuffle(shuffled)
    courses = [course_of(write_log(tmp_path / name, of), DAY_MS) for name, of in (("a", lines), ("b", shuffled))]
    assert courses[0].stands == courses[1].stands


def course_of(log: Path, every: int) -> Course:
    plan = Plan(log=log, models=(standard_model_path(),), every=every, latest=1 << 43, trust_statements=True)
    joint, everyone = plan.load(), Everyone()
    course = Course(joint.models[0], joint.scorings[0])
    for step, _ in of_log(plan, joint, everyone, frames(plan, joint), lambda frame: None):
        course.take(step, everyone.find)
    return course


def test_a_course_has_everybody_in_the_band_of_the_day(lines: list[bytes], tmp_path: Path) -> None:
    """Also who did nothing that day: somebody's timer must have come before the band changed."""
    plan = Plan(log=write_log(tmp_path / "a", lines), models=(standard_model_path(),), latest=1 << 43)
    joint, everyone = plan.load(), Everyone()
    course, differing, bands = Course(joint.models[0], joint.scorings[0]), [], set()
    for step, _ in of_log(plan, joint, everyone, frames(plan, joint), lambda frame: None):
        course.take(step, everyone.find)
        for subject in [*everyone.contacts, *everyone.accounts]:
            exact = glance(course.scoring, subject, step.at, 0).band if subject.sources else 0
            bands.add(exact)
            if course.band(subject.id) != exact:
                differing.append((step.at, subject.id))
    assert (differing, bands) == ([], {0, 1, 2})
