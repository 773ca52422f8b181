"""What subjects were told and have not joined yet: one message per source, however many came."""

from collections.abc import Iterator, Mapping

import msgspec

from state.messages import Replaced, ToSubject, Touched
from state.stored import pack, unpack
from state.subject import Facts


class _Told(msgspec.Struct, frozen=True, gc=False):
    """A message without whom it is for and from: its facts as stored bytes, which take a fifth of the memory."""

    facts: msgspec.Raw | None
    replaces: bool
    corrected: int = 0


class Gathered:
    """Messages that may wait, since nobody waits for an answer.

    Applied one after the other they do what all that came would have done. `sources` counts those that are waited for.
    """

    def __init__(self, keep: Mapping[str, int]) -> None:
        self._keep = keep
        self._waiting: dict[str, dict[str, _Told]] = {}
        self.sources = 0

    def add(self, message: ToSubject) -> None:
        """Have one more wait."""
        of_subject = self._waiting.setdefault(message.to, {})
        known = of_subject.get(message.source)
        if known is None:
            self.sources += 1
        of_subject[message.source] = self._told(message, known)

    def _told(self, message: ToSubject, known: _Told | None) -> _Told:
        if isinstance(message, Replaced):
            return _Told(None if message.facts is None else pack(message.facts), True, message.corrected)
        if known is None:
            return _Told(pack(message.facts), False)
        facts = Facts() if known.facts is None else unpack(known.facts)
        facts.join(message.facts, self._keep)
        return _Told(pack(facts), known.replaces, known.corrected)

    def take(self, most: int) -> Iterator[list[ToSubject]]:
        """All of them, those for so many subjects at a time; none is left then."""
        waiting, self._waiting, self.sources = self._waiting, {}, 0
        subjects = [*waiting.items()]
        for start in range(0, len(subjects), most):
            some = subjects[start : start + most]
            yield [_message(to, source, told) for to, sources in some for source, told in sources.items()]


def _message(to: str, source: str, told: _Told) -> ToSubject:
    facts = None if told.facts is None else unpack(told.facts)
    if told.replaces or facts is None:
        return Replaced(to, source, facts, corrected=told.corrected)
    return Touched(to, source, facts)
