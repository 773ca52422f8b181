"""What differs between two models, in words: what came, what went, what changed from what to what."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from config.checking import needed_keep
from config.describe import band_text, conditions_text, in_words, pattern_text, rule_row, signal_row
from config.model import AnyRule, Condition, Exclusion, Model, Scorecard, Span

Part = Literal["model", "signals", "contact", "account"]
Change = Literal["came", "went", "changed"]
Value = str | float | int | None


class Field(msgspec.Struct, frozen=True):
    """One key of a model file, before and after; None where it was left out. Spans and conditions are texts."""

    key: str
    before: Value
    after: Value


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs: a signal, a rule, an exclusion, a band, a cap, the range, the order, the model's head.

    `text` says it in words, without the thing's name in front; `fields` are the keys behind it if it changed.
    """

    part: Part
    what: str
    name: str
    change: Change
    text: str
    fields: tuple[Field, ...] = ()


class _Wording(NamedTuple):
    """How a key is told: `said` has a place for the value, `none` is what holds where the key is left out."""

    said: str
    none: str = ""


WORDING: Mapping[str, _Wording] = {
    "points": _Wording("is worth {}"),
    "half_life": _Wording("halves every {}", "never halves"),
    "linear": _Wording("fades to nothing over {}", "does not fade"),
    "cliff": _Wording("is gone after {}", "stays at any age"),
    "window": _Wording("counts what is younger than {}", "counts what is of any age"),
    "limit": _Wording("counts the most recent {}", "counts all that are kept"),
    "cap": _Wording("adds at most {}", "adds any number of points"),
    "share": _Wording("adds for one person at most {}", "adds for one person any number of points"),
    "signal": _Wording("looks at {}", "looks at no signal"),
    "signals": _Wording("looks at {}", "looks at all signals of high intent"),
    "at_least": _Wording("asks for at least {}"),
    "distinct": _Wording("asks for {} different signals", "asks for all signals"),
    "people": _Wording("asks for {} people"),
    "within": _Wording("counts returns within {}"),
    "after": _Wording("begins after {}"),
    "where": _Wording("asks that {}", "asks for nothing"),
    "max_age": _Wording("believes what was said within {}", "believes whatever was said"),
    "group": _Wording("counts in the group {}", "counts in the group that its signal says"),
    "intent": _Wording("is of {} intent"),
    "words": _Wording("is told as {}", "is told in its signal's words"),
    "event": _Wording("is the event {}", "is the event of its own name"),
    "also": _Wording("is also {}", "is nothing else"),
    "keep": _Wording("is remembered {} times"),
    "enter": _Wording("begins at {}"),
    "leave": _Wording("ends below {}"),
    "version": _Wording("is version {}"),
    "name": _Wording("is called {}"),
    "note": _Wording("says {}"),
    "min": _Wording("begins at {}"),
    "max": _Wording("ends at {}"),
}


def compare(before: Model, after: Model) -> list[Difference]:
    """Everything that differs, in the order of the file; nothing when both score alike and say the same."""
    return [
        *_fields_of("model", "model", after.model.name, _fields(before.model, after.model)),
        *_signals(before, after),
        *_card(before, after, "contact"),
        *_card(before, after, "account"),
    ]


def in_a_sentence(difference: Difference) -> str:
    """A difference as a line: what came, went or changed, and how.

    >>> in_a_sentence(Difference(part="contact", what="cap", name="fit", change="went", text="it was 20"))
    'cap "fit" is gone: it was 20'
    """
    thing = f'{difference.what} "{difference.name}"' if difference.name else difference.what
    match difference.change:
        case "came":
            return f"{thing} is new: {difference.text}"
        case "went":
            return f"{thing} is gone: {difference.text}"
        case _:
            return f"{thing} {difference.text}"


def _signals(before: Model, after: Model) -> Iterator[Difference]:
    kept, keeping = needed_keep(before), needed_keep(after)

    def told(name: str, change: Change) -> Iterator[Difference]:
        if change == "came":
            text = f"{signal_row(after, name, keeping[name]).text}; nobody listened for it, so ledgers lack its past"
        else:
            text = signal_row(before, name, kept[name]).text
        yield Difference(part="signals", what="signal", name=name, change=change, text=text)

    def changed(name: str) -> Iterator[Difference]:
        fields = _fields(
            msgspec.structs.replace(before.signals[name], keep=kept[name]),
            msgspec.structs.replace(after.signals[name], keep=keeping[name]),
        )
        yield from _fields_of("signals", "signal", name, fields)

    yield from _each(before.signals, after.signals, told, changed)


def _card(before: Model, after: Model, part: Literal["contact", "account"]) -> Iterator[Difference]:
    old, new = (model.contact if part == "contact" else model.account for model in (before, after))
    yield from _rules((before, old), (after, new), part)
    yield from _order(old, new, part)
    yield from _caps(old, new, part)
    yield from _fields_of(part, "score", "", _fields(old, new, ("min", "max")))
    yield from _bands(old, new, part)


