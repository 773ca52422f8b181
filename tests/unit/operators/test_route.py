"""What each identifier of a batch of events hears."""

from itertools import product

import pytest

from operators.route import messages
from operators.verdicts import EVERYONE, verdict_parcels
from state.event import Event
from state.links import RETRACTED
from state.messages import LinkFacts, Seen

TOUCH = 1_000 << 20


def event(anonymous: str = "", crm: str = "", user: str = "", email: str = "", touch: int = TOUCH) -> Event:
    return Event(touch, ("pricing",), anonymous, crm, user, email, "acme.com", {"title": (1_000, "VP")})


def heard(*events: Event) -> dict[str, Seen]:
    return {seen.to: seen for seen in messages(events)}


def test_what_is_said_of_a_whole_company_is_for_every_shard_and_not_for_an_identifier() -> None:
    verdict = Event(TOUCH, said={"d:acme.com": {RETRACTED: [TOUCH]}})
    told = [(parcel.stage, parcel.shard, parcel.messages) for parcel in verdict_parcels([verdict, event("a:1")], 2)]
    facts = [LinkFacts(EVERYONE, {"d:acme.com": {RETRACTED: [TOUCH]}})]
    assert (told, messages([verdict])) == (
        [(stage, shard, facts) for stage in ("account", "contact") for shard in (0, 1)],
        [],
    )


def test_a_visitor_alone_keeps_everything() -> None:
    one = event("a:1")
    assert heard(one) == {"a:1": Seen("a:1", [one], [one])}


def test_a_known_id_alone_keeps_everything() -> None:
    one = event(user="u:1")
    assert heard(one) == {"u:1": Seen("u:1", [one], [one])}


def test_with_both_the_visitor_has_the_touch_and_the_known_id_the_rest() -> None:
    one = event("a:1", user="u:1")
    assert heard(one) == {
        "a:1": Seen("a:1", [one], [], {"u:1": [TOUCH]}),
        "u:1": Seen("u:1", [], [one], followers={"a:1": TOUCH}),
    }


def test_the_strongest_known_id_is_what_the_others_link_to() -> None:
    one, links = event("a:1", "c:1", "u:1", "e:a@b.io"), {"e:a@b.io": [TOUCH]}
    assert heard(one) == {
        "a:1": Seen("a:1", [one], [], links),
        "e:a@b.io": Seen("e:a@b.io", [], [one], followers=dict.fromkeys(("c:1", "u:1", "a:1"), TOUCH)),
        "c:1": Seen("c:1", links=links),
        "u:1": Seen("u:1", links=links),
    }


def test_a_crm_id_is_stronger_than_a_user_id() -> None:
    one = event(crm="c:1", user="u:1")
    assert heard(one) == {
        "c:1": Seen("c:1", [one], [one], followers={"u:1": TOUCH}),
        "u:1": Seen("u:1", links={"c:1": [TOUCH]}),
    }


def test_an_event_without_traits_and_account_says_nothing() -> None:
    assert heard(Event(TOUCH, (), "a:1", "", "", "", "", None))["a:1"].said == []


MIXES = [event(*mix) for mix in product(("", "a:1"), ("", "c:1"), ("", "u:1"), ("", "e:a@b.io")) if any(mix)]


@pytest.mark.parametrize("mix", MIXES)
def test_exactly_one_identifier_owns_the_touch(mix: Event) -> None:
    assert [done for seen in heard(mix).values() for done in seen.did] == [mix]


@pytest.mark.parametrize("mix", MIXES)
def test_who_links_is_followed_where_it_links_to(mix: Event) -> None:
    links = {(seen.to, target) for seen in heard(mix).values() for target in seen.links}
    assert links == {(follower, seen.to) for seen in heard(mix).values() for follower in seen.followers}


def test_an_identifier_hears_once_however_many_events_name_it() -> None:
    assert [seen.to for seen in messages([event("a:1", touch=TOUCH + late) for late in range(9)])] == ["a:1"]


def test_a_follower_is_told_with_its_first_touch() -> None:
    late, early = event("a:1", user="u:1", touch=TOUCH + 5), event("a:1", user="u:1")
    assert [heard(*both)["u:1"].followers for both in ([late, early], [early, late])] == [{"a:1": TOUCH}] * 2
