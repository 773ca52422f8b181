"""What subjects were told and have not joined yet: one message per source, however many came."""

from collections.abc import Iterator, Mapping

from state.messages import Replaced, ToSubject, Touched


class Gathered:
    """Messages that may wait, since nobody waits for an answer. They are its own: what they bring is joined in them.

    Applied one after the other they do what all that came would have done. `sources` counts those that are waited for.
    """

    def __init__(self, keep: Mapping[str, int]) -> None:
        self._keep = keep
        self._waiting: dict[str, dict[str, ToSubject]] = {}
        self.sources = 0

    def add(self, message: ToSubject) -> None:
        """Have one more wait."""
        of_subject = self._waiting.setdefault(message.to, {})
        known = of_subject.get(message.source)
        if known is None:
            self.sources += 1
        if known is None or isinstance(message, Replaced):
            of_subject[message.source] = message
        elif known.facts is None:
            of_subject[message.source] = _beginning_anew(known, message)
        else:
            known.facts.join(message.facts, self._keep)

    def take(self, most: int) -> Iterator[list[ToSubject]]:
        """All of them, those for so many subjects at a time; none is left then."""
        waiting, self._waiting, self.sources = self._waiting, {}, 0
        subjects = [*waiting.values()]
        for start in range(0, len(subjects), most):
            yield [message for one in subjects[start : start + most] for message in one.values()]


def _beginning_anew(known: ToSubject, message: Touched) -> Replaced:
    """What a source contributes that had lost everything before."""
    corrected = known.corrected if isinstance(known, Replaced) else 0
    return Replaced(message.to, message.source, message.facts, corrected=corrected)
