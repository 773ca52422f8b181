"""Points: regularised logistic regression over what each rule counts, with signs as the model has them.

The regression is linear and knows neither caps of groups nor the clamp; so its points are mixed with the model's own,
and the mix is chosen by how whole scores rank leads that the regression has not seen.
"""

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from config.model import AnyRule, Exclusion, Model, Scorecard, ValuedRule, Weighed
from flows.fit.rows import Mask, Rows
from flows.fit.shapes import auc, folds
from flows.replay.quality import Floats
from operators.weigh import Each

STRENGTHS = (0.01, 0.1, 1.0)
"""Inverse strengths of the regularisation (scikit-learn's C) that are tried."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the regression's points in the mix that are tried."""
FEWEST = 30
"""Leads that a rule must count anything of for its points to be fitted."""
ROUNDS = 1_000


class Mix(msgspec.Struct, frozen=True):
    """How points were found: strength of the regularisation, share of the regression."""

    strength: float
    share: float


class Points(msgspec.Struct, frozen=True):
    """A scorecard with fitted points. `rare` rules kept theirs, the regression left `idle` ones out."""

    card: Scorecard
    mix: Mix
    rare: tuple[str, ...]
    idle: tuple[str, ...]


def fitted(model: Model, card: Scorecard, rows: Rows, each: Each) -> Points:
    """The card with the points that rank best, rounded to whole ones."""
    return _Search(model, card, rows).best(each)


class _Search:
    """The points of one card. `often` are the places of the rules that can be fitted, `own` their points, unsigned."""

    def __init__(self, model: Model, card: Scorecard, rows: Rows) -> None:
        self._model = model
        self._card = card
        self._rows = rows
        amounts = _saturated(card, rows.weigher.amounts(card))
        self._often = [place for place in range(len(card.rules)) if _is_seen_often(amounts[:, place], rows)]
        self._amounts = amounts[:, self._often]
        points = np.array([self._rule(place).points for place in self._often])
        self._own, self._signs = np.abs(points), np.sign(points)

    def best(self, each: Each) -> Points:
        mix = self._best_mix(each)
        if not mix.share or not self._often:
            return Points(self._card, mix, (), ())
        weights = self._weights(self._rows.learning, mix.strength)
        rules = self._card.rules
        idle = tuple(rules[place].name for place, weight in zip(self._often, weights, strict=True) if not weight)
        rest = [rule for place, rule in enumerate(rules) if place not in self._often]
        rare = tuple(rule.name for rule in rest if not isinstance(rule, Exclusion))
        return Points(self._weighted(weights, mix.share), mix, rare, idle)

    def _best_mix(self, each: Each) -> Mix:
        """By the AUC over leads left out of the regression, on average; of equals the one nearest to the card."""
        mixes = [Mix(strength, share) for share in SHARES for strength in STRENGTHS]
        found = np.zeros(len(mixes))
        for fold in folds(self._rows):
            rest = self._rows.learning & ~fold
            weights = {strength: self._weights(rest, strength) for strength in STRENGTHS}
            cards = [self._weighted(weights[mix.strength], mix.share) for mix in mixes]
            tenths = np.rint(self._rows.weigher.scores(cards, each) * 10).astype(np.int64)
            found += [auc(self._rows, tenths[:, place], fold) for place in range(len(mixes))]
        return mixes[int(found.argmax())]

    def _weights(self, part: Mask, strength: float) -> Floats:
        """What one occurrence of each rule adds to the log odds in its own direction; 0 where it would turn that round.

        Rules whose weight comes out with the wrong sign are left out, and the others fitted again, until none is.
        """
        amounts, weights = self._amounts * self._signs, np.zeros(len(self._often))
        spread = amounts[part].std(axis=0)
        active = np.flatnonzero(spread)
        while len(active):
            regression = LogisticRegression(C=strength, max_iter=ROUNDS)
            regression.fit(amounts[np.ix_(part, active)] / spread[active], self._rows.converts[part])
            found: Floats = regression.coef_[0]
            if (found > 0).all():
                weights[active] = found / spread[active]
                break
            active = active[found > 0]
        return weights

    def _weighted(self, weights: Floats, share: float) -> Scorecard:
        """The card with a mix of its own points and the regression's, which are scaled to add as much on average.

        Rounded; a rule is worth a point at least, with its own sign, and no more than its group may come to.
        """
        level = self._amounts.mean(axis=0)
        scaled = weights * (level @ self._own) / max(float(level @ weights), 1e-12)
        mixed = (1 - share) * self._own + share * scaled
        rules: list[AnyRule] = list(self._card.rules)
        for place, points in zip(self._often, mixed, strict=True):
            rule = self._rule(place)
            most = int(max(1, self._card.caps.get(self._model.group_of(rule), self._card.max)))
            rules[place] = _worth(rule, max(1, min(most, round(float(points)))))
        return msgspec.structs.replace(self._card, rules=tuple(rules))

    def _rule(self, place: int) -> ValuedRule:
        rule = self._card.rules[place]
        assert not isinstance(rule, Exclusion), "an exclusion counts nothing"
        return rule


def _worth(rule: ValuedRule, points: int) -> ValuedRule:
    """The rule with other points; its cap grows and shrinks with them, but is never below them."""
    signed = float(points if rule.points > 0 else -points)
    if isinstance(rule, Weighed) and rule.cap is not None:
        cap = float(max(points, round(rule.cap * points / abs(rule.points))))
        return msgspec.structs.replace(rule, points=signed, cap=cap)
    return msgspec.structs.replace(rule, points=signed)


def _saturated(card: Scorecard, amounts: Floats) -> Floats:
    """Amounts, no more of each rule than its cap lets count."""
    caps = [
        rule.cap / abs(rule.points) if isinstance(rule, Weighed) and rule.cap is not None else np.inf
        for rule in card.rules
    ]
    return np.minimum(amounts, caps)


def _is_seen_often(amounts: Floats, rows: Rows) -> bool:
    """Whether a rule counts something of enough leads, and not the same of all."""
    leads = np.unique(rows.leads[rows.learning & (amounts > 0)])
    return len(leads) >= FEWEST and bool(amounts[rows.learning].std() > 0)