def _rules(before: tuple[Model, Scorecard], after: tuple[Model, Scorecard], part: Part) -> Iterator[Difference]:
    old, new = ({rule.name: rule for rule in card.rules} for _, card in (before, after))

    def told(name: str, change: Change) -> Iterator[Difference]:
        model, rules = (after[0], new) if change == "came" else (before[0], old)
        text = _rule_text(model, rules[name], part)
        yield Difference(part=part, what=_what(rules[name]), name=name, change=change, text=text)

    def changed(name: str) -> Iterator[Difference]:
        was, is_ = old[name], new[name]
        if type(was) is type(is_):
            yield from _fields_of(part, _what(is_), name, _fields(was, is_))
        else:
            text = f"is another rule: {_rule_text(after[0], is_, part)}; it was: {_rule_text(before[0], was, part)}"
            yield Difference(part=part, what=_what(is_), name=name, change="changed", text=text)

    yield from _each(old, new, told, changed)


def _order(old: Scorecard, new: Scorecard, part: Part) -> Iterator[Difference]:
    """Rules in another order score alike, but of equally strong reasons the first is told."""
    common = {rule.name for rule in old.rules} & {rule.name for rule in new.rules}
    orders = [[rule.name for rule in card.rules if rule.name in common] for card in (old, new)]
    if orders[0] != orders[1]:
        text = "is another one: of reasons that are equally strong, the first rule's is told"
        yield Difference(part=part, what="order of the rules", name="", change="changed", text=text)


def _caps(old: Scorecard, new: Scorecard, part: Part) -> Iterator[Difference]:
    before, after = ({str(group): cap for group, cap in card.caps.items()} for card in (old, new))

    def told(name: str, change: Change) -> Iterator[Difference]:
        text = f"at most {after[name]:g} points" if change == "came" else f"it was {before[name]:g} points"
        yield Difference(part=part, what="cap of the group", name=name, change=change, text=text)

    def changed(name: str) -> Iterator[Difference]:
        if before[name] != after[name]:
            yield from _fields_of(part, "group", name, (Field("cap", before[name], after[name]),))

    yield from _each(before, after, told, changed)


def _bands(old: Scorecard, new: Scorecard, part: Part) -> Iterator[Difference]:
    before, after = ({band.name: band for band in card.bands} for card in (old, new))

    def told(name: str, change: Change) -> Iterator[Difference]:
        band = (after if change == "came" else before)[name]
        yield Difference(part=part, what="band", name=name, change=change, text=band_text(band))

    def changed(name: str) -> Iterator[Difference]:
        yield from _fields_of(part, "band", name, _fields(before[name], after[name]))

    yield from _each(before, after, told, changed)


def _each(
    before: Mapping[str, object],
    after: Mapping[str, object],
    told: Callable[[str, Change], Iterator[Difference]],
    changed: Callable[[str], Iterator[Difference]],
) -> Iterator[Difference]:
    """What went, then the rest in the new order."""
    for name in before:
        if name not in after:
            yield from told(name, "went")
    for name in after:
        yield from changed(name) if name in before else told(name, "came")


def _fields_of(part: Part, what: str, name: str, fields: Sequence[Field]) -> Iterator[Difference]:
    if fields:
        text = _listed([_said(field) for field in fields])
        yield Difference(part=part, what=what, name=name, change="changed", text=text, fields=tuple(fields))


def _fields(before: msgspec.Struct, after: msgspec.Struct, only: Sequence[str] = ()) -> list[Field]:
    """The keys whose values differ, in the order of the types."""
    keys = [key for key in before.__struct_fields__ if not only or key in only]
    pairs = [(key, getattr(before, key), getattr(after, key)) for key in keys]
    return [Field(key, _plain(old), _plain(new)) for key, old, new in pairs if old != new]


def _plain(value: object) -> Value:
    """A value for people and for JSON."""
    match value:
        case Span():
            return str(value)
        case None | str() | float() | int():
            return value if value != "" else None
        case tuple():
            return "; ".join(map(_item, value)) or None
        case _:
            return str(value)


def _item(item: object) -> str:
    if isinstance(item, Condition):
        return conditions_text((item,))
    return item if isinstance(item, str) else pattern_text(item)  # type: ignore[arg-type]  # lists hold no others


def _said(field: Field) -> str:
    """A key's change in words.

    >>> _said(Field("half_life", "10d", "5d"))
    'cools twice as fast (halves every 5 days instead of 10 days)'
    """
    said, none = WORDING[field.key]
    if field.after is None:
        return f"{none} (it was: {said.format(_shown(field.key, field.before))})"
    text = said.format(_shown(field.key, field.after))
    if field.before is None:
        return f"{text} (it was: {none})"
    text += f" instead of {_shown(field.key, field.before)}"
    if field.key == "half_life":
        return f"cools {_pace(Span.parse(field.before) / Span.parse(field.after))} ({text})"
    return text


def _pace(ratio: float) -> str:
    """
    >>> _pace(2), _pace(0.5), _pace(1.5)
    ('twice as fast', 'half as fast', '1.5 times as fast')
    """
    return {2.0: "twice as fast", 0.5: "half as fast"}.get(ratio, f"{ratio:.2g} times as fast")


SPANS = ("half_life", "linear", "cliff", "window", "within", "after", "max_age")
QUOTED = ("words", "note", "version", "name")


def _shown(key: str, value: Value) -> str:
    if isinstance(value, str):
        return in_words(Span.parse(value)) if key in SPANS else f'"{value}"' if key in QUOTED else value
    return f"{value:g}"


def _listed(texts: Sequence[str]) -> str:
    """
    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def _what(rule: AnyRule) -> str:
    return "exclusion" if isinstance(rule, Exclusion) else "rule"


def _rule_text(model: Model, rule: AnyRule, part: Part) -> str:
    row = rule_row(model, rule, part)
    return f"{row.worth} {row.text}"
