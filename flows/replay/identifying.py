"""The first half of a fold: events in, what contacts and accounts must hear out. The live stages, one shard of each."""

from collections.abc import Sequence

from flows.replay.held import Held
from operators.identify_shard import IdentifyShard, Limits
from operators.route import messages
from state.event import Event
from state.ids import is_visitor
from state.ledger import Keep
from state.messages import LinkFacts, ToSource, ToSubject
from state.subject import Source


class Identifying:
    """Known ids and visitors. Facts that the live flow writes back to its log come round at once."""

    def __init__(self, keep: Keep, limits: Limits) -> None:
        self.known: Held[Source] = Held("known", Source)
        self.visitors: Held[Source] = Held("visitor", Source)
        self._known = IdentifyShard(self.known, keep, limits)
        self._visitors = IdentifyShard(self.visitors, keep, limits)

    def see(self, events: Sequence[Event]) -> list[ToSubject]:
        """Join a batch of events; the messages they cause, in order."""
        heard = messages(events)
        visitors: list[ToSource] = [message for message in heard if is_visitor(message.to)]
        known: list[ToSource] = [message for message in heard if not is_visitor(message.to)]
        told: list[ToSubject] = []
        while known:
            caused = self._known.handle(known)
            facts = [message for message in caused if isinstance(message, LinkFacts)]
            known = [message for message in facts if not is_visitor(message.to)]
            visitors += [message for message in facts if is_visitor(message.to)]
            told += [message for message in caused if not isinstance(message, LinkFacts)]
        told += [message for message in self._visitors.handle(visitors) if not isinstance(message, LinkFacts)]
        self._rest()
        return told

    def _rest(self) -> None:
        for shelf in (self.known, self.visitors):
            shelf.dirty.clear()
            shelf.pack()
