"""What all suites share."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from hypothesis import settings

# A slow machine is no failure, and CI tries the same examples each time so that a red run can be repeated.
settings.register_profile("leadstream", deadline=None, print_blob=True, derandomize="CI" in os.environ)
# For a night on a spare machine: HYPOTHESIS_PROFILE=thorough, and --timeout=0.
settings.register_profile("thorough", settings.get_profile("leadstream"), max_examples=10_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "leadstream"))


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that all tests share; each uses a namespace of its own."""
    from state.embedded import serve  # a unit test needs no Redis client

    with serve(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def namespace() -> str:
    """A namespace that no other test knows."""
    return f"test-{uuid4().hex}"
