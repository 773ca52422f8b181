"""What a source did, kept apart by kind of user agent."""

import pytest

from operators import by_agent
from operators.by_agent import record, whole
from state.event import Event
from state.ledger import Keep, Ledger
from state.subject import Source

KEEP = Keep(docs=2)


def did(at: int, agent: str = "") -> Event:
    return Event(at << 20, ("docs",), "a:1", agent=agent)


def ledger(*events: Event) -> Ledger:
    found = Ledger()
    found.record_all(events, KEEP)
    return found


def test_kinds_of_agents_are_kept_apart_and_what_named_none_stays_with_the_source() -> None:
    source = Source("a:1")
    assert record(source, [did(1), did(2, "edge"), did(3, "bot")], KEEP)
    assert (source.facts.ledger, source.agents) == (
        ledger(did(1)),
        {"edge": ledger(did(2)), "bot": ledger(did(3))},
    )


def test_together_they_are_the_ledger_of_a_source_that_knows_no_agents() -> None:
    source = Source("a:1")
    record(source, [did(1), did(4, "edge"), did(2, "bot"), did(3, "bot")], KEEP)
    assert whole(source, KEEP).ledger == ledger(did(1), did(2), did(3), did(4))


def test_what_a_retracted_kind_pushed_out_is_there_again_without_it() -> None:
    source = Source("a:1")
    record(source, [did(1, "edge"), did(2, "bot"), did(3, "bot")], KEEP)
    assert whole(source, KEEP, {"g:bot"}).ledger == ledger(did(1))


def test_a_source_that_shows_too_many_kinds_has_one_ledger_whatever_order_they_came_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(by_agent, "MOST", 2)
    events = [did(1, "edge"), did(2, "bot"), did(3, "opera"), did(4, "edge")]
    sources = [Source("a:1"), Source("a:1")]
    for source, order in zip(sources, (events, events[::-1]), strict=True):
        for event in order:
            record(source, [event], KEEP)
    assert [source.agents for source in sources] == [{"*": ledger(*events)}] * 2


def test_one_kind_too_many_is_news_even_if_its_touch_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_agent, "MOST", 1)
    source = Source("a:1")
    assert [record(source, [did(1, agent)], KEEP) for agent in ("edge", "bot", "opera")] == [True, True, False]


def test_what_was_recorded_before_changes_nothing() -> None:
    source = Source("a:1")
    assert (record(source, [did(1, "edge")], KEEP), record(source, [did(1, "edge")], KEEP)) == (True, False)
