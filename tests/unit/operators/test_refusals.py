"""Whom the limits on identity make nobody's is counted, once each."""

import pytest

from operators.identify_shard import IdentifyShard, Limits
from state.event import Event
from state.links import CLOSED
from state.measures import Refusals
from state.memory import MemoryStore
from state.messages import LinkFacts, Seen
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Source

ANN, BOB, CAT, OFFICE = "e:ann@acme.com", "e:bob@acme.com", "e:cat@acme.com", "e:office@acme.com"


@pytest.fixture
def refused() -> Refusals:
    return Refusals()


@pytest.fixture
def visitors(refused: Refusals) -> IdentifyShard:
    """Two contacts per visitor are allowed."""
    return IdentifyShard(Shelf(MemoryStore(1), "visitor", 0, Source), Retention(), Limits(2), refused=refused)


def linked(second: int, *targets: str) -> Seen:
    """A visitor's event that names others."""
    touch = second * 1_000 << 20
    return Seen("a:1", [Event(touch, (), "a:1")], [], {target: [touch] for target in targets})


def closed(id_: str, second: int) -> LinkFacts:
    """An id says when the last of the visitors came that it keeps."""
    return LinkFacts("a:1", {id_: {CLOSED: [second * 1_000 << 20]}})


def test_a_visitor_within_the_limit_is_no_shared_device(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(1, ANN, BOB)])
    assert refused == Refusals()


def test_a_visitor_with_one_contact_too_many_is_a_shared_device(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(1, ANN), linked(2, BOB), linked(3, CAT)])
    assert refused == Refusals(shared_device=1)


def test_a_shared_device_is_counted_once(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(1, ANN, BOB, CAT)])
    visitors.handle([linked(2, "e:dan@acme.com"), linked(3, ANN)])
    assert refused.shared_device == 1


def test_ids_of_one_person_are_one_contact(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(1, ANN, "u:1"), LinkFacts("a:1", {"u:1": {ANN: [5]}}), linked(2, BOB)])
    assert refused.shared_device == 0


def test_a_visitor_who_came_when_an_id_was_full_is_refused(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(5, OFFICE)])
    visitors.handle([closed(OFFICE, 4)])
    assert refused == Refusals(id_full=1)


def test_a_visitor_who_came_before_an_id_was_full_is_not_refused(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(4, OFFICE)])
    visitors.handle([closed(OFFICE, 4)])
    assert refused.id_full == 0


def test_a_refusal_that_is_told_again_is_counted_once(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(5, OFFICE)])
    visitors.handle([closed(OFFICE, 4), closed(OFFICE, 3), linked(6, OFFICE)])
    assert refused.id_full == 1


def test_a_link_to_an_id_known_to_be_full_is_refused_at_once(visitors: IdentifyShard, refused: Refusals) -> None:
    visitors.handle([linked(1, ANN), closed(OFFICE, 4), linked(5, OFFICE)])
    assert refused.id_full == 1


def test_known_ids_are_not_refused(refused: Refusals) -> None:
    known = IdentifyShard(Shelf(MemoryStore(1), "known", 0, Source), Retention(), Limits(2), refused=refused)
    touch = 5_000 << 20
    known.handle([Seen("u:1", [], [], {OFFICE: [touch]}), LinkFacts("u:1", {OFFICE: {CLOSED: [touch - 1]}})])
    assert refused == Refusals()
