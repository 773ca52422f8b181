"""A log that makes identity hard, from a seed: people with several ids, shared machines, repeats, disorder, rubbish."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from tests.events import write_log

SIGNALS = ("pricing_viewed", "docs_viewed", "page_viewed", "feature_used")
BEGIN = 1_749_600_000_000
DISORDER = 200
"""How many lines a line may lie from its place in time."""


def messy_log(folder: Path, events: int, seed: int, lines_a_file: int = 250, hot: float = 0.0) -> list[bytes]:
    """Write the events as many small logs, so that there are many batches; the lines, in the order they are read.

    `hot` is one person's part of all traffic. All of it is years old: settings for a live flow say that nothing is
    forgotten for that.
    """
    lines = list(_lines(random.Random(seed), events, hot))
    for number, start in enumerate(range(0, len(lines), lines_a_file)):
        write_log(folder / f"{number:05}.jsonl", lines[start : start + lines_a_file])
    return lines


def _lines(chance: random.Random, events: int, hot: float) -> Iterator[bytes]:
    made = [_line(chance, number, events, hot) for number in range(events)]
    places = {number: number + chance.uniform(0, DISORDER) for number in range(events)}
    for number in sorted(places, key=lambda number: places[number]):
        yield made[number]
        if chance.random() < 0.02:
            yield made[chance.randrange(number + 1)]  # sent again
        if chance.random() < 0.001:
            yield b'{"event": "cut o'


def _line(chance: random.Random, number: int, events: int, hot: float) -> bytes:
    person = chance.randrange(max(events // 40, 5)) if not hot or chance.random() >= hot else 0
    machine = person if chance.random() < 0.95 else chance.randrange(max(events // 400, 2))  # or one that is shared
    fields: dict[str, object] = {"event": chance.choice(SIGNALS), "timestamp": BEGIN + number * 1000}
    fields["messageId"] = f"m{number}"
    if chance.random() < 0.9:
        fields["anonymousId"] = f"a{machine}"
    if chance.random() < 0.10 or "anonymousId" not in fields:
        fields["userId"] = f"u{person}"
    if chance.random() < 0.04:
        fields["contactId"] = f"c{person}"
    if chance.random() < 0.06:
        address = f"p{person}" if chance.random() < 0.95 else f"new{person}"
        fields["email"] = f"{address}@company{person % max(events // 200, 3)}.com"
        fields["traits"] = {"seniority": chance.choice(["vp", "manager"]), "visits": number}
    if chance.random() < 0.03:
        fields["accountDomain"] = f"company{chance.randrange(max(events // 200, 3))}.com"
    return json.dumps(fields).encode()
