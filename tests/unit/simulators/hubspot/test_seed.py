"""Records that are there from the start."""

from pathlib import Path

import pytest

from simulators.hubspot.crm import Crm
from simulators.hubspot.seed import SeedUnusable, plant


def seeded(folder: Path, *lines: str) -> Crm:
    file = folder / "stock.jsonl"
    file.write_text("\n".join(lines))
    crm = Crm(search_lag_ms=1_000)
    plant(crm, file, now=5)
    return crm


def unusable(folder: Path, *lines: str) -> str:
    with pytest.raises(SeedUnusable) as found:
        seeded(folder, *lines)
    return str(found.value).removeprefix(f"{folder}/")


COMPANY = '{"type": "company", "properties": {"domain": "Acme.com", "name": "Acme"}}'
CONTACT = '{"type": "contact", "properties": {"email": "ann@acme.com"}}'


def test_companies_and_contacts_come_from_the_file(tmp_path: Path) -> None:
    crm = seeded(tmp_path, COMPANY, "", CONTACT)
    assert (crm.companies.by_domain("acme.com") is None, crm.contacts.find("ann@acme.com", "email") is None) == (
        False,
        False,
    )


def test_what_was_there_from_the_start_is_searchable_at_once(tmp_path: Path) -> None:
    assert len(list(seeded(tmp_path, COMPANY).companies.index.visible(now=5))) == 1


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    assert unusable(tmp_path, COMPANY, "{").startswith("stock.jsonl:2: ")


def test_a_property_the_crm_lacks_is_named(tmp_path: Path) -> None:
    line = '{"type": "company", "properties": {"domian": "acme.com"}}'
    assert "domian (PROPERTY_DOESNT_EXIST)" in unusable(tmp_path, line)


def test_a_contact_that_comes_twice_is_named_without_its_address(tmp_path: Path) -> None:
    message = unusable(tmp_path, CONTACT, CONTACT)
    assert message == "stock.jsonl:2: a contact with this e-mail is on an earlier line; keep one of them"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedUnusable, match=r"nothing\.jsonl: cannot be read"):
        plant(Crm(), tmp_path / "nothing.jsonl", now=5)
