"""The receipt: the lines of a score, which add up to it, with the touches behind them."""

from collections.abc import Sequence

from operators.occurrences import EveryTouch, Occurrence
from operators.rules import GROUPS
from operators.stretch import Stretch, Weighed, by_group
from operators.terms import Term
from operators.view import Seen
from operators.wording import counted
from state.score import Line


def receipt(stretch: Stretch, weighed: Weighed, now: int) -> tuple[Line, ...]:
    """A line for each term that adds or takes points at `now` (ms), the most first; then what changes their sum."""
    ranked = sorted((-tenths, term.order, term) for term, tenths in weighed if tenths)
    lines = [_line(stretch.seen, term, -negated, now) for negated, _, term in ranked]
    return (*lines, *_corrections(stretch, by_group(weighed)))


def _line(seen: Seen, term: Term, tenths: int, now: int) -> Line:
    found = term.worth.counted(term.pattern.occurrences(seen), now)
    touches = {touch for one in found for occurrence in one for touch in occurrence.touches}
    return Line(term.rule, tenths / 10, tuple(sorted(touches)), _words(seen, term, found), GROUPS[term.group])


def _words(seen: Seen, term: Term, found: Sequence[Sequence[Occurrence]]) -> str:
    if not isinstance(term.pattern, EveryTouch):
        return term.words
    people = sum(person for person, one in zip(seen.persons, found, strict=True) if one)
    return counted(term.words, sum(map(len, found)), people)


def _corrections(stretch: Stretch, points: Sequence[int]) -> list[Line]:
    """What the groups' caps take, and after them the exclusion or the clamp."""
    card = stretch.card
    capped = card.capped(points)
    taken = zip(GROUPS, card.caps, capped, points, strict=True)
    lines = [
        Line(f"cap: {group}", (after - before) / 10, words=f"{group} counts for {cap / 10:g} at most", group=group)
        for group, cap, after, before in taken
        if after != before
    ]
    if stretch.excluded:
        return [*lines, Line(stretch.excluded.rule, -sum(capped) / 10, words=stretch.excluded.words)]
    if clamped := card.total(points) - sum(capped):
        lines.append(
            Line("clamp", clamped / 10, words=f"the score stays within {card.least / 10:g} and {card.most / 10:g}")
        )
    return lines
