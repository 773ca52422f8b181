"""What the CRM holds: records, and every version of them it was told."""

from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from simulators.hubspot import standard
from simulators.hubspot.errors import Unusable
from simulators.hubspot.schema import Kind, Property, clean
from simulators.hubspot.when import iso

_FIRST_ID = {"contacts": 1_001, "companies": 700_001}
_CHANGED = msgspec.msgpack.Decoder(dict[str, str])


class Version(msgspec.Struct, frozen=True, gc=False):
    """One write as it was received; packed, for a record may have hundreds and is rarely opened."""

    received_at: int
    packed: bytes

    def changed(self) -> dict[str, str]:
        """The properties that got another value, with it; an empty string is a cleared one."""
        return _CHANGED.decode(self.packed)


class Record(msgspec.Struct, eq=False):
    """A contact or a company; times are Unix milliseconds."""

    id: str
    created_at: int
    updated_at: int
    properties: dict[str, str]
    versions: list[Version] = []


class Shelf:
    """All records of one kind, and the properties they may carry."""

    def __init__(self, kind: Kind, search_lag_ms: int) -> None:
        self.kind = kind
        self.definitions = {each.name: each for each in standard.properties(kind)}
        self.groups = {standard.GROUPS[kind]}
        self.records: dict[str, Record] = {}
        self._blocked: set[bytes] = set()
        self.index = SearchIndex(search_lag_ms)
        self._by_unique_value: dict[tuple[str, str], str] = {}
        self._by_domain: dict[str, list[str]] = {}
        self._next_id = _FIRST_ID[kind]

    def define(self, definition: Property) -> None:
        """Records may carry the property from now on."""
        self.definitions[definition.name] = definition

    def is_unique(self, name: str) -> bool:
        """Whether a record can be named by this property."""
        return name in self.definitions and self.definitions[name].has_unique_value

    def find(self, key: str, by: str | None = None) -> Record | None:
        """The record with this id, or this value of the unique property `by`."""
        record_id = key if by is None else self._by_unique_value.get((by, normal(by, key)))
        return None if record_id is None else self.records.get(record_id)

    def by_domain(self, domain: str) -> Record | None:
        """The first company that has this domain, or one it lies under."""
        while "." in domain:
            for record_id in self._by_domain.get(domain, ()):
                record = self.records.get(record_id)
                if record is not None and record.properties.get("domain") == domain:
                    return record
            domain = domain.partition(".")[2]
        return None

    def owner_of(self, values: dict[str, str]) -> Record | None:
        """The record that already has one of these values where values are unique."""
        found = (self.find(value, name) for name, value in values.items() if value and self.is_unique(name))
        return next((record for record in found if record is not None), None)

    def clean(self, properties: dict[str, str]) -> tuple[dict[str, str], list[Unusable]]:
        """The values as they would be kept, and those that cannot be."""
        checked = {name: self._checked(name, value) for name, value in properties.items()}
        unusable = [each for each in checked.values() if isinstance(each, Unusable)]
        return {name: each for name, each in checked.items() if isinstance(each, str)}, unusable

    def _checked(self, name: str, value: str) -> str | Unusable:
        if name not in self.definitions:
            return Unusable(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        checked = clean(self.definitions[name], value)
        if name == "email" and isinstance(checked, str) and _stand_in(checked) in self._blocked:
            message = "The address belongs to a contact that was deleted for GDPR and is blocked"
            return Unusable(name, "GDPR_BLACKLISTED_EMAIL", message)
        return checked

    def create(self, values: dict[str, str], now: int) -> Record:
        """A new record with these values."""
        record_id = str(self._next_id)
        self._next_id += 1
        properties = {"hs_object_id": record_id, "createdate": iso(now)}
        record = self.records[record_id] = Record(record_id, now, now, properties, [])
        self.update(record, values, now)
        return record

    def update(self, record: Record, values: dict[str, str], now: int) -> None:
        """Tell a record values; a version is kept even when none of them is news."""
        changed = {name: value for name, value in values.items() if record.properties.get(name, "") != value}
        record.versions.append(Version(now, msgspec.msgpack.encode(changed)))
        for name, value in changed.items():
            self._set(record, name, value)
        record.updated_at = now
        record.properties[standard.MODIFIED[self.kind]] = iso(now)
        self.index.note(record, now)

    def _set(self, record: Record, name: str, value: str) -> None:
        before = record.properties.pop(name, "")
        if value:
            record.properties[name] = value
        if self.is_unique(name):
            self._by_unique_value.pop((name, before), None)
            self._by_unique_value[name, value] = record.id
        if name == "domain":
            self._by_domain.setdefault(value, []).append(record.id)

    def forget(self, record: Record) -> None:
        """Remove a record and all its versions."""
        del self.records[record.id]
        self.index.drop(record)
        stale = [key for key, record_id in self._by_unique_value.items() if record_id == record.id]
        for key in stale:
            del self._by_unique_value[key]

    def erase(self, record: Record) -> None:
        """Remove a record for good: its address cannot come back."""
        self.forget(record)
        self.block(record.properties.get("email", ""))

    def block(self, email: str) -> None:
        """No record may have this address from now on; of the address itself nothing is kept."""
        if email:
            self._blocked.add(_stand_in(email))


class SearchIndex:
    """What search sees: the records as they were `lag_ms` ago."""

    def __init__(self, lag_ms: int) -> None:
        self.lag_ms = lag_ms
        self._pending: deque[tuple[int, Record, dict[str, str]]] = deque()
        self._seen: dict[str, tuple[Record, dict[str, str]]] = {}

    def note(self, record: Record, now: int) -> None:
        """A record was written."""
        self._pending.append((now + self.lag_ms, record, dict(record.properties)))
        self.settle(now)

    def drop(self, record: Record) -> None:
        """A record is gone."""
        self._seen.pop(record.id, None)
        self._pending = deque(each for each in self._pending if each[1] is not record)

    def visible(self, now: int) -> Iterable[tuple[Record, dict[str, str]]]:
        """The records search may find, with their properties as it knows them."""
        self.settle(now)
        return self._seen.values()

    def settle(self, now: int) -> None:
        """Let search see what was written up to `lag_ms` before `now`."""
        while self._pending and self._pending[0][0] <= now:
            _, record, properties = self._pending.popleft()
            self._seen[record.id] = (record, properties)


class Crm:
    """One portal."""

    def __init__(self, search_lag_ms: int = 0) -> None:
        self.contacts = Shelf("contacts", search_lag_ms)
        self.companies = Shelf("companies", search_lag_ms)

    def __iter__(self) -> Iterator[Shelf]:
        return iter((self.contacts, self.companies))

    def shelf(self, name: str) -> Shelf | None:
        """The records an object type of the API stands for."""
        if name in ("contacts", "contact", "0-1"):
            return self.contacts
        return self.companies if name in ("companies", "company", "0-2") else None


def _stand_in(email: str) -> bytes:
    return blake2b(normal("email", email).encode(), digest_size=16).digest()


def normal(name: str, value: str) -> str:
    """A unique value as it is compared: addresses without regard to case."""
    return value.strip().lower() if name == "email" else value
