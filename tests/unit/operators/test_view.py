"""What is seen of a subject as of a moment."""

import pytest

from operators.view import Profile, people_as_of, person_as_of
from state.ledger import Keep, Ledger
from state.subject import Facts, Subject
from state.touch import TILE_MS

START = 988_000 * TILE_MS
MINUTE = 60_000


def ledger(*times: int) -> Ledger:
    """A touch of `a` at each time (ms after `START`)."""
    found = Ledger()
    for at in times:
        found.record(START + at << 20, ["a"], Keep())
    return found


def subject(**sources: Facts) -> Subject:
    return Subject("c:1", {f"u:{name}": facts for name, facts in sources.items()})


@pytest.mark.parametrize(
    "now", [0, MINUTE, 7 * MINUTE, 20 * MINUTE, 30 * MINUTE, 65 * MINUTE, 70 * MINUTE, 90 * MINUTE]
)
def test_what_is_seen_is_the_ledger_cut_at_the_moment(now: int) -> None:
    whole = ledger(MINUTE, 7 * MINUTE, 65 * MINUTE, 70 * MINUTE)
    cut = whole.between(0, START + now + 1)
    (seen,) = person_as_of(subject(one=Facts(whole)), START + now).ledgers or [Ledger()]
    assert (cut.touches, cut.tiles, cut.last_at) == (seen.touches, seen.tiles, min(seen.last_at, START + now))


def test_an_active_half_hour_counts_to_its_end_as_long_as_its_last_event_lies_ahead() -> None:
    seen = person_as_of(subject(one=Facts(ledger(MINUTE, 7 * MINUTE))), START + MINUTE)
    assert seen.until == START + TILE_MS - 1


def test_the_sources_of_a_contact_join() -> None:
    ann = subject(one=Facts(ledger(1, 2)), two=Facts(ledger(2, TILE_MS)))
    seen = person_as_of(ann, START + TILE_MS)
    touches = [START + at << 20 for at in (1, 2, TILE_MS)]
    assert [Ledger({"a": touches}, [988_000, 988_001], START + TILE_MS)] == seen.ledgers
    assert ({"a": [touches]}, START + TILE_MS) == (seen.touches, seen.until)


def test_the_sources_of_an_account_stay_apart() -> None:
    acme = subject(one=Facts(ledger(1, 2)), two=Facts(ledger(2, TILE_MS)), idle=Facts())
    seen = people_as_of(acme, START + TILE_MS)
    one, two = ([START + at << 20 for at in times] for times in ((1, 2), (2, TILE_MS)))
    assert ({"a": [one, two]}, START + TILE_MS) == (seen.touches, seen.until)
    assert [Ledger({"a": one}, [988_000], START + 2), Ledger({"a": two}, [988_000, 988_001], START + TILE_MS)] == (
        seen.ledgers
    )


def test_what_is_dated_later_is_told() -> None:
    ann = subject(one=Facts(ledger(1)), two=Facts(ledger(2, 3), {"plan": (START + 5, "pro")}))
    assert [people_as_of(ann, START + at).later for at in (2, 3)] == [True, False]
    assert [Profile(ann, ["plan"], START + at).later for at in (4, 5)] == [True, False]


def test_joined_tiles_are_as_many_as_a_ledger_keeps() -> None:
    odd, even = (ledger(*[(2 * n + first) * TILE_MS for n in range(50)]) for first in (1, 0))
    seen = person_as_of(subject(one=Facts(odd), two=Facts(even)), START + 100 * TILE_MS)
    assert seen.ledgers[0].tiles == [988_000 + n for n in range(36, 100)]


def test_seeing_leaves_the_facts_as_they_are() -> None:
    ann = subject(one=Facts(ledger(1, 2)), two=Facts(ledger(3)))
    before = {source: facts.copy() for source, facts in ann.sources.items()}
    person_as_of(ann, START + 2)
    people_as_of(ann, START + 2)
    assert before == ann.sources


def test_visitors_are_no_people() -> None:
    acme = Subject("d:acme.com", {id_: Facts(ledger(0)) for id_ in ("a:1", "e:ann@acme.com", "c:3")})
    assert people_as_of(acme, START).persons == [False, True, True]


def values(facts: list[Facts], now: int, age: int = 1 << 62) -> dict[str, object]:
    ann = subject(**{str(n): one for n, one in enumerate(facts)})
    return dict(Profile(ann, ["plan", "role"], now).younger_than(age))


def test_what_was_said_last_counts() -> None:
    said = [Facts(traits={"plan": (5, "a")}), Facts(traits={"plan": (9, "b")}), Facts(traits={"plan": (7, "c")})]
    assert [values(said, now) for now in (4, 5, 8, 9)] == [{}, {"plan": "a"}, {"plan": "c"}, {"plan": "b"}]


def test_of_two_said_at_once_the_same_counts_in_any_order() -> None:
    said = [Facts(traits={"plan": (5, "a")}), Facts(traits={"plan": (5, "b")}), Facts(traits={"plan": (5, 7)})]
    assert values(said, 5) == values(said[::-1], 5) == {"plan": "b"}


def test_a_trait_of_the_age_is_too_old() -> None:
    said = [Facts(traits={"plan": (5, "a"), "role": (6, "vp")})]
    assert [values(said, 15, age) for age in (9, 10, 11)] == [{}, {"role": "vp"}, {"plan": "a", "role": "vp"}]


def test_an_e_mail_tells_its_kind_and_an_account_its_domain() -> None:
    names = ["email_kind", "email_domain", "domain"]
    ids = ["e:ann@gmail.com", "d:acme.com", "c:1"]
    assert [Profile(Subject(id_), names, 0).younger_than(1) for id_ in ids] == [
        {"email_kind": "personal", "email_domain": "gmail.com"},
        {"domain": "acme.com"},
        {},
    ]
