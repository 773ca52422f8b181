"""The figures of a report by name: what `--fail-if` can ask for."""

from flows.replay.report import Judged, ModelSide, Moves, Quality, Switch

FIGURES = {
    "high_now": "contacts in the highest band at the end",
    "high_accounts_now": "accounts in the highest band at the end",
    "high_per_day": "contacts that enter the highest band, a day",
    "high_per_day_peak": "the same on the day with the most",
    "high_per_rep": "contacts that enter the highest band, a day and rep",
    "days_over_capacity": "days on which more contacts entered the highest band than all reps can take up",
    "writes_per_day": "CRM records written, a day",
    "writes_peak": "the same on the day with the most",
    "moved_up": "contacts in a higher band than under the current model",
    "moved_down": "contacts in a lower band than under the current model",
    "moved_share": "share of contacts in another band than under the current model (0 to 1)",
    "switch_writes": "CRM records to write when the proposed model takes over",
    "switch_minutes": "minutes that takes at the quota",
    "auc": "ROC AUC over all rows judged by outcomes (0.5: chance)",
    "auc_low": "the lower end of its 95 % interval",
    "auc_gain": "AUC of the proposed model less that of the current one",
    "auc_gain_low": "the lower end of its 95 % interval",
    "average_precision": "average precision over the same rows",
    "lift_high": "share that converts in the highest band, beside the share of all",
    "precision_high": "share that converts in the highest band (0 to 1)",
    "high_before_outcome": "share of converted leads that had become high before (0 to 1)",
    "speed_days": "days before the outcome at which the median of those became high",
}
"""Name -> what it is, with its unit. Those that need outcomes, days or a second model are only there with them."""
OF_OUTCOMES = frozenset(tuple(FIGURES)[tuple(FIGURES).index("auc") :])
"""Those from `auc` on tell how well scores foretold what happened."""


def side_figures(side: ModelSide, quality: Quality | None) -> dict[str, float]:
    """What can be said of either model."""
    found: dict[str, float | None] = {}
    if side.contacts.days:
        found["high_now"] = side.contacts.days[-1].sizes[-1]
        found["high_accounts_now"] = side.accounts.days[-1].sizes[-1]
    if side.capacity:
        found["high_per_day"], found["high_per_day_peak"] = side.capacity.per_day, side.capacity.peak
        found["high_per_rep"], found["days_over_capacity"] = side.capacity.per_rep, side.capacity.days_over
    if side.writes:
        found["writes_per_day"], found["writes_peak"] = side.writes.per_day, side.writes.peak
    if quality:
        found |= _quality(quality)
    return {name: float(value) for name, value in found.items() if value is not None}


def comparing_figures(moves: list[Moves], switch: Switch | None, judged: Judged | None) -> dict[str, float]:
    """What can be said of two models."""
    found: dict[str, float | None] = {}
    if moves:
        contacts = moves[0]
        everyone = sum(map(sum, contacts.matrix))
        found["moved_up"], found["moved_down"] = contacts.up, contacts.down
        found["moved_share"] = (contacts.up + contacts.down) / everyone if everyone else 0.0
    if switch:
        found["switch_writes"], found["switch_minutes"] = switch.contacts + switch.accounts, switch.seconds / 60
    if judged and judged.auc_gain:
        found["auc_gain"], found["auc_gain_low"] = judged.auc_gain.value, judged.auc_gain.low
    return {name: float(value) for name, value in found.items() if value is not None}


def _quality(quality: Quality) -> dict[str, float | None]:
    top, speed = quality.bands[-1], quality.speed
    return {
        "auc": quality.auc.value,
        "auc_low": quality.auc.low,
        "average_precision": quality.average_precision.value,
        "lift_high": top.lift,
        "precision_high": top.precision,
        "high_before_outcome": speed.high_before / speed.converted if speed.converted else None,
        "speed_days": speed.median_days,
    }
