"""From what a person types to the subject they mean."""

import pytest

from flows.exits import NotFound
from flows.find import candidates, find
from flows.reading import Reading
from tests.events import event
from tests.unit.flows.conftest import Happen

ANN = "ann@acme.com"


@pytest.mark.parametrize(
    ("key", "ids"),
    [
        (" Ann@Acme.COM ", ["e:ann@acme.com"]),
        ("email:Ann@Acme.com", ["e:ann@acme.com"]),
        ("user:42", ["u:42"]),
        ("crm:42", ["c:42"]),
        ("visitor:a:b", ["a:a:b"]),
        ("account:acme.com", ["d:acme.com"]),
        ("42", ["c:42", "u:42", "a:42"]),
        ("www.acme.com", ["d:acme.com", "c:www.acme.com", "u:www.acme.com", "a:www.acme.com"]),
        ("other:42", ["c:other:42", "u:other:42", "a:other:42"]),
    ],
)
def test_a_key_means_these_ids_the_likeliest_first(key: str, ids: list[str]) -> None:
    assert list(candidates(key)) == ids


@pytest.fixture
def known(happen: Happen) -> None:
    """Ann with a machine and a user id; a machine that is nobody's; one that more people share than can be."""
    happen(
        event("pricing_viewed", "08:00:00", anonymousId="a1", userId="u1", email=ANN),
        event("docs_viewed", "08:00:00", anonymousId="a2"),
        *(event("x", f"09:0{n}:00", anonymousId="a3", email=f"p{n}@acme.com") for n in range(6)),
        event("x", "10:00:00", anonymousId="a4", email=ANN),
        event("x", "11:00:00", anonymousId="a4", email="bob@acme.com"),
    )


@pytest.mark.parametrize("key", [ANN, "u1", "user:u1", "a1", "visitor:a1"])
def test_every_id_of_a_contact_leads_to_it(key: str, known: None, reading: Reading) -> None:
    assert find(reading, key).id == f"e:{ANN}"


def test_a_domain_leads_to_the_account(known: None, reading: Reading) -> None:
    assert find(reading, "acme.com").id == "d:acme.com"


def test_a_visitor_leads_to_whom_it_belongs_to_now(known: None, reading: Reading) -> None:
    assert find(reading, "a4").id == "e:bob@acme.com"


def test_a_visitor_of_nobody_says_what_it_did(known: None, reading: Reading) -> None:
    with pytest.raises(NotFound, match=r"'a2' is a visitor that nobody is known for \(docs_viewed 1\)"):
        find(reading, "a2")


def test_a_machine_that_too_many_share_is_nobodys(known: None, reading: Reading) -> None:
    with pytest.raises(NotFound, match="'a3' is a visitor that nobody is known for"):
        find(reading, "a3")


@pytest.mark.parametrize("key", ["", " ", "nobody", "user:", "email:nobody", "a@b@c", "x" * 300, "caf\udce9"])
def test_an_unknown_key_says_what_to_try(key: str, known: None, reading: Reading) -> None:
    with pytest.raises(NotFound, match=r"nothing is known under .* try an e-mail"):
        find(reading, key)
