"""Options for Kafka: where it is, who we are to it, what is read and written there."""

import re
from pathlib import Path
from typing import Annotated

import typer

from config.kafka import Mechanism
from state.moment import milliseconds

PANEL = "Kafka"


def _time(text: str) -> int:
    """A date or a time in ISO 8601 as ms."""
    try:
        return milliseconds(text)
    except ValueError:
        raise typer.BadParameter("write it as 2026-06-01 or 2026-06-01T12:00:00Z") from None


def _topic(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,248}", name):
        raise typer.BadParameter("letters, digits, '.', '_' and '-' make a topic's name")
    return name


def _topics(names: list[str]) -> list[str]:
    return [_topic(name) for name in names]


Servers = Annotated[
    str,
    typer.Option(
        "--kafka",
        envvar="LEADSTREAM_KAFKA",
        help="Brokers: HOST:PORT, several with commas between.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Topics = Annotated[
    list[str],
    typer.Option(
        "--topic",
        envvar="LEADSTREAM_TOPICS",
        callback=_topics,
        help="Topic of events; give it again for more.",
        rich_help_panel=PANEL,
    ),
]
Since = Annotated[
    int | None,
    typer.Option(
        "--from",
        parser=_time,
        metavar="TIME",
        help="Where nothing was read yet, or retention deleted what comes next: begin with events of this time.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Begins = Annotated[
    int | None,
    typer.Option(
        "--from",
        parser=_time,
        metavar="TIME",
        help="Begin with events of this time, by their Kafka timestamps; else with the earliest that Kafka keeps.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Ends = Annotated[
    int | None,
    typer.Option(
        "--until",
        parser=_time,
        metavar="TIME",
        help="End before events of this time, by their Kafka timestamps; else with what is there at the start.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
IdentityTopic = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_IDENTITY_TOPIC",
        callback=_topic,
        help="Topic of what the flow tells itself about known ids; without it NAMESPACE-identity. Made if need be.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
DeadLetterTopic = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_DEAD_LETTER_TOPIC",
        callback=_topic,
        help="Topic for dead letters instead of the file in the data folder. Made if need be.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
ChangesTopic = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_CHANGES_TOPIC",
        callback=_topic,
        help="Topic that gets a message for every score change; made, compacted, if need be.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Tls = Annotated[
    bool,
    typer.Option(
        "--kafka-tls", envvar="LEADSTREAM_KAFKA_TLS", help="Encrypt; implied by --kafka-ca.", rich_help_panel=PANEL
    ),
]
Ca = Annotated[
    Path | None,
    typer.Option(
        envvar="LEADSTREAM_KAFKA_CA",
        help="PEM file of the authority that signed the brokers' certificates.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option(
        envvar="LEADSTREAM_KAFKA_CERTIFICATE",
        help="Our certificate, a PEM file.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Key = Annotated[
    Path | None,
    typer.Option(envvar="LEADSTREAM_KAFKA_KEY", help="Its key, a PEM file.", rich_help_panel=PANEL, show_default=False),
]
KeyPassword = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_KAFKA_KEY_PASSWORD",
        help="Password of that key; better in the environment.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
User = Annotated[
    str,
    typer.Option(envvar="LEADSTREAM_KAFKA_USER", help="Log in by SASL.", rich_help_panel=PANEL, show_default=False),
]
Password = Annotated[
    str,
    typer.Option(
        envvar="LEADSTREAM_KAFKA_PASSWORD",
        help="The user's password; better in the environment.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
HowToLogIn = Annotated[
    Mechanism, typer.Option("--kafka-mechanism", envvar="LEADSTREAM_KAFKA_MECHANISM", rich_help_panel=PANEL)
]

ACCESS = {
    "kafka": Servers,
    "kafka_tls": Tls,
    "kafka_ca": Ca,
    "kafka_certificate": Certificate,
    "kafka_key": Key,
    "kafka_key_password": KeyPassword,
    "kafka_user": User,
    "kafka_password": Password,
    "kafka_mechanism": HowToLogIn,
}
EVENTS = {"topics": Topics, "since": Since}
RANGE = {"topics": Topics, "since": Begins, "until": Ends}
WRITTEN = {"identity_topic": IdentityTopic, "dead_letter_topic": DeadLetterTopic}
CHANGES = {"changes_topic": ChangesTopic}
