"""What was said and not read yet counts as it will when the flow has read it."""

import msgspec
import pytest

from flows.correct import contact_of, leave_of, merge_of, source_of, split_of, verdict_of
from flows.exits import NotFound
from flows.models import in_use
from flows.reading import Reading
from flows.retracted import identifiers_of
from flows.statement_log import Statement
from flows.unread import ReadAhead, said_in
from state.memory import MemoryStore
from state.moment import milliseconds
from tests.unit.flows.conftest import NOON, SETTINGS, Happen

ANN, OLD, VERY_OLD = "ann@acme.com", "old@acme.com", "very-old@acme.com"
LINES = [
    b'{"event":"pricing_viewed","email":"%s","anonymousId":"a%d","timestamp":"2025-06-10T08:00:00Z"}'
    % (who.encode(), n)
    for n, who in enumerate((ANN, OLD, VERY_OLD))
]


def ahead(store: MemoryStore, said: list[Statement]) -> Reading:
    used = in_use(SETTINGS, store)
    return ReadAhead(store, used, said_in([msgspec.json.encode(one) for one in said], used.model))


@pytest.mark.parametrize("unread", [0, 1, 2])
def test_who_belongs_together_does_not_depend_on_how_much_was_read(
    happen: Happen, reading: Reading, store: MemoryStore, unread: int
) -> None:
    happen(*LINES)
    said = [*merge_of(reading, OLD, ANN, NOON, ""), *merge_of(reading, VERY_OLD, OLD, NOON, "")]
    happen(*(msgspec.json.encode(one) for one in said[unread:]))
    then = ahead(store, said[:unread])
    assert sorted(source.id for source in identifiers_of(then, f"e:{ANN}")) == [
        "a:a0", "a:a1", "a:a2", f"e:{ANN}", f"e:{OLD}", f"e:{VERY_OLD}"
    ]  # fmt: skip


def test_an_id_that_was_only_spoken_of_is_known(happen: Happen, reading: Reading, store: MemoryStore) -> None:
    happen(*LINES)
    then = ahead(store, merge_of(reading, "crm:151", ANN, NOON, ""))
    assert contact_of(then, source_of(then, "crm:151")) == f"e:{ANN}"


def test_what_is_said_next_comes_after_what_was_not_read_yet(
    happen: Happen, reading: Reading, store: MemoryStore
) -> None:
    happen(*LINES)
    said = merge_of(reading, OLD, ANN, NOON, "")
    (split,) = split_of(ahead(store, said), OLD, ANN, NOON, "")
    assert milliseconds(split.timestamp) == NOON + 1


def test_a_visitor_that_left_has_left(happen: Happen, reading: Reading, store: MemoryStore) -> None:
    happen(*LINES)
    said = leave_of(reading, "visitor:a1", NOON, "")
    with pytest.raises(NotFound, match="is nobody's already"):
        leave_of(ahead(store, said), "visitor:a1", NOON, "")


@pytest.mark.parametrize("key", ["acme.com", "agent:pricewatch-2"])
def test_a_verdict_on_many_stands(happen: Happen, reading: Reading, store: MemoryStore, key: str) -> None:
    happen(*LINES)
    said = verdict_of(reading, [key], NOON, "", counts=False)
    assert len(ahead(store, said).verdicts().retracted) == 1
