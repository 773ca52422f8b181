"""The simulated CRM as a program of its own, and what a test tells and asks it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

TOKEN = "let-me-in"


class SimulatedCrm:
    """A running simulator, behind its control endpoints."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def fail(self, fault: str, **details: object) -> None:
        """Make the next calls meet a fault."""
        self._http.post("/_simulator/faults", json={"fault": fault, **details}).raise_for_status()

    def heal(self) -> None:
        """Clear all faults."""
        self._http.delete("/_simulator/faults").raise_for_status()

    def reset(self) -> None:
        """Have it as if just started."""
        self._http.post("/_simulator/reset").raise_for_status()

    def calls(self, path: str) -> dict[int, int]:
        """Status -> how many calls to a path ending so were answered with it."""
        counted = self._http.get("/_simulator/requests").json()
        return {each["status"]: each["count"] for each in counted if each["path"].endswith(path)}

    def records(self, kind: str) -> list[dict[str, str]]:
        """The properties of every record of a kind."""
        return [dict(each["properties"]) for each in self._http.get(f"/_simulator/records/{kind}").json()]

    def versions(self, email: str) -> list[dict[str, str]]:
        """What it was told of a contact, write by write: the properties that got another value."""
        records = self._http.get("/_simulator/records/contacts").json()
        versions = [each["versions"] for each in records if each["properties"]["email"] == email]
        return [dict(version["changed"]) for of_one in versions for version in of_one]

    def contact(self, email: str) -> dict[str, str]:
        """The properties of one contact."""
        return next(each for each in self.records("contacts") if each["email"] == email)

    def companies(self, domain: str) -> list[dict[str, str]]:
        """The properties of all companies with this domain."""
        return [each for each in self.records("companies") if each["domain"] == domain]

    def add_companies(self, *domains: str) -> None:
        """Companies that somebody entered, 100 at most."""
        self._add("companies", [{"domain": domain} for domain in domains])

    def add_contact(self, email: str) -> str:
        """A contact that somebody entered; its id."""
        return self._add("contacts", [{"email": email}])[0]

    def _add(self, kind: str, records: list[dict[str, str]]) -> list[str]:
        path = f"/crm/v3/objects/{kind}/batch/create"
        body = {"inputs": [{"properties": properties} for properties in records]}
        answer = self._http.post(path, json=body, headers=_bearer()).raise_for_status()
        return [str(each["id"]) for each in answer.json()["results"]]


@contextmanager
def running_crm(*options: str) -> Iterator[SimulatedCrm]:
    """A simulator for the length of the block; its search is up to date unless an option says otherwise."""
    command = [sys.executable, "-m", "simulators.hubspot", "--token", TOKEN]
    defaults = ["--burst", "100000", "--searches", "1000", "--search-lag-ms", "0"]
    with subprocess.Popen([*command, *defaults, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("simulated CRM on ").strip()
        crm = SimulatedCrm(url)
        try:
            yield crm
        finally:
            crm.close()
            process.terminate()


def _bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {TOKEN}"}
