"""Half-lives and limits: one at a time is changed where that ranks better, as long as any does."""

from collections.abc import Iterator

import msgspec
import numpy as np

from config.checking import needed_keep
from config.model import LARGEST_KEEP, AnyRule, Model, Scorecard, Span, Weighed
from flows.fit.rows import Mask, Rows
from flows.replay.quality import Floats, Ranking
from operators.weigh import Each

FOLDS = 3
"""Leads are dealt to so many parts; a change must rank better in most of them."""
LEAST_GAIN = 0.001
"""In AUC, on average: what is less is chance."""
MOST_CHANGES = 12
FURTHEST = 4
"""A half-life becomes at most so many times as long or as short."""
DAY_MS = 86_400_000


def best_shape(model: Model, rows: Rows, each: Each) -> Scorecard:
    """The scorecard of contacts with the half-lives and limits that rank best."""
    card, keep = model.contact, needed_keep(model)
    ranks = aucs(rows, [card], each)[:, 0]
    for _ in range(MOST_CHANGES):
        changed = list(_changes(model, card, keep))
        found = aucs(rows, changed, each)
        gains = found - ranks[:, None]
        better = np.where((gains > 0).sum(axis=0) * 2 > FOLDS, gains.mean(axis=0), 0.0)
        best = int(better.argmax()) if changed else 0
        if not changed or better[best] < LEAST_GAIN:
            break
        card, ranks = changed[best], found[:, best]
    return card


def aucs(rows: Rows, cards: list[Scorecard], each: Each) -> Floats:
    """The AUC of each scorecard (columns) over each fold (rows) of the part to learn from."""
    tenths = np.rint(rows.weigher.scores(cards, each) * 10).astype(np.int64)
    return np.array([[auc(rows, tenths[:, card], fold) for card in range(len(cards))] for fold in folds(rows)])


def auc(rows: Rows, tenths: "np.ndarray[tuple[int], np.dtype[np.int64]]", part: Mask) -> float:
    """How well scores (tenths) rank who converts, over a part of the rows."""
    return Ranking(tenths[part], rows.converts[part]).measure(np.ones(int(part.sum())))[0]


def folds(rows: Rows) -> list[Mask]:
    """The part to learn from, dealt by lead."""
    return [rows.learning & (rows.leads % FOLDS == fold) for fold in range(FOLDS)]


def _changes(model: Model, card: Scorecard, keep: dict[str, int]) -> Iterator[Scorecard]:
    for place, (rule, first) in enumerate(zip(card.rules, model.contact.rules, strict=True)):
        most = min([keep[signal] for signal in model.signals_of(rule)], default=LARGEST_KEEP)
        for changed in (*_other_paces(rule, first), *_other_limits(rule, most)):
            yield msgspec.structs.replace(card, rules=(*card.rules[:place], changed, *card.rules[place + 1 :]))


def _other_paces(rule: AnyRule, first: AnyRule) -> Iterator[AnyRule]:
    """The rule cooling faster or slower, within reason of what it was at first."""
    if isinstance(rule, Weighed) and isinstance(first, Weighed) and rule.half_life and first.half_life:
        for factor in (0.5, 2):
            half_life = max(1, round(rule.half_life * factor / DAY_MS)) * DAY_MS
            if first.half_life <= half_life * FURTHEST and half_life <= min(first.half_life * FURTHEST, Span.LONGEST):
                yield msgspec.structs.replace(rule, half_life=Span(half_life))


def _other_limits(rule: AnyRule, most: int) -> Iterator[AnyRule]:
    """The rule counting less or more; where the file leaves the limit out, it stays so."""
    if isinstance(rule, Weighed) and rule.limit:
        for limit in sorted({rule.limit - 1, rule.limit + 1, rule.limit * 2}):
            if 1 <= limit <= most:
                yield msgspec.structs.replace(rule, limit=limit)
