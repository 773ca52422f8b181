"""Loading a model file: read, decode, check, with everything that is wrong said at once."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from config.checking import mistakes
from config.model import Model
from config.shapes import convert, wrong_shapes


class ModelError(Exception):
    """A model file cannot be used. The message has a line for each problem: file, place, problem, remedy."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


def load_model(path: Path) -> Model:
    """Read a model file; raises `ModelError` when it cannot be read, decoded, or relied on."""
    return read_model(model_file(path), path)


def model_file(path: Path) -> bytes:
    """The bytes of a model file; raises `ModelError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(path, [f"cannot be read ({error.strerror}); name a model file"]) from None


def read_model(file: bytes, path: Path) -> Model:
    """The model that a file holds; raises `ModelError`, which names the path, when it cannot be relied on."""
    raw = _tables(file, path)
    if not raw:
        raise ModelError(path, [f"is empty; start from a copy of {standard_model_path()}"])
    if problems := list(wrong_shapes(raw)):
        raise ModelError(path, problems)
    model: Model = convert(raw, Model)
    if problems := list(mistakes(model)):
        raise ModelError(path, problems)
    return model


def standard_model_path() -> Path:
    """Where the standard model for B2B SaaS is."""
    return Path(__file__).with_name("models") / "b2b-saas.toml"


def _tables(file: bytes, path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ModelError(path, [f"line {line}: not UTF-8; save the file as UTF-8"]) from None
    except RecursionError:
        raise ModelError(path, ["nested too deeply; a model needs no more than four levels"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ModelError(path, [_syntax(str(error))]) from None
    except ValueError:
        raise ModelError(path, ["holds a number too long to read; write at most fifteen digits"]) from None


def _syntax(message: str) -> str:
    """What the parser says, the place first.

    >>> _syntax("Invalid value (at line 3, column 8)")
    'line 3, column 8: not TOML: invalid value; texts need quotes, and a key stands once per table'
    """
    what, _, where = message.removesuffix(")").rpartition(" (at ")
    return f"{where}: not TOML: {what[:1].lower()}{what[1:]}; texts need quotes, and a key stands once per table"
