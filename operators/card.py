"""A scorecard, compiled: terms by what they look at, so that a subject meets only those that can concern it."""

from collections.abc import Sequence

from config.model import Exclusion, Fit, Frequency, Model, Points, Scorecard
from operators.bands import Bands
from operators.profile_tests import ProfileTest, ProfileTests, profile_test
from operators.rules import GROUPS, ExclusionTest, ValuedRule, exclusion_of, term_of
from operators.terms import FOREVER, Term, tenths
from operators.view import Profile, Seen
from state.ledger import KEEP_TILES, Keep

UNCAPPED = 1 << 62


class Card:
    """How one kind of subject is scored. `apart`: its sources are people (an account), not one person's ids.

    `half_life` is the shortest that any of its terms has (ms).
    """

    def __init__(self, model: Model, scorecard: Scorecard, keep: Keep, apart: bool) -> None:
        self.apart = apart
        self._keep = keep
        self.bands = Bands(scorecard.bands)
        self.intents = {signal: model.signals[signal].words for signal in model.high_intent()}
        self.least, self.most = round(tenths(scorecard.min)), round(tenths(scorecard.max))
        self.caps = [_cap(scorecard.caps.get(group)) for group in GROUPS]
        self._by_signal: dict[str, list[Term]] = {}
        self._always: list[Term] = []
        fits: list[tuple[ProfileTest, Term]] = []
        exclusions: list[ExclusionTest] = []
        for order, rule in enumerate(scorecard.rules):
            if isinstance(rule, Exclusion):
                exclusions.append(exclusion_of(rule, order, model))
            else:
                self._add(rule, term_of(rule, order, model, keep), fits)
        excluding = [(exclusion.test, exclusion) for exclusion in exclusions if exclusion.test]
        self._fits, self._excluding = ProfileTests(fits), ProfileTests(excluding)
        self._excluded_by_touch = [exclusion for exclusion in exclusions if not exclusion.test]
        tests = [test for test, _ in fits] + [test for test, _ in excluding]
        self.attributes = tuple(sorted({name for test in tests for name in test.names}))
        self.ages = sorted({(name, test.max_age) for test in tests if test.max_age for name in test.names})
        self.wanted = self._wanted()
        self.half_life = min([term.worth.half_life or FOREVER for term in self._dated()], default=FOREVER)
        self.windows = sorted({(one.signal, one.window) for one in self._excluded_by_touch})

    def _wanted(self) -> frozenset[str]:
        """The signals whose touches decide about the score."""
        excluding = [exclusion.signal for exclusion in self._excluded_by_touch]
        return frozenset().union(excluding, *(term.pattern.wanted for term in self._dated()))

    def _dated(self) -> list[Term]:
        """The terms of what happened."""
        return [*self._always, *(term for terms in self._by_signal.values() for term in terms)]

    def _add(self, rule: ValuedRule, term: Term, fits: list[tuple[ProfileTest, Term]]) -> None:
        match rule:
            case Fit():
                fits.append((profile_test(rule.where, rule.max_age), term))
            case Points() | Frequency():
                self._by_signal.setdefault(rule.signal, []).append(term)
            case _:
                self._always.append(term)

    def exclusion(self, seen: Seen, profile: Profile, now: int) -> ExclusionTest | None:
        """The model's first exclusion that excludes such a subject at `now` (ms)."""
        found = self._excluding.passed(profile)
        found += [one for one in self._excluded_by_touch if one.signal in seen.touches and one.until(seen) > now]
        return min(found, key=lambda one: one.order) if found else None

    def terms(self, seen: Seen, profile: Profile) -> list[Term]:
        """The terms that can have occurrences in what is seen, and those whose conditions the profile meets."""
        by_signal = self._by_signal
        found = [term for signal in seen.touches for term in by_signal.get(signal, ())]
        return found + self._always + self._fits.passed(profile)

    def leaves_nothing_out(self, seen: Seen) -> bool:
        """Whether all that is seen is looked at, and none of it is left out for being too much."""
        if any(len(ledger.tiles) >= KEEP_TILES for ledger in seen.ledgers):
            return False
        keep = self._keep
        return all(len(one) <= keep[signal] for signal, known in seen.touches.items() for one in known)

    def next_ending(self, seen: Seen, profile: Profile, now: int) -> int | None:
        """When, later than `now` (ms), the first trait of those that count grows too old, or an exclusion ends."""
        said, touches = profile.said, seen.touches
        ends = [said[name][0] + age for name, age in self.ages if name in said]
        ends += [one.until(seen) for one in self._excluded_by_touch if one.signal in touches]
        return min([end for end in ends if end > now], default=None) if ends else None

    def capped(self, points: Sequence[int]) -> list[int]:
        """Tenths by group, each within the group's cap."""
        return [
            one if -cap <= one <= cap else cap if one > 0 else -cap for one, cap in zip(points, self.caps, strict=True)
        ]

    def total(self, points: Sequence[int]) -> int:
        """The score in tenths that tenths by group come to: caps, sum, clamp. None of them turns an order round."""
        return max(self.least, min(self.most, sum(self.capped(points))))


def _cap(points: float | None) -> int:
    return UNCAPPED if points is None else round(abs(tenths(points)))
