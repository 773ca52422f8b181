"""What each identifier of a batch of events hears."""

from itertools import product

import pytest

from operators.route import messages
from state.event import Event
from state.ledger import Keep, Ledger
from state.messages import Seen
from state.subject import Facts
from state.traits import Traits

TRAITS: Traits = {"title": (1_000, "VP")}
TOUCH = 1_000 << 20
ACTED = Ledger({"pricing": [TOUCH]}, [0], 1_000)
SAID = Facts(Ledger(), TRAITS, {"acme.com": [TOUCH]})


def event(anonymous: str = "", crm: str = "", user: str = "", email: str = "", touch: int = TOUCH) -> Event:
    return Event(touch, ("pricing",), anonymous, crm, user, email, "acme.com", TRAITS)


def heard(*events: Event) -> dict[str, Seen]:
    return {seen.to: seen for seen in messages(events, Keep(pricing=3))}


def everything(to: str, **more: object) -> dict[str, Seen]:
    return {to: Seen(to, Facts(ACTED, TRAITS, SAID.groups), **more)}  # type: ignore[arg-type]  # fields by name


def test_a_visitor_alone_keeps_everything() -> None:
    assert heard(event("a:1")) == everything("a:1")


def test_a_known_id_alone_keeps_everything() -> None:
    assert heard(event(user="u:1")) == everything("u:1")


def test_with_both_the_visitor_has_the_touch_and_the_known_id_the_rest() -> None:
    assert heard(event("a:1", user="u:1")) == {
        "a:1": Seen("a:1", Facts(ACTED), {"u:1": [TOUCH]}),
        "u:1": Seen("u:1", SAID, followers={"a:1": TOUCH}),
    }


def test_the_strongest_known_id_is_what_the_others_link_to() -> None:
    links = {"e:a@b.io": [TOUCH]}
    assert heard(event("a:1", "c:1", "u:1", "e:a@b.io")) == {
        "a:1": Seen("a:1", Facts(ACTED), links),
        "e:a@b.io": Seen("e:a@b.io", SAID, followers=dict.fromkeys(("c:1", "u:1", "a:1"), TOUCH)),
        "c:1": Seen("c:1", links=links),
        "u:1": Seen("u:1", links=links),
    }


def test_a_crm_id_is_stronger_than_a_user_id() -> None:
    expected = everything("c:1", followers={"u:1": TOUCH}) | {"u:1": Seen("u:1", links={"c:1": [TOUCH]})}
    assert heard(event(crm="c:1", user="u:1")) == expected


MIXES = [event(*mix) for mix in product(("", "a:1"), ("", "c:1"), ("", "u:1"), ("", "e:a@b.io")) if any(mix)]


@pytest.mark.parametrize("mix", MIXES)
def test_exactly_one_identifier_owns_the_touch(mix: Event) -> None:
    assert [seen.facts.ledger for seen in heard(mix).values() if seen.facts.ledger] == [ACTED]


@pytest.mark.parametrize("mix", MIXES)
def test_who_links_is_followed_where_it_links_to(mix: Event) -> None:
    links = {(seen.to, target) for seen in heard(mix).values() for target in seen.links}
    assert links == {(follower, seen.to) for seen in heard(mix).values() for follower in seen.followers}


def test_an_identifier_hears_once_however_many_events_name_it() -> None:
    assert [seen.to for seen in messages([event("a:1", touch=TOUCH + late) for late in range(9)], Keep())] == ["a:1"]


def test_of_many_events_an_identifier_hears_what_a_ledger_keeps() -> None:
    late = heard(*(event("a:1", touch=TOUCH + late) for late in range(9)))["a:1"]
    assert late.facts.ledger.touches == {"pricing": [TOUCH + 6, TOUCH + 7, TOUCH + 8]}


def test_a_follower_is_told_with_its_first_touch() -> None:
    late, early = event("a:1", user="u:1", touch=TOUCH + 5), event("a:1", user="u:1")
    assert [heard(*both)["u:1"].followers for both in ([late, early], [early, late])] == [{"a:1": TOUCH}] * 2
