"""How much is remembered at most, with the true numbers; the laws are in tests/property."""

from state.ledger import KEEP_TILES, Keep, Ledger
from state.links import KEEP_TIMES, Links, add_link
from state.touch import TILE_MS
from state.traits import KEEP_TRAITS, Traits, set_trait


def test_a_ledger_keeps_twenty_touches_of_a_signal_unless_the_model_says_otherwise() -> None:
    ledger = Ledger()
    for minute in range(100):
        ledger.record(minute * 60_000 << 20, ("docs_viewed", "pricing_viewed"), Keep(pricing_viewed=50))
    assert {signal: len(touches) for signal, touches in ledger.touches.items()} == {
        "docs_viewed": 20,
        "pricing_viewed": 50,
    }


def test_a_ledger_keeps_the_last_64_tiles() -> None:
    ledger = Ledger()
    for tile in range(100):
        ledger.record(tile * TILE_MS << 20, (), Keep())
    assert (ledger.tiles, KEEP_TILES) == (list(range(36, 100)), 64)


def test_of_each_target_the_first_and_the_last_32_links_are_kept() -> None:
    links: Links = {}
    for touch in range(100):
        add_link(links, "u:1", touch)
    assert (links, KEEP_TIMES) == ({"u:1": [0, *range(68, 100)]}, 32)


def test_the_latest_32_traits_are_kept() -> None:
    traits: Traits = {}
    for number in range(100):
        set_trait(traits, f"t{number:02}", number, "x")
    assert (sorted(traits), KEEP_TRAITS) == ([f"t{number:02}" for number in range(68, 100)], 32)


def test_a_visitor_of_a_hundred_thousand_events_stays_small() -> None:
    ledger = Ledger()
    for minute in range(100_000):
        ledger.record(minute * 60_000 << 20 | minute & 0xFFFFF, ("page_viewed",), Keep())
    assert (len(ledger.touches["page_viewed"]), len(ledger.tiles)) == (20, 64)
