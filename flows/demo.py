"""The demo: the real flows over a log in time-lapse, into a simulated CRM, with a summary at the end."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live

from config.settings import Settings
from flows.delivery import outbox_depth
from flows.delivery_run import Delivered
from flows.demo_replay import offer
from flows.demo_view import Scene, standing, summary
from flows.launcher import Launcher
from flows.models import model_of, scoring_of
from flows.notices import Notice
from flows.process import environment, program
from flows.reading import Reading
from flows.scoring_run import Report
from flows.stores import connection, server
from state.redis_store import RedisStore
from state.store import Store

TOKEN = "demo"
REFRESH_S = 1.0
DRAINED_WITHIN_S = 120.0
SEARCH_LAG_S = 2.0
"""The simulated CRM's search lags one second behind."""


class Demo:
    """Everything in one go, in a data folder that goes with it.

    A log on Kafka has no end: `is_over` says when all that is played has been read.
    """

    def __init__(
        self, settings: Settings, port: int, *, stay: bool, is_over: Callable[[Report], bool] = lambda _: False
    ) -> None:
        self._settings = settings
        self._port = port
        self._stay = stay
        self._is_over = is_over
        self._console = Console()
        self._scene = Scene()

    def run(self) -> int:
        """Play the log; the exit code."""
        with tempfile.TemporaryDirectory(prefix="leadstream-demo-") as folder:
            settings = msgspec.structs.replace(self._settings, data=Path(folder))
            with server(settings) as reachable, Crm(self._port) as crm:
                settings = msgspec.structs.replace(
                    reachable,
                    hubspot_url=crm.address,
                    hubspot_token=TOKEN,
                    create_companies=True,
                    search_lag_s=SEARCH_LAG_S,
                )
                self._console.print(f"The CRM is at [bold]{crm.address}[/]: open it and watch it fill.\n")
                try:
                    return self._play(settings, crm)
                except KeyboardInterrupt:
                    return 0

    def _play(self, settings: Settings, crm: "Crm") -> int:
        score = Launcher("score", settings, self._say)
        deliver = Launcher("deliver", msgspec.structs.replace(settings, until_end=False), self._say)
        scoring = _thread(score, lambda line: self._on_score(line, score))
        delivering = _thread(deliver, self._on_delivery)
        try:
            scoring.start()
            delivering.start()
            with connection(settings) as store:
                reading = Reading(store, model_of(settings), scoring_of(settings))
                self._watch(scoring, store, reading)
                self._drain(store, delivering)
                deliver.stop()
                delivering.join()  # its last report says what was written in all
                self._console.print(summary(reading, store.clock() or 0, self._scene))
        finally:
            for flow, thread in ((score, scoring), (deliver, delivering)):
                flow.stop()
                if thread.ident is not None:  # ended before it was started
                    thread.join()
        assert self._settings.log is not None
        if self._stay:
            offer(self._settings.log, self._console)
            self._console.print(f"\nThe pages stay up at [bold]{crm.address}[/] until Ctrl-C.")
            crm.wait()
        return 0 if self._scene.score and self._scene.score.done else 1

    def _watch(self, scoring: threading.Thread, store: RedisStore, reading: Reading) -> None:
        """Show the hottest contacts and accounts while the log plays."""
        with Live(console=self._console, auto_refresh=False, transient=True) as live:
            while scoring.is_alive():
                clock = store.clock()
                if clock is not None and self._console.is_terminal:
                    live.update(standing(reading, clock, self._scene), refresh=True)
                scoring.join(REFRESH_S)
                self._note(clock)

    def _note(self, clock: int | None) -> None:
        """Where nothing can be rewritten, a line every week of the log."""
        if not self._console.is_terminal and clock is not None and (line := self._scene.week(clock)):
            self._console.print(line)

    def _drain(self, store: Store, delivering: threading.Thread) -> None:
        """Wait until the CRM has been told everything. The outbox knows; what was reported may be older than it."""
        deadline = time.monotonic() + DRAINED_WITHIN_S
        while delivering.is_alive() and outbox_depth(store) and time.monotonic() < deadline:
            delivering.join(REFRESH_S)

    def _on_score(self, line: bytes, flow: Launcher) -> None:
        self._scene.score = report = msgspec.json.decode(line, type=Report)
        if self._is_over(report) and not report.done:
            flow.stop()

    def _on_delivery(self, line: bytes) -> None:
        self._scene.delivered = msgspec.json.decode(line, type=Delivered)

    def _say(self, notice: Notice) -> None:
        self._console.print(f"leadstream: {notice.text}")


def _thread(flow: Launcher, on_report: Callable[[bytes], None]) -> threading.Thread:
    return threading.Thread(target=flow.run, args=(on_report,), daemon=True)


class Crm:
    """The simulated CRM in a process of its own."""

    def __init__(self, port: int) -> None:
        command = [*program("flows.cli"), "simulate-crm", "--port", str(port), "--token", TOKEN, "--burst", "1000"]
        self._process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
        self.address = ""

    def __enter__(self) -> "Crm":
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise SystemExit(self._process.returncode or 1)
        self.address = line.split()[-1].rstrip("/")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def wait(self) -> None:
        """Until somebody ends it."""
        self._process.wait()
