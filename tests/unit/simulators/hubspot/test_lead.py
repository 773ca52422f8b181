"""A record in a salesperson's words."""

from simulators.hubspot.crm import Crm, Record
from simulators.hubspot.lead import Account, Lead, account, lead, newest_score, people


def contact(crm: Crm, **properties: str) -> Record:
    return crm.contacts.create(properties, 1)


def read(crm: Crm, **properties: str) -> Lead:
    return lead(crm.contacts, contact(crm, **properties))


def test_a_contact_goes_by_its_name(crm: Crm) -> None:
    assert read(crm, firstname="Ann", lastname="Berg", email="ann@acme.com").name == "Ann Berg"


def test_a_contact_without_a_name_goes_by_its_address(crm: Crm) -> None:
    assert read(crm, email="ann@acme.com").name == "ann@acme.com"


def test_a_contact_without_either_goes_by_its_number(crm: Crm) -> None:
    assert read(crm, phone="123").name == "Record 1001"


def test_scores_and_times_are_read(crm: Crm) -> None:
    found = read(crm, leadstream_score="72.4", leadstream_high_until="2026-06-12T08:00:00.000Z")
    assert (found.score, found.high_until) == (72.4, 1_781_251_200_000)


def test_a_reason_that_the_sentence_says_is_not_said_again(crm: Crm) -> None:
    said = read(crm, leadstream_why="High: Viewed pricing twice.", leadstream_reason_1="viewed pricing twice")
    assert said.unsaid == ()


def test_a_contact_belongs_to_the_company_with_its_domain(crm: Crm) -> None:
    crm.companies.create({"domain": "acme.com", "name": "Acme"}, 1)
    assert account(crm, contact(crm, email="ann@mail.acme.com")) == Account("Acme", "/companies/700001")


def test_a_company_the_crm_lacks_goes_by_its_domain(crm: Crm) -> None:
    assert account(crm, contact(crm, email="ann@acme.com")) == Account("acme.com", "")


def test_a_scored_contact_without_an_account_has_no_company(crm: Crm) -> None:
    assert account(crm, contact(crm, email="ann@gmail.com", leadstream_score="40")) == Account("", "")


def test_a_scored_contact_with_an_account_has_its_company(crm: Crm) -> None:
    ann = contact(crm, email="ann@acme.com", leadstream_score="40", leadstream_account_score="70")
    assert account(crm, ann) == Account("acme.com", "")


def test_a_company_lists_the_people_at_its_domain(crm: Crm) -> None:
    company = crm.companies.create({"domain": "acme.com"}, 1)
    here = [contact(crm, email="a@acme.com"), contact(crm, email="b@eu.acme.com")]
    contact(crm, email="c@notacme.com")
    assert people(crm, company) == here


def test_now_is_the_newest_score_of_any_record(crm: Crm) -> None:
    contact(crm, leadstream_scored_at="2026-06-01T00:00:00.000Z")
    crm.companies.create({"leadstream_scored_at": "2026-06-12T08:00:00.000Z"}, 1)
    assert newest_score(crm) == 1_781_251_200_000


def test_without_a_score_there_is_no_newest(crm: Crm) -> None:
    assert newest_score(crm) is None
