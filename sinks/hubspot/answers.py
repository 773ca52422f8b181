"""What HubSpot answers, as far as the sink reads it. Every field of an error is optional there.

Source: HubSpot, "Error handling" and "Understanding the CRM APIs" (batch endpoints, multi-status errors).
"""

import re

import msgspec

NOT_FOUND = "OBJECT_NOT_FOUND"
# Said of a property that somebody deleted, or of a choice that somebody removed, since we last looked.
DRIFTED = frozenset({"PROPERTY_DOESNT_EXIST", "INVALID_OPTION"})

_CODE = re.compile(r"[A-Z][A-Z_]{2,63}")
_CODE_IN_MESSAGE = re.compile(rf'"error":\s*"({_CODE.pattern})"')
_SCOPE = re.compile(r"[a-z][a-z0-9._-]{2,80}")

Names = list[str] | str | None


class Context(msgspec.Struct, frozen=True):
    """What an error is about."""

    trace_ids: Names = msgspec.field(name="objectWriteTraceId", default=None)
    ids: Names = None
    required_scopes: Names = msgspec.field(name="requiredGranularScopes", default=None)
    missing_scopes: Names = msgspec.field(name="missingScopes", default=None)


class Detail(msgspec.Struct, frozen=True):
    """One of the errors inside an error."""

    code: str | None = None
    context: Context | None = None


class Problem(msgspec.Struct, frozen=True):
    """An error: of a whole call, or of single inputs in a multi-status answer.

    Its `message` may hold an e-mail address and is for reading codes out of it only.
    """

    category: str | None = None
    message: str | None = None
    policy: str | None = msgspec.field(name="policyName", default=None)
    errors: tuple[Detail, ...] | None = None
    context: Context | None = None

    def codes(self) -> list[str]:
        """HubSpot's names of what is wrong, broad to narrow; nothing that a person wrote.

        >>> said = '[{"message":"a@b is bad","error":"INVALID_EMAIL"}]'
        >>> Problem(category="VALIDATION_ERROR", message=said).codes()
        ['VALIDATION_ERROR', 'INVALID_EMAIL']
        """
        inner = [detail.code or "" for detail in self.errors or ()]
        said = [self.category or "", *inner, *_CODE_IN_MESSAGE.findall(self.message or "")]
        return [code for code in dict.fromkeys(said) if _CODE.fullmatch(code)]

    def reason(self) -> str:
        """The codes as a reason for people."""
        return f"HubSpot says {' '.join(self.codes()) or 'no, without a reason'}"

    def scopes(self) -> list[str]:
        """The scopes of which the token needs one, when HubSpot names them."""
        contexts = [self.context, *(detail.context for detail in self.errors or ())]
        named = [c.required_scopes or c.missing_scopes for c in contexts if c]
        return [scope for names in named for scope in listed(names) if _SCOPE.fullmatch(scope)]


class Result(msgspec.Struct, frozen=True):
    """A record that was written or found."""

    id: str = ""
    trace_id: str | None = msgspec.field(name="objectWriteTraceId", default=None)
    properties: dict[str, str | None] = {}


class Batch(msgspec.Struct, frozen=True):
    """The answer to a batch call; `results` come in any order."""

    results: tuple[Result, ...] = ()
    errors: tuple[Problem, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """The answer to a search."""

    results: tuple[Result, ...] = ()


class Choice(msgspec.Struct, frozen=True):
    """One choice of an enumeration."""

    label: str
    value: str


class Property(msgspec.Struct, frozen=True):
    """A property definition."""

    name: str
    type: str = ""
    options: tuple[Choice, ...] = ()


class Properties(msgspec.Struct, frozen=True):
    """All property definitions of an object type."""

    results: tuple[Property, ...] = ()


def listed(names: Names) -> list[str]:
    """HubSpot gives one name bare and several as a list.

    >>> listed("7"), listed(["7", "8"]), listed(None)
    (['7'], ['7', '8'], [])
    """
    return [names] if isinstance(names, str) else names or []
