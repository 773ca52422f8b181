"""The laws of a score: what counts in it, that it adds up, and that only facts, model and time have a say."""

from hypothesis import given
from hypothesis import strategies as st

from operators.evaluate import evaluate, glance
from operators.terms import halving
from state.codec import encode
from state.score import Line, Score
from state.subject import Facts, Subject
from state.traits import traits_between
from tests.property.naive_score import Deed, Source
from tests.property.score_worlds import KEEP, World, facts_of, nows, worlds

ages = st.integers(0, 10**10)


def tenths(lines: tuple[Line, ...]) -> dict[str, int]:
    return {line.rule: round(line.points * 10) for line in lines}


def seen(world: World, now: int) -> tuple[Score, dict[str, int]]:
    """The score, and tenths by rule without what corrects their sum."""
    score = evaluate(world.scoring(), world.subject(), now)
    return score, tenths(tuple(line for line in score.lines if line.rule != score.excluded))


@given(worlds(), nows)
def test_each_line_is_what_its_rule_says_by_definition(world: World, now: int) -> None:
    naive = world.naive()
    _, lines = seen(world, now)
    worth = {rule.name: naive.worth(rule, now, world.apart) for rule in world.card.rules}
    off = {rule: (points, lines.get(rule, 0)) for rule, points in worth.items()}
    assert {rule: pair for rule, pair in off.items() if abs(pair[0] - pair[1]) > 0.5 + 1e-6} == {}


@given(worlds(), nows)
def test_the_score_is_composed_of_its_lines_by_definition(world: World, now: int) -> None:
    naive = world.naive()
    score, lines = seen(world, now)
    total, groups = naive.composed(lines, now, world.apart)
    fit = groups.pop("fit", 0)
    expected = total / 10, sum(groups.values()) / 10, fit / 10, naive.excluded(now, world.apart)
    assert expected == (score.total, score.behaviour, score.fit, score.excluded)


@given(worlds(), nows)
def test_lines_add_up_to_the_score(world: World, now: int) -> None:
    score = evaluate(world.scoring(), world.subject(), now)
    assert round(score.total * 10) == sum(round(line.points * 10) for line in score.lines)


@given(worlds(), nows)
def test_a_glance_sees_what_an_evaluation_says(world: World, now: int) -> None:
    score = evaluate(world.scoring(), world.subject(), now)
    glimpse = glance(world.scoring(), world.subject(), now, 0)
    words = {line.rule: line.words for line in score.lines} | {"": None}
    bands = [band.name for band in world.card.bands]
    expected = score.total, score.band, score.reasons[0] if score.reasons else None
    assert expected == (glimpse.tenths / 10, bands[glimpse.band], words[glimpse.reason])


@given(worlds(), nows)
def test_what_happens_later_has_no_say(world: World, now: int) -> None:
    subject = world.subject()
    earlier = {
        source: Facts(facts.ledger.between(0, now + 1), traits_between(facts.traits, 0, now + 1))
        for source, facts in subject.sources.items()
    }
    known, cut = (evaluate(world.scoring(), one, now) for one in (subject, Subject(subject.id, earlier)))
    assert (known.total, known.lines, known.reasons) == (cut.total, cut.lines, cut.reasons)


@given(worlds(), nows)
def test_the_order_of_sources_has_no_say(world: World, now: int) -> None:
    subject = world.subject()
    turned = Subject(subject.id, dict(reversed(list(subject.sources.items()))))
    assert evaluate(world.scoring(), subject, now) == evaluate(world.scoring(), turned, now)


@given(st.data(), worlds(), nows)
def test_order_repetition_and_batches_of_events_have_no_say(data: st.DataObject, world: World, now: int) -> None:
    subject = world.subject()
    shuffled = {source.id: in_batches(data, source) for source in world.sources}
    other = Subject(subject.id, {source: shuffled[source] for source in data.draw(st.permutations(list(shuffled)))})
    scores = [evaluate(world.scoring(), one, now) for one in (subject, other)]
    assert (encode(subject), scores[0]) == (encode(other), scores[1])


def in_batches(data: st.DataObject, source: Source) -> Facts:
    """The facts of a source whose events came in any order, some again, in batches joined in any order."""
    again = data.draw(st.lists(st.sampled_from(source.deeds), max_size=3)) if source.deeds else []
    order: list[Deed] = data.draw(st.permutations([*source.deeds, *again]))
    traits = data.draw(st.permutations(source.traits))
    cut = data.draw(st.integers(0, len(order)))
    batches = [Source(source.id, tuple(order[:cut]), tuple(traits)), Source(source.id, tuple(order[cut:]))]
    whole = Facts()
    for batch in data.draw(st.permutations([*batches, batches[0]])):
        whole.join(facts_of(batch), KEEP)
    return whole


@given(worlds(), nows)
def test_a_line_names_only_touches_that_happened(world: World, now: int) -> None:
    named = {touch for line in seen(world, now)[0].lines for touch in line.touches}
    happened = {deed.at << 20 | deed.id for source in world.sources for deed in source.deeds if deed.at <= now}
    assert named - happened == set()


@given(st.integers(1, 10**10), ages, ages)
def test_decay_composes(half_life: int, first: int, then: int) -> None:
    whole, part, rest = (halving(half_life)([0], age) for age in (first + then, first, then))
    assert abs(whole - part * rest) <= max(1e-12 * whole, 1e-300)  # below that a double loses digits
