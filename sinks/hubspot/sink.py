"""The sink: which record goes where in HubSpot, and what its answers mean for the flow."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import httpx

from sinks.hubspot.batches import DefinitionsDrifted, Input
from sinks.hubspot.client import Client
from sinks.hubspot.companies import Companies
from sinks.hubspot.contacts import Contacts
from sinks.hubspot.erasure import erase
from sinks.hubspot.fields import values
from sinks.hubspot.pauses import Pause
from sinks.hubspot.properties import Definitions
from sinks.hubspot.quota import Quota
from sinks.hubspot.settings import HubSpotSettings
from state.record import Erasure, KeyType, Kind, Later, Outcome, Record, SinkStopped, Skipped

Place = tuple[Kind, KeyType]

Write = Callable[[Iterable[Input]], Iterator[tuple[Input, Outcome]]]

NO_PLACE = Skipped("HubSpot keeps no records under this kind of id")


class HubSpot:
    """Keeps scores on HubSpot's contacts and companies. For one thread.

    It never sleeps: when HubSpot must be left alone, what is not written yet is answered `Later`, and so is
    every write before that time, without a call. Of two records that are one contact to HubSpot (e-mails that
    differ in case or spaces only), the later one stays.

    `clock` gives seconds that only rise; `transport` stands in for the network.
    """

    name = "hubspot"

    def __init__(
        self,
        settings: HubSpotSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._prefix = settings.prefix
        self._client = Client(settings, clock, transport)
        self._definitions = Definitions(self._client, settings)
        contacts = Contacts(self._client)
        self._writers: dict[Place, Write] = {
            ("contact", "email"): contacts.upsert,
            ("contact", "crm"): contacts.update,
            ("account", "domain"): Companies(self._client, settings, clock).write,
        }

    @property
    def quota(self) -> Quota:
        """The calls that are left, as HubSpot last said."""
        return self._client.allowance.quota

    @property
    def quota_left(self) -> Mapping[str, int]:
        """See `Watched`."""
        said = {"burst": self.quota.burst, "daily": self.quota.daily}
        return {window: calls for window, calls in said.items() if calls is not None}

    @property
    def is_reserved(self) -> bool:
        """See `Watched`: a tenth of a day's calls."""
        return self._client.allowance.is_reserved

    @property
    def errors(self) -> Mapping[str, int]:
        """See `Watched`."""
        return self._client.errors

    def ensure_properties(self) -> None:
        """Create the properties that are missing; `write` does so itself for what it writes.

        Raises `SinkStopped`, and `Pause` when HubSpot cannot be asked now.
        """
        self._definitions.ensure("contact")
        self._definitions.ensure("account")

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        """Tell HubSpot. Raises `SinkStopped` for a refused token, a missing scope, an unusable property."""
        try:
            return self._attempt(records)
        except DefinitionsDrifted:
            self._definitions.forget()
        try:
            return self._attempt(records)
        except DefinitionsDrifted:
            raise SinkStopped(
                f"HubSpot does not accept the {self._prefix}… properties: check them in its property settings"
            ) from None

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Delete contacts for good, one call each. Raises `SinkStopped` for a refused token and a missing scope.

        HubSpot blocks the addresses, also one that it has no contact for.
        """
        return erase(self._client, ids)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _attempt(self, records: Sequence[Record]) -> list[Outcome]:
        has_place = [place_of(record) in self._writers for record in records]
        outcomes: list[Outcome | None] = [None if has else NO_PLACE for has in has_place]
        late = Later(0, "")
        try:
            for entry, outcome in self._told(records):
                outcomes[index_of(entry.trace)] = outcome
        except Pause as pause:
            late = Later(pause.seconds, pause.reason)
        return [late if outcome is None else outcome for outcome in outcomes]

    def _told(self, records: Sequence[Record]) -> Iterator[tuple[Input, Outcome]]:
        for place, write in self._writers.items():
            indices = [index for index, record in enumerate(records) if place_of(record) == place]
            if indices:
                self._definitions.ensure(place[0], {records[index].band for index in indices})
                yield from write([self._input(index, records[index]) for index in indices])

    def _input(self, index: int, record: Record) -> Input:
        id_property = "email" if record.key_type == "email" else None
        return Input(trace(index), record.key.strip().lower(), values(record, self._prefix), id_property)


def place_of(record: Record) -> Place:
    """Where in HubSpot the record belongs."""
    return record.kind, record.key_type


def trace(index: int) -> str:
    """A name for the record in calls and answers that is nobody's id.

    >>> trace(7), index_of(trace(7))
    ('r7', 7)
    """
    return f"r{index}"


def index_of(trace_id: str) -> int:
    """The index that `trace` made the name of."""
    return int(trace_id[1:])
