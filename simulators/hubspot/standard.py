"""The properties HubSpot defines itself, as far as a scoring tool meets them."""

from simulators.hubspot.schema import Kind, Modification, Option, Property

GROUPS: dict[Kind, str] = {"contacts": "contactinformation", "companies": "companyinformation"}
READ_BY_DEFAULT: dict[Kind, tuple[str, ...]] = {
    "contacts": ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
}
MODIFIED: dict[Kind, str] = {"contacts": "lastmodifieddate", "companies": "hs_lastmodifieddate"}

_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
_STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT", "CONNECTED")
_SHARED = (
    ("phone", "Phone Number", "string"),
    ("website", "Website URL", "string"),
    ("address", "Street Address", "string"),
    ("city", "City", "string"),
    ("state", "State/Region", "string"),
    ("zip", "Postal Code", "string"),
    ("country", "Country/Region", "string"),
    ("annualrevenue", "Annual Revenue", "number"),
    ("hubspot_owner_id", "Owner", "string"),
    ("hs_object_id", "Record ID", "number"),
    ("createdate", "Create Date", "datetime"),
)
_OWN: dict[Kind, tuple[tuple[str, str, str], ...]] = {
    "contacts": (
        ("email", "Email", "string"),
        ("firstname", "First Name", "string"),
        ("lastname", "Last Name", "string"),
        ("jobtitle", "Job Title", "string"),
        ("company", "Company Name", "string"),
        ("mobilephone", "Mobile Phone Number", "string"),
        ("industry", "Industry", "string"),
        ("lastmodifieddate", "Last Modified Date", "datetime"),
    ),
    "companies": (
        ("name", "Company name", "string"),
        ("domain", "Company Domain Name", "string"),
        ("description", "Description", "string"),
        ("numberofemployees", "Number of Employees", "number"),
        ("hs_lastmodifieddate", "Last Modified Date", "datetime"),
    ),
}
_FIELDS = {"string": "text", "number": "number", "datetime": "date"}
_READ_ONLY = ("hs_object_id", "createdate", "lastmodifieddate", "hs_lastmodifieddate")


def properties(kind: Kind) -> list[Property]:
    """The definitions a fresh portal has for `kind`."""
    plain = [_property(kind, *each) for each in _OWN[kind] + _SHARED]
    stage = _choice(kind, "lifecyclestage", "Lifecycle Stage", _STAGES)
    return [*plain, stage, _choice(kind, "hs_lead_status", "Lead Status", _STATUSES)]


def _property(kind: Kind, name: str, label: str, type_: str) -> Property:
    read_only = name in _READ_ONLY
    return Property(
        name=name,
        label=label,
        type=type_,
        field_type=_FIELDS[type_],
        group_name=GROUPS[kind],
        has_unique_value=name == "email",
        hubspot_defined=True,
        modification_metadata=Modification(False, True, read_only),
    )


def _choice(kind: Kind, name: str, label: str, values: tuple[str, ...]) -> Property:
    return Property(
        name=name,
        label=label,
        type="enumeration",
        field_type="radio",
        group_name=GROUPS[kind],
        options=tuple(Option(value, value) for value in values),
        hubspot_defined=True,
        modification_metadata=Modification(False, True, False),
    )
