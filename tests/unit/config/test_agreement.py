"""Config imports nothing of ours, so what it repeats of the rest must agree with it."""

from typing import get_args

from msgspec.structs import fields

from config.model import DEFAULT_KEEP
from config.rule_checks import EMAIL_KINDS, EVENT_FIELDS, HALF_HOUR, MOST_RETURNS
from operators.decode import Wire
from state.domains import EmailKind
from state.ledger import KEEP_TILES, Keep
from state.touch import TILE_MS


def test_a_ledger_keeps_as_many_touches_of_an_unnamed_signal_as_a_model_does_by_default() -> None:
    assert Keep()["unnamed"] == DEFAULT_KEEP


def test_visits_are_told_apart_in_tiles() -> None:
    assert HALF_HOUR == TILE_MS


def test_one_visit_fewer_can_return_than_tiles_are_kept() -> None:
    assert MOST_RETURNS == KEEP_TILES - 1


def test_the_kinds_of_e_mail_addresses_are_the_same() -> None:
    assert set(EMAIL_KINDS) == set(get_args(EmailKind))


def test_a_path_can_begin_at_every_field_that_an_event_has() -> None:
    assert {field.encode_name for field in fields(Wire)} - set(EVENT_FIELDS) == set()
