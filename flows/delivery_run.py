"""One run of the deliver flow in this process."""

import signal
from collections.abc import Callable
from types import FrameType

import msgspec

from config.model import Model
from config.settings import Settings
from flows.deliver import deliver_flow
from flows.delivery import Delivery
from flows.engine import run_flow
from flows.models import model_of, scoring_of
from flows.reading import Reading
from sinks.changes import Changes
from sinks.hubspot import HubSpot, HubSpotSettings
from state.clock import wall_clock
from state.record import Sink
from state.store import Store

REPORT_MS = 500


class Delivered(msgspec.Struct, frozen=True):
    """How far delivery is. `waiting` is the outbox's depth; `paused` says why nothing is being written."""

    written: int
    refused: int
    skipped: int
    unchanged: int
    waiting: int
    paused: str = ""
    done: bool = False


class DeliveryRun:
    """Delivers until SIGTERM, or until the outbox is empty if the settings say so."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[Delivered], None]) -> None:
        model = model_of(settings)
        self._settings = settings
        self._tell = tell
        self._sinks = sinks_of(settings, model)
        reading = Reading(store, model, scoring_of(settings))
        self._delivery = Delivery(store, reading, self._sinks, wall_clock)
        self._terminated = False
        self._reported = 0

    def run(self) -> Delivered:
        """Run to the end."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        flow = deliver_flow(self._delivery, self._stopping)
        try:
            run_flow(flow, self._settings.epoch_ms)
        finally:
            for sink in self._sinks:
                sink.close()
        return self._report(done=True)

    def _stopping(self) -> bool:
        now = wall_clock()
        if now - self._reported >= REPORT_MS:
            self._reported = now
            self._tell(self._report(done=False))
        return self._terminated or (self._settings.until_end and self._delivery.depth() == 0)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._terminated = True

    def _report(self, *, done: bool) -> Delivered:
        tally = self._delivery.tally
        return Delivered(
            tally["written"],
            tally["refused"],
            tally["skipped"],
            tally["unchanged"],
            self._delivery.depth(),
            self._delivery.paused_for,
            done,
        )


def sinks_of(settings: Settings, model: Model) -> list[Sink]:
    """The sinks that the settings name."""
    sinks: list[Sink] = []
    if settings.hubspot_token:
        bands = tuple(dict.fromkeys(band.name for card in (model.contact, model.account) for band in card.bands))
        sinks.append(
            HubSpot(
                HubSpotSettings(
                    token=settings.hubspot_token,
                    base_url=settings.hubspot_url,
                    create_companies=settings.create_companies,
                    bands=bands,
                    search_lag_s=settings.search_lag_s,
                )
            )
        )
    if settings.changes:
        sinks.append(Changes(settings.changes))
    return sinks
