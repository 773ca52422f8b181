"""Makes the sample log: `python sample/make_sample.py`, see README.md beside it."""

import argparse
import csv
import io
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import msgspec
import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample.event import Event
from sample.log import events, outcomes
from sample.tables import RECIPE, SEED, Tables, from_leadforge

HERE = Path(__file__).resolve().parent
EVENTS = "events.jsonl.zst"
OUTCOMES = "outcomes.csv"
ZSTD_LEVEL = 12


def jsonl(log: list[Event]) -> bytes:
    return msgspec.json.Encoder().encode_lines(log)


def table(rows: list[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("contact", "converted_at"), *rows])
    return text.getvalue().encode()


def write(folder: Path, tables: Tables) -> list[str]:
    """Writes both files and returns a report: how much of what, and what `shasum -a 256` says of the contents."""
    log = events(tables)
    lines, ends = jsonl(log), table(outcomes(tables))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EVENTS).write_bytes(zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(lines))
    (folder / OUTCOMES).write_bytes(ends)
    counts = Counter(event.event for event in log)
    return [
        *(f"{count:>8,} {name}" for name, count in sorted(counts.items())),
        f"{len(log):>8,} events, {log[0].timestamp} to {log[-1].timestamp}",
        f"{sha256(lines).hexdigest()}  events.jsonl (uncompressed)",
        f"{sha256(ends).hexdigest()}  {OUTCOMES}",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=f"Make the sample log from leadforge ({RECIPE}, seed {SEED}). The same files every time.",
        epilog="Needs leadforge (pip install -e '.[sample]'). Takes about 20 seconds.",
    )
    parser.add_argument("--out", type=Path, default=HERE, metavar="FOLDER", help="default: the script's folder")
    folder: Path = parser.parse_args().out
    print("simulating four months of leads, about 20 seconds ...", file=sys.stderr)
    try:
        print("\n".join(write(folder, from_leadforge())))
    except ModuleNotFoundError as missing:
        print(f"{missing}: pip install -e '.[sample]'", file=sys.stderr)
        return 1
    except OSError as refused:
        print(f"cannot write to {folder}: {refused.strerror}; name another --out", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
