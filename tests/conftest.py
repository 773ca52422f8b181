"""What all suites share."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from dev.kafka_broker import Broker
    from tests.kafka_topics import TestTopics

# A slow machine is no failure, and CI tries the same examples each time so that a red run can be repeated.
settings.register_profile("leadstream", deadline=None, print_blob=True, derandomize="CI" in os.environ)
# For a night on a spare machine: HYPOTHESIS_PROFILE=thorough; no test is timed out then.
settings.register_profile("thorough", settings.get_profile("leadstream"), max_examples=10_000, derandomize=False)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "leadstream")
settings.load_profile(PROFILE)

Started = TypeVar("Started")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ten thousand examples take as long as they take; what a test says of its own time is meant for a hundred."""
    if PROFILE == "thorough":
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)  # before the test's own, which else counts


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that all tests share; each uses a namespace of its own."""
    from state.embedded import serve  # a unit test needs no Redis client

    with serve(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of three servers that all tests share; each uses a namespace of its own."""
    from tests.servers import cluster  # a unit test needs no Redis client

    with cluster(tmp_path_factory.mktemp("cluster")) as formed:
        yield formed.url


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """A Kafka broker that all tests share; each uses topics of its own."""
    from dev.kafka_broker import address  # as above: most tests need no Kafka client

    with ExitStack() as opened:
        yield _or_skip(lambda: opened.enter_context(address()))


@pytest.fixture(scope="session")
def kafka_topics(kafka_address: str) -> "TestTopics":
    """Makes topics on the broker that all share, and does to them what others do."""
    from tests.kafka_topics import TestTopics

    return TestTopics(kafka_address)


@pytest.fixture(scope="module")
def own_broker() -> Iterator["Broker"]:
    """A Kafka broker that tests may stop and start."""
    from dev.kafka_broker import serving

    with ExitStack() as opened:
        yield _or_skip(lambda: opened.enter_context(serving()))


def _or_skip(start: Callable[[], Started]) -> Started:
    """What was started. Where no broker can be started, tests that need one are skipped by name; but never in CI."""
    from dev.kafka_jars import NoBroker

    try:
        return start()
    except NoBroker as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


@pytest.fixture
def namespace() -> str:
    """A namespace that no other test knows."""
    return f"test-{uuid4().hex}"
