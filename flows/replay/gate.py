"""`--fail-if`: a comparison over the figures of a report, such as `auc < baseline - 0.01`.

A figure's name is its value under the proposed model, `baseline.NAME` under the current one, and `baseline` alone that
of the one figure that the expression names. Besides there are numbers, `+ - * /`, brackets, and one of
`< <= > >= == !=`.
"""

import ast
import operator
from collections.abc import Callable, Mapping

import msgspec

from flows.exits import Problem
from flows.replay.figures import FIGURES

BASELINE = "baseline"
LONGEST = 200
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARING: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


class Gate(msgspec.Struct, frozen=True):
    """A condition that a report must not meet, read and checked."""

    text: str
    compare: ast.Compare
    named: tuple[str, ...]

    def broken(self, figures: Mapping[str, float], baseline: Mapping[str, float]) -> str:
        """Why the report fails, `""` when it does not. Raises `Problem` for a figure that this report does not have."""
        values = _Values(self, figures, baseline)
        left, right = values.of(self.compare.left), values.of(self.compare.comparators[0])
        if not _COMPARING[type(self.compare.ops[0])](left, right):
            return ""
        told = ", ".join(f"{name} is {value:.4g}" for name, value in values.used.items())
        return f"{self.text}: {told}"


def read_gate(text: str) -> Gate:
    """Read an expression. Raises `Problem` that says what is wrong with it, and which names there are."""
    try:
        tree = ast.parse(text[:LONGEST].strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise _wrong(text, "it is no comparison") from None
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or type(tree.ops[0]) not in _COMPARING:
        raise _wrong(text, "it is not one comparison")
    found = [name for side in (tree.left, tree.comparators[0]) for name in _names(text, side)]
    named = tuple(dict.fromkeys(name for name in found if name != BASELINE))
    if not named or (BASELINE in found and len(named) != 1):
        raise _wrong(text, "`baseline` alone needs exactly one figure beside it" if named else "it names no figure")
    return Gate(text, tree, named)


def _names(text: str, node: ast.expr) -> list[str]:
    """The figures that a term names; raises for anything that is no arithmetic over figures."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _names(text, left) + _names(text, right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _names(text, operand)
        case ast.Constant(value=int() | float()):
            return []
        case ast.Name(id=name) if name in FIGURES or name == BASELINE:
            return [name]
        case ast.Attribute(value=ast.Name(id=base), attr=name) if base == BASELINE and name in FIGURES:
            return [name]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            raise _wrong(text, f"there is no figure {name}")
        case _:
            raise _wrong(text, "only figures, numbers, + - * / and brackets can be compared")


class _Values:
    """Works a term out, and remembers what it was worked out from."""

    def __init__(self, gate: Gate, figures: Mapping[str, float], baseline: Mapping[str, float]) -> None:
        self._gate = gate
        self._figures = figures
        self._baseline = baseline
        self.used: dict[str, float] = {}

    def of(self, node: ast.expr) -> float:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return self._work_out(type(op), self.of(left), self.of(right))
            case ast.UnaryOp(operand=operand):
                return -self.of(operand)
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Attribute(attr=name):
                return self._look_up(name, f"{BASELINE}.{name}", self._baseline)
            case ast.Name(id=name) if name == BASELINE:
                return self._look_up(self._gate.named[0], f"{BASELINE}.{self._gate.named[0]}", self._baseline)
            case ast.Name(id=name):
                return self._look_up(name, name, self._figures)
        raise AssertionError("read_gate lets no other node pass")

    def _work_out(self, op: type[ast.operator], left: float, right: float) -> float:
        try:
            return _ARITHMETIC[op](left, right)
        except ZeroDivisionError:
            raise _wrong(self._gate.text, "it divides by a figure that is 0 here") from None

    def _look_up(self, name: str, called: str, figures: Mapping[str, float]) -> float:
        value = figures.get(name)
        if value is None:
            has = ", ".join(figures) or "none: there is no current model beside it (--against)"
            raise Problem(f"--fail-if {self._gate.text!r}: this report has no {called}; it has {has}")
        self.used[called] = value
        return value


def _wrong(text: str, why: str) -> Problem:
    names = ", ".join(FIGURES)
    return Problem(f"--fail-if {text!r}: {why}. Write for example 'auc < baseline - 0.01'. Figures: {names}")
