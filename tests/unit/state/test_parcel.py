"""Parcels between processes: what is packed comes out as it was."""

import pickle

import pytest

from state.event import Event
from state.ids import shard_of
from state.ledger import Keep, Ledger
from state.messages import LinkFacts, Replaced, Seen, Touched
from state.parcel import Message, Parcel, Stage, parcels
from state.subject import Facts

AT = 1_781_251_200_000 << 20
EVENT = Event(AT | 3, ("pricing_viewed",), "a:1", "c:1", "u:1", "e:ann@acme.com", "acme.com", {"vip": (AT, True)})
STATED = Event(AT, said={"a:1": {"!e:ann@acme.com": [AT], "!~": [AT]}})


def facts() -> Facts:
    ledger = Ledger()
    ledger.record(AT | 7, ("pricing_viewed", "docs_viewed"), Keep())
    return Facts(ledger, {"size": (AT, 250), "ratio": (AT, 2.0), "title": (AT, None)}, {"acme.com": [AT]})


MESSAGES: list[Message] = [
    Seen("a:1", [EVENT, STATED], [EVENT], {"e:ann@acme.com": [AT]}, {"u:1": AT}),
    Seen("a:2"),
    LinkFacts("a:1", {"u:1": {"e:ann@acme.com": [AT, AT + 1]}}, ("c:1", "u:1")),
    Touched("e:ann@acme.com", "a:1", facts()),
    Replaced("e:ann@acme.com", "a:1", None, ("acme.com",), 12),
    Touched("e:ann@acme.com", "a:2", Facts()),
    Replaced("d:acme.com", "e:ann@acme.com", facts()),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_out_as_it_was(message: Message) -> None:
    parcel = Parcel("contact", 7, [message])
    assert pickle.loads(pickle.dumps(parcel)) == parcel


def test_messages_of_all_kinds_keep_their_order() -> None:
    parcel = Parcel("visitor", 3, MESSAGES)
    assert pickle.loads(pickle.dumps(parcel)) == parcel


def test_an_empty_parcel_comes_out_empty() -> None:
    assert pickle.loads(pickle.dumps(Parcel("account", 0, []))) == Parcel("account", 0, [])


def test_true_does_not_come_out_as_1() -> None:
    parcel: Parcel = pickle.loads(pickle.dumps(Parcel("visitor", 0, [MESSAGES[0]])))
    seen = parcel.messages[0]
    assert isinstance(seen, Seen)
    assert [event.traits and event.traits["vip"][1] is True for event in seen.said] == [True]


def test_a_packed_parcel_is_one_value_without_the_names_of_classes() -> None:
    assert b"Touched" not in pickle.dumps(Parcel("contact", 7, MESSAGES))


PLACES: list[tuple[Message, Stage]] = [
    (Seen("a:1"), "visitor"),
    (Seen("c:1"), "known"),
    (Seen("u:a"), "known"),
    (LinkFacts("a:1", {}), "visitor"),
    (LinkFacts("e:ann@acme.com", {}), "written"),
    (Touched("u:d", "a:1", Facts()), "contact"),
    (Replaced("e:ann@acme.com", "a:1", None), "contact"),
    (Touched("d:acme.com", "a:1", Facts()), "account"),
    (Replaced("d:acme.com", "e:ann@acme.com", None), "account"),
]


def test_a_message_goes_to_the_stage_of_its_id_and_kind_and_to_the_shard_of_its_id() -> None:
    found = {
        (parcel.stage, parcel.shard, message.to, type(message))
        for parcel in parcels([message for message, _ in PLACES], 64)
        for message in parcel.messages
    }
    assert found == {(stage, shard_of(message.to, 64), message.to, type(message)) for message, stage in PLACES}


def test_facts_for_known_ids_that_are_the_first_to_come_need_not_go_round() -> None:
    assert [parcel.stage for parcel in parcels([LinkFacts("u:1", {})], 4, first=True)] == ["known"]


def test_the_messages_of_a_shard_are_one_parcel_in_their_order() -> None:
    said: list[Message] = [Seen(f"a:{number}") for number in range(9)]
    assert parcels(said, 1) == [Parcel("visitor", 0, said)]
