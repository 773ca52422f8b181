"""Score changes as a JSONL file, one line each."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from sinks.changes_file import append, opened, rewritten, sync_folder
from state.moment import iso
from state.record import (
    Erased,
    Erasure,
    KeyType,
    Kind,
    Later,
    Name,
    NotThere,
    Outcome,
    Record,
    Refused,
    SinkStopped,
    Written,
    name_of,
)

RETRY_S = 5.0


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A score and its band."""

    score: float
    band: str


Cause = Literal["score", "identity_corrected"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line: where the subject stands, and where the line before had it (`None` on its first).

    The `cause` is `identity_corrected` when somebody has put right, since then, whom the activity belongs to.
    """

    key: str
    key_type: KeyType
    kind: Kind
    score: float
    band: str
    reasons: tuple[str, ...]
    model: str
    scored_at: str
    before: Standing | None
    cause: Cause = "score"
    corrected_at: str | None = None

    @property
    def name(self) -> Name:
        """Whom it is about."""
        return self.kind, self.key_type, self.key


class Told(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a subject's last line; `words` is a hash, good within this process."""

    standing: Standing
    words: int
    corrected_at: str | None


class Changes:
    """Appends a line for every record that says something new, durable before `write` returns.

    A record that says what the subject's last line says, `scored_at` aside, adds none: being told twice leaves
    the file as being told once does.

    What was told is read back from the file on opening, so `before` is what the file's reader saw last, whatever
    happened in between. It costs a pass over the file, and memory for each subject in it. A last line that a
    crash cut off was never acknowledged: it is removed, and the flow tells it again. One process a file.

    Opening raises `SinkStopped` for a file that cannot be opened, holds something else, or is another process's.
    """

    name = "changes"

    def __init__(self, path: Path) -> None:
        self._told: dict[Name, Told] = {}
        self._path = path.resolve()
        try:
            self._file = opened(self._path)
            with ExitStack() as unusable:
                unusable.callback(self._file.close)
                self._size = self._read_back(path)
                self._file.truncate(self._size)
                unusable.pop_all()
        except BlockingIOError:
            raise SinkStopped(f"{path} is written by another process: stop that one, or name another file") from None
        except OSError as error:
            raise SinkStopped(f"{path} cannot be opened ({error.strerror}): name another file") from None

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        """Append what is new; `Later` for all when the disk does not take it."""
        changes = [worth_telling(record, self._told) for record in records]
        new = [change for change in changes if isinstance(change, Change)]
        try:
            self._append(b"".join(msgspec.json.encode(change) + b"\n" for change in new))
        except OSError as error:
            self._file.truncate(self._size)
            return [Later(RETRY_S, f"the changes file cannot be written ({error.strerror})") for _ in records]
        for change in new:
            self._remember(change)
        return [change if isinstance(change, Refused) else Written() for change in changes]

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Rewrite the file without the lines about these; `Later` for who is in it when the disk does not take it."""
        names = [name_of(id_) for id_ in ids]
        held = self._told.keys() & set(names)
        try:
            self._leave_out(held)
        except OSError as error:
            done: Erasure = Later(RETRY_S, f"the changes file cannot be rewritten ({error.strerror})")
        else:
            done = Erased()
        return [done if name in held else NotThere() for name in names]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append(self, lines: bytes) -> None:
        if lines:
            append(self._file, lines)
            self._size += len(lines)

    def _leave_out(self, held: set[Name]) -> None:
        if not held:
            return
        file = rewritten(self._path, lambda line: msgspec.json.decode(line, type=Change).name not in held)
        self._file.close()
        self._file = file
        self._size = self._path.stat().st_size
        sync_folder(self._path)
        self._told = {name: told for name, told in self._told.items() if name not in held}

    def _read_back(self, path: Path) -> int:
        """Remember each subject's last line; the size of the whole lines."""
        size = 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n"):
                    self._remember(read(line, f"{path} line {number}"))
                    size += len(line)
        return size

    def _remember(self, change: Change) -> None:
        self._told[change.name] = told_by(change)


def read(line: bytes, where: str) -> Change:
    """The change that a line holds."""
    try:
        return msgspec.json.decode(line, type=Change)
    except (ValueError, RecursionError):
        raise SinkStopped(f"{where} is no score change: name another file") from None


def worth_telling(record: Record, of_each: Mapping[Name, Told]) -> Change | Refused | None:
    """The change that a record is, beside what was told of each subject; None when it is none."""
    told = of_each.get((record.kind, record.key_type, record.key))
    change = change_of(record, told)
    if told == told_by(change):
        return None
    return refusal(change) or change


def change_of(record: Record, told: Told | None) -> Change:
    """The line for a record."""
    corrected_at = None if record.corrected_at is None else iso(record.corrected_at)
    is_news = corrected_at is not None and corrected_at != (told.corrected_at if told else None)
    return Change(
        key=record.key,
        key_type=record.key_type,
        kind=record.kind,
        score=record.score,
        band=record.band,
        reasons=record.reasons,
        model=record.model,
        scored_at=iso(record.scored_at),
        before=told.standing if told else None,
        cause="identity_corrected" if is_news else "score",
        corrected_at=corrected_at,
    )


def told_by(change: Change) -> Told:
    """What to keep of a line."""
    return Told(Standing(change.score, change.band), hash((change.reasons, change.model)), change.corrected_at)


def refusal(change: Change) -> Refused | None:
    """Why the change cannot be a line of JSON, if it cannot."""
    if not isfinite(change.score):
        return Refused("the score is not a number")
    try:
        msgspec.json.encode(change)
    except UnicodeEncodeError:
        return Refused("some text in it is not Unicode")
    return None
