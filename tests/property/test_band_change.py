"""Bands through time: hysteresis by definition, changes foretold to the moment, timers that are never late."""

from hypothesis import given
from hypothesis import strategies as st

from operators.evaluate import evaluate, glance
from operators.timeline import HORIZON
from operators.urgency import DRIFT, urgency
from state.score import BandChange, Glance
from state.subject import Standing
from tests.property.naive_score import HALF_HOUR, Naive
from tests.property.score_worlds import START, STEPS, World, nows, swings, worlds


def turning_points(world: World) -> list[int]:
    """Every moment at which a score can jump, with those right before and after."""
    deeds = {deed.at for source in world.sources for deed in source.deeds}
    traits = {trait.at for source in world.sources for trait in source.traits}
    edges = {at // HALF_HOUR * HALF_HOUR + edge for at in deeds for edge in (0, HALF_HOUR - 1)}
    names = ("window", "cliff", "linear", "after", "max_age")
    spans = {getattr(rule, name, None) or 0 for rule in world.card.rules for name in names}
    points = {at + span for at in deeds | traits | edges for span in spans | {0}}
    return sorted({point + beside for point in points for beside in (-1, 0, 1)})


def score_of(naive: Naive, now: int, apart: bool) -> float:
    lines = {rule.name: round(naive.worth(rule, now, apart)) for rule in naive.card.rules}
    return naive.composed(lines, now, apart)[0] / 10


def bands_by_definition(world: World) -> list[tuple[int, str]]:
    """The band at each turning point: a band goes on at its `enter` and off below its `leave`, from left to right."""
    naive, bands = world.naive(), world.card.bands
    on = dict.fromkeys(range(1, len(bands)), False)
    found = []
    for moment in [START - HORIZON, *turning_points(world)]:
        score = score_of(naive, moment, world.apart)
        on = {n: score >= bands[n].enter or (was and score >= bands[n].leave) for n, was in on.items()}
        found.append((moment, bands[max((n for n, is_on in on.items() if is_on), default=0)].name))
    return found


@given(worlds(STEPS), st.data())
def test_bands_and_their_changes_are_those_of_a_walk_from_the_beginning(world: World, data: st.DataObject) -> None:
    walk = bands_by_definition(world)
    now, band = data.draw(st.sampled_from(walk))
    later = [(moment, name) for moment, name in walk if now < moment <= now + HORIZON and name != band]
    change = evaluate(world.scoring(), world.subject(), now).next_change
    assert [name for _, name in walk] == bands_at(world, [moment for moment, _ in walk])
    assert (BandChange(*later[0]) if later else None) == change


def sampled(world: World, start: int, end: int) -> list[int]:
    """Moments of start..end at which to look: where jumps can be, and ever wider steps between."""
    turns = [point for point in turning_points(world) if start <= point <= end]
    steps = [start + int(1.3**power) for power in range(110) if start + int(1.3**power) <= end]
    return sorted({start, end, *turns, *steps})


def bands_at(world: World, looks: list[int]) -> list[str]:
    scoring, subject, bands = world.scoring(), world.subject(), world.card.bands
    return [bands[glance(scoring, subject, moment, 0).band].name for moment in looks]


@given(worlds() | swings(), nows)
def test_a_band_changes_when_foretold_and_not_before(world: World, now: int) -> None:
    score = evaluate(world.scoring(), world.subject(), now)
    change = score.next_change
    last = change.at - 1 if change else now + HORIZON
    looks = sampled(world, now, last)
    expected = [score.band] * len(looks) + ([change.band] if change else [])
    assert expected == bands_at(world, looks + ([change.at] if change else []))
    assert change is None or change.band != score.band


@given(worlds() | swings(), nows, st.sampled_from([0, 3, 20, 50]))
def test_nothing_to_see_is_missed_before_the_timer(world: World, now: int, drift: int) -> None:
    scoring, subject = world.scoring(), world.subject()
    wake = glance(scoring, subject, now, drift).wake
    first = glance(scoring, subject, now, drift)
    assert missed(world, now, wake, first.band, (first.tenths - drift, first.tenths + drift)) == {}
    assert wake is None or now < wake <= now + HORIZON


@given(worlds() | swings(), nows, st.integers(-60, 60), st.sampled_from(["", "pricing"]))
def test_nor_is_what_is_far_from_what_was_told_before(world: World, now: int, off: int, reason: str) -> None:
    scoring, subject = world.scoring(), world.subject()
    first = glance(scoring, subject, now, DRIFT)
    before = Standing(first.tenths + off, first.band, reason or first.reason)
    told = before.score if urgency(before, Standing(first.tenths, first.band, first.reason)) is None else first.tenths
    wake = glance(scoring, subject, now, DRIFT, before).wake
    assert missed(world, now, wake, first.band, (told - DRIFT, told + DRIFT)) == {}


def missed(world: World, now: int, wake: int | None, band: int, within: tuple[int, int]) -> dict[int, Glance]:
    """The moments before the timer at which the band is another, or the score not `within`."""
    least, most = within
    looks = sampled(world, now, now + HORIZON if wake is None else wake - 1)
    seen = {moment: glance(world.scoring(), world.subject(), moment, 0) for moment in looks}
    return {at: one for at, one in seen.items() if one.band != band or not least <= one.tenths <= most}


@given(worlds() | swings(), nows, st.integers(0, 10**10))
def test_bounds_hold_until_facts_change(world: World, now: int, ahead: int) -> None:
    scoring, subject = world.scoring(), world.subject()
    timeline = scoring.timeline(subject)
    last = min([now + ahead, *(change - 1 for change in timeline.changes(now))])
    low, high = timeline.stretch(now).bounds(now, last)
    seen = [glance(scoring, subject, moment, 0).tenths for moment in sampled(world, now, last)]
    assert low <= min(seen) <= max(seen) <= high
