"""Small worlds to score: a model, a subject, and the raw events behind it, made to meet at edges."""

from typing import NamedTuple

import msgspec
from hypothesis import strategies as st

from config.model import (
    About,
    AnyRule,
    Band,
    Combo,
    Condition,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Inactivity,
    Model,
    People,
    Points,
    Returned,
    Scorecard,
    Signal,
    Span,
)
from operators.evaluate import Scoring
from state.ledger import Keep
from state.subject import Facts, Subject
from state.traits import set_trait
from tests.property.naive_score import Deed, Naive, Source, Trait

MINUTE = 60_000
STEP = 10 * MINUTE
START = 1_780_000_200_000
"""Ten minutes into a tile: every third step begins the next one."""

SIGNALS = {
    "pricing": Signal(words="viewed pricing", intent="high"),
    "security": Signal(words="read about security", intent="high"),
    "docs": Signal(words="read the documentation", group="depth"),
}
KEEP = Keep(pricing=4, security=3, docs=2)
CONTACT_SOURCES = ("a:1", "a:2", "u:1")
ACCOUNT_SOURCES = ("e:ann@acme.com", "e:bob@acme.com", "c:3", "a:4")


class World(NamedTuple):
    """A subject with its model, and its sources' raw history."""

    model: Model
    apart: bool
    sources: tuple[Source, ...]

    def subject(self) -> Subject:
        """What the engine holds of the history."""
        facts = {source.id: facts_of(source) for source in self.sources}
        return Subject("d:acme.com" if self.apart else "e:ann@acme.com", facts)

    def scoring(self) -> Scoring:
        """The model, compiled."""
        return Scoring(self.model, KEEP)

    def naive(self) -> Naive:
        """The same by definition."""
        return Naive(self.model, self.card, KEEP.__getitem__, self.sources)

    @property
    def card(self) -> Scorecard:
        """The scorecard that counts."""
        return self.model.account if self.apart else self.model.contact


def facts_of(source: Source) -> Facts:
    """The facts that a source's history leaves."""
    facts = Facts()
    for deed in source.deeds:
        facts.ledger.record(deed.at << 20 | deed.id, deed.signals, KEEP)
    for trait in source.traits:
        set_trait(facts.traits, trait.name, trait.at, trait.value)
    return facts


def moments(first: int, last: int) -> st.SearchStrategy[int]:
    """Moments on a coarse grid, so that edges meet, and a millisecond beside it."""
    steps = st.integers(first, last).map(lambda step: START + step * STEP)
    return st.builds(int.__add__, steps, st.sampled_from([0, 0, 0, -1, 1]))


nows = moments(30, 90) | moments(0, 60)


spans = st.sampled_from([Span(minutes * MINUTE) for minutes in (360, 1440, 240, 720, 60, 30)])
maybe_span = spans | st.none()
amounts = st.sampled_from([4.5, 10.0, -6.0, 7.0, 25.0, 0.3])
bounds = st.sampled_from([None, 5.0, 12.5, 0.2])
limits = st.sampled_from([1, 2, None, 3])
groups = st.sampled_from([None, "urgency", "fit"])
signal = st.sampled_from(list(SIGNALS))
some_signals = st.sampled_from([("pricing", "security"), ("pricing", "security", "docs"), ("docs", "pricing")])
high_intent_or_some = st.just(()) | some_signals

STEPS = ("", "cliff")
"""Ageing at once: the score stands still between moments that can be listed."""
ANY = (*STEPS, "half_life", "linear")

where = st.sampled_from(
    [
        (Condition(path="plan", eq="free"),),
        (Condition(path="plan", exists=False),),
        (Condition(path="role", eq="vp"), Condition(path="plan", exists=True)),
    ]
)


def rules(apart: bool, decay: str) -> st.SearchStrategy[AnyRule]:
    """Any rule that a scorecard of this kind can have, with occurrences that age like this."""
    name = st.just("")
    one = {"name": name, "points": amounts, "group": groups, "cap": bounds} | ({decay: spans} if decay else {})
    many = {**one, "limit": limits, "window": maybe_span} | ({"share": bounds} if apart else {})
    shared: list[st.SearchStrategy[AnyRule]] = [
        st.builds(Points, signal=st.just("pricing"), **many),
        st.builds(Points, signal=signal, **many),
        st.builds(Points, signal=signal, **{**many, "points": st.just(8.0), "window": st.none(), "cap": st.none()}),
        st.builds(Returned, within=spans, **many),
        st.builds(Combo, signals=high_intent_or_some, distinct=st.integers(1, 2), **many),
        st.builds(Frequency, signal=signal, at_least=st.integers(1, 3), window=spans, **one),
        st.builds(Inactivity, name=name, points=amounts, after=spans),
        st.builds(Fit, name=name, points=amounts, where=where, max_age=maybe_span),
    ]
    people: list[st.SearchStrategy[AnyRule]] = [
        st.builds(People, at_least=st.integers(1, 3), signals=high_intent_or_some, window=spans, **one),
        st.builds(
            Coverage,
            signals=some_signals,
            people=st.integers(1, 2),
            distinct=st.sampled_from([None, 1, 2]),
            window=spans,
            **one,
        ),
    ]
    return st.one_of(shared + people if apart else shared)


