"""The property definitions in HubSpot: what is missing is created, what is there stays as it is."""

from collections.abc import Iterable, Mapping

import msgspec

from sinks.hubspot.answers import Choice, Problem, Properties, Property
from sinks.hubspot.client import Call, Client, Method
from sinks.hubspot.fields import Field, Form, fields_of
from sinks.hubspot.settings import HubSpotSettings
from state.record import Kind, SinkStopped

GROUP = "leadstream"
GROUP_LABEL = "Lead scoring (leadstream)"
THERE_ALREADY = frozenset({"CONFLICT", "OBJECT_ALREADY_EXISTS"})

# HubSpot's type, and the control that its record page shows for it.
TYPES: Mapping[Form, tuple[str, str]] = {
    "number": ("number", "number"),
    "text": ("string", "text"),
    "paragraph": ("string", "textarea"),
    "time": ("datetime", "date"),
    "choice": ("enumeration", "select"),
}
OBJECTS: Mapping[Kind, str] = {"contact": "contacts", "account": "companies"}


class Definitions:
    """Makes sure, once for each kind and whenever a new band comes up, that HubSpot has our properties."""

    def __init__(self, client: Client, settings: HubSpotSettings) -> None:
        self._client = client
        self._prefix = settings.prefix
        self._bands = settings.bands
        self._ensured: dict[Kind, frozenset[str]] = {}

    def ensure(self, kind: Kind, bands: Iterable[str] = ()) -> None:
        """Create what is missing for this kind, with these bands among the choices.

        Raises `SinkStopped` when the token may not, or when a property is there with a type we cannot write.
        """
        wanted = tuple(dict.fromkeys(band for band in (*self._bands, *bands) if band))
        ensured = self._ensured.get(kind)
        if ensured is not None and ensured.issuperset(wanted):
            return
        there = self._there(kind)
        missing = [f for f in fields_of(kind) if self._prefix + f.name not in there]
        if missing:
            self._create(kind, missing, wanted)
            there = self._there(kind)
        self._check(kind, there)
        self._add_choices(kind, there[f"{self._prefix}band"], wanted)
        self._ensured[kind] = (ensured or frozenset()).union(wanted)

    def forget(self) -> None:
        """Look again before the next write: HubSpot said that something of ours is gone."""
        self._ensured.clear()

    def _there(self, kind: Kind) -> dict[str, Property]:
        objects = OBJECTS[kind]
        call = Call("GET", f"/crm/v3/properties/{objects}", f"crm.schemas.{objects}.read")
        answer = self._client.ask(call, Properties)
        if isinstance(answer, Problem):
            raise SinkStopped(f"There are no HubSpot properties at hubspot_url: check it ({answer.reason()})")
        return {found.name: found for found in answer.results}

    def _create(self, kind: Kind, missing: Iterable[Field], bands: tuple[str, ...]) -> None:
        self._change(kind, "POST", "groups", {"name": GROUP, "label": GROUP_LABEL})
        definitions = [definition(field, self._prefix, bands) for field in missing]
        self._change(kind, "POST", "batch/create", {"inputs": definitions})

    def _change(self, kind: Kind, method: Method, path: str, body: object) -> None:
        """Change the definitions; what is there already, or from somebody else just now, is all we want."""
        objects = OBJECTS[kind]
        call = Call(method, f"/crm/v3/properties/{objects}/{path}", f"crm.schemas.{objects}.write", body)
        answer = self._client.ask(call, msgspec.Raw)
        if isinstance(answer, Problem) and THERE_ALREADY.isdisjoint(answer.codes()):
            raise SinkStopped(f"HubSpot did not take leadstream's {objects} properties: {answer.reason()}")

    def _check(self, kind: Kind, there: Mapping[str, Property]) -> None:
        for field in fields_of(kind):
            found = there.get(self._prefix + field.name)
            if found is None:
                raise SinkStopped(f"HubSpot did not create the {OBJECTS[kind]} property {self._prefix}{field.name}")
            if found.type not in (TYPES[field.form][0], "string"):
                raise SinkStopped(
                    f"The HubSpot {OBJECTS[kind]} property {found.name} has the type {found.type}: delete it,"
                    f" or make it {TYPES[field.form][0]}"
                )

    def _add_choices(self, kind: Kind, band: Property, wanted: Iterable[str]) -> None:
        known = {choice.value for choice in band.options}
        added = [choice(value) for value in wanted if value not in known]
        if added and band.type == "enumeration":
            self._change(kind, "PATCH", band.name, {"options": [*band.options, *added]})


def definition(field: Field, prefix: str, bands: Iterable[str]) -> dict[str, object]:
    """A property definition as HubSpot takes it."""
    type_, control = TYPES[field.form]
    options = {"options": [choice(band) for band in bands]} if field.form == "choice" else {}
    return {
        "name": prefix + field.name,
        "label": field.label,
        "description": field.description,
        "groupName": GROUP,
        "type": type_,
        "fieldType": control,
        **options,
    }


def choice(band: str) -> Choice:
    """A band as a choice: its name, shown with a capital."""
    return Choice(label=band[:1].upper() + band[1:], value=band)
