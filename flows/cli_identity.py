"""`leadstream identity …`: who is linked to whom, and putting it right."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from config.settings import Settings
from flows import kafka_options, options
from flows.command import takes
from flows.correct import leave_of, merge_of, never_seen, source_of, split_of, unlinks_of, verdict_of
from flows.exits import NotFound, Problem
from flows.find import find
from flows.models import InUse, in_use, model_of
from flows.picture import picture
from flows.picture_text import print_picture
from flows.raw_events import named_by_touch
from flows.reading import Reading
from flows.retracted import print_retracted, retracted
from flows.show_text import plain
from flows.statement_log import Statement
from flows.statement_topic import statement_log
from flows.stores import open_store
from flows.unread import ReadAhead, come_to, said_in
from state.clock import wall_clock
from state.redis_store import RedisStore
from state.subject import Subject

LogOption = Annotated[
    Path | None,
    typer.Option(
        "--log",
        envvar="LEADSTREAM_LOG",
        help="The log that the score flow reads: a folder or a plain file. Or --kafka.",
        show_default=False,
    ),
]
SAYING = {"log": LogOption, **options.TRUST, **kafka_options.ACCESS, **options.STATE}
Note = Annotated[str, typer.Option("--note", help="Why; it stands in the log with it.", show_default=False)]
Key = Annotated[str, typer.Argument(help="email:…, crm:…, user:… or visitor:…; the kind may be left out.")]


@takes(options.STATE)
def show(
    key: Annotated[str, typer.Argument(help="E-mail, CRM id, user id or anonymous id.")],
    log: Annotated[
        Path | None, typer.Option(help="The event log: adds the events that said so.", show_default=False)
    ] = None,
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """A contact's identifiers: who is linked to whom, since when, and whether that holds.

    Examples: `leadstream identity show ann@acme.com`, `leadstream identity show visitor:anon_1 --log events/`
    """
    with _opened(settings) as (store, used):
        reading = Reading(store, used.model, used.scoring)
        seen = picture(reading, _shown(reading, key))
    if log:
        touches = {int(touch) for one in seen.identifiers for link in one.links for touch in link.touches}
        said = named_by_touch(log, model_of(settings), touches)
        seen = msgspec.structs.replace(seen, said={str(touch): event for touch, event in said.items()})
    if json:
        _print_json(seen)
    else:
        print_picture(Console(), seen)


@takes(SAYING)
def unlink(
    source: Key,
    from_now: Annotated[
        bool, typer.Option("--from-now", help="Leave the past where it is: somebody else uses it from now on.")
    ] = False,
    note: Note = "",
    *,
    settings: Settings,
) -> None:
    """An identifier never belonged to whom it is linked to: everybody's past is put right.

    It writes to the event log, never to Redis; the score flow does the rest, and a replay does the same.

    Examples: `leadstream identity unlink visitor:anon_1 --log events/`,
    `leadstream identity unlink visitor:kiosk --from-now --log events/`
    """
    which = leave_of if from_now else unlinks_of
    _say(settings, lambda reading, at: which(reading, source, at, note))


@takes(SAYING)
def merge(
    words: Annotated[list[str], typer.Argument(metavar="A INTO B", help="Two known ids of one person.")],
    note: Note = "",
    *,
    settings: Settings,
) -> None:
    """Two known ids are one person: A joins B's contact, with all its past. `split` undoes it exactly.

    Examples: `leadstream identity merge old@acme.com into ann@acme.com --log events/`,
    `leadstream identity merge crm:151 into ann@acme.com --log events/ --note "merged in the CRM"`
    """
    one, other = _two(words, "into")
    _say(settings, lambda reading, at: merge_of(reading, one, other, at, note))


@takes(SAYING)
def split(
    words: Annotated[list[str], typer.Argument(metavar="A FROM B", help="Two ids that are not one person.")],
    note: Note = "",
    *,
    settings: Settings,
) -> None:
    """A never was the same person as B: both have what is theirs, as if they had never been linked.

    Example: `leadstream identity split old@acme.com from ann@acme.com --log events/`
    """
    one, other = _two(words, "from")
    _say(settings, lambda reading, at: split_of(reading, one, other, at, note))


@takes(SAYING)
def retract(  # noqa: PLR0913  typer takes a command's options as parameters
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="A visitor, a contact, a company's domain; one identifier: email:…, crm:…, user:…; or agent:KIND."
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="They count after all.")] = False,
    report: Annotated[bool, typer.Option("--report", help="List what is retracted, and change nothing.")] = False,
    note: Note = "",
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """Bots and insiders: nothing that happened under an identifier counts, before or after, and scores are put right.

    A contact stands for all its identifiers, a domain for everybody of that company, also who comes later; `agent:` for
    what a kind of user agent did, and will do. It writes to the event log.

    Examples: `leadstream retract visitor:bot_1 --log events/ --note "price crawler"`,
    `leadstream retract ourselves.com --log events/`, `leadstream retract agent:chrome-88-windows --log events/`,
    `leadstream retract --report`
    """
    if report:
        with _opened(settings) as (store, used):
            found = retracted(Reading(store, used.model, used.scoring))
        _print_json(found) if json else print_retracted(Console(), found)
    elif not keys:
        raise Problem("name whom to retract and the --log to write it to, or ask for the --report")
    else:
        _say(settings, lambda reading, at: verdict_of(reading, keys, at, note, counts=undo))


def _say(settings: Settings, statements: Callable[[Reading, int], Sequence[Statement]]) -> None:
    """Work out what to say from what is in the store, and append it to the log."""
    with _opened(settings) as (store, used):
        log = statement_log(settings)
        read = come_to(store.checkpoints())
        log.require_read(read)
        ahead = ReadAhead(store, used, said_in(log.unread(read), used.model))
        said = statements(ahead, store.clock() or wall_clock())
        where = log.write(said)
        unseen = never_seen(ahead, said)
    for one in said:
        target = one.properties.get("target", "")
        line = f"{one.event.partition(':')[2]} {one.properties['source']} {target}".rstrip()
        Console().print(plain(line), highlight=False, soft_wrap=True)
    for id_ in unseen:
        print(f"{id_} was in no event yet: check how it is written; it holds once an event names it", file=sys.stderr)
    print(f"written to {where}: the score flow puts the rest right when it reads it", file=sys.stderr)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[RedisStore, InUse]]:
    with open_store(settings) as store:
        try:
            yield store, in_use(settings, store)
        except UnicodeEncodeError:
            raise Problem("keys and notes have to be text: UTF-8") from None


def _shown(reading: Reading, key: str) -> Subject:
    """The contact of a key; an identifier that is nobody's stands for itself. Raises `NotFound`."""
    try:
        subject = find(reading, key)
    except NotFound:
        return Subject(source_of(reading, key).id)
    if subject.id[0] == "d":
        raise Problem(f"{key} is a company: give one of its people")
    return subject


def _two(words: Sequence[str], between: str) -> tuple[str, str]:
    match words:
        case [one, word, other] if word.lower() == between:
            return one, other
    command = {"into": "merge", "from": "split"}[between]
    raise Problem(f"name two ids with `{between}` between them: leadstream identity {command} A {between} B")


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
