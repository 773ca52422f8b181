"""A scorecard, compiled: terms by what they look at, so that a subject meets only those that can concern it."""

from collections.abc import Sequence

from config.model import Exclusion, Fit, Frequency, Model, Points, Scorecard
from operators.bands import Bands
from operators.rules import GROUPS, ExclusionTest, ProfileTest, ValuedRule, exclusion_of, profile_test, term_of
from operators.terms import Term, tenths
from operators.view import Part, Profile
from state.ledger import Keep

UNCAPPED = 1 << 62


class Card:
    """How one kind of subject is scored. `apart`: its sources are people (an account), not one person's ids."""

    def __init__(self, model: Model, scorecard: Scorecard, keep: Keep, apart: bool) -> None:
        self.apart = apart
        self.bands = Bands(scorecard.bands)
        self.intents = {signal: model.signals[signal].words for signal in model.high_intent()}
        self.least, self.most = round(tenths(scorecard.min)), round(tenths(scorecard.max))
        self.caps = [_cap(scorecard.caps.get(group)) for group in GROUPS]
        self.exclusions: list[ExclusionTest] = [
            exclusion_of(rule, model) for rule in scorecard.rules if isinstance(rule, Exclusion)
        ]
        self._fits: list[tuple[ProfileTest, Term]] = []
        self._by_signal: dict[str, list[Term]] = {}
        self._always: list[Term] = []
        for order, rule in enumerate(scorecard.rules):
            if not isinstance(rule, Exclusion):
                self._add(rule, term_of(rule, order, model, keep))
        tests = [test for test, _ in self._fits] + [exclusion.test for exclusion in self.exclusions if exclusion.test]
        self.attributes = sorted({name for test in tests for name in test.names})
        self.ages = sorted({(name, test.max_age) for test in tests for name in test.names})
        self.windows = sorted(
            {(exclusion.signal, exclusion.window) for exclusion in self.exclusions if exclusion.signal}
        )

    def _add(self, rule: ValuedRule, term: Term) -> None:
        match rule:
            case Fit():
                self._fits.append((profile_test(rule.where, rule.max_age), term))
            case Points() | Frequency():
                self._by_signal.setdefault(rule.signal, []).append(term)
            case _:
                self._always.append(term)

    def terms(self, parts: Sequence[Part], profile: Profile) -> list[Term]:
        """The terms that can have occurrences in these parts, and those whose conditions the profile meets."""
        signals = parts[0].touches if len(parts) == 1 else {signal for part in parts for signal in part.touches}
        by_signal = self._by_signal
        terms = [term for signal in signals for term in by_signal.get(signal, ())]
        return (
            terms + self._always + [term for test, term in self._fits if test.holds(profile.younger_than(test.max_age))]
        )

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
