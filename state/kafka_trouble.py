"""What can be wrong with Kafka, told from what librdkafka says of it.

It mends most troubles itself by trying again (a broker that restarts, a leader that moves); some need a person.
"""

from confluent_kafka import KafkaError

_TOPIC = "create it, or give the name of another"
_RIGHTS = "give this user the right to (an ACL), or log in as another"
_REMEDIES = {
    KafkaError._AUTHENTICATION: "check --kafka-user, LEADSTREAM_KAFKA_PASSWORD and --kafka-mechanism",
    KafkaError.SASL_AUTHENTICATION_FAILED: "check --kafka-user, LEADSTREAM_KAFKA_PASSWORD and --kafka-mechanism",
    KafkaError._SSL: "check --kafka-ca, --kafka-certificate and --kafka-key",
    KafkaError._INVALID_ARG: "check the flags that begin with --kafka",
    KafkaError.UNKNOWN_TOPIC_OR_PART: _TOPIC,
    KafkaError.UNKNOWN_TOPIC_ID: _TOPIC,
    KafkaError._UNKNOWN_TOPIC: _TOPIC,
    KafkaError._UNKNOWN_PARTITION: _TOPIC,
    KafkaError.TOPIC_EXCEPTION: "letters, digits, '.', '_' and '-' make a topic's name",
    KafkaError.TOPIC_AUTHORIZATION_FAILED: _RIGHTS,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: _RIGHTS,
    KafkaError.MSG_SIZE_TOO_LARGE: "raise the topic's max.message.bytes",
}


class KafkaUnavailable(Exception):
    """Kafka does not answer, or not in time. Nothing is lost: what was not noted as read is read again."""


class KafkaRefused(Exception):
    """Kafka will say no again, until somebody changes something; the message says what."""


def refusal(error: KafkaError, what: str = "Kafka") -> KafkaRefused | None:
    """What a person has to change before `what` can work; None for trouble that passes.

    >>> refusal(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART), "topic events")
    KafkaRefused('topic events: unknown topic or partition: create it, or give the name of another')
    >>> refusal(KafkaError(KafkaError._TRANSPORT))
    """
    remedy = _REMEDIES.get(error.code())
    return KafkaRefused(f"{what}: {words(error)}: {remedy}") if remedy else None


def words(error: KafkaError) -> str:
    """What librdkafka says, without where in itself it said so."""
    text = error.str().partition(" (after ")[0].removeprefix("Broker: ").removeprefix("Local: ")
    return text[:1].lower() + text[1:]
