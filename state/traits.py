"""Traits: a source's attributes, each with the time it was said; a last-writer-wins map."""

Value = str | float | int | bool | None
Traits = dict[str, tuple[int, Value]]
"""Attribute -> (at in ms, value)."""

KEEP_TRAITS = 32


def set_trait(traits: Traits, name: str, at: int, value: Value) -> bool:
    """Join one attribute: the latest wins, ties go to the larger value, the 32 latest attributes are kept."""
    known = traits.get(name)
    if known is not None and _rank(*known) >= _rank(at, value):
        return False
    traits[name] = (at, value)
    if len(traits) > KEEP_TRAITS:
        oldest = min(traits, key=lambda name: (traits[name][0], name))
        del traits[oldest]
        return oldest != name or known is not None
    return True


def join_traits(traits: Traits, other: Traits) -> bool:
    """Join another source's traits into these. True if that changed anything."""
    changed = False
    for name, (at, value) in other.items():
        changed |= set_trait(traits, name, at, value)
    return changed


def traits_between(traits: Traits, start: int, end: int) -> Traits:
    """The traits said in `start <= at < end`, in ms."""
    return {name: known for name, known in traits.items() if start <= known[0] < end}


def _rank(at: int, value: Value) -> tuple[int, str, str]:
    """A total order over times and values of any type, the same in every process."""
    return at, type(value).__name__, repr(value)
