"""What was stored comes back as it was, and equal facts are equal bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from state.codec import Decoder, encode
from state.ledger import Ledger
from state.subject import Facts, Source, Standing, Subject
from state.touch import TILE_MS

touches = st.integers(0, (1 << 64) - 1)
ascending = st.lists(touches, max_size=5, unique=True).map(sorted)
names = st.text(max_size=6)
links = st.dictionaries(names, ascending.filter(bool), max_size=3)
tiles = st.lists(st.integers(0, (1 << 44) // TILE_MS), max_size=5, unique=True).map(sorted)
ledgers = st.builds(Ledger, st.dictionaries(names, ascending, max_size=3), tiles, st.integers(0, (1 << 44) - 1))
values = st.one_of(
    st.none(), st.booleans(), st.text(max_size=5), st.floats(allow_nan=False), st.integers(-(2**63) + 1, 2**63 - 1)
)
traits = st.dictionaries(names, st.tuples(st.integers(0, 1 << 44), values), max_size=3)
facts = st.builds(Facts, ledgers, traits, links)
ids = st.text(min_size=1, max_size=8)
source_ids = st.builds("{}{}".format, st.sampled_from(["a:", "u:", ""]), ids)
sources = st.builds(
    Source,
    source_ids,
    facts,
    links,
    st.dictionaries(ids, links, max_size=2),
    st.dictionaries(ids, touches, max_size=3),
    st.dictionaries(names, ledgers, max_size=2),
)
standings = st.builds(Standing, st.integers(0, 1_000), st.integers(0, 5), names)
subjects = st.builds(Subject, ids, st.dictionaries(ids, facts, max_size=3), st.none() | standings)


@settings(max_examples=settings().max_examples // 2)
@given(sources)
def test_a_source_comes_back_as_it_was(source: Source) -> None:
    found = Decoder(Source).decode(encode(source))
    assert (found, repr(found.facts.traits)) == (source, repr(dict(sorted(source.facts.traits.items()))))


@settings(max_examples=settings().max_examples // 2)
@given(subjects)
def test_a_subject_comes_back_as_it_was(subject: Subject) -> None:
    assert Decoder(Subject).decode(encode(subject)) == subject


@settings(max_examples=settings().max_examples // 2)
@given(subjects)
def test_the_order_of_what_is_known_leaves_no_trace(subject: Subject) -> None:
    parts = {source: backwards(part) for source, part in reversed(list(subject.sources.items()))}
    assert encode(Subject(subject.id, parts, subject.standing)) == encode(subject)


def backwards(facts: Facts) -> Facts:
    ledger = facts.ledger
    return Facts(
        Ledger(dict(reversed(ledger.touches.items())), ledger.tiles, ledger.last_at),
        dict(reversed(facts.traits.items())),
        dict(reversed(facts.groups.items())),
    )


@settings(max_examples=settings().max_examples // 2)
@given(ids, facts)
def test_a_contact_and_its_own_id_as_a_source_are_told_from_others(id_: str, own: Facts) -> None:
    subject = Subject(id_, {id_: own, f"{id_}-": own.copy()})
    assert list(Decoder(Subject).decode(encode(subject)).sources) == [id_, f"{id_}-"]
