"""Why events of a subject's identifiers do not count: what was retracted, alone or as one of many."""

import msgspec

from flows.correct import written
from flows.reading import Reading
from flows.whose import Spans
from operators.by_agent import shows_too_many
from operators.score_shard import companies_of
from operators.verdicts import agent_id
from state.event import Event
from state.links import is_retracted
from state.subject import Subject


class Discounted(msgspec.Struct, frozen=True):
    """What was retracted, as people write it: the company, identifiers, kinds of agents.

    `mixed` are identifiers that showed too many kinds of agents for a verdict on one to reach them.
    """

    company: str
    identifiers: dict[str, str]
    agents: frozenset[str]
    mixed: frozenset[str]

    def why(self, event: Event, id_: str) -> str:
        """Why an event that happened under an identifier does not count; `""`: it does."""
        agent = agent_id(event.agent)
        by_agent = written(agent) if agent in self.agents and id_ not in self.mixed else ""
        what = self.company or self.identifiers.get(id_) or by_agent
        return f"{what} was retracted" if what else ""


def discounted(reading: Reading, subject: Subject, spans: Spans) -> Discounted:
    """What does not count of what a subject's identifiers did."""
    verdicts = reading.verdicts()
    companies = sorted(verdicts.retracted & companies_of(subject)) if subject.withheld else []
    sources = [source for id_ in spans if (source := reading.source(id_)) is not None]
    return Discounted(
        written(companies[0]) if companies else "",
        {source.id: written(source.id) for source in sources if is_retracted(source.links)},
        verdicts.retracted,
        frozenset(source.id for source in sources if shows_too_many(source)),
    )
