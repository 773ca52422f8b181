"""One model's side of a report: bands through time, the salespeople's load, the CRM's."""

from collections.abc import Sequence

import msgspec

from config.model import Model
from flows.replay.course import Course, Kind, Stand
from flows.replay.moves import calls_for, seconds_for
from flows.replay.report import About, Capacity, DayRow, Flow, ModelSide, Writes
from state.moment import iso

FEW = 0.01
"""The share of events that may be too few to be a beginning."""
YEAR_MS = 366 * 86_400_000


class Load(msgspec.Struct, frozen=True):
    """So many reps, who can each take up `capacity` new leads a day; CRM calls allowed in 10 s."""

    reps: int = 1
    capacity: float = 8.0
    calls: int = 100


def side_of(course: Course, load: Load, unheard: tuple[str, ...], *, in_steps: bool) -> ModelSide:
    """What one model made of the past; without steps there are no days to speak of."""
    stands = shown(course.stands)
    contacts, accounts = (Flow(kind=kind, bands=course.bands[kind], days=_days(stands, kind)) for kind in _KINDS)
    return ModelSide(
        about=about(course.model),
        contacts=contacts,
        accounts=accounts,
        capacity=_capacity(contacts.days, load) if in_steps else None,
        writes=_writes(contacts.days, accounts.days, load) if in_steps else None,
        unheard=unheard,
    )


_KINDS: tuple[Kind, Kind] = ("contact", "account")


def about(model: Model) -> About:
    """Which model it is."""
    return About(name=model.model.name, version=model.model.version, note=model.model.note)


def shown(stands: Sequence[Stand]) -> Sequence[Stand]:
    """The steps without those of a few events that lie more than a year before all others: broken clocks."""
    begin, so_far, last = 0, 0, None
    few = FEW * sum(stand.events for stand in stands)
    for place, stand in enumerate(stands):
        if stand.events:
            if last is not None and stand.at - last > YEAR_MS and so_far <= few:
                begin = place
            so_far, last = so_far + stand.events, stand.at
    return stands[begin:]


def _days(stands: Sequence[Stand], kind: Kind) -> list[DayRow]:
    tallies = [(stand, stand.contact if kind == "contact" else stand.account) for stand in stands]
    return [
        DayRow(
            day=iso(stand.at)[:10], events=stand.events, entered=tally.entered, sizes=tally.sizes, writes=tally.writes
        )
        for stand, tally in tallies
    ]


def _capacity(days: Sequence[DayRow], load: Load) -> Capacity:
    reps, capacity = load.reps, load.capacity
    highs = [day.entered[-1] for day in days]
    per_day = sum(highs) / len(days)
    peak = max(days, key=lambda day: day.entered[-1])
    return Capacity(
        reps=reps, capacity=capacity, per_day=per_day, per_rep=per_day / reps, peak=peak.entered[-1], peak_day=peak.day,
        days_over=sum(high > reps * capacity for high in highs), days=len(days),
    )  # fmt: skip


def _writes(contacts: Sequence[DayRow], accounts: Sequence[DayRow], load: Load) -> Writes:
    both = [(one.writes + other.writes, one, other) for one, other in zip(contacts, accounts, strict=True)]
    peak, one, other = max(both, key=lambda found: found[0])
    calls = calls_for(one.writes) + calls_for(other.writes)
    return Writes(
        per_day=sum(count for count, _, _ in both) / len(both), peak=peak, peak_day=one.day, peak_calls=calls,
        peak_seconds=seconds_for(calls, load.calls),
    )  # fmt: skip
