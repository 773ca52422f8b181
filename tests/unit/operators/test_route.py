"""What each identifier of an event hears."""

from itertools import product

import pytest

from operators.route import messages, route
from state.event import Event
from state.ids import shard_of
from state.messages import Seen
from state.traits import Traits

TRAITS: Traits = {"title": (1_000, "VP")}
TOUCH = 1_000 << 20


def event(anonymous: str = "", crm: str = "", user: str = "", email: str = "") -> Event:
    return Event(TOUCH, ("pricing",), anonymous, crm, user, email, "acme.com", TRAITS)


def own(to: str, group: str = "acme.com", **more: object) -> Seen:
    return Seen(to, TOUCH, True, ("pricing",), group=group, **more)  # type: ignore[arg-type]  # fields by name


def lent(to: str, **more: object) -> Seen:
    return Seen(to, TOUCH, False, **more)  # type: ignore[arg-type]  # fields by name


def test_a_visitor_alone_keeps_everything() -> None:
    assert messages(event("a:1")) == [own("a:1", traits=TRAITS)]


def test_a_known_id_alone_keeps_everything() -> None:
    assert messages(event(user="u:1")) == [own("u:1", traits=TRAITS)]


def test_with_both_the_visitor_has_the_touch_and_the_known_id_the_rest() -> None:
    expected = [lent("u:1", followers=("a:1",), traits=TRAITS, group="acme.com"), own("a:1", "", link="u:1")]
    assert messages(event("a:1", user="u:1")) == expected


def test_the_strongest_known_id_is_what_the_others_link_to() -> None:
    expected = [
        lent("e:a@b.io", followers=("c:1", "u:1", "a:1"), traits=TRAITS, group="acme.com"),
        lent("c:1", link="e:a@b.io"),
        lent("u:1", link="e:a@b.io"),
        own("a:1", "", link="e:a@b.io"),
    ]
    assert messages(event("a:1", "c:1", "u:1", "e:a@b.io")) == expected


def test_a_crm_id_is_stronger_than_a_user_id() -> None:
    expected = [own("c:1", followers=("u:1",), traits=TRAITS), lent("u:1", link="c:1")]
    assert messages(event(crm="c:1", user="u:1")) == expected


MIXES = [event(*mix) for mix in product(("", "a:1"), ("", "c:1"), ("", "u:1"), ("", "e:a@b.io")) if any(mix)]


@pytest.mark.parametrize("mix", MIXES)
def test_exactly_one_identifier_owns_the_touch(mix: Event) -> None:
    assert [message.own for message in messages(mix)].count(True) == 1


@pytest.mark.parametrize("mix", MIXES)
def test_who_links_is_followed_where_it_links_to(mix: Event) -> None:
    heard = messages(mix)
    links = {(message.to, message.link) for message in heard if message.link}
    assert links == {(follower, message.to) for message in heard for follower in message.followers}


def test_routing_a_batch_loses_nothing() -> None:
    heard = [message for parcel in route(MIXES * 2, 3) for message in parcel.messages]
    expected = [message for mix in MIXES * 2 for message in messages(mix)]
    assert sorted(heard, key=repr) == sorted(expected, key=repr)


def test_every_parcel_goes_to_the_shard_of_its_ids() -> None:
    found = route(MIXES, 3)
    places = {(parcel.stage, parcel.shard, shard_of(m.to, 3)) for parcel in found for m in parcel.messages}
    assert all(shard == right and stage in ("known", "visitor") for stage, shard, right in places)
