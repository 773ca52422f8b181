"""One simulated CRM for each module, emptied before each test."""

from collections.abc import Iterator

import httpx
import pytest
from hubspot import HubSpot

from simulators.hubspot.server import running
from simulators.hubspot.settings import SimulatorSettings
from tests.integration.hubspot_simulator.calls import TOKEN


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running(SimulatorSettings(token=TOKEN, search_lag_ms=0, burst=1_000)) as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    httpx.post(f"{server}_simulator/reset").raise_for_status()
    return server


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def client(url: str) -> HubSpot:
    return HubSpot(access_token=TOKEN, host=url.rstrip("/"))
