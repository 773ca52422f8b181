"""What is quick says what the plain way says: looks, quick terms, tests found by value, the walk back to a change."""

from hypothesis import given
from hypothesis import strategies as st

from config.model import Band, Condition, Points, Scorecard, Span
from operators.bands import Room
from operators.evaluate import glance
from operators.explain import strongest
from operators.look import look_at
from operators.profile_tests import ProfileTests, profile_test
from operators.rules import term_of
from operators.terms import FOREVER
from operators.view import Profile, Seen
from state.codec import Decoder, encode
from state.ledger import Ledger
from state.subject import Facts, Subject
from state.traits import Traits
from tests.property.score_worlds import (
    KEEP,
    START,
    STEP,
    World,
    amounts,
    bounds,
    limits,
    model_of,
    nows,
    spans,
    swings,
    worlds,
)

ATTRIBUTES = ("a", "b", "email_kind")
texts = st.sampled_from(["x", "y", "business", ""])
scalars = texts | st.sampled_from([None, True, False, 1, 0, 1.0, 2.5])
maybe = st.none() | st.booleans()


def conditions() -> st.SearchStrategy[Condition]:
    """One test on one attribute, of every kind."""
    path = st.sampled_from(ATTRIBUTES)
    return st.one_of(
        st.builds(Condition, path=path, eq=scalars),
        st.builds(Condition, path=path, ne=scalars),
        st.builds(Condition, path=path, in_=st.lists(scalars, max_size=3).map(tuple)),
        st.builds(Condition, path=path, in_=st.lists(texts, max_size=3).map(tuple), exists=maybe),
        st.builds(Condition, path=path, gte=st.sampled_from([0.0, 1.0, 2.0]), lt=st.sampled_from([None, 2.0])),
        st.builds(Condition, path=path, contains=texts, prefix=st.none() | texts),
        st.builds(Condition, path=path, exists=st.booleans()),
    )


wheres = st.lists(conditions(), max_size=3).map(tuple)
said: st.SearchStrategy[Traits] = st.dictionaries(st.sampled_from(ATTRIBUTES), st.tuples(st.integers(1, 9), scalars))
subjects = st.builds(
    lambda id_, traits: Subject(id_, {f"u:{n}": Facts(traits=one) for n, one in enumerate(traits)}),
    st.sampled_from(["e:ann@acme.com", "c:1"]),
    st.lists(said, max_size=3),
)


@given(st.lists(st.tuples(wheres, st.none() | st.integers(1, 9)), max_size=5), subjects, st.integers(0, 12))
def test_the_tests_found_by_value_are_those_that_pass(
    rules: list[tuple[tuple[Condition, ...], int | None]], subject: Subject, now: int
) -> None:
    tests = [(profile_test(where, None if age is None else Span(age)), n) for n, (where, age) in enumerate(rules)]
    profile = Profile(subject, ATTRIBUTES, now)
    passing = [n for test, n in tests if test.holds(profile.younger_than(test.max_age or FOREVER))]
    assert passing == sorted(ProfileTests(tests).passed(profile))


cooling = st.builds(
    Points,
    name=st.just("cooling"),
    signal=st.just("pricing"),
    points=amounts,
    half_life=spans,
    limit=limits,
    cap=bounds,
    share=bounds,
)
touches = st.lists(st.integers(0, 60).map(lambda step: START + step * STEP << 20), min_size=1, max_size=6, unique=True)


@given(cooling, st.lists(touches.map(sorted), min_size=1, max_size=4), nows)
def test_cooling_touches_are_quickly_worth_the_same(rule: Points, people: list[list[int]], now: int) -> None:
    world = World(model_of(Scorecard(rules=(rule,), bands=(Band(name="low"),)), True), True, ())
    term = term_of(rule, 0, world.model, KEEP)
    seen = Seen([Ledger({"pricing": one}) for one in people], [True] * len(people), {"pricing": people}, 0)
    assert term.quick
    assert term.worth.at(term.times(seen), now) == term.quick(seen, now)


@given(worlds() | swings(), nows)
def test_what_a_quick_term_is_worth_is_what_its_occurrences_are(world: World, now: int) -> None:
    stretch = world.scoring().timeline(world.subject()).stretch(now)
    for term in stretch.terms:
        times = term.times(stretch.seen)
        if term.quick:
            assert (term.worth.at(times, now) if times else 0) == term.quick(stretch.seen, now)


@given(worlds() | swings(), nows)
def test_a_look_says_what_weighing_says(world: World, now: int) -> None:
    stretch = world.scoring().timeline(world.subject()).stretch(now)
    weighed = [] if stretch.excluded else stretch.weigh(now)
    total = stretch.total(weighed)
    look = look_at(stretch, now)
    for lowest in (True, False):
        reasons = strongest(weighed, lowest)
        assert (reasons[0].rule if reasons else "") == look.rule(lowest)
    assert (total, total) == (look.total, stretch.score(now))


@given(worlds() | swings(), nows)
def test_receipt_and_score_see_the_same_occurrences(world: World, now: int) -> None:
    stretch = world.scoring().timeline(world.subject()).stretch(now)
    for term in stretch.terms:
        listed = [[one.at for one in found] for found in term.pattern.occurrences(stretch.seen) if found]
        assert listed == term.pattern.times(stretch.seen)


@given(worlds(), nows)
def test_walking_back_meets_every_change(world: World, now: int) -> None:
    line = world.scoring().timeline(world.subject())
    until, met = now, []
    while (change := line.last_change(until)) is not None:
        met.append(change)
        until = change - 1
    assert [change for change in line.changes(-1) if change <= now] == met[::-1]


@given(worlds() | swings(), nows, nows)
def test_a_bound_over_many_changes_holds_at_every_one(world: World, now: int, earlier: int) -> None:
    line = world.scoring().timeline(world.subject())
    stretch = line.stretch(now)
    start = min(now, max(earlier, now - line.card.half_life, stretch.profile.since(line.card.ages)))
    between = [start, now, *(change + by for change in line.changes(start) for by in (-1, 0) if change < now)]
    scores = [line.stretch(moment).score(moment) for moment in between]
    assert max(scores) <= stretch.most_since(start) or not line.card.leaves_nothing_out(stretch.seen)


@given(worlds() | swings(), nows, st.integers(-20, 200), st.integers(1, 100))
def test_leaps_tell_nothing_that_a_walk_does_not(world: World, now: int, least: int, wide: int) -> None:
    line = world.scoring().timeline(world.subject())
    changes, grey = [change for change in line.changes(-1) if change <= now], Room(least, least + wide)
    if line.leaps_below(line.stretch(now), changes, now, grey):
        assert not line.walks_above(line.stretch(now), changes, now, grey)


@given(worlds() | swings(), nows)
def test_no_change_before_the_next_matters(world: World, now: int) -> None:
    line = world.scoring().timeline(world.subject())
    stretch = line.stretch(now)
    following = line.next_change(stretch, now)
    passed = [change for change in line.changes(now) if following is None or change < following]
    assert [stretch.score(change) for change in passed] == [line.stretch(change).score(change) for change in passed]
    assert following is None or following in line.changes(now)


@given(worlds(), nows, st.sampled_from([0, 5, 50]))
def test_a_glance_at_packed_facts_is_a_glance_at_all_of_them(world: World, now: int, drift: int) -> None:
    whole, packed = world.subject(), Decoder(Subject).decode(encode(world.subject()))
    assert glance(world.scoring(), whole, now, drift) == glance(world.scoring(), packed, now, drift)
