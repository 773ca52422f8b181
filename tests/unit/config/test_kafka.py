"""How to reach Kafka: the client's settings, and what is shown of them."""

from pathlib import Path

import pytest

from config.kafka import KafkaAccess

SERVERS = "kafka:9092"


@pytest.mark.parametrize(
    ("access", "protocol"),
    [
        (KafkaAccess(servers=SERVERS), "PLAINTEXT"),
        (KafkaAccess(servers=SERVERS, tls=True), "SSL"),
        (KafkaAccess(servers=SERVERS, ca=Path("ca.pem")), "SSL"),
        (KafkaAccess(servers=SERVERS, user="ann"), "SASL_PLAINTEXT"),
        (KafkaAccess(servers=SERVERS, user="ann", tls=True), "SASL_SSL"),
    ],
)
def test_the_protocol_follows_from_what_is_given(access: KafkaAccess, protocol: str) -> None:
    assert access.client()["security.protocol"] == protocol


def test_files_and_login_are_named_as_librdkafka_names_them() -> None:
    access = KafkaAccess(
        ca=Path("ca.pem"), certificate=Path("our.pem"), key=Path("our.key"), key_password="k", user="ann",
        password="p", mechanism="SCRAM-SHA-512",
    )  # fmt: skip
    assert {name: value for name, value in access.client().items() if name.startswith(("ssl.", "sasl."))} == {
        "ssl.ca.location": "ca.pem",
        "ssl.certificate.location": "our.pem",
        "ssl.key.location": "our.key",
        "ssl.key.password": "k",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "ann",
        "sasl.password": "p",
    }


def test_what_is_not_given_is_not_set() -> None:
    assert [name for name in KafkaAccess(servers=SERVERS).client() if name.startswith(("ssl.", "sasl."))] == []


@pytest.mark.parametrize("shown", [repr, str, "{}".format])
def test_no_print_shows_a_secret(shown: object) -> None:
    assert callable(shown)
    assert "hush" not in shown(KafkaAccess(password="hush-1", key_password="hush-2"))
