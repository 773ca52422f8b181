"""The scoring model as typed values: what one TOML file says.

A model listens for *signals* (named patterns over events) and holds two *scorecards*, one for contacts and one
for accounts. Loading and checking live beside this module; nothing here reads a file.
"""

from typing import ClassVar, Literal

import msgspec

Scalar = str | float | int | bool | None
Group = Literal["evaluation", "urgency", "depth", "fit", "product"]

DEFAULT_KEEP = 20
"""Touches kept per signal when neither the model nor its rules say how many."""
LARGEST_KEEP = 1000
"""The most touches a signal may keep: what bounds the memory of a subject."""


class Span(int):
    """A length of time in milliseconds, written `90s`, `30m`, `12h`, `14d` or `2w` in a model file.

    >>> Span.parse("14d") // 86_400_000
    14
    """

    UNITS: ClassVar[dict[str, int]] = {"s": 1_000, "m": 60_000, "h": 3_600_000, "w": 604_800_000, "d": 86_400_000}
    LONGEST: ClassVar[int] = 3_650 * 86_400_000

    @classmethod
    def parse(cls, text: object) -> "Span":
        """Read a span of up to ten years; raises `ValueError` that says how spans are written."""
        if isinstance(text, str) and text.isascii() and text[:-1].isdigit() and text[-1] in cls.UNITS:
            span = int(text[:-1][:20]) * cls.UNITS[text[-1]]
            if 0 < span <= cls.LONGEST:
                return cls(span)
        raise ValueError(f"a span is a whole number and a unit, such as '90s', '12h' or '14d', not {text!r}")

    def __str__(self) -> str:
        unit, size = next((u, s) for u, s in reversed(self.UNITS.items()) if self % s == 0)
        return f"{self // size}{unit}"


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every table of a model file has in common: immutable, and a misspelt key is an error."""


class Condition(_Part, frozen=True, kw_only=True):
    """A test on one value, found by a dotted path. All the operators that are given must hold.

    On an event the path starts at the event (`properties.plan`); on a profile it is the attribute's name
    (`company.size`), also when that name has dots in it.
    """

    path: str
    eq: Scalar | msgspec.UnsetType = msgspec.UNSET
    ne: Scalar | msgspec.UnsetType = msgspec.UNSET
    in_: tuple[Scalar, ...] | None = msgspec.field(default=None, name="in")
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None
    contains: str | None = None
    prefix: str | None = None
    exists: bool | None = None


class Pattern(_Part, frozen=True, kw_only=True):
    """What an event must look like: its name, and all of the conditions."""

    event: str
    where: tuple[Condition, ...] = ()


class Signal(_Part, frozen=True, kw_only=True):
    """A named pattern over events. `event` defaults to the signal's own name; `words` end up in reasons.

    A signal that several events can mean has the others under `also`: whichever fits, it is one touch.
    """

    event: str = ""
    where: tuple[Condition, ...] = ()
    also: tuple[Pattern, ...] = ()
    group: Group = "evaluation"
    intent: Literal["high", "normal"] = "normal"
    words: str
    keep: int | None = None

    def patterns(self, name: str) -> tuple[Pattern, ...]:
        """Every pattern of the signal called `name`; an event that fits one of them is a touch of it.

        >>> [pattern.event for pattern in Signal(words="viewed pricing").patterns("pricing_viewed")]
        ['pricing_viewed']
        """
        return (Pattern(event=self.event or name, where=self.where), *self.also)


class Rule(_Part, frozen=True, kw_only=True):
    """What every rule has: a name for the receipt, words for the reason."""

    name: str
    words: str = ""


class Weighed(Rule, frozen=True, kw_only=True):
    """A rule whose occurrences are worth points.

    Of the occurrences younger than `window` the `limit` most recent count; each is worth `points`, times its
    decay by age (at most one of `half_life`, `linear`, `cliff`); the sum stays within `cap`. `share` is the
    most that one person adds to an account by this rule. `group` is for the scorecard's caps.
    """

    points: float
    group: Group | None = None
    half_life: Span | None = None
    linear: Span | None = None
    cliff: Span | None = None
    window: Span | None = None
    limit: int | None = None
    cap: float | None = None
    share: float | None = None


class Points(Weighed, frozen=True, kw_only=True, tag_field="type", tag="points"):
    """Points per touch of one signal."""

    signal: str


class Frequency(Weighed, frozen=True, kw_only=True, tag_field="type", tag="frequency"):
    """Points once at least `at_least` touches of `signal` lie in the window (required) before now."""

    signal: str
    at_least: int


class Returned(Weighed, frozen=True, kw_only=True, tag_field="type", tag="returned"):
    """Points for every new visit that began at most `within` after the visit before it ended."""

    within: Span


class Combo(Weighed, frozen=True, kw_only=True, tag_field="type", tag="combo"):
    """Points for every visit with touches of `distinct` of `signals` (none named: all of high intent)."""

    distinct: int
    signals: tuple[str, ...] = ()


class Inactivity(Rule, frozen=True, kw_only=True, tag_field="type", tag="inactivity"):
    """Points (as a rule negative) from `after` past the last activity on."""

    points: float
    after: Span
    group: Group = "urgency"


class Fit(Rule, frozen=True, kw_only=True, tag_field="type", tag="fit"):
    """Points when all conditions hold on the profile; a trait older than `max_age` no longer counts."""

    points: float
    where: tuple[Condition, ...]
    max_age: Span | None = None


class Exclusion(Rule, frozen=True, kw_only=True, tag_field="type", tag="exclusion"):
    """Score 0, whatever else: conditions on the profile, or a touch of `signal` (within `window` if given).

    One or the other, not both.
    """

    where: tuple[Condition, ...] = ()
    signal: str = ""
    window: Span | None = None
    max_age: Span | None = None


class People(Weighed, frozen=True, kw_only=True, tag_field="type", tag="people"):
    """Account: points once `at_least` contacts were active in the window.

    Active is who touched one of `signals` (none named: all of high intent).
    """

    at_least: int
    signals: tuple[str, ...] = ()


class Coverage(Weighed, frozen=True, kw_only=True, tag_field="type", tag="coverage"):
    """Account: points once `distinct` of `signals` (or all) were touched by `people` contacts in the window."""

    signals: tuple[str, ...]
    people: int
    distinct: int | None = None


ValuedRule = Points | Frequency | Returned | Combo | Inactivity | Fit | People | Coverage
"""A rule that is worth points."""
AnyRule = ValuedRule | Exclusion


class Band(_Part, frozen=True, kw_only=True):
    """A named range: entered at `enter`, left below `leave` (hysteresis). The lowest band has neither."""

    name: str
    enter: float = 0.0
    leave: float = 0.0


class Scorecard(_Part, frozen=True, kw_only=True):
    """How one kind of subject is scored. Bands go from the lowest to the highest."""

    rules: tuple[AnyRule, ...]
    bands: tuple[Band, ...]
    caps: dict[Group, float] = {}
    min: float = 0.0
    max: float = 100.0


class About(_Part, frozen=True, kw_only=True):
    """Who the model is. `note` says why this version exists."""

    name: str
    version: str
    note: str


class Model(_Part, frozen=True, kw_only=True):
    """A whole model. Build it with `config.loading.load_model`, which checks what types cannot."""

    model: About
    signals: dict[str, Signal]
    contact: Scorecard
    account: Scorecard

    def signals_of(self, rule: AnyRule) -> tuple[str, ...]:
        """The signals whose touches a rule looks at.

        A combo or people rule that names none looks at all of high intent.
        """
        match rule:
            case Points() | Frequency():
                return (rule.signal,)
            case Exclusion():
                return (rule.signal,) if rule.signal else ()
            case Coverage():
                return rule.signals
            case Combo() | People():
                return rule.signals or self.high_intent()
            case _:
                return ()

    def group_of(self, rule: ValuedRule) -> Group:
        """The group a rule's points count in: its own, else its signal's, else evaluation."""
        match rule:
            case Fit():
                return "fit"
            case Points() | Frequency():
                return rule.group or self.signals[rule.signal].group
            case _:
                return rule.group or "evaluation"

    def high_intent(self) -> tuple[str, ...]:
        """The signals of high intent, in the order of the file."""
        return tuple(name for name, signal in self.signals.items() if signal.intent == "high")
