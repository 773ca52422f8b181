"""What each source contributes to a subject, unpacked only when somebody looks.

A company has hundreds of sources of which a batch changes two: the others stay the bytes that they are stored as.
"""

from collections.abc import Collection, ItemsView, Iterator, MutableMapping, ValuesView

import msgspec

from state.stored import StoredFacts, pack, skim, stored, unpack
from state.subject import Facts


class Shares(MutableMapping[str, Facts]):
    """Source -> its facts. Whoever changes facts that are in here puts them in anew: what was packed is kept."""

    __slots__ = ("_packed", "_read")

    def __init__(self, packed: dict[str, msgspec.Raw]) -> None:
        self._packed = packed
        self._read: dict[str, Facts] = {}

    def __getitem__(self, source: str) -> Facts:
        facts = self._read.get(source)
        if facts is None:
            facts = self._read[source] = unpack(self._packed[source])
        return facts

    def __setitem__(self, source: str, facts: Facts) -> None:
        self._read[source] = facts
        self._packed.pop(source, None)

    def __delitem__(self, source: str) -> None:
        if source not in self:
            raise KeyError(source)
        self._read.pop(source, None)
        self._packed.pop(source, None)

    def __contains__(self, source: object) -> bool:
        return source in self._read or source in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter({**self._packed, **self._read})

    def __len__(self) -> int:
        return len(self._packed.keys() | self._read.keys())

    def __bool__(self) -> bool:
        return bool(self._packed or self._read)

    def items(self) -> ItemsView[str, Facts]:
        """All of them."""
        self._unpack_all()
        return self._read.items()

    def values(self) -> ValuesView[Facts]:
        """All of them."""
        self._unpack_all()
        return self._read.values()

    def put(self, source: str, facts: Facts) -> bool:
        """Set what a source contributes; True if that changes the bytes that are stored."""
        if self._surely_changes(source, facts):
            self[source] = facts
            return True
        before = self._packed[source] if source in self._packed else pack(self._read[source])
        after = pack(facts)
        self._packed[source], self._read[source] = after, facts
        return after != before

    def _surely_changes(self, source: str, facts: Facts) -> bool:
        """Whether it can be told without packing: nothing was there, or what is not even equal."""
        known = self._read.get(source)
        return source not in self._packed if known is None else known != facts

    def skimmed(self, wanted: Collection[str]) -> dict[str, Facts]:
        """All of them; of those not unpacked yet what `skim` leaves of them."""
        known = self._read.copy()
        for source, packed in self._packed.items():
            if source not in known:
                known[source] = skim(packed, wanted)
        return known

    def one_by_one(self) -> Iterator[tuple[str, Facts]]:
        """All of them; what was not unpacked yet does not stay so."""
        yield from self._read.items()
        yield from ((source, unpack(packed)) for source, packed in self._packed.items() if source not in self._read)

    def stored(self) -> dict[str, msgspec.Raw | StoredFacts]:
        """Every share as it is stored."""
        packed = self._packed
        return {**packed, **{source: stored(facts) for source, facts in self._read.items() if source not in packed}}

    def _unpack_all(self) -> None:
        read = self._read
        for source, packed in self._packed.items():
            if source not in read:
                read[source] = unpack(packed)


def put_share(sources: MutableMapping[str, Facts], source: str, facts: Facts) -> bool:
    """Set what a source contributes; True if that changes the bytes that are stored (`==` takes 1 for True)."""
    if isinstance(sources, Shares):
        return sources.put(source, facts)
    known = sources.get(source)
    sources[source] = facts
    return known is None or known != facts or pack(known) != pack(facts)


def one_by_one(sources: MutableMapping[str, Facts]) -> Iterator[tuple[str, Facts]]:
    """What each source contributes; none of it stays unpacked."""
    return sources.one_by_one() if isinstance(sources, Shares) else iter(sources.items())


def skimmed(sources: MutableMapping[str, Facts], wanted: Collection[str]) -> MutableMapping[str, Facts]:
    """What sources contribute, at least the touches of these signals; it is only to be read."""
    return sources.skimmed(wanted) if isinstance(sources, Shares) else sources
