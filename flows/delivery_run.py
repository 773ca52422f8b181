"""One run of the deliver flow in this process."""

import signal
from collections.abc import Callable
from contextlib import ExitStack, closing
from types import FrameType

import msgspec
from msgspec import UNSET, UnsetType

from config.model import Model
from config.settings import Settings
from flows.deliver import deliver_flow
from flows.delivery import Delivery
from flows.engine import run_flow
from flows.metrics.delivery_meter import DeliveryMeter
from flows.models import announce_model, in_use
from flows.reading import Reading
from flows.taking import when_free
from sinks.changes import Changes
from sinks.changes_topic import ChangesTopic
from sinks.hubspot import HubSpot, HubSpotSettings
from state.clock import wall_clock
from state.measures import Measures
from state.record import Sink
from state.store import DELIVERY, ROLE_LEASE_MS, Store

REPORT_MS = 500
RESERVED = "the CRM's last calls of today are kept for changes of band"


class Delivered(msgspec.Struct, frozen=True):
    """How far delivery is. `waiting` is the outbox's depth; `paused` says why nothing is being written."""

    written: int
    refused: int
    skipped: int
    unchanged: int
    waiting: int
    paused: str = ""
    done: bool = False
    measures: Measures | UnsetType = UNSET


class DeliveryRun:
    """Delivers until SIGTERM, or until the outbox is empty if the settings say so."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[Delivered], None]) -> None:
        self._settings = settings
        self._store = store
        self._tell = tell
        self._terminated = False
        self._reported = 0
        self._model = 0
        self._outdated = False

    def run(self) -> Delivered:
        """Run to the end."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        when_free(lambda: self._store.hold(DELIVERY), ROLE_LEASE_MS, lambda: self._terminated)
        delivered, delivery = self._until_other_model(None)
        while not self._over(delivery):
            delivered, delivery = self._until_other_model(delivery)
        self._store.release(DELIVERY)
        return delivered

    def _until_other_model(self, before: Delivery | None) -> tuple[Delivered, Delivery]:
        """Deliver under the active model. Bands are part of it, and sinks know them, so they are opened anew."""
        used = in_use(self._settings, self._store)
        self._model, self._outdated = used.number, False
        announce_model("delivering", used)
        reading = Reading(self._store, used.model, used.scoring)
        with ExitStack() as opened:
            sinks = [opened.enter_context(closing(sink)) for sink in sinks_of(self._settings, used.model)]
            delivery = Delivery(self._store, reading, sinks, wall_clock)
            if before:
                delivery.go_on_from(before)
            meter = DeliveryMeter(delivery, sinks, self._store)
            run_flow(deliver_flow(delivery, lambda: self._stopping(delivery, meter)), self._settings.epoch_ms)
            return _report(delivery, meter, done=self._over(delivery)), delivery

    def _over(self, delivery: Delivery) -> bool:
        return self._terminated or (self._settings.until_end and delivery.is_done)

    def _stopping(self, delivery: Delivery, meter: DeliveryMeter) -> bool:
        """Looks after what has to be done from time to time as well: say how far it is, and that it is alive."""
        now = wall_clock()
        if now - self._reported >= REPORT_MS:
            self._reported = now
            self._store.hold(DELIVERY)
            self._tell(_report(delivery, meter, done=False))
            self._outdated = self._store.count_activations() != self._model
        return self._outdated or self._over(delivery)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._terminated = True


def _report(delivery: Delivery, meter: DeliveryMeter, *, done: bool) -> Delivered:
    tally = delivery.tally
    counts = (tally.of("written"), tally.of("refused"), tally.of("skipped"), tally.of("unchanged"))
    paused = delivery.paused_for or (RESERVED if delivery.holds_back else "")
    return Delivered(*counts, delivery.depth(), paused, done, meter.measures())


def sinks_of(settings: Settings, model: Model) -> list[Sink]:
    """The sinks that the settings name."""
    sinks: list[Sink] = []
    if settings.names_hubspot:
        bands = tuple(dict.fromkeys(band.name for card in (model.contact, model.account) for band in card.bands))
        sinks.append(
            HubSpot(
                HubSpotSettings(
                    token=settings.hubspot_token,
                    token_file=settings.hubspot_token_file,
                    base_url=settings.hubspot_url,
                    create_companies=settings.create_companies,
                    bands=bands,
                    search_lag_s=settings.search_lag_s,
                )
            )
        )
    if settings.changes:
        sinks.append(Changes(settings.changes))
    if settings.changes_topic:
        sinks.append(ChangesTopic(settings.kafka_access(), settings.changes_topic))
    return sinks
