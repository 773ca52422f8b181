"""HubSpot's official client finds in the simulated CRM what it expects of HubSpot."""

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.companies import (
    BatchInputSimplePublicObjectBatchInput,
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
)
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    PublicGdprDeleteInput,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
)
from hubspot.crm.contacts.exceptions import ForbiddenException, UnauthorizedException
from hubspot.crm.properties import BatchInputPropertyCreate, OptionInput, PropertyCreate, PropertyUpdate

from tests.integration.hubspot_simulator.calls import add_company, arm, told


def upsert_of(*emails: str) -> BatchInputSimplePublicObjectBatchInputUpsert:
    inputs = [
        SimplePublicObjectBatchInputUpsert(id=email, id_property="email", properties={"firstname": "Ann"})
        for email in emails
    ]
    return BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs)


def test_the_official_client_upserts_contacts(client: HubSpot) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    again = client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com", "bob@acme.com"))
    assert [(each.properties["email"], each.new) for each in again.results] == [
        ("ann@acme.com", False),
        ("bob@acme.com", True),
    ]


def test_the_official_client_reads_what_it_wrote(client: HubSpot) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    asked = BatchReadInputSimplePublicObjectId(
        id_property="email",
        inputs=[SimplePublicObjectId(id="ann@acme.com"), SimplePublicObjectId(id="none@acme.com")],
        properties=["jobtitle"],
        properties_with_history=[],
    )
    answer = client.crm.contacts.batch_api.read(asked)
    assert [each.properties["firstname"] for each in answer.results] == ["Ann"]
    assert answer.errors[0].context == {"ids": ["none@acme.com"]}


def test_the_official_client_makes_properties(client: HubSpot) -> None:
    band = PropertyCreate(
        name="own_band",
        label="Band",
        type="enumeration",
        field_type="select",
        group_name="contactinformation",
        options=[OptionInput(label="High", value="high", display_order=0, hidden=False)],
    )
    client.crm.properties.batch_api.create("contacts", BatchInputPropertyCreate(inputs=[band]))
    assert client.crm.properties.core_api.get_by_name("contacts", "own_band").options[0].value == "high"


def test_the_official_client_adds_a_choice(client: HubSpot) -> None:
    high, low = (OptionInput(label=band.capitalize(), value=band, hidden=False) for band in ("high", "low"))
    band = PropertyCreate(
        name="own_band",
        label="Band",
        type="enumeration",
        field_type="select",
        group_name="contactinformation",
        options=[high],
    )
    client.crm.properties.core_api.create("contacts", band)
    changed = client.crm.properties.core_api.update("contacts", "own_band", PropertyUpdate(options=[high, low]))
    assert [option.value for option in changed.options] == ["high", "low"]


def test_the_official_client_is_told_which_scopes_are_missing(client: HubSpot, api: httpx.Client) -> None:
    arm(api, "403", scopes=["crm.objects.contacts.read"])
    with pytest.raises(ForbiddenException, match=r"crm\.objects\.contacts\.read"):
        client.crm.contacts.basic_api.get_page()


def test_the_official_client_archives_a_company(client: HubSpot, api: httpx.Client) -> None:
    record_id = add_company(api, "acme.com")
    client.crm.companies.basic_api.archive(record_id)
    assert told(api, "companies") == []


def test_the_official_client_finds_a_company_by_domain_and_updates_it(client: HubSpot, api: httpx.Client) -> None:
    add_company(api, "acme.com")
    domain = Filter(property_name="domain", operator="IN", values=["acme.com", "none.com"])
    found = client.crm.companies.search_api.do_search(
        PublicObjectSearchRequest(filter_groups=[FilterGroup(filters=[domain])], properties=["domain"], limit=100)
    )
    named = SimplePublicObjectBatchInput(id=found.results[0].id, properties={"name": "Acme"})
    client.crm.companies.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=[named]))
    assert client.crm.companies.basic_api.get_by_id(found.results[0].id).properties["name"] == "Acme"


def test_the_official_client_lists_all_contacts(client: HubSpot) -> None:
    emails = {f"p{number}@acme.com" for number in range(100)}
    client.crm.contacts.batch_api.upsert(upsert_of(*emails))
    client.crm.contacts.batch_api.upsert(upsert_of("last@acme.com"))
    assert {each.properties["email"] for each in client.crm.contacts.get_all()} == {*emails, "last@acme.com"}


def test_the_official_client_deletes_a_contact_for_good(client: HubSpot, api: httpx.Client) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    client.crm.contacts.basic_api.purge(PublicGdprDeleteInput(id_property="email", object_id="ann@acme.com"))
    assert told(api) == []


def test_the_official_client_is_refused_with_another_token(url: str) -> None:
    stranger = HubSpot(access_token="pat-of-somebody", host=url.rstrip("/"))
    with pytest.raises(UnauthorizedException):
        stranger.crm.contacts.basic_api.get_page()
