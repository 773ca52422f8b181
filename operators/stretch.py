"""A stretch of time in which nothing new is learnt about a subject: weigh it at any moment, or bound it."""

from collections.abc import Sequence

from operators.card import Card
from operators.rules import GROUPS
from operators.terms import Term
from operators.view import Profile, people_as_of, person_as_of
from state.subject import Subject

Found = list[tuple[Term, list[list[int]]]]
"""Terms, each with its occurrences (ms): a list per person."""

Weighed = Sequence[tuple[Term, int]]
"""Terms, each with the tenths of a point it is worth."""


class Stretch:
    """A subject as of `start` (ms), good until its facts change next.

    Which rules apply to which occurrences, and whether the subject is excluded, is fixed. Only age moves the score,
    and each term one way only, which gives bounds for any part of the stretch. Scores are tenths.
    """

    def __init__(self, card: Card, subject: Subject, start: int) -> None:
        self.card = card
        self.seen = people_as_of(subject, start) if card.apart else person_as_of(subject, start)
        self.profile = Profile(subject, card.attributes, start)
        self.excluded = card.exclusion(self.seen, self.profile, start)
        self.terms = card.terms(self.seen, self.profile)
        self._sides: tuple[_Side, _Side] | None = None

    def found(self) -> Found:
        """The terms that have occurrences, with these."""
        return [(term, times) for term in self.terms if (times := term.times(self.seen))]

    def weigh(self, now: int) -> Weighed:
        """What each term is worth at `now` (ms)."""
        return [(term, term.worth.at(times, now)) for term, times in self.found()]

    def total(self, weighed: Weighed) -> int:
        """The score that terms of such worth come to."""
        return 0 if self.excluded else self.card.total(by_group(weighed))

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """The least and the most that the score can be from `start` to `end` (ms, both included).

        Exact for a single moment.
        """
        if self.excluded:
            return 0, 0
        falling, rising = self._sides = self._sides or self._split()
        low = self.card.total(_sum(falling.at(end), rising.at(start)))
        return low, low if start == end else self.card.total(_sum(falling.at(start), rising.at(end)))

    def score(self, now: int) -> int:
        """The score at `now` (ms)."""
        return self.bounds(now, now)[0]

    def _split(self) -> "tuple[_Side, _Side]":
        found = self.found()
        still = by_group([(term, term.worth.at(times, 0)) for term, times in found if not term.moves])
        falling = [(term, times) for term, times in found if term.falls]
        rising = [(term, times) for term, times in found if term.moves and not term.falls]
        return _Side(falling, still), _Side(rising, [0] * len(GROUPS))


class _Side:
    """The terms that move one way, on top of tenths by group that stay. A moment is weighed once."""

    def __init__(self, found: Found, still: list[int]) -> None:
        self._found = found
        self._still = still
        self._known: dict[int, list[int]] = {}

    def at(self, now: int) -> list[int]:
        if not self._found:
            return self._still
        points = self._known.get(now)
        if points is None:
            points = self._known[now] = self._still[:]
            for term, times in self._found:
                points[term.group] += term.worth.at(times, now)
        return points


def by_group(weighed: Weighed) -> list[int]:
    """Tenths by group."""
    points = [0] * len(GROUPS)
    for term, tenths in weighed:
        points[term.group] += tenths
    return points


def _sum(falling: list[int], rising: list[int]) -> list[int]:
    return [one + other for one, other in zip(falling, rising, strict=True)]
