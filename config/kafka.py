"""How to reach a Kafka cluster."""

from pathlib import Path
from typing import Literal

import msgspec

Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
SECRETS = ("password", "key_password")


class KafkaAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Where brokers are (`host:port`, several with commas), and who we are to them. Printing one shows no secret.

    `tls` is implied by any of the files, all PEM: `ca` the authority that signed the brokers' certificates (without it
    the machine's own list), `certificate` and `key` ours. With a `user` we log in by SASL.
    """

    servers: str = ""
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: str = ""
    user: str = ""
    password: str = ""
    mechanism: Mechanism = "PLAIN"

    def client(self) -> dict[str, str | int | float | bool]:
        """The settings of a client, as librdkafka names them; we say ourselves what is wrong, so its log is off.

        >>> KafkaAccess(servers="kafka:9093", tls=True, user="ann").client()["security.protocol"]
        'SASL_SSL'
        """
        files = {
            "ssl.ca.location": self.ca, "ssl.certificate.location": self.certificate, "ssl.key.location": self.key,
        }  # fmt: skip
        ssl = "SSL" if self.tls or any(files.values()) else ""
        login = {"sasl.mechanism": self.mechanism, "sasl.username": self.user, "sasl.password": self.password}
        return {
            "bootstrap.servers": self.servers,
            "client.id": "leadstream",
            "log_level": 0,
            "reconnect.backoff.max.ms": 1_000,  # a broker that is back is found at once
            "security.protocol": "_".join(filter(None, ("SASL" if self.user else "", ssl or "PLAINTEXT"))),
            **{name: str(path) for name, path in files.items() if path},
            **({"ssl.key.password": self.key_password} if self.key_password else {}),
            **(login if self.user else {}),
        }

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The fields as rich prints them, secrets masked."""
        masked = {name: "***" for name in SECRETS if getattr(self, name)}
        return [(name, masked.get(name, getattr(self, name))) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        return f"KafkaAccess({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    __str__ = __repr__
