"""Dependencies point one way, and the pure core reaches no network, clock, chance or operating system."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MAY_IMPORT = {
    "config": set[str](),
    "state": {"config"},
    "operators": {"config", "state"},
    "sources": {"config", "state"},
    "sinks": {"config", "state"},
    "flows": {"config", "state", "operators", "sources", "sinks", "simulators"},
    "simulators": set[str](),
}
NOT_SHIPPED = {"benchmarks", "dev", "sample", "tests"}

PURE = ("config/model*.py", "config/model/**/*.py", "state/**/*.py", "operators/**/*.py")
# Where the core meets Bytewax, Redis, the clock and the operating system: any other module there is pure.
GLUE = (
    "operators/stage.py",
    "state/clock.py",
    "state/redis*.py",
    "state/kafka*.py",
    "state/memory*.py",
    "state/embedded*.py",
)
OUTSIDE = {"bytewax", "confluent_kafka", "httpx", "os", "random", "redis", "socket", "threading", "time"}


def violations(root: Path) -> list[str]:
    """Every import under `root` that breaks a rule, as `file imports module`."""
    ours = {path: package for package in MAY_IMPORT for path in (root / package).rglob("*.py")}
    pure = files(root, PURE) - files(root, GLUE)
    impure = ours.keys() - pure - {root / package / "__init__.py" for package in MAY_IMPORT}
    return sorted(
        f"{path.relative_to(root)} imports {module}"
        for path, package in ours.items()
        for module in imported_modules(path, root)
        if points_the_wrong_way(package, module)
        or (path in pure and (reaches_outside(module) or file_of(module, root) in impure))
    )


def files(root: Path, patterns: tuple[str, ...]) -> set[Path]:
    return {path for pattern in patterns for path in root.glob(pattern)}


def points_the_wrong_way(package: str, module: str) -> bool:
    target = module.partition(".")[0]
    return target in (MAY_IMPORT.keys() | NOT_SHIPPED) - MAY_IMPORT[package] - {package}


def reaches_outside(module: str) -> bool:
    return module.partition(".")[0] in OUTSIDE


def file_of(module: str, root: Path) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported_modules(path: Path, root: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, [*anchor(path, root, node.level), node.module]))
            yield from (module_named(f"{module}.{alias.name}", module, root) for alias in node.names)


def anchor(path: Path, root: Path, level: int) -> tuple[str, ...]:
    """The package that `level` leading dots mean in `path`."""
    return path.relative_to(root).parts[:-level] if level else ()


def module_named(longer: str, shorter: str, root: Path) -> str:
    """What `from shorter import name` loads: the module of that name when there is one."""
    return longer if file_of(longer, root).exists() else shorter


def plant(root: Path, file: str, line: str) -> None:
    """A small tree with one file of each layer, and `line` in one of them."""
    for name in ("state/touch.py", "state/redis_store.py", "operators/stage.py", "flows/score.py", file):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / file).write_text(line + "\n")


def test_every_import_points_the_right_way() -> None:
    assert violations(ROOT) == []


def test_the_packages_that_the_rules_name_are_there() -> None:
    assert [name for name in MAY_IMPORT if not (ROOT / name / "__init__.py").exists()] == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_s_own_file_imports_nothing(package: str) -> None:
    assert list(imported_modules(ROOT / package / "__init__.py", ROOT)) == []


@pytest.mark.parametrize(
    ("file", "line", "module"),
    [
        ("config/settings.py", "import state", "state"),
        ("state/redis_store.py", "from operators import stage", "operators.stage"),
        ("operators/stage.py", "import sinks.hubspot", "sinks.hubspot"),
        ("sources/jsonl.py", "from sinks.hubspot import HubSpot", "sinks.hubspot"),
        ("sinks/hubspot.py", "import flows.score", "flows.score"),
        ("simulators/crm.py", "from state.touch import Touch", "state.touch"),
        ("flows/cli.py", "import tests.unit", "tests.unit"),
        ("operators/evaluate.py", "import redis", "redis"),
        ("operators/evaluate.py", "from os.path import join", "os.path"),
        ("operators/rules/decay.py", "def f():\n    import time", "time"),
        ("operators/evaluate.py", "from state.redis_store import RedisStore", "state.redis_store"),
        ("operators/evaluate.py", "from state import redis_store", "state.redis_store"),
        ("operators/evaluate.py", "from .stage import Stage", "operators.stage"),
        ("state/ledger.py", "import random", "random"),
        ("config/model_types.py", "import threading", "threading"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, module: str) -> None:
    plant(tmp_path, file, line)
    assert violations(tmp_path) == [f"{file} imports {module}"]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("state/redis_store.py", "import redis, config.model"),
        ("operators/stage.py", "import time, bytewax.operators"),
        ("operators/evaluate.py", "from state import touch"),
        ("flows/cli.py", "import os, simulators.crm, sinks, sources, operators.stage"),
        ("simulators/crm.py", "from simulators.pages import page"),
    ],
)
def test_what_the_rules_allow_is_no_violation(tmp_path: Path, file: str, line: str) -> None:
    plant(tmp_path, file, line)
    assert violations(tmp_path) == []
