"""Bodies of the objects API, as they come in and as they go out. Nothing unknown is let through."""

from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from simulators.hubspot.errors import Problem, invalid

BATCH_LIMIT = 100
SEARCH_LIMIT = 200

T = TypeVar("T")


class _Strict(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    pass


class New(_Strict, frozen=True):
    """One input of batch/create."""

    properties: dict[str, str]
    object_write_trace_id: str | None = None
    associations: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=0)] = []


class Keyed(_Strict, frozen=True):
    """One input of batch/update and batch/upsert."""

    id: str
    properties: dict[str, str]
    id_property: str | None = None
    object_write_trace_id: str | None = None


class Named(_Strict, frozen=True):
    """One input of batch/read."""

    id: str


class Batch(_Strict, Generic[T], frozen=True):
    """The body of a batch call."""

    inputs: Annotated[list[T], msgspec.Meta(min_length=1, max_length=BATCH_LIMIT)]


class BatchRead(_Strict, frozen=True):
    """The body of batch/read; history is not simulated."""

    inputs: Annotated[list[Named], msgspec.Meta(min_length=1, max_length=BATCH_LIMIT)]
    properties: list[str] = []
    id_property: str | None = None
    properties_with_history: Annotated[list[str], msgspec.Meta(max_length=0)] = []


class GdprDelete(_Strict, frozen=True):
    """The body of gdpr-delete; `object_id` is the record id where there is no `id_property`."""

    object_id: Annotated[str, msgspec.Meta(min_length=1)]
    id_property: str | None = None


Operator = Literal[
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN",
    "HAS_PROPERTY", "NOT_HAS_PROPERTY", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
]  # fmt: skip


class Filter(_Strict, frozen=True):
    """One condition of a search."""

    property_name: str
    operator: Operator
    value: str | None = None
    values: list[str] = []
    high_value: str | None = None


class FilterGroup(_Strict, frozen=True):
    """Conditions that must all hold."""

    filters: Annotated[list[Filter], msgspec.Meta(min_length=1, max_length=6)]


class Sort(_Strict, frozen=True):
    """The order of a search's results."""

    property_name: str
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING"


class Search(_Strict, frozen=True):
    """The body of a search; `after` is the offset the last page named."""

    filter_groups: Annotated[list[FilterGroup], msgspec.Meta(max_length=5)] = []
    sorts: Annotated[list[Sort | str], msgspec.Meta(max_length=1)] = []
    query: str = ""
    properties: list[str] = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=SEARCH_LIMIT)] = 10
    after: str | int = 0


class ObjectAnswer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A record as the API shows it."""

    id: str
    properties: dict[str, str | None]
    created_at: str
    updated_at: str
    archived: bool = False
    new: bool | UnsetType = UNSET
    object_write_trace_id: str | UnsetType = UNSET


class BatchAnswer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a batch call answers: 200 or 201, and with `errors` 207."""

    status: str = "COMPLETE"
    results: list[ObjectAnswer]
    num_errors: int | UnsetType = UNSET
    errors: list[Problem] | UnsetType = UNSET
    started_at: str
    completed_at: str


class Next(msgspec.Struct, frozen=True):
    """Where the next page starts."""

    after: str


class Paging(msgspec.Struct, frozen=True):
    """The link to the next page."""

    next: Next


class Page(msgspec.Struct, frozen=True):
    """A page of records; only a search counts its `total`."""

    results: list[ObjectAnswer]
    total: int | UnsetType = UNSET
    paging: Paging | UnsetType = UNSET


def decode(body: bytes, kind: type[T]) -> T:
    """The body as `kind`; a 400 names what is wrong and where, never the value."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (ValueError, RecursionError) as broken:
        raise invalid(f"Invalid input JSON: {broken}") from broken
