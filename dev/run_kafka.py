"""`make run-kafka`: the demo with its events coming through a real Kafka broker.

    python -m dev.run_kafka [LOG] [--speed DAYS_A_SECOND] [--port PORT] [--exit]

A site's traffic is written to the topic `events` as it happens, in time-lapse, and everything else is as in `leadstream
run`: the flows as users start them, a Redis-protocol server, a simulated CRM. The broker is the one that
`KAFKA_BOOTSTRAP_SERVERS` names, else one that is started for the demo and gone after it.
"""

import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from confluent_kafka import Producer

from config.settings import Settings
from dev.kafka_broker import address
from dev.kafka_jars import NoBroker
from flows.demo import Demo
from flows.scoring_run import Report
from sources.logs import Logs, Share
from sources.pace import Pace
from state.clock import wall_clock
from state.kafka_cluster import FOREVER, Cluster

PARTITIONS = 4
DAY_A_SECOND = 86_400.0
LIVE_EPOCH_MS = 250
IDLE_S = 0.02


class Site(threading.Thread):
    """Writes a log's events to a topic when their time has come."""

    def __init__(self, settings: Settings, log: Path, speed: float) -> None:
        super().__init__(daemon=True)
        self._topic = settings.topics[0]
        self._producer = Producer(settings.kafka_access().client())
        self._logs = Logs(log, {}, follow=False, share=Share((0, 1)))
        start = self._logs.first_time() or wall_clock()
        self._logs.pace(Pace(speed=speed * DAY_A_SECOND, start_wall_ms=wall_clock(), start_log_ms=start))
        self.written = 0
        self.done = False

    def run(self) -> None:
        """To the log's end."""
        while not self._logs.at_end:
            batch = self._logs.read()
            for line in batch.lines if batch else ():
                self._write(line)
            self.written += len(batch.lines) if batch else 0
            if batch is None:
                time.sleep(IDLE_S)
        self._producer.flush()
        self.done = True

    def _write(self, line: bytes) -> None:
        while True:
            try:
                self._producer.produce(self._topic, line, partition=zlib.crc32(line) % PARTITIONS)
                self._producer.poll(0)
                return
            except BufferError:  # the broker is slower than this time-lapse
                self._producer.poll(IDLE_S)

    def is_read(self, report: Report) -> bool:
        """Whether all of it was written, and has been read."""
        return self.done and report.received >= self.written


def main(
    log: Annotated[Path, typer.Argument(help="The log to play.")] = Path("sample/events.jsonl.zst"),
    speed: Annotated[float, typer.Option(min=0.01, max=10_000, help="Days of the log per second.")] = 1.0,
    port: Annotated[int, typer.Option(help="Port of the CRM's page; 0 takes a free one.")] = 8090,
    exit_at_end: Annotated[bool, typer.Option("--exit", help="End after the summary; the pages go too.")] = False,
) -> None:
    """Four months of a company's traffic in time-lapse, through Kafka and the real flows, into a simulated CRM."""
    try:
        with address() as kafka:
            settings = Settings(
                kafka=kafka, topics=(f"events-{uuid4().hex[:8]}",), namespace=f"demo-{uuid4().hex[:8]}", log=log,
                log_time=True, epoch_ms=LIVE_EPOCH_MS,
            )  # fmt: skip
            Cluster(settings.kafka_access()).create(settings.topics[0], FOREVER, PARTITIONS)
            print(f"Kafka is at {kafka}; the events go through the topic {settings.topics[0]}.")
            site = Site(settings, log, speed)
            site.start()
            code = Demo(settings, port, stay=not exit_at_end, is_over=site.is_read).run()
    except NoBroker as missing:
        print(f"{missing}. Or name a broker: KAFKA_BOOTSTRAP_SERVERS=host:port make run-kafka", file=sys.stderr)
        code = 2
    raise typer.Exit(code)


if __name__ == "__main__":
    typer.run(main)
