"""What a person sets when they run leadstream: flag, then environment, then the default here."""

import os
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

import msgspec

from config.kafka import KafkaAccess, Mechanism

SECRETS = ("secret", "hubspot_token", "kafka_password", "kafka_key_password")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting of every command; each command uses its part. Printing one shows no secret.

    `data` is the folder of the embedded server, the dead letters and the identity log. Without `redis` (a URL)
    the embedded server is used. `speed` is a time-lapse: log time passes that many times as fast as wall time;
    0 reads as fast as possible. With `log_time` (implied by `speed`) the log's own time is the clock.
    Metrics are served only if `metrics_port` is given; 0 takes a free one.
    `workers` processes are started here, the first of them being number `process` of all at `addresses` (HOST:PORT with
    commas between).

    With `kafka` (HOST:PORT, several with commas) events come from `topics` there instead of `log`: where nothing was
    read yet, from the time `since` (ms) on; what is read once ends before the time `until` (ms). See `KafkaAccess` for
    what begins with kafka_. What the flow tells itself goes to `identity_topic` then, and dead letters to
    `dead_letter_topic` if one is named. Score changes go to a file (`changes`) or to `changes_topic`.

    A rebuild folds into a `generation` of the namespace of its own; all else goes on with the current one.
    """

    data: Path = Path("leadstream-data")
    redis: str = ""
    namespace: str = "leadstream"
    generation: int | None = None
    shards: int | None = None
    secret: str = ""
    model: Path | None = None
    log: Path | None = None
    kafka: str = ""
    kafka_tls: bool = False
    kafka_ca: Path | None = None
    kafka_certificate: Path | None = None
    kafka_key: Path | None = None
    kafka_key_password: str = ""
    kafka_user: str = ""
    kafka_password: str = ""
    kafka_mechanism: Mechanism = "PLAIN"
    topics: tuple[str, ...] = ("events",)
    since: int | None = None
    until: int | None = None
    identity_topic: str = ""
    dead_letter_topic: str = ""
    until_end: bool = False
    speed: float = 0.0
    log_time: bool = False
    contacts_per_visitor: int = 5
    visitors_per_id: int = 250
    forget_after_days: int = 180
    trust_statements: bool = False
    workers: int = 1
    addresses: str = ""
    process: int = 0
    epoch_ms: int = 500
    bundle: int = 1
    rewind_ms: int = 5_000
    hubspot_url: str = "https://api.hubapi.com"
    hubspot_token: str = ""
    hubspot_token_file: Path | None = None
    create_companies: bool = False
    search_lag_s: float = 10.0
    changes: Path | None = None
    changes_topic: str = ""
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    log_format: Literal["human", "json"] = "human"

    @property
    def names_hubspot(self) -> bool:
        """Whether a token, or the file that has it, is given."""
        return bool(self.hubspot_token or self.hubspot_token_file)

    def kafka_access(self) -> KafkaAccess:
        """How to reach Kafka."""
        return KafkaAccess(
            servers=self.kafka, tls=self.kafka_tls, ca=self.kafka_ca, certificate=self.kafka_certificate,
            key=self.kafka_key, key_password=self.kafka_key_password, user=self.kafka_user,
            password=self.kafka_password, mechanism=self.kafka_mechanism,
        )  # fmt: skip

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The fields as rich prints them, secrets masked."""
        masked = {name: "***" for name in SECRETS if getattr(self, name)}
        masked["redis"] = _without_secrets(self.redis)
        return [(name, masked.get(name, getattr(self, name))) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    __str__ = __repr__


def _without_secrets(url: str) -> str:
    """A Redis URL without user, password and options (which may hold a password, too).

    >>> _without_secrets("redis://ann:secret@cache:6379/0?password=secret")
    'redis://***@cache:6379/0?***'
    """
    plain, asked, _ = url.partition("?")
    scheme, separator, rest = plain.partition("://")
    _, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{'***@' if at else ''}{host}{'?***' if asked else ''}"


def to_json(settings: Settings) -> bytes:
    """The settings, secrets and all, for another process of ours; see `from_json`."""
    return msgspec.json.encode(settings, enc_hook=lambda path: quote(bytes(path)))  # a path may be no Unicode


def from_json(encoded: bytes) -> Settings:
    """The settings that `to_json` encoded.

    >>> from_json(to_json(Settings(log=Path("caf\\udce9.jsonl")))).log
    PosixPath('caf\\udce9.jsonl')
    """
    return msgspec.json.decode(
        encoded, type=Settings, dec_hook=lambda _, text: Path(os.fsdecode(unquote_to_bytes(text)))
    )
