"""Running the simulator: `serve` until a signal, `running` for the length of a test."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from simulators.hubspot.app import application
from simulators.hubspot.settings import SimulatorSettings
from simulators.hubspot.simulator import Simulator

_HOST = "127.0.0.1"
_BACKLOG = 128


class PortTaken(OSError):
    """Something else listens on the port; the message names it and the remedy."""


def serve(settings: SimulatorSettings) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT, then return.

    Prints `simulated CRM on http://127.0.0.1:PORT/` once it listens. Raises `PortTaken`, and `SeedUnusable`
    for a seed file that cannot be used; both messages are for the user.
    """
    simulator = Simulator(settings, wall_clock)
    with listening(settings.port) as listener:
        print(f"simulated CRM on {_address(listener)}", flush=True)
        _Server(simulator).run(sockets=[listener])


@contextmanager
def running(settings: SimulatorSettings) -> Iterator[str]:
    """The same in a thread, for tests: gives the address, stops at the end."""
    simulator = Simulator(settings, wall_clock)
    with listening(settings.port) as listener:
        server = _Server(simulator)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join()


def wall_clock() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


class _Server(uvicorn.Server):
    def __init__(self, simulator: Simulator) -> None:
        super().__init__(_config(simulator))
        self._simulator = simulator

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.closing.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again once it has shut down, so that a clean end looks like a kill.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self._stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.should_exit = True


def _config(simulator: Simulator) -> uvicorn.Config:
    # No access log: a path can hold an e-mail address.
    return uvicorn.Config(
        application(simulator),
        access_log=False,
        lifespan="off",
        log_config=None,
        log_level="error",
        timeout_graceful_shutdown=1,
    )


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that listens on 127.0.0.1; raises `PortTaken`."""
    # asyncio sends small answers at once (TCP_NODELAY) only where the socket names its protocol.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError as taken:
            raise PortTaken(f"port {port} on {_HOST} cannot be used ({taken.strerror}); choose another") from taken
        listener.listen(_BACKLOG)
        yield listener


def _address(listener: socket.socket) -> str:
    return f"http://{_HOST}:{listener.getsockname()[1]}/"
