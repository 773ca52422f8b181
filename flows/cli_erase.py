"""`leadstream erase`: removing a person."""

import sys
from typing import Annotated

import msgspec
import typer

from config.settings import Settings
from flows import kafka_options, options
from flows.command import takes
from flows.erase import Certificate, Erasing
from flows.erase_hold import to_oneself
from flows.erase_person import Person
from flows.exits import FAILED, Problem
from flows.models import model_of
from flows.stores import open_store
from state.ids import is_visitor


@takes(
    options.FORGETTING, options.TOLD_SINKS, kafka_options.ACCESS, kafka_options.CHANGES, options.MODEL, options.STATE
)  # fmt: skip
def erase(
    key: Annotated[str, typer.Argument(help="E-mail, CRM id, user id or anonymous id of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """Removes a person for good: from Redis, from the files in the data folder and from the CRM.

    Keyed hashes stay behind, so that the person stays out when the log is read again, and out of `leadstream replay
    --without-erased`. Running flows pause meanwhile. It prints a
    certificate of what was removed where, and of what remains. Give the flows' own settings; where something could
    not be reached the exit code is 1: run it again with the same key.

    Examples: `leadstream erase ann@acme.com`, `leadstream erase user:42 --yes --json`,
    `LEADSTREAM_HUBSPOT_TOKEN=… leadstream erase ann@acme.com --changes changes.jsonl`
    """
    if not yes and not sys.stdin.isatty():
        raise Problem("erase asks before it removes anybody, and there is no terminal to ask on: add --yes")
    certificate = _erased(key, settings, ask=not yes)
    _print(certificate, json=json)
    raise typer.Exit(0 if certificate.done else FAILED)


def _erased(key: str, settings: Settings, *, ask: bool) -> Certificate:
    model = model_of(settings)
    with open_store(settings) as store:
        erasing = Erasing(settings, model, store, embedded=not settings.redis)
        if ask:
            _ask(erasing.person(key), settings)
        with to_oneself(store, _say) as hold:
            return erasing.run(key, hold)


def _ask(person: Person, settings: Settings) -> None:
    """Say what would go; ends the command unless the answer is yes."""
    visitors = sum(map(is_visitor, person.ids))
    _say(f"this removes a person for good, with {len(person.ids) - visitors} known ids and {visitors} visitors")
    if person.met or person.devices:
        _say(
            f"{len(person.met)} ids and {len(person.devices)} visitors of others start anew: they were mixed with "
            "this person, and only reading the whole log again restores what is theirs"
        )
    sinks = [
        name for name, given in (("HubSpot", settings.names_hubspot), ("the changes file", settings.changes)) if given
    ]
    _say(f"it is removed from Redis, from {settings.data} and from {' and '.join(sinks) or 'no CRM: none is given'}")
    typer.confirm("Go on?", abort=True, err=True)


def _say(text: str) -> None:
    print(f"leadstream: {text}", file=sys.stderr, flush=True)


def _print(certificate: Certificate, *, json: bool) -> None:
    """The key is shown to whoever typed it; what goes into a file or on to a program has it masked."""
    if not sys.stdout.isatty():
        certificate = msgspec.structs.replace(certificate, key=f"{certificate.key[0]}…")
    if json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(certificate), indent=2) + b"\n")
    else:
        print("\n".join(lines_of(certificate)))


def lines_of(certificate: Certificate) -> list[str]:
    """The certificate as text."""
    done = "Erased" if certificate.done else "Erased in part"
    lines = [f"{done}: {certificate.key} from namespace {certificate.namespace}, {certificate.at}", "", "removed:"]
    lines += [f"  {one.count:>7,}  {one.where}: {one.what}" for one in certificate.removed] or ["  nothing"]
    lines += ["tombstones (keyed hashes, which keep the person out when the log is read again):"]
    lines += [f"  {tombstone}" for tombstone in certificate.tombstones]
    lines += ["remains:", *(f"  {text}" for text in certificate.remains)]
    return lines + (["failed:", *(f"  {text}" for text in certificate.failed)] if certificate.failed else [])
