"""Code that fits a glance: the sizes of modules and functions, and the number of parameters."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("config", "state", "operators", "sources", "sinks", "flows", "simulators")
ALL = (*SHIPPED, "benchmarks", "dev", "sample", "tests")

Function = ast.FunctionDef | ast.AsyncFunctionDef

# An exception stands where the function does, in ruff's words, and says why.
EXCEPTION = "# noqa: PLR0913  "


def sources(folders: tuple[str, ...]) -> dict[str, str]:
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def body_lines(function: Function) -> int:
    """Lines of the body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1 if body else 0


def parameters(function: Function) -> int:
    """Parameters besides `self` and `cls`."""
    named = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return len([a for a in named if a.arg not in {"self", "cls"}])


def long_module(source: str) -> list[str]:
    count = len(source.splitlines())
    return [f"{count} lines"] if count > 300 else []


def long_functions(source: str) -> list[str]:
    return [f"{f.name}: {lines(f)} lines" for f in functions(source) if lines(f) > 40]


def wide_functions(source: str) -> list[str]:
    text = source.splitlines()
    return [
        f"{f.name}: {parameters(f)} parameters"
        for f in functions(source)
        if parameters(f) > 5 and not excepted(text[f.lineno - 1])
    ]


def excepted(line: str) -> bool:
    """An exception with a reason behind it: the bare one is none."""
    return len(line.partition(EXCEPTION)[2].split()) > 1


@pytest.mark.parametrize(
    ("check", "folders"),
    [(long_module, ALL), (long_functions, ALL), (wide_functions, (*SHIPPED, "benchmarks"))],
)
def test_no_code_is_larger_than_the_house_allows(check: Callable[[str], list[str]], folders: tuple[str, ...]) -> None:
    assert [f"{path}: {found}" for path, text in sources(folders).items() for found in check(text)] == []


def test_half_of_all_functions_have_under_8_lines() -> None:
    assert median(body_lines(f) for text in sources(SHIPPED).values() for f in functions(text)) < 8


@pytest.mark.parametrize(
    ("check", "source", "found"),
    [
        (long_module, "x = 1\n" * 301, ["301 lines"]),
        (long_module, "x = 1\n" * 300, []),
        (long_functions, "def f():\n" + "    x = 1\n" * 40, ["f: 41 lines"]),
        (long_functions, "async def f():\n" + "    x = 1\n" * 39, []),
        (wide_functions, "def f(a, b, /, c, d, *, e, g): ...", ["f: 6 parameters"]),
        (wide_functions, "class C:\n    def f(self, a, b, c, d, e): ...", []),
        (wide_functions, "def f(  # noqa: PLR0913  one option each\n    a, b, c, d, e, g): ...", []),
        (wide_functions, "def f(  # noqa: PLR0913\n    a, b, c, d, e, g): ...", ["f: 6 parameters"]),
    ],
)
def test_the_checks_see_what_is_too_large(check: Callable[[str], list[str]], source: str, found: list[str]) -> None:
    assert check(source) == found


def test_a_body_is_counted_without_its_docstring() -> None:
    (function,) = functions('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x\n')
    assert body_lines(function) == 2
