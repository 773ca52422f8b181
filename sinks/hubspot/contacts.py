"""Contacts: upserted by e-mail, or updated by the CRM's own id."""

from collections.abc import Iterable, Iterator, Sequence

from sinks.hubspot.answers import NOT_FOUND, Batch, Problem
from sinks.hubspot.batches import Input, Verdict, batches, settle
from sinks.hubspot.client import Call, Client
from state.record import Outcome, Refused, Skipped, Written

PATH = "/crm/v3/objects/contacts/batch"
SCOPE = "crm.objects.contacts.write"


class Contacts:
    """Writes contacts: an e-mail that HubSpot does not know becomes one, an unknown id is skipped."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def upsert(self, inputs: Iterable[Input]) -> Iterator[tuple[Input, Outcome]]:
        """Write contacts whose `id` is an e-mail, in order."""
        return self._write("upsert", inputs)

    def update(self, inputs: Iterable[Input]) -> Iterator[tuple[Input, Outcome]]:
        """Write contacts whose `id` is HubSpot's."""
        return self._write("update", inputs)

    def _write(self, verb: str, inputs: Iterable[Input]) -> Iterator[tuple[Input, Outcome]]:
        def send(batch: Sequence[Input]) -> Batch | Problem:
            return self._client.ask(Call("POST", f"{PATH}/{verb}", SCOPE, {"inputs": batch}), Batch)

        for batch in batches(inputs):
            for entry, verdict in settle(send, batch):
                yield entry, outcome(verdict)


def outcome(verdict: Verdict) -> Outcome:
    """A verdict in the terms of every sink."""
    if not isinstance(verdict, Problem):
        return Written()
    return Skipped("HubSpot has no contact with this id") if gone(verdict) else Refused(verdict.reason())


def gone(problem: Problem) -> bool:
    """Whether the record does not exist, or no longer does."""
    return NOT_FOUND in problem.codes()
