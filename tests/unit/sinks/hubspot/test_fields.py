"""What a record says in each field."""

import msgspec
import pytest

from sinks.hubspot.fields import fields_of, values
from state.record import Record
from tests.records import ACME, ANN


@pytest.mark.parametrize("record", [ANN, ACME])
def test_every_value_is_text_and_every_field_has_one(record: Record) -> None:
    said = values(record, "x_")
    assert {type(value) for value in said.values()} == {str}
    assert list(said) == [f"x_{field.name}" for field in fields_of(record.kind)]


def test_only_three_reasons_are_shown() -> None:
    said = values(msgspec.structs.replace(ANN, reasons=("a", "b", "c", "d")), "")
    assert [said[f"reason_{number}"] for number in (1, 2, 3)] == ["a", "b", "c"]
    assert "reason_4" not in said


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ({"reasons": ()}, "reason_1"),
        ({"last_intent": ""}, "last_intent"),
        ({"last_intent_at": None}, "last_intent_at"),
        ({"high_until": None}, "high_until"),
        ({"account_score": None}, "account_score"),
    ],
)
def test_what_a_record_does_not_say_is_cleared(field: dict[str, object], name: str) -> None:
    assert values(msgspec.structs.replace(ANN, **field), "")[name] == ""


def test_names_labels_and_descriptions_tell_the_fields_apart() -> None:
    fields = fields_of("contact")
    for texts in ([f.name for f in fields], [f.label for f in fields], [f.description for f in fields]):
        assert len(set(texts)) == len(fields)
