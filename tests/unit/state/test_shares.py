"""Shares stay packed until somebody looks, and say the same either way."""

import pytest

from state import shares
from state.codec import Decoder, encode
from state.ledger import Keep, Ledger
from state.shares import Shares, put_share, skimmed
from state.stored import pack
from state.subject import Facts, Subject

AT = 1_781_251_200_000
KEEP = Keep()


def facts(*minutes: int, signal: str = "pricing_viewed") -> Facts:
    known = Facts(Ledger(), {"plan": (AT, "free")}, {"acme.com": [AT << 20]})
    for minute in minutes:
        known.ledger.record((AT + minute * 60_000) << 20, (signal, "docs_viewed"), KEEP)
    return known


def packed() -> Shares:
    return Shares({"e:ann@acme.com": pack(facts(1, 2, 3)), "a:anon_1": pack(facts(4))})


def test_what_is_not_looked_at_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Decoder(Subject).decode(encode(Subject("d:acme.com", packed())))
    monkeypatch.setattr(shares, "unpack", None)
    put_share(subject.sources, "a:anon_1", facts(5))
    assert encode(subject) == encode(Subject("d:acme.com", {"e:ann@acme.com": facts(1, 2, 3), "a:anon_1": facts(5)}))


def test_skimming_reads_only_the_signals_that_are_wanted() -> None:
    seen, whole = skimmed(packed(), {"pricing_viewed"})["e:ann@acme.com"], facts(1, 2, 3)
    kept = {"pricing_viewed": whole.ledger.touches["pricing_viewed"]}
    assert seen == Facts(Ledger(kept, whole.ledger.tiles, whole.ledger.last_at), whole.traits)


def test_what_was_put_in_is_skimmed_too() -> None:
    held = packed()
    held["a:anon_2"] = facts(9)
    assert skimmed(held, ())["a:anon_2"] == facts(9)


def test_a_share_that_changed_in_place_is_written_when_it_is_put_in_anew() -> None:
    held = packed()
    known = held["a:anon_1"]
    known.join(facts(8), KEEP)
    held["a:anon_1"] = known
    assert encode(Subject("d:acme.com", held)) == encode(
        Subject("d:acme.com", {"e:ann@acme.com": facts(1, 2, 3), "a:anon_1": facts(4, 8)})
    )


@pytest.mark.parametrize("sources", [packed(), {"a:anon_1": facts(4), "e:ann@acme.com": facts(1, 2, 3)}])
def test_to_put_the_same_facts_changes_nothing(sources: Shares | dict[str, Facts]) -> None:
    assert [put_share(sources, "a:anon_1", facts(minute)) for minute in (4, 5, 5)] == [False, True, False]


VIP = Facts(traits={"vip": (AT, True)})


@pytest.mark.parametrize("held", [Shares({"a:1": pack(VIP)}), {"a:1": VIP}])
def test_one_and_true_are_different_facts(held: Shares | dict[str, Facts]) -> None:
    assert put_share(held, "a:1", Facts(traits={"vip": (AT, 1)}))


def test_a_share_that_was_taken_out_is_gone() -> None:
    held = packed()
    assert (held.pop("a:anon_1"), held.pop("a:anon_1", None), list(held)) == (facts(4), None, ["e:ann@acme.com"])
