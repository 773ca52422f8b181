"""Who moves when the proposed model takes over, and what it takes to tell the CRM."""

from heapq import nsmallest
from math import ceil

from flows.replay.course import KINDS, Course, Kind, kind_of
from flows.replay.report import Mover, Moves, ReceiptLine, Switch
from flows.replay.subjects import Everyone
from operators.evaluate import evaluate
from operators.urgency import urgency
from state.ids import bare
from state.score import Score

MOVERS = 10
RECORDS_A_CALL = 100
"""What HubSpot takes in one batch."""
QUOTA_WINDOW_S = 10.0


def moves_of(kind: Kind, current: Course, proposed: Course, everyone: Everyone, at: int) -> Moves:
    """The moves of one kind as of `at` (ms), the end of the past."""
    shelf = everyone.accounts if kind == "account" else everyone.contacts
    before, after = current.bands[kind], proposed.bands[kind]
    matrix = [[0] * len(after) for _ in before]
    ranked: list[tuple[int, int, str]] = []
    for subject in shelf:
        if subject.sources:
            left, entered = current.band(subject.id), proposed.band(subject.id)
            matrix[left][entered] += 1
            moved = proposed.tenths(subject, at) - current.tenths(subject, at)
            if moved:
                ranked.append((-abs(entered - left), -abs(moved), subject.id))
    places = [(row, column) for row in range(len(before)) for column in range(len(after))]
    return Moves(
        kind=kind, current_bands=before, proposed_bands=after, matrix=matrix,
        up=sum(matrix[row][column] for row, column in places if column > row),
        down=sum(matrix[row][column] for row, column in places if column < row),
        movers=[_mover(everyone, id_, current, proposed, at) for *_, id_ in nsmallest(MOVERS, ranked)],
    )  # fmt: skip


def switch_of(current: Course, proposed: Course, calls_per_window: int) -> Switch:
    """What tells the CRM of everybody whose record changes enough to be written; `calls_per_window` in 10 s."""
    counts = dict.fromkeys(KINDS, 0)
    for id_, after in proposed.standing.items():
        if urgency(current.standing.get(id_), after) is not None:
            counts[kind_of(id_)] += 1
    calls = sum(calls_for(count) for count in counts.values())
    seconds = seconds_for(calls, calls_per_window)
    return Switch(contacts=counts["contact"], accounts=counts["account"], calls=calls, seconds=seconds)


def calls_for(records: int) -> int:
    """How many calls so many records of one kind take."""
    return ceil(records / RECORDS_A_CALL)


def seconds_for(calls: int, calls_per_window: int) -> float:
    """How long so many calls take at a quota of so many in 10 s, all of it spent."""
    return calls * QUOTA_WINDOW_S / calls_per_window


def _mover(everyone: Everyone, id_: str, current: Course, proposed: Course, at: int) -> Mover:
    subject = everyone.find(id_)
    assert subject is not None
    before, after = evaluate(current.scoring, subject, at), evaluate(proposed.scoring, subject, at)
    return Mover(
        key=bare(id_), current_score=before.total, proposed_score=after.total,
        current_band=before.band, proposed_band=after.band, lines=_side_by_side(before, after),
    )  # fmt: skip


def _side_by_side(before: Score, after: Score) -> list[ReceiptLine]:
    """The lines of both receipts by rule, those that differ most first."""
    olds, news = ({line.rule: line for line in score.lines} for score in (before, after))
    lines = []
    for rule in dict.fromkeys([*news, *olds]):
        old, new = olds.get(rule), news.get(rule)
        words = (new or old).words  # type: ignore[union-attr]  # one of them has the rule
        lines.append(
            ReceiptLine(
                rule=rule, words=words, current=old.points if old else None, proposed=new.points if new else None
            )
        )
    return sorted(lines, key=lambda line: (-abs((line.proposed or 0) - (line.current or 0)), line.rule))
