"""What was said of identifiers in the event log, and the score flow has not read yet: it counts when more is said."""

from collections.abc import Iterable, Mapping

from config.model import Model
from flows.models import InUse
from flows.raw_events import read_line
from flows.reading import Reading
from operators.decode import Decoder
from operators.statements import Said
from operators.verdicts import Verdicts, is_verdict
from state.links import MARK, Links, copy_links, join_links
from state.store import Checkpoint, Store
from state.subject import Source


def said_in(lines: Iterable[bytes], model: Model) -> Said:
    """What statements among these lines say."""
    decoder = Decoder(model, trust_statements=True)
    found: Said = {}
    for event in (read_line(decoder, line) for line in lines):
        for id_, links in ((event and event.said) or {}).items():
            join_links(found.setdefault(id_, {}), links)
    return found


def come_to(checkpoints: Mapping[str, list[Checkpoint]]) -> dict[str, int]:
    """How far the score flow has read, by partition."""
    return {partition: history[-1].position for partition, history in checkpoints.items()}


class ReadAhead(Reading):
    """A store as it will be when the score flow has read what was `said`, as far as identifiers and verdicts go."""

    def __init__(self, store: Store, used: InUse, said: Said) -> None:
        super().__init__(store, used.model, used.scoring)
        self._said = said

    def source(self, id_: str) -> Source | None:
        """See `Reading`."""
        stored = super().source(id_)
        if stored is None and id_ not in self._said:
            return None
        source = stored or Source(id_)
        links = self._links(id_)
        followers = {one: said[id_][0] for one, said in self._said.items() if id_ in said} | source.followers
        return Source(id_, source.facts, links, self._known(links), followers, source.agents)

    def verdicts(self) -> Verdicts:
        """See `Reading`."""
        found = super().verdicts()
        found.join({id_: links for id_, links in self._said.items() if is_verdict(id_)})
        return found

    def _known(self, links: Links) -> dict[str, Links]:
        """The links of all ids that are reachable by these."""
        known: dict[str, Links] = {}
        waiting = [*links]
        while waiting:
            id_ = waiting.pop()
            if id_ and id_[0] != MARK and id_ not in known:
                known[id_] = self._links(id_)
                waiting += known[id_]
        return known

    def _links(self, id_: str) -> Links:
        stored = super().source(id_)
        links = copy_links(stored.links) if stored else {}
        join_links(links, self._said.get(id_, {}))
        return links
