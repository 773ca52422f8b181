"""Creating companies, each once.

A create is the one call of ours that must not be made twice, and HubSpot has no key that would stop the
second. So a company is created only when the search cannot be behind: not right after the start, when an
earlier run may have created it, and not right after a create whose answer was lost.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from sinks.hubspot.answers import Batch, Problem
from sinks.hubspot.batches import Input, about, check_definitions, errors_by_name, halves
from sinks.hubspot.client import Call, Client
from sinks.hubspot.company_ids import CompanyIds
from sinks.hubspot.pauses import Pause
from state.record import Later, Outcome, Refused, Written

PATH = "/crm/v3/objects/companies/batch/create"
SCOPE = "crm.objects.companies.write"


class New(msgspec.Struct, frozen=True):
    """A company to create."""

    trace: str = msgspec.field(name="objectWriteTraceId")
    properties: dict[str, str]


class Creation:
    """Creates companies; inputs carry the domain as their id. `search_lag_s` as in the settings."""

    def __init__(self, client: Client, ids: CompanyIds, search_lag_s: float, clock: Callable[[], float]) -> None:
        self._client = client
        self._ids = ids
        self._search_lag_s = search_lag_s
        self._clock = clock
        self._allowed_at = clock() + search_lag_s

    def create(self, inputs: Sequence[Input]) -> Iterator[tuple[Input, Outcome]]:
        """Create companies of which the search has just said that they do not exist."""
        for entry in inputs:
            self._ids.forget(entry.id)
        wait = self._allowed_at - self._clock()
        if wait > 0:
            yield from ((entry, Later(wait, "HubSpot's search may not show the company yet")) for entry in inputs)
        elif inputs:
            yield from self._create(inputs)

    def _create(self, inputs: Sequence[Input]) -> Iterator[tuple[Input, Outcome]]:
        try:
            answer = self._client.ask(Call("POST", PATH, SCOPE, {"inputs": news(inputs)}), Batch)
        except Pause:
            self._wait_for_search()
            raise
        if isinstance(answer, Batch):
            yield from self._outcomes(inputs, answer)
        elif len(inputs) == 1:
            check_definitions(answer)
            yield inputs[0], Refused(answer.reason())
        else:
            check_definitions(answer)
            for half in halves(inputs):
                yield from self._create(half)

    def _outcomes(self, inputs: Sequence[Input], answer: Batch) -> Iterator[tuple[Input, Outcome]]:
        self._remember(inputs, answer)
        check_definitions(answer)
        named = errors_by_name(answer)
        for entry in inputs:
            yield entry, self._outcome(entry, about(entry, named))

    def _outcome(self, entry: Input, problem: Problem | None) -> Outcome:
        if problem:
            return Refused(problem.reason())
        if self._ids.get(entry.id):
            return Written()
        self._wait_for_search()
        return Later(self._search_lag_s, "HubSpot did not say whether it created the company")

    def _remember(self, inputs: Sequence[Input], answer: Batch) -> None:
        domains = {entry.trace: entry.id for entry in inputs}
        for result in answer.results:
            domain = domains.get(result.trace_id or "") or (result.properties.get("domain") or "").lower()
            if domain and result.id:
                self._ids.remember(domain, result.id)

    def _wait_for_search(self) -> None:
        self._allowed_at = self._clock() + self._search_lag_s


def news(inputs: Sequence[Input]) -> list[New]:
    """The inputs as a create call takes them."""
    return [New(entry.trace, {"domain": entry.id, **entry.properties}) for entry in inputs]
