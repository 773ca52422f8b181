"""Batches: never a record twice in one, and one verdict for each input whatever the answer says.

HubSpot takes 100 inputs a call. A call that it refuses as a whole, and an answer whose errors do not say whom
they mean, is asked again in halves until the culprits stand alone; asking again is harmless, since a write is
an upsert or an update.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from sinks.hubspot.answers import DRIFTED, Batch, Problem, Result, listed

LARGEST = 100

V = TypeVar("V")


class Input(msgspec.Struct, frozen=True, omit_defaults=True):
    """One record in a batch call; `trace` is ours, no other input's id, and comes back in answers."""

    trace: str = msgspec.field(name="objectWriteTraceId")
    id: str
    properties: dict[str, str]
    id_property: str | None = msgspec.field(name="idProperty", default=None)


Verdict = Result | Problem
Send = Callable[[Sequence[Input]], Batch | Problem]


class DefinitionsDrifted(Exception):
    """HubSpot no longer knows a property or a choice of ours."""


def batches(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    """Batches in order, none with more than 100 inputs or with the same id twice.

    >>> one, two = Input("0", "a@b.com", {}), Input("1", "c@d.com", {})
    >>> [[i.trace for i in batch] for batch in batches([one, two, msgspec.structs.replace(one, trace="2")])]
    [['0', '1'], ['2']]
    """
    batch: dict[str, Input] = {}
    for entry in inputs:
        if entry.id in batch or len(batch) == LARGEST:
            yield list(batch.values())
            batch = {}
        batch[entry.id] = entry
    if batch:
        yield list(batch.values())


def settle(send: Send, batch: Sequence[Input]) -> Iterator[tuple[Input, Verdict]]:
    """Send until each input has its verdict; verdicts are given out as they are known.

    Raises `DefinitionsDrifted`, and what `send` raises.
    """
    verdicts, unclear = judged(batch, send(batch))
    yield from verdicts
    for half in halves(unclear):
        yield from settle(send, half)


def halves(inputs: Sequence[V]) -> Iterator[Sequence[V]]:
    """The two halves, without the empty ones.

    >>> list(halves("abc")), list(halves("a")), list(halves(""))
    (['ab', 'c'], ['a'], [])
    """
    middle = (len(inputs) + 1) // 2
    return (half for half in (inputs[:middle], inputs[middle:]) if half)


def judged(batch: Sequence[Input], answer: Batch | Problem) -> tuple[list[tuple[Input, Verdict]], list[Input]]:
    """What an answer says of each input, and the inputs of which it says nothing clear.

    Of a single input everything is clear.
    """
    check_definitions(answer)
    if len(batch) == 1:
        return [(batch[0], verdict_on_one(answer))], []
    if isinstance(answer, Problem):
        return [], list(batch)
    return judged_multi_status(batch, answer)


def check_definitions(answer: Batch | Problem) -> None:
    """Raise `DefinitionsDrifted` when that is what the answer is about."""
    errors = (answer,) if isinstance(answer, Problem) else answer.errors
    if any(DRIFTED.intersection(error.codes()) for error in errors):
        raise DefinitionsDrifted


def verdict_on_one(answer: Batch | Problem) -> Verdict:
    """The verdict on the only input of a call."""
    if isinstance(answer, Problem):
        return answer
    nothing = Problem(category="NO_RESULT")
    return next(iter(answer.errors), None) or next(iter(answer.results), nothing)


def judged_multi_status(batch: Sequence[Input], answer: Batch) -> tuple[list[tuple[Input, Verdict]], list[Input]]:
    """As `judged`, for a call that HubSpot took.

    An input that no error names is written, if there are as many results as such inputs.
    """
    named = errors_by_name(answer)
    written = {name: result for result in answer.results for name in (result.trace_id, result.id) if name}
    refused = sum(about(entry, named) is not None for entry in batch)
    complete = len(answer.results) + refused >= len(batch)
    verdicts: list[tuple[Input, Verdict]] = []
    unclear: list[Input] = []
    for entry in batch:
        verdict = about(entry, named) or about(entry, written)
        if verdict or complete:
            verdicts.append((entry, verdict or Result()))
        else:
            unclear.append(entry)
    return verdicts, unclear


def errors_by_name(answer: Batch) -> dict[str, Problem]:
    """Trace id or id -> what is wrong with that input."""
    return {name: error for error in answer.errors for name in names(error)}


def names(error: Problem) -> list[str]:
    """The trace ids, else the ids, of the inputs that an error is about."""
    context = error.context
    return (listed(context.trace_ids) or listed(context.ids)) if context else []


def about(entry: Input, said: dict[str, V]) -> V | None:
    """What was said of this input, under its trace id or its id."""
    return said.get(entry.trace) or said.get(entry.id)
