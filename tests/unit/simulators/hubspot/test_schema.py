"""What values a property takes, and what definitions the CRM takes."""

import pytest

from simulators.hubspot.errors import Unusable
from simulators.hubspot.schema import Definition, Option, Property, clean, custom, definition_fault
from simulators.hubspot.standard import properties

STANDARD = {each.name: each for each in properties("contacts")}


def asked(type_: str, field_type: str, options: tuple[Option, ...] = (), name: str = "own") -> Definition:
    return Definition(
        name=name, label="Own", type=type_, field_type=field_type, group_name="contactinformation", options=options
    )


def own(type_: str, field_type: str, *values: str) -> Property:
    return custom(asked(type_, field_type, tuple(Option(value, value) for value in values)))


def code(checked: str | Unusable) -> str:
    assert isinstance(checked, Unusable)
    return checked.code


def test_an_address_is_kept_in_lower_case() -> None:
    assert clean(STANDARD["email"], "Ann@Acme.com") == "ann@acme.com"


@pytest.mark.parametrize("address", ["ann", "ann@acme", "ann@@acme.com", "an n@acme.com", "ann@acme.c", "@acme.com"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert code(clean(STANDARD["email"], address)) == "INVALID_EMAIL"


@pytest.mark.parametrize("number", ["0", "72.4", "-3"])
def test_a_number_written_out_is_kept_as_written(number: str) -> None:
    assert clean(own("number", "number"), number) == number


@pytest.mark.parametrize("number", ["1.4e-14", "72,4", "NaN", "high", ".5", "7."])
def test_a_number_written_otherwise_is_refused(number: str) -> None:
    assert code(clean(own("number", "number"), number)) == "INVALID_INTEGER"


@pytest.mark.parametrize("moment", ["1781251200000", "2026-06-12T08:00:00Z", "2026-06-12T10:00:00+02:00"])
def test_a_moment_is_kept_as_iso_in_utc(moment: str) -> None:
    assert clean(own("datetime", "date"), moment) == "2026-06-12T08:00:00.000Z"


@pytest.mark.parametrize("moment", ["2026-06-12T08:00:00", "2026-06-12", "yesterday"])
def test_a_moment_without_an_offset_is_refused(moment: str) -> None:
    assert code(clean(own("datetime", "date"), moment)) == "INVALID_LONG"


def test_a_date_in_milliseconds_must_be_midnight() -> None:
    assert code(clean(own("date", "date"), "1781251200000")) == "INVALID_DATE"


def test_a_date_at_midnight_is_kept_as_a_day() -> None:
    assert clean(own("date", "date"), "1781222400000") == "2026-06-12"


def test_an_option_outside_the_list_is_refused() -> None:
    assert code(clean(own("enumeration", "select", "low", "high"), "hot")) == "INVALID_OPTION"


def test_an_option_is_told_from_another_by_case() -> None:
    assert code(clean(own("enumeration", "select", "low", "high"), "High")) == "INVALID_OPTION"


def test_checkboxes_take_several_options() -> None:
    assert clean(own("enumeration", "checkbox", "a", "b", "c"), "a;c") == "a;c"


def test_an_empty_string_clears_any_property() -> None:
    assert clean(own("number", "number"), "") == ""


def test_what_the_crm_keeps_itself_cannot_be_set() -> None:
    assert code(clean(STANDARD["hs_object_id"], "5")) == "READ_ONLY_VALUE"


def test_a_usable_definition_has_no_fault() -> None:
    assert definition_fault(asked("number", "number")) is None


def test_a_field_type_must_suit_its_type() -> None:
    assert definition_fault(asked("number", "text")) == "fieldType text is not valid for type number"


def test_a_property_name_has_no_capitals() -> None:
    assert definition_fault(asked("string", "text", name="Score")) is not None


def test_an_enumeration_needs_options() -> None:
    assert definition_fault(asked("enumeration", "select")) == "An enumeration needs options"


def test_options_differ() -> None:
    twice = (Option("A", "a"), Option("Also A", "a"))
    assert definition_fault(asked("enumeration", "select", twice)) == "Option values must be unique"
