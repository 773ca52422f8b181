"""A stretch of time in which nothing new is learnt about a subject: weigh it at any moment, or bound it."""

from collections.abc import Sequence

from operators.card import Card
from operators.occurrences import Once
from operators.rules import GROUPS
from operators.terms import Term
from operators.view import Profile, people_as_of, person_as_of
from state.subject import Subject

Found = list[tuple[Term, list[list[int]]]]
"""Terms, each with its occurrences (ms), a list per person; those that have a quick way go without."""

UNLISTED: list[list[int]] = [[]]

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
        self.found: Found = [
            (term, times) for term in self.terms if (times := UNLISTED if term.quick else term.times(self.seen))
        ]
        self.scores: dict[tuple[int, int], int] = {}
        self._moving: tuple[bool, bool] | None = None

    def weigh(self, now: int) -> Weighed:
        """What each term is worth at `now` (ms), by its occurrences."""
        return [(term, term.worth.at(times, now)) for term in self.terms if (times := term.times(self.seen))]

    def total(self, weighed: Weighed) -> int:
        """The score that terms of such worth come to."""
        return 0 if self.excluded else self.card.total(by_group(weighed))

    def bounds(self, start: int, end: int) -> tuple[int, int]:
        """The least and the most that the score can be from `start` to `end` (ms, both included).

        Exact for a single moment.
        """
        low = self._score(end, start)
        return low, low if start == end else self._score(start, end)

    def score(self, now: int) -> int:
        """The score at `now` (ms)."""
        return self._score(now, now)

    def most_since(self, start: int) -> int:
        """No less than the score was at any moment from `start` (ms) to that of the stretch.

        If the card leaves out nothing of what is seen, and the profile was the same throughout. What happened later
        than `start` counts as if it had happened by then; of what takes points only the profile counts.
        """
        seen, points = self.seen, [0] * len(GROUPS)
        for term, times in self.found:
            if term.worth.after:
                points[term.group] += max(0, round(term.worth.points))
            elif term.worth.points > 0 or isinstance(term.pattern, Once):
                points[term.group] += term.quick(seen, start) if term.quick else term.worth.at(times, start)
        return self.card.total(points)

    def _score(self, falling: int, rising: int) -> int:
        """The score of terms that fall as of one moment, and those that rise as of another."""
        if self.excluded:
            return 0
        self._moving = falls, rises = self._moving or self._directions()
        if not (falls and rises):  # where all that moves goes one way, a score is that of a moment
            falling = rising = falling if falls else rising
        score = self.scores.get((falling, rising))
        if score is None:
            seen, points = self.seen, [0] * len(GROUPS)
            for term, times in self.found:
                now = falling if term.falls else rising
                points[term.group] += term.quick(seen, now) if term.quick else term.worth.at(times, now)
            score = self.scores[falling, rising] = self.card.total(points)
        return score

    def _directions(self) -> tuple[bool, bool]:
        directions = {term.falls for term, _ in self.found if term.moves}
        return True in directions, False in directions


def by_group(weighed: Weighed) -> list[int]:
    """Tenths by group."""
    points = [0] * len(GROUPS)
    for term, tenths in weighed:
        points[term.group] += tenths
    return points
