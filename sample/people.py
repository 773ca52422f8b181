"""Names, e-mail addresses, devices and traits for leadforge's numbered contacts and accounts.

Nobody real can be meant. Companies live under `.example` (RFC 2606). Gmail allows no underscore, so no Gmail
address with one exists. The universities are invented under suffixes that only academic institutions get.
"""

from typing import Literal

import msgspec

from sample.chance import between, choice, digest, draw
from sample.tables import Account, Contact

Mailbox = Literal["company", "branch", "personal", "student"]

STUDENTS = 0.2  # of those who give a personal address
SECOND_DEVICE = 0.2  # of people
ON_SECOND_DEVICE = 0.3  # of the visits of those who have one
SHARED_COMPUTER = 0.25  # of companies: there the second device is the same for all

FIRST_NAMES = tuple(
    """Adam Aisha Alex Alice Amara Amelia Andrew Anika Anna Arjun Ben Beth Bruno Carla Carlos Chloe Claire
    Daniel David Diana Dylan Edward Elena Elias Ella Emily Emma Eric Esther Ethan Eva Felix Fiona Frank Grace
    Hannah Harry Helen Henry Ian Ines Isaac Isla Jack James Jasmin Joan Joel Julia Karen Kevin Laura Lena Leo
    Lily Lucas Lucy Maria Mark Maya Megan Mia Nadia Naomi Nina Noah Nora Oliver Omar Oscar Paul Priya Rachel
    Rosa Ruth Samir Sara Simon Sofia Tom""".split()
)
LAST_NAMES = tuple(
    """Abbott Ahmed Baker Barnes Bell Bennett Brooks Carter Chen Clarke Cole Costa Davies Dixon Doyle Edwards
    Ellis Evans Fischer Fletcher Foster Garcia Gibson Graham Grant Gupta Hall Harris Hughes Hunt Iqbal Jensen
    Keller Khan Lambert Lewis Lopez Marsh Mason Miller Moore Morgan Murphy Novak Okafor Owens Palmer Parker
    Patel Reed Rossi Santos Shaw Singh Spencer Turner Walker Ward Weber Young""".split()
)
COMPANY_STARTS = tuple(
    """alder amber ash birch black blue bright broad brook cedar clear cliff copper crest deep dove east elm
    fair fern fox glen gold granite green hart hazel heather high holly iron juniper king lake linden long
    maple marsh mill moor north oak orchard pine quarry raven red ridge river rowan silver south spring stone
    summer thorn west white willow winter""".split()
)
COMPANY_ENDS = tuple(
    """bank bay beck bridge bury combe cote croft dale field ford gate grove ham haven hurst leigh mere mont
    port stead ton wick wood worth""".split()
)
TRADES = {
    "manufacturing": "Manufacturing",
    "logistics": "Logistics",
    "professional_services": "Advisory",
    "healthcare_non_clinical": "Health Services",
}
UNIVERSITIES = tuple(
    f"{name}.{suffix}"
    for name in "fernmoor foxdale greyfriars northwick oakmere ravenhurst silverleigh westbrook".split()
    for suffix in "ac.be ac.il ac.za edu.cn edu.ee edu.hk edu.kz edu.qa".split()
)
EMPLOYEES = {"200-499": (200, 499), "500-999": (500, 999), "1000-1999": (1000, 1999), "2000+": (2000, 6000)}


class Person(msgspec.Struct, frozen=True):
    contact: Contact
    account: Account
    first_name: str
    last_name: str
    mailbox: Mailbox
    email: str

    @property
    def company_domain(self) -> str | None:
        """What a form or a workspace tells of the company where the e-mail address does not."""
        return domain(self.account) if self.mailbox == "personal" else None


def company(account: Account) -> str:
    """One word; no two of leadforge's 1,500 accounts share it."""
    place = _number(account.account_id) * 707 % (len(COMPANY_STARTS) * len(COMPANY_ENDS))
    end, start = divmod(place, len(COMPANY_STARTS))
    return (COMPANY_STARTS[start] + COMPANY_ENDS[end]).title()


def domain(account: Account) -> str:
    return f"{company(account).lower()}.example"


def person(contact: Contact, account: Account) -> Person:
    first, last = _name(contact)
    mailbox = _mailbox(contact)
    email = _email(first.lower(), last.lower(), mailbox, account)
    return Person(contact, account, first, last, mailbox, email)


def user_id(someone: Person) -> str:
    return f"usr_{_number(someone.contact.contact_id)}"


def first_device(someone: Person) -> str:
    return _anonymous_id(someone.contact.contact_id, "first")


def device(someone: Person, occasion: str) -> str:
    """The anonymous id of the browser that this person used on this occasion."""
    if not _has_second_device(someone) or draw(occasion, "device") >= ON_SECOND_DEVICE:
        return first_device(someone)
    shared = draw(someone.account.account_id, "shared computer") < SHARED_COMPUTER
    return _anonymous_id(someone.account.account_id if shared else someone.contact.contact_id, "second")


def traits(someone: Person) -> dict[str, str | int]:
    """What a form asks for, and what a look-up of the company adds."""
    name: dict[str, str | int] = {"first_name": someone.first_name, "last_name": someone.last_name}
    if someone.mailbox == "student":
        return name | {"job_title": "Student", "country": someone.account.region}
    contact, account = someone.contact, someone.account
    return name | {
        "job_title": contact.job_title,
        "seniority": contact.seniority,
        "department": contact.role_function,
        "company": f"{company(account)} {TRADES[account.industry]}",
        "company_size": account.employee_band,
        "employees": between(*EMPLOYEES[account.employee_band], account.account_id, "employees"),
        "industry": account.industry,
        "country": account.region,
    }


def _number(identifier: str) -> int:
    return int(identifier.rpartition("_")[2])


def _name(contact: Contact) -> tuple[str, str]:
    place = _number(contact.contact_id) * 1009 % (len(FIRST_NAMES) * len(LAST_NAMES))
    last, first = divmod(place, len(FIRST_NAMES))
    return FIRST_NAMES[first], LAST_NAMES[last]


def _mailbox(contact: Contact) -> Mailbox:
    if contact.email_domain_type == "personal":
        return "student" if draw(contact.contact_id, "student") < STUDENTS else "personal"
    return "branch" if contact.email_domain_type == "unknown" else "company"


def _email(first: str, last: str, mailbox: Mailbox, account: Account) -> str:
    if mailbox == "personal":
        return f"{first}_{last}@gmail.com"
    if mailbox == "student":
        return f"{first}.{last}@{choice(UNIVERSITIES, first, last)}"
    branch = f"{account.region.lower()}." if mailbox == "branch" else ""
    return f"{first}.{last}@{branch}{domain(account)}"


def _has_second_device(someone: Person) -> bool:
    return draw(someone.contact.contact_id, "second device") < SECOND_DEVICE


def _anonymous_id(owner: str, which: str) -> str:
    return f"anon_{digest(owner, which, 'device'):010x}"
