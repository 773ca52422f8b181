"""What accounts are told may wait: joined later and together, it comes to what it would have come to at once."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operators import score_shard
from operators.score_shard import ScoreShard
from state.clock import LogClock
from state.codec import Decoder
from state.ledger import Ledger
from state.memory import MemoryStore
from state.messages import Replaced, ToSubject, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Facts, Subject
from tests.property.identity_run import KEEP, SCORING

ACCOUNTS = ("d:acme.com", "d:beta.io", "d:cosmo.de")
touches = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["pricing", "docs"])), min_size=1, max_size=4)
traits = st.dictionaries(st.sampled_from(["size", "plan"]), st.tuples(st.integers(1, 4), st.integers(1, 2)), max_size=2)


def facts(did: Sequence[tuple[int, str]], said: dict[str, tuple[int, int]]) -> Facts:
    ledger = Ledger()
    for day, signal in did:
        ledger.record(day * 86_400_000 << 20, [signal], KEEP)
    return Facts(ledger, dict(said))


whole = st.builds(facts, touches, traits)
sources = st.sampled_from(["e:ann@acme.com", "a:1"])
messages = st.builds(Touched, st.sampled_from(ACCOUNTS), sources, whole) | st.builds(
    Replaced, st.sampled_from(ACCOUNTS), sources, whole | st.none()
)
batches = st.lists(st.lists(messages, max_size=4), max_size=6)


def copied(message: ToSubject) -> ToSubject:
    """What a message brings is its receiver's."""
    if isinstance(message, Touched):
        return Touched(message.to, message.source, message.facts.copy())
    return Replaced(message.to, message.source, message.facts and message.facts.copy())


def account_shard() -> tuple[ScoreShard, MemoryStore]:
    store = MemoryStore(1)
    return ScoreShard(Shelf(store, "account", 0, Subject), SCORING, Retention(KEEP), LogClock(9 * 86_400_000)), store


def told(store: MemoryStore) -> dict[str, bytes]:
    """The records of accounts that hold anything."""
    records = store.records.get(("account", 0), {})
    return {id_: record for id_, record in records.items() if Decoder(Subject).decode(record).told}


@pytest.mark.parametrize("waiting", [0, 2, 100])
@given(heard=batches)
def test_what_waited_comes_to_the_same_records(waiting: int, heard: list[list[ToSubject]]) -> None:
    (at_once, expected), (later, found) = account_shard(), account_shard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(score_shard, "GATHERED", waiting)
        patch.setattr(score_shard, "AT_ONCE", 2)
        for batch in heard:
            for message in batch:
                at_once.join([copied(message)])
            later.handle([copied(message) for message in batch])
        at_once.commit()
        later.commit()
    assert told(found) == told(expected)
