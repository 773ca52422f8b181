"""One Apache Kafka node, broker and controller in one process, on free ports of this machine only."""

import os
import secrets
import socket
import subprocess
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from dev.kafka_jars import NoBroker, jars

START_S = 60.0
STOP_S = 30.0
LOOK_S = 0.1
JAVA = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
USER, PASSWORD = "leadstream", secrets.token_hex(8)
"""Who may log in at the address for SASL; new in every run."""

CONFIG = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{plain},SASL_PLAINTEXT://127.0.0.1:{sasl},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{plain},SASL_PLAINTEXT://127.0.0.1:{sasl}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{user}="{password}";
log.dirs={folder}/topics
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
"""


class Broker:
    """A broker whose topics lie in a folder: it can be stopped and started again, under the same addresses."""

    def __init__(self, folder: Path) -> None:
        """Format the folder. Raises `NoBroker`."""
        self._folder = folder
        self._libs = jars()
        plain, sasl, controller = _free_ports(3)
        self.address = f"127.0.0.1:{plain}"
        self.sasl_address = f"127.0.0.1:{sasl}"
        self._config = folder / "server.properties"
        self._config.write_text(
            CONFIG.format(
                plain=plain, sasl=sasl, controller=controller, folder=folder.resolve(), user=USER, password=PASSWORD
            )
        )
        self._process: subprocess.Popen[bytes] | None = None
        cluster = urlsafe_b64encode(b"leadstream" + secrets.token_bytes(6)).decode().rstrip("=")
        if self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._config)).wait(START_S):
            raise NoBroker(f"Kafka cannot format its folder: {self._last_words()}")

    def start(self) -> None:
        """Start it, and wait until it answers. Raises `NoBroker`."""
        self._process = self._java("kafka.Kafka", str(self._config))
        deadline = time.monotonic() + START_S
        admin = AdminClient({"bootstrap.servers": self.address, "reconnect.backoff.max.ms": 200, "log_level": 0})
        while not _answers(admin):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop(hard=True)
                raise NoBroker(f"Kafka does not start: {self._last_words()}")

    def stop(self, *, hard: bool = False) -> None:
        """Stop it: in good order, or `hard` as if its machine had lost power to it."""
        if self._process is None:
            return
        if hard:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(STOP_S)
        self._process = None

    def _java(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "broker.log").open("ab") as log:
            command = [*JAVA, "-cp", f"{self._libs}/*", *arguments]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _last_words(self) -> str:
        said = (self._folder / "broker.log").read_text(errors="replace").strip().splitlines()
        return said[-1] if said else "it said nothing"


@contextmanager
def serving() -> Iterator[Broker]:
    """A running broker with nothing in it; it is gone afterwards, and so is its folder. Raises `NoBroker`."""
    with tempfile.TemporaryDirectory(prefix="leadstream-kafka-", ignore_cleanup_errors=True) as folder:
        broker = Broker(Path(folder))
        try:
            broker.start()
            yield broker
        finally:
            broker.stop(hard=True)


@contextmanager
def address() -> Iterator[str]:
    """Where a broker answers: the one that `KAFKA_BOOTSTRAP_SERVERS` names, else one of our own. Raises `NoBroker`."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield given
    else:
        with serving() as broker:
            yield broker.address


def _answers(admin: AdminClient) -> bool:
    try:
        return bool(admin.list_topics(timeout=1.0).brokers)
    except KafkaException:
        time.sleep(LOOK_S)
        return False


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all are held until the last is found, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
