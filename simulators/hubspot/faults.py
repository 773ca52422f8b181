"""Misbehaviour on request."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from simulators.hubspot.errors import Detail, Problem, Refused
from simulators.hubspot.quota import limited

_SCOPES_PAGE = "https://developers.hubspot.com/scopes"

_PLAIN = {
    "423": Problem(message="The record is locked.", category="LOCKED"),
    "477": Problem(message="Migration in progress.", category="MIGRATION_IN_PROGRESS"),
    "500": Problem(message="internal error", category="INTERNAL_ERROR"),
}

FaultKind = Literal["429", "500", "502", "423", "477", "403", "expired", "hang", "drop", "partial"]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the next `times` calls under the path prefix `path` meet instead of, or besides, their answer.

    `429`, `423` and `477` name `seconds` as Retry-After; 429 is of `policy`. `403` says
    that the call needs one of these `scopes`, `expired` is a 401. `hang` applies the call and holds the answer
    back for `seconds`. `drop` closes the connection before anything is applied. `partial` fails the inputs of
    these `emails` (or ids), each alone, in a 207.
    """

    fault: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    path: str = "/"
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 1
    policy: Literal["TEN_SECONDLY_ROLLING", "DAILY", "SECONDLY"] = "TEN_SECONDLY_ROLLING"
    emails: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("crm.objects.contacts.write",)


class Faults:
    """The faults that are armed, in the order they were asked for."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """The next calls it applies to will meet it."""
        self.armed.append(fault)

    def clear(self) -> None:
        """All is well again."""
        self.armed.clear()

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets; one of its times is used up."""
        for place, fault in enumerate(self.armed):
            if path.startswith(fault.path):
                left = msgspec.structs.replace(fault, times=fault.times - 1)
                self.armed[place : place + 1] = [left] if left.times else []
                return fault
        return None


def refusal(fault: Fault) -> Refused | None:
    """The error a fault answers with; None for those that are no answer."""
    wait = {"Retry-After": str(round(fault.seconds))}
    match fault.fault:
        case "429":
            return limited(fault.policy, wait)
        case "423" | "477":
            return Refused(int(fault.fault), _PLAIN[fault.fault], wait)
        case "500":
            return Refused(500, _PLAIN["500"])
        case "403":
            return missing_scopes(fault.scopes)
        case "expired":
            return expired()
        case _:
            return None


def expired() -> Refused:
    """The 401 of a token that is no longer good."""
    message = "The OAuth token used to make this call expired 1 second(s) ago."
    return Refused(401, Problem(message=message, category="EXPIRED_AUTHENTICATION"))


def missing_scopes(scopes: Sequence[str]) -> Refused:
    """The 403 of a token that lacks a scope."""
    needed = Detail(
        message="One or more of the following scopes are required.",
        context={"requiredGranularScopes": list(scopes)},
    )
    lacking = "This app hasn't been granted all required scopes to make this call."
    problem = Problem(
        message=f"{lacking} Read more about required scopes here: {_SCOPES_PAGE}.",
        category="MISSING_SCOPES",
        errors=[needed],
        links={"scopes": _SCOPES_PAGE},
    )
    return Refused(403, problem)
