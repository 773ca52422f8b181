"""Taking a person out of the files in the data folder. Nobody may write there meanwhile."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from state.messages import LinkFacts

Test = Callable[[bytes], bool]
Without = Callable[[LinkFacts], LinkFacts | None]

_facts = msgspec.json.Decoder(LinkFacts)


class Letter(msgspec.Struct):
    """The input that a line of the dead letters keeps."""

    original: str | None = None
    original_base64: bytes | None = None


_letters = msgspec.json.Decoder(Letter)


class File(msgspec.Struct, frozen=True):
    """A file, how many of its lines had to do with the person, and what went wrong."""

    path: Path
    lines: int = 0
    failed: str = ""


class FilesErasing:
    """Erases one person from one namespace's files in a data folder.

    `names` knows lines that name the person, `without` what is left of facts. `at_work` is called often.
    """

    def __init__(self, names: Test, without: Without, at_work: Callable[[], None]) -> None:
        self._names = names
        self._without = without
        self._at_work = at_work

    def run(self, folder: Path, namespace: str) -> list[File]:
        """Every file there that something was taken out of, or could not be."""
        letters = sorted(folder.glob("dead-letters*.jsonl"))
        facts = sorted((folder / "identity" / namespace).glob("*.jsonl"))
        crashes = [path for path in [folder / "crashes.log"] if path.exists()]
        done = [_tried(lambda path: self._without_lines(path, self._in_letter), path) for path in letters]
        done += [_tried(lambda path: self._without_lines(path, self._names), path) for path in crashes]
        done += [_tried(self._blanked, path) for path in facts]
        return [file for file in done if file.lines or file.failed]

    def _without_lines(self, path: Path, drop: Test) -> int:
        """Rewrite a file without some lines, so that whoever opens it sees all of the old or all of the new one."""
        with path.open("rb") as old:
            gone = sum(map(drop, old))
            if gone:
                old.seek(0)
                _replace(path, (line for line in old if not drop(line)))
        return gone

    def _blanked(self, path: Path) -> int:
        """Change lines where they stand, and keep their lengths: readers know the log by bytes."""
        changed = 0
        with path.open("r+b") as log:
            start = 0
            while line := log.readline():
                end = log.tell()
                kept = self._line_without(line)
                if kept != line:
                    changed += 1
                    log.seek(start)
                    log.write(kept)
                    log.seek(end)
                start = end
            _flush(log)
        return changed

    def _in_letter(self, line: bytes) -> bool:
        self._at_work()
        try:
            letter = _letters.decode(line)
        except (ValueError, RecursionError):
            return self._names(line)
        return self._names(letter.original_base64 or (letter.original or "").encode())

    def _line_without(self, line: bytes) -> bytes:
        """A line of the identity log without the person, as long as before: spaces say nothing."""
        self._at_work()
        try:
            facts = _facts.decode(line)
        except (ValueError, RecursionError):
            return line  # the log's first line, or one that was blanked
        left = self._without(facts)
        if left == facts:
            return line
        text = b"" if left is None else msgspec.json.encode(left)
        return text.ljust(len(line) - 1) + b"\n"


def _tried(act: Callable[[Path], int], path: Path) -> File:
    try:
        return File(path, act(path))
    except OSError as error:
        return File(path, failed=f"{path} cannot be rewritten ({error.strerror})")


def _replace(path: Path, lines: Iterator[bytes]) -> None:
    before = path.stat()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".erasing-", delete=False) as new:
        try:
            os.fchown(new.fileno(), before.st_uid, before.st_gid)
            os.fchmod(new.fileno(), before.st_mode & 0o7777)
            new.writelines(lines)
            new.flush()
            os.fsync(new.fileno())
            os.replace(new.name, path)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
