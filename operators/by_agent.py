"""What a source did, by kind of user agent: so that a kind can be judged at any time, as if it had never come.

Joined they are the ledger that the source would have without kinds, since a ledger keeps the most recent of each part.
"""

from collections.abc import Collection, Mapping, Sequence

from operators.verdicts import agent_id
from state.event import Event
from state.ledger import Ledger
from state.subject import Facts, Source

MOST = 32
"""Kinds of agents that one source may show; one that shows more (a server, somebody who plays tricks) has one ledger
for all of them from then on, which no verdict on a kind reaches.
"""
ANY = "*"
"""Under it stands that one ledger."""


def record(source: Source, did: Sequence[Event], keep: Mapping[str, int]) -> bool:
    """Join what a source did. True if that changed anything."""
    for event in did:
        if event.agent:
            return _record_each(source, did, keep)
    return source.facts.ledger.record_all(did, keep) if did else False


def whole(source: Source, keep: Mapping[str, int], retracted: Collection[str] = ()) -> Facts:
    """All that a source did and said, but for what agents of retracted kinds did; independent of the source."""
    facts = source.facts.copy()
    for agent, ledger in source.agents.items():
        if not retracted or agent_id(agent) not in retracted:
            facts.ledger.join(ledger, keep)
    return facts


def shows_too_many(source: Source) -> bool:
    """Whether a source has shown more kinds of agents than are told apart."""
    return ANY in source.agents


def _record_each(source: Source, did: Sequence[Event], keep: Mapping[str, int]) -> bool:
    parts: dict[str, list[Event]] = {}
    for event in did:
        parts.setdefault(event.agent, []).append(event)
    known, changed = list(source.agents), False
    for agent, events in parts.items():
        changed |= _ledger(source, agent, keep).record_all(events, keep)
    return changed or known != list(source.agents)


def _ledger(source: Source, agent: str, keep: Mapping[str, int]) -> Ledger:
    agents = source.agents
    if not agent:
        return source.facts.ledger
    if ANY not in agents and agent not in agents and len(agents) == MOST:
        together = Ledger()
        for ledger in agents.values():
            together.join(ledger, keep)
        agents.clear()
        agents[ANY] = together
    return agents.setdefault(ANY if ANY in agents else agent, Ledger())
