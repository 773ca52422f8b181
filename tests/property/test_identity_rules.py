"""Each rule of identity is needed: with any one left out, the machine finds a story that ends wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from operators import identify_shard
from operators.identify import owners
from operators.identify_shard import IdentifyShard, _Batch
from operators.score_shard import ScoreShard
from state.links import Links, join_links
from state.messages import LinkFacts, Replaced, Seen, ToSubject, Touched
from state.subject import Source
from tests.property.test_identity_machine import CHAINS, CIRCLES, EVENTS, Story, holds, small_bounds

__all__ = ["small_bounds"]

Patch = Callable[[pytest.MonkeyPatch], None]


def followers_hear_news_only(patch: pytest.MonkeyPatch) -> None:
    def follow(self: IdentifyShard, source: Source, followers: Mapping[str, int], batch: _Batch) -> bool:
        news = {id_: touch for id_, touch in followers.items() if id_ not in source.followers}
        source.followers |= news
        if news:
            batch.announce(source.id)
        return bool(news)

    patch.setattr(IdentifyShard, "_follow", follow)


def links_matter_once(patch: pytest.MonkeyPatch) -> None:
    def link(self: IdentifyShard, source: Source, links: Links, batch: _Batch) -> bool:
        changed = join_links(source.links, links)
        if changed:
            batch.moved[source.id] = source
            batch.announce(source.id)
        return changed

    patch.setattr(IdentifyShard, "_link", link)


def facts_are_passed_on_once(patch: pytest.MonkeyPatch) -> None:
    def learn(self: IdentifyShard, facts: LinkFacts, batch: _Batch) -> None:
        source = self._shelf.take(facts.to)
        for id_, links in facts.links.items():
            if id_ != source.id and join_links(source.known.setdefault(id_, {}), links):
                self._shelf.dirty[source.id] = source
                batch.moved[source.id] = source
                batch.announce(source.id)

    patch.setattr(IdentifyShard, "_learn", learn)


def touches_are_sent_once(patch: pytest.MonkeyPatch) -> None:
    see = IdentifyShard._see

    def see_news(self: IdentifyShard, seen: Seen, batch: _Batch) -> None:
        self._shelf.dirty.pop(seen.to, None)
        see(self, seen, batch)
        if seen.to not in self._shelf.dirty:
            batch.fresh.pop(seen.to, None)

    patch.setattr(IdentifyShard, "_see", see_news)


def several_owners_are_touched(patch: pytest.MonkeyPatch) -> None:
    def touch(self: IdentifyShard, source: Source, seen: Iterable[Seen]) -> list[Touched]:
        owner = owners(source, 99)[-1].owner
        return [Touched(owner, source.id, identify_shard._facts_of(list(seen), self._keep))] if owner else []

    patch.setattr(IdentifyShard, "_touch", touch)
    patch.setattr(IdentifyShard, "_turns", lambda self, source, links: identify_shard._are_first(source.links, links))


def losers_are_not_told(patch: pytest.MonkeyPatch) -> None:
    def named(source: Source) -> Iterator[str]:
        return iter(sorted({tenure.owner for tenure in owners(source, 2)} - {""}))

    patch.setattr(identify_shard, "named", named)


def losers_do_not_tell_accounts(patch: pytest.MonkeyPatch) -> None:
    tell_all = ScoreShard._tell_all
    patch.setattr(ScoreShard, "_tell_all", lambda self, id_, domains: tell_all(self, id_, ()))


def contacts_that_are_not_stored_tell_nobody(patch: pytest.MonkeyPatch) -> None:
    replace = ScoreShard._replace

    def replace_stored(self: ScoreShard, message: Replaced, moved: dict[str, list[str]]) -> None:
        if message.facts or self._shelf.find(message.to):
            replace(self, message, moved)

    patch.setattr(ScoreShard, "_replace", replace_stored)


def accounts_are_told_news_only(patch: pytest.MonkeyPatch) -> None:
    def tell(self: ScoreShard, id_: str, fresh: object) -> Iterable[ToSubject]:
        return self._tell_all(id_, ()) if id_ in self._shelf.dirty else []

    patch.setattr(ScoreShard, "_tell", tell)


def cycles_do_not_count_times(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identify_shard, "leads_back", lambda source: False)


TELLING: dict[Patch, st.SearchStrategy[Story]] = {
    followers_hear_news_only: CHAINS,
    links_matter_once: EVENTS,
    facts_are_passed_on_once: CHAINS,
    touches_are_sent_once: EVENTS,
    several_owners_are_touched: EVENTS,
    losers_are_not_told: EVENTS,
    losers_do_not_tell_accounts: EVENTS,
    contacts_that_are_not_stored_tell_nobody: EVENTS,
    accounts_are_told_news_only: EVENTS,
    cycles_do_not_count_times: CIRCLES,
}


@pytest.mark.parametrize("left_out", TELLING, ids=lambda left_out: left_out.__name__)
def test_no_rule_can_be_left_out(left_out: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    left_out(monkeypatch)
    search = settings(max_examples=3_000, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        search(given(TELLING[left_out])(law))()


def law(story: Story) -> None:
    holds(story)
