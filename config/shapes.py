"""The shape of a model file against the model's types: every unknown or missing key, every value of a wrong type.

A decoder stops at the first problem; here each field is tried by itself, so that all of them are found at once.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from config.model import AnyRule, Model, Scalar, Span
from config.spots import Spot, listed, quoted, remedy, shown

RULES: dict[str, type[msgspec.Struct]] = {str(rule.__struct_config__.tag): rule for rule in get_args(AnyRule)}
"""A rule's `type` -> what it is made of."""

LARGEST = 10**15
"""Numbers stay below this, where doubles still count one by one."""

# A type as annotations write it: classes, unions and generic aliases have no common class that is public.
Type = Any

EXPECTED: dict[Type, str] = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Span: "a length of time such as '90s', '12h' or '14d', at most ten years",
    Scalar: "a text, a number, true or false",
}
EXAMPLES: dict[Type, str] = {str: '"..."', int: "3", float: "10", Span: '"14d"'}


def convert(raw: object, type_: Type) -> Any:  # the caller names the type; msgspec checks it
    """A value of a TOML file as `type_`; raises `msgspec.ValidationError`."""
    return msgspec.convert(raw, type_, dec_hook=lambda _, text: Span.parse(text))  # a model's one type of its own


def wrong_shapes(raw: Mapping[str, object]) -> Iterator[str]:
    """Everything in a parsed model file that does not fit the types, each with its place and a remedy."""
    yield from _table(raw, Model, Spot(""))


def _value(raw: object, type_: Type, at: Spot, key: str) -> Iterator[str]:
    """Problems of what stands under `key` of the table at `at`."""
    type_ = _without_none(type_)
    if _origin(type_) is tuple:
        yield from _list(raw, get_args(type_)[0], at, key)
    elif _origin(type_) is dict:
        yield from _keyed(raw, type_, at, key)
    elif _is_struct(type_):
        yield from _table(raw, type_, at / key)
    elif problem := _misfit(raw, type_):
        yield at.says(f"{key} {problem}")


def _table(raw: object, struct: type[msgspec.Struct], at: Spot, tag: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield at.says(f"must be a table, not {shown(raw)}")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    hints = {key: remedy(key, (*tag, *fields)) for key in raw if key not in fields and key not in tag}
    for key, hint in hints.items():
        yield at.says(f"unknown key {_key(key)}; {hint}")
    for name, field in fields.items():
        if name in raw:
            yield from _value(raw[name], field.type, at, name)
        elif field.required and not any(f"'{name}'?" in hint for hint in hints.values()):
            yield at.says(_missing(name, field))


def _list(raw: object, item: Type, at: Spot, key: str) -> Iterator[str]:
    """A list of tables (rules, bands, conditions, patterns), or of plain values."""
    tables = item == AnyRule or _is_struct(item)
    if not isinstance(raw, list):
        yield at.says(f"{key} must be a list{' of tables' if tables else ''}, not {shown(raw)}")
        return
    for index, part in enumerate(raw):
        spot = (at / key).item(index, part.get("name") if isinstance(part, dict) else None)
        if item == AnyRule:
            yield from _rule(part, spot)
        elif tables:
            yield from _table(part, item, spot)
        elif problem := _misfit(part, item):
            yield spot.says(problem)


def _rule(raw: object, at: Spot) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield at.says(f"must be a table, not {shown(raw)}")
        return
    type_ = raw.get("type")
    if type_ is None:
        yield at.says(f"missing key 'type'; one of {listed(RULES)}")
    elif not isinstance(type_, str) or type_ not in RULES:
        yield at.says(f"unknown type {shown(type_)}; {remedy(str(type_), RULES)}")
    else:
        yield from _table(raw, RULES[type_], at, ("type",))


def _keyed(raw: object, type_: Type, at: Spot, name: str) -> Iterator[str]:
    """A table whose keys are names (signals), or words of a fixed set (caps)."""
    if not isinstance(raw, dict):
        yield at.says(f"{name} must be a table, not {shown(raw)}")
        return
    keys, values = get_args(type_)
    for key, part in raw.items():
        if keys is not str and key not in get_args(keys):
            yield (at / name).says(f"unknown key {_key(key)}; {remedy(key, get_args(keys))}")
        else:
            yield from _value(part, values, at / name, key)


def _misfit(raw: object, type_: Type) -> str | None:
    """Why a plain value does not fit, or None."""
    if isinstance(raw, float | int) and not abs(raw) < LARGEST:
        return "must be a finite number of at most fifteen digits"
    try:
        convert(raw, type_)
    except msgspec.ValidationError:
        if _origin(type_) is Literal:
            return f"must be one of {listed(get_args(type_))}, not {shown(raw)}"
        return f"must be {EXPECTED[type_]}, not {shown(raw)}"
    return None


def _key(key: str) -> str:
    """A key within a sentence: in single quotes, on one line."""
    return f"'{quoted(key)[1:-1]}'"


def _missing(name: str, field: FieldInfo) -> str:
    type_ = _without_none(field.type)
    if _origin(type_) is dict or _is_struct(type_):
        return f"missing table '{name}'; add [{name}], see docs/MODEL.md"
    example = "[...]" if _origin(type_) is tuple else EXAMPLES.get(type_, "...")
    return f"missing key '{name}'; add {name} = {example}"


def _without_none(type_: Type) -> Type:
    """`X` of `X | None` and `X | UnsetType`; TOML has neither. `Scalar` stays, None and all."""
    kinds = [kind for kind in get_args(type_) if kind not in (type(None), msgspec.UnsetType)]
    if _origin(type_) in (tuple, dict, Literal) or not kinds:
        return type_
    return kinds[0] if len(kinds) == 1 else Scalar


def _origin(type_: Type) -> object:
    """`tuple` of `tuple[X, ...]`, and so on."""
    return get_origin(type_)


def _is_struct(type_: Type) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)
