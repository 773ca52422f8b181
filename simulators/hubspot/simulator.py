"""One running simulator: the portal, its limits, the faults armed, the calls counted."""

import asyncio
from collections import Counter
from collections.abc import Callable

from starlette.requests import Request

from simulators.hubspot.crm import Crm, Shelf
from simulators.hubspot.errors import invalid
from simulators.hubspot.faults import Faults
from simulators.hubspot.quota import Quota
from simulators.hubspot.seed import plant
from simulators.hubspot.settings import SimulatorSettings

Clock = Callable[[], int]


class Simulator:
    """`clock` gives Unix milliseconds.

    `calls` counts by method, path (ids left out) and status, 0 where the connection was dropped.
    """

    def __init__(self, settings: SimulatorSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.closing = asyncio.Event()  # answers that are held back are given up then
        self.begin()

    def begin(self) -> None:
        """Be as if just started."""
        self.crm = Crm(self.settings.search_lag_ms)
        self.quota = Quota(self.settings)
        self.faults = Faults()
        self.calls: Counter[tuple[str, str, int]] = Counter()
        if self.settings.seed is not None:
            plant(self.crm, self.settings.seed, self.clock())


def simulator(request: Request) -> Simulator:
    """The simulator that answers a request."""
    found = request.app.state.simulator
    assert isinstance(found, Simulator)  # starlette's state is untyped
    return found


def shelf(request: Request) -> Shelf:
    """The records that the path's object type stands for."""
    name = request.path_params["kind"]
    found = simulator(request).crm.shelf(name)
    if found is None:
        raise invalid(f"Unable to infer object type from: {name}")
    return found
