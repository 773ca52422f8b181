"""Erasing contacts: HubSpot's permanent delete, one contact a call.

HubSpot answers 204 for an address that nobody has as well, and puts it on its block list; for a record id that is
not there it answers 404. Its reference says that a blocked address cannot be used again, its page on permanent
deletes that an API request still can: whoever erases sees to it that nothing is written of the contact later.

Source: HubSpot, "Permanently delete a contact (GDPR-compliant)" and "Perform a permanent delete in HubSpot".
"""

from collections.abc import Sequence

import msgspec

from sinks.hubspot.answers import Problem
from sinks.hubspot.client import Call, Client
from sinks.hubspot.contacts import SCOPE, gone
from sinks.hubspot.pauses import Pause
from state.record import Erased, Erasure, Later, NotThere, Refused, name_of

PATH = "/crm/v3/objects/contacts/gdpr-delete"


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a call is about: `id` is HubSpot's own without an `id_property`."""

    id: str = msgspec.field(name="objectId")
    id_property: str | None = msgspec.field(name="idProperty", default=None)


def erase(client: Client, ids: Sequence[str]) -> list[Erasure]:
    """An outcome per id, in order. Raises `SinkStopped`."""
    return [_outcome(client, id_) for id_ in ids]


def _outcome(client: Client, id_: str) -> Erasure:
    contact = contact_of(id_)
    if contact is None:
        return Refused("HubSpot erases contacts, not companies") if id_.startswith("d:") else NotThere()
    try:
        problem = client.order(Call("POST", PATH, SCOPE, contact))
    except Pause as pause:
        return Later(pause.seconds, pause.reason)
    return _verdict(contact, problem)


def contact_of(id_: str) -> Contact | None:
    """The contact that an id names in HubSpot; nothing for ids that HubSpot keeps no records under."""
    match name_of(id_):
        case "contact", "email", address:
            return Contact(address.strip().lower(), "email")
        case "contact", "crm", record_id:
            return Contact(record_id.strip().lower())
    return None


def _verdict(contact: Contact, problem: Problem | None) -> Erasure:
    if problem is None:
        return Erased()
    # No address is ever missing: a 404 for one does not come from the API, and promises nothing.
    return NotThere() if gone(problem) and contact.id_property is None else Refused(problem.reason())
