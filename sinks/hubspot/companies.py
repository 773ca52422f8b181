"""Companies: HubSpot has no unique domain, so they are looked up, updated by id and, if wanted, created."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from sinks.hubspot.answers import Batch, Problem
from sinks.hubspot.batches import Input, Verdict, batches, settle
from sinks.hubspot.client import Call, Client
from sinks.hubspot.company_creation import Creation
from sinks.hubspot.company_ids import CompanyIds, Search
from sinks.hubspot.contacts import gone
from sinks.hubspot.settings import HubSpotSettings
from state.record import Later, Outcome, Refused, Skipped, Written

PATH = "/crm/v3/objects/companies/batch/update"
SCOPE = "crm.objects.companies.write"

Told = Iterator[tuple[Input, Outcome]]


class Companies:
    """Writes companies; inputs carry the domain as their id."""

    def __init__(self, client: Client, settings: HubSpotSettings, clock: Callable[[], float]) -> None:
        self._client = client
        self._search_lag_s = settings.search_lag_s
        self._ids = CompanyIds(clock)
        self._search = Search(client, clock)
        creation = Creation(client, self._ids, settings.search_lag_s, clock)
        self._absent = creation.create if settings.create_companies else skipped

    def write(self, inputs: Iterable[Input]) -> Told:
        """Write companies, in order: of 100 the known ones first, then those that must be looked up."""
        for batch in batches(inputs):
            unknown = [entry for entry in batch if self._ids.get(entry.id) is None]
            yield from self._write_known([entry for entry in batch if entry not in unknown])
            refused = self._look_up([entry.id for entry in unknown])
            yield from ((entry, refused[entry.id]) for entry in unknown if entry.id in refused)
            yield from self._write_known([entry for entry in unknown if entry.id not in refused])

    def _look_up(self, domains: Sequence[str]) -> dict[str, Refused]:
        """Ask the search and remember what it says; the domains that it refuses, with the reason."""
        refused = {}
        for domain, answer in self._search.find(domains):
            if isinstance(answer, Problem):
                refused[domain] = Refused(answer.reason())
            else:
                self._ids.remember(domain, answer)
        return refused

    def _write_known(self, inputs: Sequence[Input]) -> Told:
        present = [entry for entry in inputs if self._ids.get(entry.id)]
        absent = [entry for entry in inputs if entry not in present]
        yield from self._update(present)
        yield from self._absent(absent)

    def _update(self, inputs: Sequence[Input]) -> Told:
        by_trace = {entry.trace: entry for entry in inputs}
        with_ids = [msgspec.structs.replace(entry, id=self._ids.get(entry.id) or "") for entry in inputs]
        for batch in batches(with_ids):
            for sent, verdict in settle(self._send, batch):
                entry = by_trace[sent.trace]
                yield entry, self._outcome(entry.id, verdict)

    def _send(self, batch: Sequence[Input]) -> Batch | Problem:
        return self._client.ask(Call("POST", PATH, SCOPE, {"inputs": batch}), Batch)

    def _outcome(self, domain: str, verdict: Verdict) -> Outcome:
        if not isinstance(verdict, Problem):
            return Written()
        if gone(verdict):
            self._ids.forget(domain)
            return Later(self._search_lag_s, "the company is gone from HubSpot: it is looked up again")
        return Refused(verdict.reason())


def skipped(inputs: Iterable[Input]) -> Told:
    """What becomes of companies that HubSpot does not have, unless they shall be created."""
    return ((entry, Skipped("HubSpot has no company with this domain")) for entry in inputs)
