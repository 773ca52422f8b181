"""What is said of identifiers themselves: links, what takes them back, verdicts."""

import pytest

from config.loading import load_model, standard_model_path
from operators.decode import Decoder
from operators.statements import LINK, RESTORE, RETRACT, UNLINK, read_statement
from operators.unusable import Unusable
from state.batch import Batch
from state.event import Counts
from state.links import CORRECTED

AT = 1_780_000_000_000 << 20


def said(name: str, properties: str) -> dict[str, dict[str, list[int]]]:
    return read_statement(name, f'{{"event": "{name}", "properties": {properties}}}'.encode(), AT)


def test_a_merge_links_one_known_id_to_another() -> None:
    found = said(LINK, '{"source": "email:old@acme.com", "target": "email:ann@acme.com"}')
    assert found == {"e:old@acme.com": {"e:ann@acme.com": [AT], CORRECTED: [AT]}}


def test_a_link_without_a_target_is_to_nobody() -> None:
    assert said(LINK, '{"source": "visitor:anon_1"}') == {"a:anon_1": {"": [AT], CORRECTED: [AT]}}


def test_an_unlink_takes_back_what_was_said_of_one_target() -> None:
    found = said(UNLINK, '{"source": "crm:151", "target": "email:ann@acme.com"}')
    assert found == {"c:151": {"!e:ann@acme.com": [AT], CORRECTED: [AT]}}


@pytest.mark.parametrize(("name", "target"), [(RETRACT, "!*"), (RESTORE, "!!*")])
def test_a_verdict_says_whether_a_source_counts(name: str, target: str) -> None:
    assert said(name, '{"source": "visitor:bot_1"}') == {"a:bot_1": {target: [AT], CORRECTED: [AT]}}


def test_a_verdict_can_be_on_a_whole_company() -> None:
    assert said(RETRACT, '{"source": "domain:www.Acme.com"}') == {"d:acme.com": {"!*": [AT], CORRECTED: [AT]}}


def test_a_verdict_can_be_on_a_kind_of_user_agent() -> None:
    assert said(RESTORE, '{"source": "agent:pricewatch-2"}') == {"g:pricewatch-2": {"!!*": [AT], CORRECTED: [AT]}}


@pytest.mark.parametrize(
    ("name", "properties", "field"),
    [
        (RETRACT, '{"source": "agent:curl"}', "properties.source"),
        (RETRACT, '{"source": "domain:gmail.com"}', "properties.source"),
        (LINK, '{"source": "domain:acme.com", "target": "email:ann@acme.com"}', "properties.source"),
        (LINK, '{"source": "anon_1", "target": "email:ann@acme.com"}', "properties.source"),
        (LINK, '{"source": "visitor:undefined", "target": "email:ann@acme.com"}', "properties.source"),
        (LINK, '{"source": "visitor:anon_1", "target": "acme.com"}', "properties.target"),
        (LINK, '{"source": "crm:1", "target": "visitor:anon_1"}', "properties.target"),
        (LINK, '{"source": "crm:1", "target": "crm:1"}', "properties.target"),
        (UNLINK, '{"source": "visitor:anon_1"}', "properties.target"),
    ],
)
def test_what_names_no_ids_is_refused_by_the_field(name: str, properties: str, field: str) -> None:
    with pytest.raises(Unusable, match=f"`{field}`"):
        said(name, properties)


def test_a_refusal_tells_nobodys_address() -> None:
    with pytest.raises(Unusable) as refused:
        said(LINK, '{"source": "mail:ann@acme.com"}')
    assert "acme" not in str(refused.value)


@pytest.mark.parametrize(
    ("partition", "trusting", "outcome"),
    [
        ("june/leadstream-statements.jsonl#0a1b2c3d", False, Counts(1, 1)),
        ("leadstream-statements.jsonl.old/site.jsonl#0a1b2c3d", False, Counts(1, dead=1)),
        ("site.jsonl#0a1b2c3d", False, Counts(1, dead=1)),
        ("site.jsonl#0a1b2c3d", True, Counts(1, 1)),
    ],
)
def test_only_a_log_that_no_visitor_writes_says_whom_ids_belong_to(
    partition: str, trusting: bool, outcome: Counts
) -> None:
    decoder = Decoder(load_model(standard_model_path()), trust_statements=trusting)
    line = b'{"event": "leadstream:retract", "timestamp": 1780000000000, "properties": {"source": "visitor:bot_1"}}'
    assert decoder.decode(Batch(partition, 0, [line], 0), 1 << 43)[2] == outcome
