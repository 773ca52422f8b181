"""Kafka to Redis, beside a bare loop that consumes the same messages and decodes them."""

import tempfile
import time
from pathlib import Path
from uuid import uuid4

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition

from benchmarks.native import NativeEvent
from benchmarks.report import Row, Rows
from benchmarks.score_flow import FlowFailed, check_counts, score
from benchmarks.server import dedicated_server
from config.kafka import KafkaAccess
from dev.kafka_broker import address
from dev.kafka_jars import NoBroker
from state.kafka_cluster import FOREVER, Cluster

PARTITIONS = 4
AT_ONCE = 20_000
WAIT_S = 0.2
PROCESSES = (1, 2)
SHARDS = 64


def kafka_rows(log: Path, events: int) -> Rows:
    """The bare loop, then the flow on one process and on two. Without a broker, a row that says why."""
    try:
        with address() as servers:
            access = KafkaAccess(servers=servers)
            topic = _loaded(access, log)
            bare = _bare_rate(access, topic, events)
            rows = {"kafka_decode": Row("bare consume and decode, Kafka", bare)}
            for processes in PROCESSES:
                rows |= _flow_rows(access, topic, events, processes, bare)
            return rows
    except NoBroker as missing:
        return {"kafka": Row(f"Kafka to Redis: skipped, {missing}")}


def _loaded(access: KafkaAccess, log: Path) -> str:
    """A new topic with the log's lines."""
    topic = f"bench-{uuid4().hex[:8]}"
    Cluster(access).create(topic, FOREVER, PARTITIONS)
    producer = Producer({**access.client(), "linger.ms": 50, "queue.buffering.max.messages": 1_000_000})
    with log.open("rb") as lines:
        for number, line in enumerate(lines):
            producer.produce(topic, line.rstrip(b"\n"), partition=number % PARTITIONS)
            if number % AT_ONCE == 0:
                producer.flush()
    producer.flush()
    return topic


def _bare_rate(access: KafkaAccess, topic: str, events: int) -> float:
    """Events/s from the first messages that come to the last one."""
    decode = msgspec.json.Decoder(NativeEvent).decode
    consumer = Consumer({**access.client(), "group.id": "bench", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    first = consumer.consume(1, 60.0)
    began, count = time.perf_counter(), len(first)
    while count < events:
        messages = consumer.consume(AT_ONCE, WAIT_S)
        for message in messages:
            decode(message.value() or b"")
        count += len(messages)
    rate = count / (time.perf_counter() - began)
    consumer.close()
    return rate


def _flow_rows(access: KafkaAccess, topic: str, events: int, processes: int, bare: float) -> Rows:
    name, label = f"kafka_flow_{processes}", f"Kafka to Redis, processes: {processes}"
    kafka = ("--kafka", access.servers, "--topic", topic, "--identity-topic", f"{topic}-identity-{processes}")
    group = ("--workers", str(processes), "--shards", str(SHARDS)) if processes > 1 else ()
    try:
        with dedicated_server() as server, tempfile.TemporaryDirectory() as data:
            run = score(None, server, Path(data), *kafka, *group)
            check_counts(run, events)
    except FlowFailed as failed:
        return {name: Row(label, failed=str(failed))}
    figures = {"seconds": run.seconds, "share_of_kafka_decode": run.events_per_s / bare}
    return {name: Row(label, run.events_per_s, figures)}
