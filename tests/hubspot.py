"""HubSpot sinks on a simulated CRM, and subjects that no other test knows."""

from collections.abc import Callable
from itertools import count

import msgspec

from sinks.hubspot import HubSpot, HubSpotSettings
from tests.clock import Clock
from tests.simulated_crm import TOKEN, SimulatedCrm

_number = count()


def open_sink(crm: SimulatedCrm, clock: Clock, **settings: object) -> HubSpot:
    """A sink that may write to the CRM."""
    known = HubSpotSettings(token=TOKEN, base_url=crm.url)
    return HubSpot(msgspec.structs.replace(known, **settings), clock=clock)


def newcomer() -> str:
    """A new address."""
    return f"ann{next(_number)}@acme.example"


def new_domain() -> str:
    """A new domain."""
    return f"acme{next(_number)}.example"


def calls_of(crm: SimulatedCrm, path: str, act: Callable[[], object]) -> int:
    """How many calls to the path it makes."""
    before = sum(crm.calls(path).values())
    act()
    return sum(crm.calls(path).values()) - before
