"""The first half of a fold: events in, what contacts and accounts must hear out. The live stages, one shard of each."""

from collections.abc import Sequence

from flows.replay.held import Held
from operators.identify import owners
from operators.identify_shard import IdentifyShard, Limits
from operators.route import messages
from operators.verdicts import told_of, verdicts_of
from state.event import Event
from state.ids import is_visitor
from state.ledger import Keep
from state.messages import LinkFacts, ToSource, ToSubject
from state.retention import Retention
from state.subject import Source


class Identifying:
    """Known ids and visitors. Facts that the live flow writes back to its log come round at once."""

    def __init__(self, keep: Keep, limits: Limits) -> None:
        self.known: Held[Source] = Held("known", Source)
        self.visitors: Held[Source] = Held("visitor", Source)
        self.belongs: dict[str, str] = {}
        """Known id -> the contact it was last found to belong to, where that is another id."""
        self._limits = limits
        self._known = IdentifyShard(self.known, Retention(keep), limits)
        self._visitors = IdentifyShard(self.visitors, Retention(keep), limits)

    def see(self, events: Sequence[Event]) -> list[ToSubject]:
        """Join a batch of events; the messages they cause, in order."""
        heard, verdicts = messages(events), verdicts_of(events)
        visitors: list[ToSource] = [message for message in heard if is_visitor(message.to)]
        visitors += told_of("visitor", verdicts)
        known: list[ToSource] = [message for message in heard if not is_visitor(message.to)]
        known += told_of("known", verdicts)
        told: list[ToSubject] = []
        while known:
            caused = self._known.handle(known)
            facts = [message for message in caused if isinstance(message, LinkFacts)]
            known = [message for message in facts if not is_visitor(message.to)]
            visitors += [message for message in facts if is_visitor(message.to)]
            told += [message for message in caused if not isinstance(message, LinkFacts)]
        told += [message for message in self._visitors.handle(visitors) if not isinstance(message, LinkFacts)]
        return told

    def moved(self) -> dict[str, str]:
        """The known ids that have come to belong to another contact since this was last asked, and to which."""
        found = {}
        for id_, source in self.known.dirty.items():
            owner = owners(source, self._limits.contacts_per_visitor)[-1].owner
            if owner != self.belongs.get(id_, id_):
                found[id_] = self.belongs[id_] = owner
        self._rest()
        return found

    def _rest(self) -> None:
        for shelf in (self.known, self.visitors):
            shelf.dirty.clear()
            shelf.pack()
