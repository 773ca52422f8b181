"""HubSpot's error bodies.

Every field may be missing in what HubSpot sends; a client must not count on any of them
(https://developers.hubspot.com/docs/api-reference/error-handling).
"""

import uuid
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType


class Detail(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One entry of an error's `errors`."""

    message: str
    code: str | UnsetType = UNSET
    context: dict[str, list[str]]


class Problem(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An error as HubSpot words it: the whole body of a refusal, or one of a 207's `errors`."""

    message: str
    category: str
    status: str = "error"
    correlation_id: str | UnsetType = UNSET
    context: dict[str, list[str]] | UnsetType = UNSET
    errors: list[Detail] | UnsetType = UNSET
    sub_category: str | UnsetType = UNSET
    error_type: str | UnsetType = UNSET
    policy_name: str | UnsetType = UNSET
    links: dict[str, str] | UnsetType = UNSET


class Refused(Exception):
    """The call is answered with an error and changes nothing."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.category)
        self.status = status
        self.problem = msgspec.structs.replace(problem, correlation_id=str(uuid.uuid4()))
        self.headers = dict(headers or {})


def invalid(message: str, context: dict[str, list[str]] | UnsetType = UNSET) -> Refused:
    """A 400 that concerns the call as a whole."""
    return Refused(400, Problem(message=message, category="VALIDATION_ERROR", context=context))


def not_found(message: str = "resource not found") -> Refused:
    """A 404."""
    return Refused(404, Problem(message=message, category="OBJECT_NOT_FOUND"))


class Unusable(msgspec.Struct, frozen=True):
    """Why a property value was not taken."""

    name: str
    code: str
    message: str


def values_problem(found: Sequence[Unusable]) -> Problem:
    """The problem with one record's values: HubSpot repeats the list as JSON inside the message."""
    listed = [{"isValid": False, "message": each.message, "error": each.code, "name": each.name} for each in found]
    return Problem(
        message=f"Property values were not valid: {msgspec.json.encode(listed).decode()}",
        category="VALIDATION_ERROR",
        errors=[Detail(message=each.message, code=each.code, context={"propertyName": [each.name]}) for each in found],
    )
