"""Options that several commands share: flag, then environment, then default."""

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.notices import VOICE, Form

SERVER = "Where the state is"
CRM = "Where scores go"
CLOCK = "Time"
GROUP = "Several processes"
WATCHED = "Seen from outside"


def _name(namespace: str) -> str:
    """It stands in keys beside hash tags, and names a folder."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", namespace):
        raise typer.BadParameter("give up to 64 letters, digits, '-', '_' or '.', the first a letter or digit")
    return namespace


def _web_address(url: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]_-]+(/\S*)?", url):
        raise typer.BadParameter("write it as https://HOST, or http://HOST:PORT")
    return url


def _addresses(text: str) -> str:
    if text and not all(re.fullmatch(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}", one) for one in text.split(",")):
        raise typer.BadParameter("write it as HOST:PORT,HOST:PORT, one for each process")
    return text


def _speak(form: Form) -> Form:
    """At once, so that what is wrong with other options is said in this form too."""
    VOICE.form = form
    return form


UntilEnd = Annotated[
    bool, typer.Option("--until-end", help="End when everything is read, instead of waiting for more.")
]
StartOver = Annotated[
    bool,
    typer.Option(
        "--start-over",
        help="Read the whole log again, from its beginning; also into a Redis that was emptied or replaced.",
    ),
]
Speed = Annotated[
    float, typer.Option(min=0, max=10_000, help="Time-lapse: days of the log per second.", rich_help_panel=CLOCK)
]
LogTime = Annotated[
    bool, typer.Option("--log-time", help="Score as of the log's own time, not now.", rich_help_panel=CLOCK)
]
Workers = Annotated[
    int,
    typer.Option(
        envvar="LEADSTREAM_WORKERS",
        min=1,
        max=256,
        help="Processes to start here; logs and shards are divided among them.",
        rich_help_panel=GROUP,
    ),
]
Addresses = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_ADDRESSES",
        callback=_addresses,
        help="HOST:PORT of every process of the group, in order, with commas between: for several machines. "
        "These ports trust whoever connects: a private network only. Logs and --data must be the same for all.",
        rich_help_panel=GROUP,
        show_default=False,
    ),
]
Process = Annotated[
    int,
    typer.Option(
        envvar="LEADSTREAM_PROCESS",
        min=0,
        help="Place in --addresses of the first process started here; the group's first is 0.",
        rich_help_panel=GROUP,
    ),
]
ContactsPerVisitor = Annotated[
    int,
    typer.Option(
        envvar="LEADSTREAM_CONTACTS_PER_VISITOR",
        min=1,
        help="A visitor with more contacts is a shared device, and nobody's from then on.",
    ),
]
VisitorsPerId = Annotated[
    int,
    typer.Option(
        envvar="LEADSTREAM_VISITORS_PER_ID",
        min=1,
        help="An e-mail, CRM id or user id keeps so many visitors, its first.",
    ),
]
TrustStatements = Annotated[
    bool,
    typer.Option(
        "--trust-statements",
        envvar="LEADSTREAM_TRUST_STATEMENTS",
        help="Let any log say whom ids belong to, not only leadstream-statements.jsonl: no visitor can write to it.",
    ),
]
ForgetAfter = Annotated[
    int,
    typer.Option(
        "--forget-after",
        envvar="LEADSTREAM_FORGET_AFTER",
        min=0,
        help="Days after which visitors are forgotten whom nobody is known for, by accounts in a live flow; 0: never.",
    ),
]
Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="LEADSTREAM_DATA",
        help="Folder of the embedded server, dead letters and identity log.",
        rich_help_panel=SERVER,
    ),
]
RedisUrl = Annotated[
    str,
    typer.Option(
        "--redis",
        envvar="LEADSTREAM_REDIS",
        help="Redis URL, of a cluster redis://HOST:PORT,HOST:PORT. Without it the embedded server is used.",
        rich_help_panel=SERVER,
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_NAMESPACE", callback=_name, help="Beginning of all keys in Redis.", rich_help_panel=SERVER
    ),
]
Secret = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_SECRET",
        help="Secret for the digests in keys; without it one is made and kept in Redis.",
        rich_help_panel=SERVER,
        show_default=False,
    ),
]
Shards = Annotated[
    int | None,
    typer.Option(
        envvar="LEADSTREAM_SHARDS",
        min=1,
        max=1024,
        help="Shards of a new namespace (16); an old one keeps its own.",
        rich_help_panel=SERVER,
        show_default=False,
    ),
]
ModelFile = Annotated[
    Path | None,
    typer.Option(
        "--model",
        envvar="LEADSTREAM_MODEL",
        help="Scoring model, a TOML file; without it the standard model.",
        show_default=False,
    ),
]
HubSpotToken = Annotated[
    str,
    typer.Option(
        "--hubspot-token",
        envvar="LEADSTREAM_HUBSPOT_TOKEN",
        help="Token of a HubSpot private app.",
        rich_help_panel=CRM,
        show_default=False,
    ),
]
HubSpotTokenFile = Annotated[
    Path | None,
    typer.Option(
        "--hubspot-token-file",
        envvar="LEADSTREAM_HUBSPOT_TOKEN_FILE",
        help="A file that has the token instead; it is read again when HubSpot refuses the token.",
        rich_help_panel=CRM,
        show_default=False,
    ),
]
HubSpotUrl = Annotated[
    str,
    typer.Option(envvar="LEADSTREAM_HUBSPOT_URL", callback=_web_address, help="HubSpot's API.", rich_help_panel=CRM),
]
CreateCompanies = Annotated[
    bool,
    typer.Option(
        "--create-companies",
        envvar="LEADSTREAM_CREATE_COMPANIES",
        help="Create companies that HubSpot does not have yet.",
        rich_help_panel=CRM,
    ),
]
ChangesFile = Annotated[
    Path | None,
    typer.Option(
        "--changes",
        envvar="LEADSTREAM_CHANGES",
        help="JSONL file that gets a line for every score change.",
        rich_help_panel=CRM,
        show_default=False,
    ),
]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port",
        envvar="LEADSTREAM_METRICS_PORT",
        min=0,
        max=65535,
        help="Port of /metrics, /live and /ready; 0 takes a free one. Without it nothing listens.",
        rich_help_panel=WATCHED,
        show_default=False,
    ),
]
MetricsHost = Annotated[
    str,
    typer.Option(
        "--metrics-host",
        envvar="LEADSTREAM_METRICS_HOST",
        help="Address it listens on; whoever reaches it can read it.",
        rich_help_panel=WATCHED,
    ),
]
LogFormat = Annotated[
    Literal["human", "json"],
    typer.Option(
        "--log-format",
        envvar="LEADSTREAM_LOG_FORMAT",
        callback=_speak,
        help="What stands on standard error: sentences, or JSON lines for what is worth waking up for.",
        rich_help_panel=WATCHED,
    ),
]
At = Annotated[
    str,
    typer.Option("--at", help="As of this time (ISO 8601) instead of now.", rich_help_panel=CLOCK, show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]

STATE = {"data": Data, "redis": RedisUrl, "namespace": Namespace, "secret": Secret}
MODEL = {"model": ModelFile}
LIMITS = {"contacts_per_visitor": ContactsPerVisitor, "visitors_per_id": VisitorsPerId}
FORGETTING = {"forget_after_days": ForgetAfter}
TRUST = {"trust_statements": TrustStatements}
READING = {"until_end": UntilEnd, "log_time": LogTime}
SHARDS = {"shards": Shards}
SEEN = {"metrics_port": MetricsPort, "metrics_host": MetricsHost, "log_format": LogFormat}
PROCESSES = {"workers": Workers, "addresses": Addresses, "process": Process}
TOLD_SINKS = {
    "hubspot_token": HubSpotToken,
    "hubspot_token_file": HubSpotTokenFile,
    "hubspot_url": HubSpotUrl,
    "changes": ChangesFile,
}
SINKS = {**TOLD_SINKS, "create_companies": CreateCompanies}
