"""How fast many weightings are weighed over many contacts: what `leadstream fit` does, again and again."""

import time
from collections.abc import Iterator
from random import Random

import msgspec

from config.checking import needed_keep
from config.loading import load_model, standard_model_path
from config.model import AnyRule, Exclusion, Model, Scorecard, Span, Weighed
from flows.weighing import on_all_cores
from operators.weigh import Weigher
from state.ledger import Keep
from state.subject import Facts, Subject
from state.touch import make_touch

WEIGHTINGS = 1_000
TOUCHES = 20
VISITS = 6
NOW = 1_780_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
HALF_LIVES = tuple(Span(days * DAY) for days in (3, 5, 7, 10, 14, 21, 30))


class Weighing(msgspec.Struct, frozen=True):
    """Seconds to find the features of so many contacts, and then to weigh all weightings over them."""

    contacts: int
    features_s: float
    weighed_s: float

    @property
    def ns_each(self) -> float:
        """Nanoseconds for one contact under one weighting."""
        return self.weighed_s / self.contacts / WEIGHTINGS * 1e9


def weigh(contacts: int, seed: int) -> Weighing:
    """Weigh random weightings of the standard model over contacts with 20 touches of all its signals in 6 visits."""
    random, model = Random(seed), load_model(standard_model_path())
    keep = Keep(needed_keep(model))
    subjects = list(_subjects(contacts, random, model, keep))
    cards = [_weighting(model.contact, random) for _ in range(WEIGHTINGS)]
    began = time.perf_counter()
    weigher = Weigher(model, model.contact, keep, ((subject, NOW) for subject in subjects))
    found = time.perf_counter()
    with on_all_cores() as each:
        rows = sum(len(scores) for _, scores in weigher.by_block(cards, each))
    assert rows == contacts
    return Weighing(contacts, found - began, time.perf_counter() - found)


def _subjects(count: int, random: Random, model: Model, keep: Keep) -> Iterator[Subject]:
    excluding = {rule.signal for rule in model.contact.rules if isinstance(rule, Exclusion)}
    signals = [signal for signal in model.signals if signal not in excluding]
    for number in range(count):
        facts = Facts()
        visits = [NOW - HOUR - int(random.random() ** 2 * 90 * DAY) for _ in range(VISITS)]
        for touch in range(TOUCHES):
            at = random.choice(visits) + random.randrange(HOUR)
            facts.ledger.record(make_touch(at, b"%d" % touch), (random.choice(signals),), keep)
        yield Subject(f"e:person{number}@gmail.com", {"a:1": facts})


def _weighting(card: Scorecard, random: Random) -> Scorecard:
    return msgspec.structs.replace(card, rules=tuple(_otherwise(rule, random) for rule in card.rules))


def _otherwise(rule: AnyRule, random: Random) -> AnyRule:
    """A rule with other points, half-life, limit and cap, where it has them."""
    if isinstance(rule, Exclusion):
        return rule
    points = msgspec.structs.replace(rule, points=rule.points * random.choice([0.5, 0.75, 1, 1.25, 1.5, 2]))
    if not isinstance(points, Weighed):
        return points
    return msgspec.structs.replace(
        points,
        half_life=points.half_life and random.choice(HALF_LIVES),
        limit=points.limit and random.choice([1, 2, 3, 4]),
        cap=points.cap and random.choice([20.0, 25.0, 30.0]),
    )
