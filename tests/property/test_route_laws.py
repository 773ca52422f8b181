"""What a batch of events says is what its events say one by one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from operators.identify_shard import _facts_of
from operators.route import messages
from state.event import Event
from state.ledger import Keep
from state.links import join_links
from state.messages import Seen
from state.stored import canonical
from state.subject import Source

KEEP = Keep(pricing=2)

events = st.builds(
    Event,
    st.integers(1, 9).map(lambda minute: minute * 60_000 << 20),
    st.sampled_from([(), ("pricing",), ("pricing", "docs")]),
    st.sampled_from(["a:1", "a:2"]),
    st.sampled_from(["", "c:1"]),
    st.sampled_from(["", "u:1", "u:2"]),
    st.sampled_from(["", "e:ann@acme.com"]),
    st.sampled_from(["", "acme.com", "beta.io"]),
    st.none() | st.dictionaries(st.sampled_from("xy"), st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1),
)


def sources(heard: Sequence[Seen]) -> dict[str, bytes]:
    """All that was heard, joined, by identifier."""
    found: dict[str, Source] = {}
    for seen in heard:
        source = found.setdefault(seen.to, Source(seen.to))
        source.facts.join(_facts_of([seen], KEEP), KEEP)
        join_links(source.links, seen.links)
        for follower, touch in seen.followers.items():
            source.followers[follower] = min(touch, source.followers.get(follower, touch))
    return {id_: canonical(source) for id_, source in found.items()}


@given(st.lists(events, max_size=9))
def test_a_batch_says_what_its_events_say_one_by_one(batch: list[Event]) -> None:
    one_by_one = [seen for event in batch for seen in messages([event])]
    assert sources(one_by_one) == sources(messages(batch))
