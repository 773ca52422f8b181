"""The broker that Kafka's tests and the demo on Kafka start."""

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from dev.kafka_broker import Broker


def test_what_was_written_is_there_after_a_hard_stop(own_broker: Broker) -> None:
    admin = AdminClient({"bootstrap.servers": own_broker.address})
    admin.create_topics([NewTopic("kept", 1)])["kept"].result()
    producer = Producer({"bootstrap.servers": own_broker.address, "acks": "all"})
    producer.produce("kept", b"{}")
    producer.flush()
    own_broker.stop(hard=True)
    own_broker.start()
    assert list(admin.list_topics(timeout=10).topics) == ["kept"]
