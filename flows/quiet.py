"""A hint for who asks for scores as of now of a log that ended long ago: by now everything has cooled."""

from collections.abc import Iterable, Iterator

from state.moment import iso
from state.subject import Subject

QUIET_MS = 30 * 86_400_000
"""After so long what counted most has lost most of its points in any model that cools at all."""


def quiet_hint(latest: int, now: int) -> str:
    """How to ask as of the `latest` event (ms), when it lies long before `now`; else `""`, and so for no event at all.

    >>> quiet_hint(1_780_000_000_000, 1_790_000_000_000)
    'nobody was active after 2026-05-28T20:26:40Z, so scores have cooled: `leadstream top --at 2026-05-28T20:26:40Z`'
    >>> quiet_hint(1_780_000_000_000, 1_780_000_000_001)
    ''
    """
    if not 0 < latest < now - QUIET_MS:
        return ""
    return f"nobody was active after {iso(latest)}, so scores have cooled: `leadstream top --at {iso(latest)}`"


class Activity:
    """The latest event of all subjects that went by (ms)."""

    def __init__(self) -> None:
        self.latest = 0

    def watch(self, subjects: Iterable[Subject]) -> Iterator[Subject]:
        """The same subjects."""
        for subject in subjects:
            self.latest = max([self.latest, *(facts.ledger.last_at for facts in subject.sources.values())])
            yield subject
