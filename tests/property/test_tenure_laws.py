"""Tenures cover all time, each moment once; what they split adds up to the whole again."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from operators.identify import END, NOBODY, account_tenures, split, tenures
from state.ledger import Keep
from state.links import Links, add_link
from state.stored import canonical
from state.subject import Facts, joined
from state.touch import TILE_MS

KEEP = Keep(pricing=4)
OWNERS = {
    "u:1": "e:ann@acme.com",
    "e:ann@acme.com": "e:ann@acme.com",
    "e:bob@acme.com": "e:bob@acme.com",
    "c:1": "c:1",
}

START = 988_889 * TILE_MS
times = st.integers(0, 6).map(lambda step: START + step * TILE_MS // 2)
touches = st.builds(lambda at, number: at << 20 | number, times, st.integers(0, 1))
linked = st.lists(st.tuples(st.sampled_from(["", *OWNERS]), touches), max_size=8)
most = st.integers(1, 4)


def links_of(facts: list[tuple[str, int]]) -> Links:
    links: Links = {}
    for target, touch in facts:
        add_link(links, target, touch)
    return links


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    facts = Facts()
    for touch in draw(st.lists(touches, max_size=8)):
        facts.ledger.record(touch, draw(st.sampled_from([(), ("pricing",), ("docs",)])), KEEP)
        facts.traits[draw(st.sampled_from("xy"))] = (touch >> 20, touch & 1)
    facts.groups |= links_of(draw(st.lists(st.tuples(st.sampled_from(["acme.com", "beta.io"]), touches), max_size=3)))
    return facts


def owner_at(ms: int, facts: list[tuple[str, int]], limit: int) -> str:
    """By definition: the owner of the last link at or before, else of the first; nobody once there were too many."""
    owned = [(touch, OWNERS.get(target, NOBODY)) for touch, target in sorted((touch, to) for to, touch in facts)]
    before = [owner for touch, owner in owned if touch >> 20 <= ms] or [owner for _, owner in owned[:1]]
    return before[-1] if len(set(before) - {NOBODY}) <= limit else NOBODY


@given(linked.filter(bool), most)
def test_tenures_follow_each_other_through_all_time(facts: list[tuple[str, int]], limit: int) -> None:
    found = tenures(links_of(facts), OWNERS.__getitem__, limit)
    edges = [0, *(tenure.end for tenure in found)]
    assert (edges[-1], [tenure.start for tenure in found]) == (END, edges[:-1])
    assert all(start < end for start, end in pairwise(edges))


@given(linked.filter(bool), most, times)
def test_each_moment_belongs_to_the_owner_of_the_last_link(facts: list[tuple[str, int]], limit: int, ms: int) -> None:
    found = tenures(links_of(facts), OWNERS.__getitem__, limit)
    for moment in (ms - 1, ms, ms + 1):
        owners = [tenure.owner for tenure in found if tenure.start <= moment < tenure.end]
        assert owners == [owner_at(moment, facts, limit)]


@given(any_facts(), linked.filter(bool), most)
def test_what_is_split_falls_to_the_owner_of_its_time(facts: Facts, links: list[tuple[str, int]], limit: int) -> None:
    parts = split(facts, tenures(links_of(links), OWNERS.__getitem__, limit), KEEP)
    expected = {
        (owner_at(touch >> 20, links, limit), touch) for all_ in facts.ledger.touches.values() for touch in all_
    }
    found = {(owner, touch) for owner, part in parts.items() for all_ in part.ledger.touches.values() for touch in all_}
    said = {(owner, known[0]) for owner, part in parts.items() for known in part.traits.values()}
    assert (found, said) == (expected, {(owner_at(at, links, limit), at) for at, _ in facts.traits.values()})


@given(any_facts(), linked.filter(bool), most)
def test_parts_joined_are_the_whole(facts: Facts, links: list[tuple[str, int]], limit: int) -> None:
    before = canonical(facts)
    parts = split(facts, tenures(links_of(links), OWNERS.__getitem__, limit), KEEP)
    assert canonical(joined(parts.values(), KEEP)) == before == canonical(facts)


@given(any_facts())
def test_a_person_who_names_no_company_counts_for_the_default(facts: Facts) -> None:
    parts = split(facts, account_tenures({}, "acme.com"), KEEP)
    assert parts == ({"d:acme.com": facts} if facts else {})


@given(any_facts(), st.sampled_from(["beta.io", None]))
def test_all_that_a_person_did_counts_for_some_company_once_one_is_named(facts: Facts, default: str | None) -> None:
    if facts.groups:
        parts = split(facts, account_tenures(facts.groups, default), KEEP)
        assert canonical(joined(parts.values(), KEEP)) == canonical(facts)
        assert set(parts) <= {f"d:{domain}" for domain in facts.groups}
