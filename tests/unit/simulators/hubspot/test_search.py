"""What search finds, and what it refuses."""

import msgspec
import pytest

from simulators.hubspot.crm import Crm
from simulators.hubspot.errors import Refused
from simulators.hubspot.search import search
from simulators.hubspot.wire import Filter, Search

NOW = 10


@pytest.fixture
def stocked(crm: Crm) -> Crm:
    for domain, score in (("acme.com", "90"), ("bolt.io", "9"), ("cobalt.dev", "")):
        crm.companies.create({"domain": domain, "leadstream_score": score}, 1)
    return crm


def asked(*filters: dict[str, object], **rest: object) -> Search:
    groups = [{"filters": list(filters)}] if filters else []
    return msgspec.convert({"filterGroups": groups, **rest}, Search)


def found(crm: Crm, *filters: dict[str, object], **rest: object) -> list[str | None]:
    page = search(crm.companies, asked(*filters, **rest), NOW)
    return [each.properties["domain"] for each in page.results]


def on(name: str, operator: str, **values: object) -> dict[str, object]:
    return {"propertyName": name, "operator": operator, **values}


def test_in_finds_all_that_are_named(stocked: Crm) -> None:
    assert found(stocked, on("domain", "IN", values=["acme.com", "bolt.io", "none.com"])) == ["acme.com", "bolt.io"]


def test_in_wants_its_values_in_lower_case(stocked: Crm) -> None:
    assert found(stocked, on("domain", "IN", values=["Acme.com"])) == []


def test_eq_compares_without_regard_to_case(stocked: Crm) -> None:
    assert found(stocked, on("domain", "EQ", value="ACME.com")) == ["acme.com"]


def test_numbers_compare_as_numbers(stocked: Crm) -> None:
    assert found(stocked, on("leadstream_score", "GT", value="10")) == ["acme.com"]


def test_between_includes_its_ends(stocked: Crm) -> None:
    assert found(stocked, on("leadstream_score", "BETWEEN", value="9", highValue="90")) == ["acme.com", "bolt.io"]


def test_has_property_leaves_out_what_has_none(stocked: Crm) -> None:
    assert found(stocked, on("leadstream_score", "HAS_PROPERTY")) == ["acme.com", "bolt.io"]


def test_not_has_property_finds_what_has_none(stocked: Crm) -> None:
    assert found(stocked, on("leadstream_score", "NOT_HAS_PROPERTY")) == ["cobalt.dev"]


def test_not_in_finds_the_others(stocked: Crm) -> None:
    assert found(stocked, on("domain", "NOT_IN", values=["acme.com"])) == ["bolt.io", "cobalt.dev"]


def test_a_token_is_found_inside(stocked: Crm) -> None:
    assert found(stocked, on("domain", "CONTAINS_TOKEN", value="*balt*")) == ["cobalt.dev"]


def test_filters_of_a_group_all_hold(stocked: Crm) -> None:
    assert found(stocked, on("domain", "NEQ", value="acme.com"), on("leadstream_score", "HAS_PROPERTY")) == ["bolt.io"]


def test_groups_are_alternatives(stocked: Crm) -> None:
    groups = [{"filters": [on("domain", "EQ", value=domain)]} for domain in ("acme.com", "cobalt.dev")]
    page = search(stocked.companies, msgspec.convert({"filterGroups": groups}, Search), NOW)
    assert page.total == 2


def test_a_query_looks_into_the_default_properties(stocked: Crm) -> None:
    assert found(stocked, query="Bolt") == ["bolt.io"]


def test_sorting_puts_what_has_no_value_last_when_descending(stocked: Crm) -> None:
    assert found(stocked, sorts=["-leadstream_score"]) == ["acme.com", "bolt.io", "cobalt.dev"]


def test_a_page_names_the_next(stocked: Crm) -> None:
    page = search(stocked.companies, asked(limit=2), NOW)
    assert msgspec.to_builtins(page.paging) == {"next": {"after": "2"}}


def test_the_last_page_names_none(stocked: Crm) -> None:
    page = search(stocked.companies, asked(limit=2, after="2"), NOW)
    assert (len(page.results), page.paging) == (1, msgspec.UNSET)


@pytest.mark.parametrize(
    "wrong",
    [
        on("no_such_property", "EQ", value="x"),
        on("domain", "IN", value="acme.com"),
        on("domain", "EQ", values=["acme.com"]),
        on("leadstream_score", "GT", value="many"),
        on("leadstream_score", "BETWEEN", value="1"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(stocked: Crm, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        search(stocked.companies, asked(wrong), NOW)
    assert refused.value.status == 400


def test_nineteen_filters_are_too_many(stocked: Crm) -> None:
    sizes = (6, 6, 6, 1)
    groups = [{"filters": [on("domain", "HAS_PROPERTY")] * size} for size in sizes]
    with pytest.raises(Refused):
        search(stocked.companies, msgspec.convert({"filterGroups": groups}, Search), NOW)


def test_nobody_pages_past_ten_thousand(stocked: Crm) -> None:
    with pytest.raises(Refused):
        search(stocked.companies, asked(limit=200, after="9801"), NOW)


def test_moments_compare_in_any_spelling(stocked: Crm) -> None:
    record = stocked.companies.by_domain("acme.com")
    assert record is not None
    stocked.companies.update(record, {"leadstream_scored_at": "2026-06-12T08:00:00.000Z"}, 2)
    assert found(stocked, on("leadstream_scored_at", "EQ", value="1781251200000")) == ["acme.com"]


def test_an_operator_is_spelt_as_the_api_spells_it() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(on("domain", "eq", value="x"), Filter)