bands = st.sampled_from(
    [
        (Band(name="low"), Band(name="medium", enter=5, leave=2), Band(name="high", enter=12, leave=8.5)),
        (Band(name="low"), Band(name="medium", enter=4, leave=4), Band(name="high", enter=20, leave=5)),
    ]
)
exclusions = st.one_of(
    st.builds(Exclusion, name=st.just(""), signal=st.just("docs"), window=spans),
    st.builds(Exclusion, name=st.just(""), where=st.just((Condition(path="plan", eq="free"),)), max_age=maybe_span),
)


def _named(found: list[AnyRule]) -> tuple[AnyRule, ...]:
    return tuple(msgspec.structs.replace(rule, name=f"rule {n}") for n, rule in enumerate(found))


def scorecards(apart: bool, ageing: tuple[str, ...]) -> st.SearchStrategy[Scorecard]:
    """A scorecard of up to four rules, perhaps an exclusion, and two bands to enter."""
    listed = st.lists(st.one_of([rules(apart, decay) for decay in ageing]), min_size=2, max_size=5)
    return st.builds(
        Scorecard,
        rules=st.builds(list.__add__, listed, st.lists(exclusions, max_size=1)).map(_named),
        bands=bands,
        caps=st.sampled_from([{"evaluation": 15.0}, {}, {"urgency": 4.0, "depth": 0.1}]),
        min=st.sampled_from([0.0, -20.0]),
        max=st.sampled_from([100.0, 18.0]),
    )


def histories(apart: bool) -> st.SearchStrategy[tuple[Source, ...]]:
    """One to four sources with a handful of events each."""
    touched = st.sampled_from([("pricing",), ("pricing", "security"), ("pricing", "docs"), ("security",), ()])
    deeds = st.lists(st.builds(Deed, moments(0, 60), st.integers(0, 2), touched), min_size=3, max_size=9).map(tuple)
    said = st.sampled_from([("plan", "free"), ("plan", "pro"), ("plan", None), ("role", "vp")])
    trait = st.builds(lambda at, one: Trait(at, *one), moments(0, 90), said)
    traits = st.lists(trait, max_size=2).map(tuple)
    ids = ACCOUNT_SOURCES if apart else CONTACT_SOURCES
    source = st.builds(Source, st.sampled_from(ids), deeds, traits)
    return st.lists(source, min_size=1, max_size=3, unique_by=lambda one: one.id).map(tuple)


def worlds(ageing: tuple[str, ...] = ANY) -> st.SearchStrategy[World]:
    """A contact or an account under a random model."""
    return _worlds(False, ageing) | _worlds(True, ageing)


def _worlds(apart: bool, ageing: tuple[str, ...]) -> st.SearchStrategy[World]:
    return st.builds(
        World, scorecards(apart, ageing).map(lambda card: model_of(card, apart)), st.just(apart), histories(apart)
    )


def model_of(card: Scorecard, apart: bool) -> Model:
    """A model with this scorecard for accounts (`apart`) or contacts, and nothing for the other."""
    empty = Scorecard(rules=(), bands=(Band(name="low"),))
    about = About(name="world", version="1", note="random")
    return Model(model=about, signals=SIGNALS, contact=empty if apart else card, account=card if apart else empty)


def swings() -> st.SearchStrategy[World]:
    """A contact whose score falls and rises and falls again: what adds and what takes points cool at their own pace."""
    paces = st.sampled_from(["half_life", "linear"]).flatmap(lambda pace: spans.map(lambda span: {pace: span}))
    stays = st.builds(Points, name=st.just("stays"), signal=st.just("security"), points=amounts)
    adds = st.builds(
        lambda at, pace: Points(name="adds", signal="pricing", points=at, **pace), st.integers(1, 40), paces
    )
    takes = st.builds(
        lambda at, pace: Points(name="takes", signal="docs", points=-at, **pace), st.integers(1, 40), paces
    )
    deed = st.builds(Deed, moments(0, 30), st.just(1), st.sampled_from([tuple(SIGNALS), ("pricing",), ("docs",)]))
    source = st.builds(Source, st.just("u:1"), st.lists(deed, min_size=1, max_size=4).map(tuple))
    return st.builds(
        lambda rules, bands, source: World(
            model_of(Scorecard(rules=rules, bands=bands, min=-99), False), False, (source,)
        ),
        st.tuples(stays, adds, takes),
        bands,
        source,
    )
