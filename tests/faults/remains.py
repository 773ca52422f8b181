"""What a run leaves behind, beside what it would have left had nothing happened to it."""

import msgspec

from config.settings import Settings
from flows.inline import Inline
from flows.models import model_of, parts_of, scoring_of
from flows.reading import Reading
from flows.stores import connection
from state.batch import Batch
from state.clock import LogClock, wall_clock
from state.codec import Decoder, encode
from state.memory import MemoryStore
from state.store import Kind, Records, Store
from state.subject import Source, Subject
from tests.faults.messy_log import BEGIN

State = dict[tuple[str, str], bytes]
MONTH_MS = 30 * 86_400_000


def compare(settings: Settings, lines: list[bytes]) -> None:
    """Every ledger, every receipt and band, and every dead letter are as if nothing had happened."""
    memory, dead = fed(lines, settings)
    expected = all_of(memory, settings)
    with connection(settings) as store:
        found = all_of(store, settings)
    assert {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)} == set()
    assert (len(letters(settings)), len(set(letters(settings)))) == (dead, dead)


def fed(lines: list[bytes], settings: Settings) -> tuple[MemoryStore, int]:
    """What an engine in memory that nothing happens to makes of the same events; how many of them are dead letters."""
    store = MemoryStore(shards=8)
    flow = Inline(parts_of(settings, store, LogClock()))
    for start in range(0, len(lines), 1_000):
        flow.feed(Batch("log", 0, lines[start : start + 1_000], 0), wall_clock())
    flow.commit()
    assert flow.counts.received == flow.counts.used + flow.counts.ignored + flow.counts.dead == len(lines)
    return store, len(flow.dead)


def undisturbed(lines: list[bytes], settings: Settings) -> tuple[State, int]:
    """The facts that are left if nothing happens, and the number of dead letters."""
    store, dead = fed(lines, settings)
    return state_of(store), dead


def state_of(store: Records) -> State:
    """What sources did and to whom they belong, and what subjects hold, as bytes.

    Left out: what the last evaluation said; and copies of others' links, where facts that change nothing may or may
    not have travelled along with some that did.
    """
    found: State = {}
    kind: Kind
    for kind in ("known", "visitor"):
        for source in map(Decoder(Source).decode, store.scan(kind)):
            found[kind, source.id] = encode(msgspec.structs.replace(source, known={}))
    for kind in ("contact", "account"):
        for subject in map(Decoder(Subject).decode, store.scan(kind)):
            if subject.sources:
                found[kind, subject.id] = encode(Subject(subject.id, subject.sources))
    return found


def all_of(store: Store, settings: Settings) -> State:
    """Facts, and the scores and bands that follow from them: in the middle of the log, and long after it."""
    reading = Reading(store, model_of(settings), scoring_of(settings))
    found = state_of(store)
    kind: Kind
    for kind in ("contact", "account"):
        for subject in reading.subjects(kind):
            if subject.sources:
                moments = (BEGIN + 1_000_000, BEGIN + MONTH_MS)
                found[f"{kind} score", subject.id] = msgspec.msgpack.encode(
                    [reading.score(subject, moment) for moment in moments]
                )
    return found


def letters(settings: Settings) -> list[tuple[str, int]]:
    """Where the dead letters of all processes lay."""
    lines = [line for path in settings.data.glob("dead-letters*.jsonl") for line in path.read_bytes().splitlines()]
    return [(letter["partition"], letter["position"]) for letter in map(msgspec.json.decode, lines)]
