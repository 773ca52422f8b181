"""Batch create, update and upsert: all of a batch is checked before any of it is applied."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from simulators.hubspot.crm import Record, Shelf, normal
from simulators.hubspot.errors import Problem, Refused, Unusable, invalid, values_problem
from simulators.hubspot.reads import answer
from simulators.hubspot.standard import MODIFIED
from simulators.hubspot.when import iso
from simulators.hubspot.wire import BatchAnswer, Keyed, New, ObjectAnswer

Verb = Literal["create", "update", "upsert"]

_WHOLE_BATCH = ("PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "INVALID_EMAIL")
_TYPE_IDS = {"contacts": "0-1", "companies": "0-2"}


class Item(msgspec.Struct, frozen=True):
    """One input: `by` is the property that `key` is a value of, None where it is the record id."""

    key: str
    by: str | None
    properties: dict[str, str]
    trace: str | None


class Plan(msgspec.Struct, frozen=True):
    """An input that will be applied, to a record or as a new one."""

    item: Item
    record: Record | None
    values: dict[str, str]


class Failure(msgspec.Struct, frozen=True):
    """An input that cannot be applied; `status` is what the call answers when it takes the batch with it."""

    item: Item
    problem: Problem
    status: int
    whole: bool


def created(inputs: Sequence[New]) -> list[Item]:
    """The items of a batch/create."""
    return [Item("", None, each.properties, each.object_write_trace_id) for each in inputs]


def keyed(inputs: Sequence[Keyed]) -> list[Item]:
    """The items of a batch/update or batch/upsert."""
    return [Item(each.id, each.id_property, each.properties, each.object_write_trace_id) for each in inputs]


def write(shelf: Shelf, verb: Verb, items: Sequence[Item], doomed: frozenset[str], now: int) -> BatchAnswer:
    """Apply a batch, or refuse it whole with a 4xx (`Refused`); `doomed` keys fail on request, each alone.

    A value that cannot be used takes the batch with it, unless its input has an `objectWriteTraceId`; an
    unknown property and an invalid address always do.
    """
    for item in items:
        _check_key(shelf, verb, item)
    _check_named_once(shelf, items)
    outcomes = [_plan(shelf, verb, item, doomed) for item in items]
    failures = [each for each in outcomes if isinstance(each, Failure)]
    for failure in failures:
        if failure.whole:
            raise Refused(failure.status, failure.problem)
    results = [_apply(shelf, verb, each, now) for each in outcomes if isinstance(each, Plan)]
    return batch_answer(results, [failure.problem for failure in failures], now)


def batch_answer(results: list[ObjectAnswer], errors: list[Problem], now: int) -> BatchAnswer:
    """The body of a batch call that came through, in whole or in part."""
    return BatchAnswer(
        results=results,
        errors=errors or UNSET,
        num_errors=len(errors) or UNSET,
        started_at=iso(now),
        completed_at=iso(now),
    )


def _check_key(shelf: Shelf, verb: Verb, item: Item) -> None:
    if verb == "upsert" and item.by is None:
        raise invalid("Invalid input JSON: Some required fields were not set: [idProperty]")
    if item.by is not None and not shelf.is_unique(item.by):
        named = f"{_TYPE_IDS[shelf.kind]} property {item.by}"
        raise invalid(f"Unable to perform update/upsert by non-unique {named}")


def _check_named_once(shelf: Shelf, items: Sequence[Item]) -> None:
    names = Counter(name for item in items if (name := _name(shelf, item)))
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        listed = ", ".join(twice)
        raise invalid(f"Duplicate IDs found in batch input: [{listed}]. IDs must be unique", {"ids": twice})


def _name(shelf: Shelf, item: Item) -> str:
    if not item.key:
        return normal("email", item.properties.get("email", "")) if shelf.kind == "contacts" else ""
    record = shelf.find(item.key, item.by)
    return record.id if record is not None else normal(item.by or "", item.key)


def _plan(shelf: Shelf, verb: Verb, item: Item, doomed: frozenset[str]) -> Plan | Failure:
    asked = dict(item.properties)
    if verb == "upsert" and item.by is not None:
        asked.setdefault(item.by, item.key)
    values, unusable = shelf.clean(asked)
    if unusable:
        return _unusable(item, unusable)
    record = shelf.find(item.key, item.by) if item.key else None
    if verb == "update" and record is None:
        return _missing(shelf, item)
    owner = shelf.owner_of(values)
    if owner is not None and owner is not record:
        return _taken(shelf, item, owner)
    return _doomed(item) if _is_doomed(item, record, doomed) else Plan(item, record, values)


def _unusable(item: Item, unusable: list[Unusable]) -> Failure:
    whole = item.trace is None or any(each.code in _WHOLE_BATCH for each in unusable)
    return Failure(item, _traced(values_problem(unusable), item), 400, whole)


def _missing(shelf: Shelf, item: Item) -> Failure:
    return Failure(item, _traced(missing(shelf, [item.key]), item), 404, whole=False)


def missing(shelf: Shelf, keys: list[str]) -> Problem:
    """The problem of naming records that are not there."""
    kind = {"contacts": "CONTACT", "companies": "COMPANY"}[shelf.kind]
    message = f"Could not get some {kind} objects, they may be deleted or not exist. Check that ids are valid."
    return Problem(message=message, category="OBJECT_NOT_FOUND", context={"ids": keys})


def _taken(shelf: Shelf, item: Item, owner: Record) -> Failure:
    name = {"contacts": "Contact", "companies": "Company"}[shelf.kind]
    problem = Problem(message=f"{name} already exists. Existing ID: {owner.id}", category="CONFLICT")
    return Failure(item, _traced(problem, item), 409, whole=item.trace is None)


def _is_doomed(item: Item, record: Record | None, doomed: frozenset[str]) -> bool:
    emails = (
        item.key,
        item.properties.get("email", ""),
        record.properties.get("email", "") if record else "",
    )
    return not doomed.isdisjoint(email.lower() for email in emails)


def _doomed(item: Item) -> Failure:
    problem = Problem(
        message="The record could not be written", category="VALIDATION_ERROR", context={"ids": [item.key]}
    )
    return Failure(item, _traced(problem, item), 400, whole=False)


def _traced(problem: Problem, item: Item) -> Problem:
    if item.trace is None:
        return problem
    context = {} if isinstance(problem.context, UnsetType) else problem.context
    return msgspec.structs.replace(problem, context={**context, "objectWriteTraceId": [item.trace]})


def _apply(shelf: Shelf, verb: Verb, plan: Plan, now: int) -> ObjectAnswer:
    record = plan.record
    if record is None:
        record = shelf.create(plan.values, now)
    else:
        shelf.update(record, plan.values, now)
    names = (*plan.values, "createdate", "hs_object_id", MODIFIED[shelf.kind])
    return msgspec.structs.replace(
        answer(record, record.properties, names),
        new=plan.record is None if verb == "upsert" else UNSET,
        object_write_trace_id=plan.item.trace or UNSET,
    )
