"""A rebuild from Kafka's topics, beside a flow of several processes."""

from pathlib import Path

from config.settings import Settings
from tests.events import event
from tests.integration.conftest import Leadstream, Start
from tests.integration.rebuild.conftest import Shown
from tests.kafka_topics import TestTopics
from tests.rebuilds import ANN, BOB, CID, LATER, generation
from tests.waiting import wait_for

OLD = [event("webinar", email=ANN, messageId="1"), event("pricing_viewed", email=ANN, messageId="2")]


def test_a_rebuild_reads_the_topics_that_the_live_flow_reads_and_that_goes_on_where_it_came_to(
    kafka_topics: TestTopics, start: Start, leadstream: Leadstream, settings: Settings, webinar: Path, shown: Shown
) -> None:
    topic = kafka_topics.make(2)
    for part, line in enumerate(OLD):
        kafka_topics.write(topic, [line], part)
    kafka = ("--kafka", kafka_topics.access.servers, "--topic", topic)
    flow = start("score", *kafka, "--workers", "2")
    before = wait_for(lambda: shown(ANN))
    ended = leadstream("model", "activate", webinar, "--rebuild", "kafka", *kafka, "--workers", "2")
    assert (ended.code, generation(settings)) == (0, 1)
    kafka_topics.write(topic, [LATER], 1)
    wait_for(lambda: shown(CID))
    assert (shown(ANN), shown(CID)) == (before + 7, 7)
    assert (flow.end().code, "starting again" in flow.err) == (0, False)


def test_a_topic_whose_first_events_are_deleted_is_refused(
    kafka_topics: TestTopics, start: Start, leadstream: Leadstream, settings: Settings, webinar: Path, shown: Shown
) -> None:
    topic = kafka_topics.make(1)
    kafka_topics.write(topic, [*OLD, event("pricing_viewed", email=BOB, messageId="3")])
    kafka = ("--kafka", kafka_topics.access.servers, "--topic", topic)
    start("score", *kafka)
    wait_for(lambda: shown(BOB))
    kafka_topics.drop_before(topic, 1)
    refused = leadstream("model", "activate", webinar, "--rebuild", "kafka", *kafka)
    said = "retention has deleted its first events" in refused.err
    assert (refused.code, said, generation(settings)) == (2, True, 0)
