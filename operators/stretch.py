"""A stretch of time in which nothing new is learnt about a subject: weigh it at any moment, or bound it."""

from collections.abc import Sequence

from operators.bands import Room
from operators.card import Card
from operators.rules import GROUPS
from operators.terms import FOREVER, Term
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
        self.parts = people_as_of(subject, start) if card.apart else [person_as_of(subject, start)]
        profile = Profile(subject, card.attributes, start)
        self.excluded = next(
            (exclusion for exclusion in card.exclusions if exclusion.excludes(self.parts, profile, start)), None
        )
        terms = card.terms(self.parts, profile)
        self._found: Found = [(term, times) for term in terms if (times := term.times(self.parts))]
        self._sides: tuple[_Side, _Side] | None = None

    def weigh(self, now: int) -> Weighed:
        """What each term is worth at `now` (ms)."""
        return [(term, term.worth.at(times, now)) for term, times in self._found]

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

    def calm_until(self, now: int, weighed: Weighed, score: int, room: Room) -> float:
        """A moment (ms) before which the score cannot leave `room`, given it and what the terms are worth at `now`.

        A bound from the rates at which terms can move and from the next step of any of them: `now` itself says
        nothing, a later moment is sure.
        """
        if self.excluded:
            return FOREVER
        moves = [0.0, 0.0]
        step, slack = FOREVER, 0
        for (term, times), (_, tenths) in zip(self._found, weighed, strict=True):
            if term.moves:
                moves[term.falls] += term.worth.rate(times, tenths)
                step = min(step, term.worth.next_step(times, now))
                slack += 1  # rounding: each term may jump by a tenth
        rising, falling = moves
        down, up = score - room.least - slack, room.below - 1 - score - slack
        if down < 0 or up < 0:
            return now
        return min(step, now + down / falling if falling else step, now + up / rising if rising else step)

    def _split(self) -> "tuple[_Side, _Side]":
        falling = [(term, times) for term, times in self._found if term.falls]
        rising = [(term, times) for term, times in self._found if not term.falls]
        return _Side(falling), _Side(rising)


class _Side:
    """The terms that move one way, if at all. A moment is weighed once."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._moves = any(term.moves for term, _ in found)
        self._known: dict[int, list[int]] = {}

    def at(self, now: int) -> list[int]:
        moment = now if self._moves else 0
        points = self._known.get(moment)
        if points is None:
            weighed = [(term, term.worth.at(times, moment)) for term, times in self._found]
            points = self._known[moment] = by_group(weighed)
        return points


def by_group(weighed: Weighed) -> list[int]:
    """Tenths by group."""
    points = [0] * len(GROUPS)
    for term, tenths in weighed:
        points[term.group] += tenths
    return points


def _sum(falling: list[int], rising: list[int]) -> list[int]:
    return [one + other for one, other in zip(falling, rising, strict=True)]
