"""Stored bytes: versioned, canonical, and read again by every later leadstream."""

from pathlib import Path

import pytest

from state.codec import Decoder, UnknownVersion, encode
from state.ledger import Keep, Ledger
from state.store import KINDS, Kind
from state.subject import Facts, Source, Standing, Subject

GOLDEN = Path(__file__).parent / "golden"
"""`KIND-VERSION.hex`: one record of each kind as that version wrote it. A file here is never changed, only joined."""

AT = 1_781_251_200_000
KEEP = Keep()


def facts(*signals: str) -> Facts:
    """Touches a day apart, the last one three minutes into a half hour."""
    known = Facts(Ledger(), {"title": (AT, "VP Sales"), "company.size": (AT + 1, 250)}, {"acme.com": [AT << 20]})
    for day, signal in enumerate(signals):
        known.ledger.record((AT + day * 86_400_000 + 180_000) << 20 | day, (signal,), KEEP)
    return known


RECORDS: dict[Kind, Source | Subject] = {
    "known": Source("u:42", facts(), {"e:ann@acme.com": [AT << 20 | 7]}, {}, {"a:anon_1": AT << 20 | 7}),
    "visitor": Source(
        "a:anon_1",
        facts("pricing_viewed", "docs_viewed", "pricing_viewed"),
        {"u:42": [AT << 20 | 7, AT << 20 | 9], "": [AT << 20 | 8]},
        {"u:42": {"e:ann@acme.com": [AT << 20 | 7]}},
    ),
    "contact": Subject(
        "e:ann@acme.com",
        {"a:anon_1": facts("pricing_viewed", "docs_viewed"), "e:ann@acme.com": Facts(traits={"vip": (AT, True)})},
        Standing(725, 2, "pricing"),
    ),
    "account": Subject(
        "d:acme.com",
        {
            "e:ann@acme.com": facts("pricing_viewed"),
            "a:anon_2": Facts(traits={"none": (AT, None), "rate": (AT, 0.5), "city": (AT, "Zürich")}),
        },
    ),
}


WRITTEN: dict[Kind, str] = {"known": "01", "visitor": "02", "contact": "01", "account": "01"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_golden_bytes_are_still_written(kind: Kind) -> None:
    assert encode(RECORDS[kind]).hex() == golden(kind, WRITTEN[kind])


@pytest.mark.parametrize(("kind", "version"), [*((kind, "01") for kind in KINDS), ("visitor", "02")])
def test_the_golden_bytes_are_still_read(kind: Kind, version: str) -> None:
    stored = bytes.fromhex(golden(kind, version))
    found = (Decoder(Source) if kind in ("known", "visitor") else Decoder(Subject)).decode(stored)
    assert found == RECORDS[kind]


def golden(kind: Kind, version: str) -> str:
    return (GOLDEN / f"{kind}-{version}.hex").read_text().replace("\n", "")


@pytest.mark.parametrize("stored", [b"", b"\x00\x93", b"\x03\x93", b"\x93"])
def test_bytes_of_another_version_are_refused(stored: bytes) -> None:
    with pytest.raises(UnknownVersion, match=r"a record has version \w+; this leadstream reads 01$"):
        Decoder(Subject).decode(stored)
    with pytest.raises(UnknownVersion, match=r"a record has version \w+; this leadstream reads 01 and 02$"):
        Decoder(Source).decode(stored)


@pytest.mark.parametrize(
    "record",
    [
        Subject("e:ann@acme.com", withheld={"e:ann@acme.com": facts("docs_viewed"), "a:1": facts()}, corrected=7),
        Subject("!", judged={"d:acme.com": {"!*": [7]}}),
    ],
)
def test_what_is_withheld_and_judged_is_read_again(record: Subject) -> None:
    assert Decoder(Subject).decode(encode(record)) == record


def test_what_user_agents_did_is_read_again() -> None:
    source = Source("a:1", facts(), agents={"chrome-88-windows": facts("docs_viewed").ledger})
    assert Decoder(Source).decode(encode(source)) == source


def test_an_ordinary_contact_takes_less_than_a_kilobyte() -> None:
    visits = facts(*["pricing_viewed", "docs_viewed"] * 10)
    assert len(encode(Subject("e:ann@acme.com", {"a:anon_1": visits}))) < 400


def test_two_ledgers_of_the_same_facts_are_the_same_bytes() -> None:
    one, other = Ledger(), Ledger()
    for order, ledger in (((1, 2, 3), one), ((3, 1, 2), other)):
        for hour in order:
            ledger.record((AT + hour * 3_600_000) << 20, ("pricing_viewed",), KEEP)
    assert encode(Source("a:1", Facts(one))) == encode(Source("a:1", Facts(other)))
