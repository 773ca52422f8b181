"""Progress of a flow on standard error: one line that is rewritten on a terminal, one every few seconds elsewhere."""

import time
from typing import TextIO

import msgspec

from flows.delivery_run import Delivered
from flows.scoring_run import Report

EVERY_S = 5.0


class Progress:
    """Keeps the last report and shows it; what is said goes on lines of its own."""

    def __init__(self, kind: type[Report] | type[Delivered], out: TextIO) -> None:
        self._decoder: msgspec.json.Decoder[Report | Delivered] = msgspec.json.Decoder(kind)
        self._out = out
        self._shown_at = time.monotonic()
        self.last: Report | Delivered | None = None

    def report(self, line: bytes) -> None:
        """A child's line."""
        self.last = self._decoder.decode(line)
        terminal = self._out.isatty()
        if terminal:
            self._out.write(f"\r\x1b[K{sentence(self.last)}")
            self._out.flush()
        elif self.last.done or time.monotonic() - self._shown_at >= EVERY_S:
            self._shown_at = time.monotonic()
            print(sentence(self.last), file=self._out, flush=True)

    def say(self, text: str) -> None:
        """Something worth a line."""
        start = "\r\x1b[K" if self._out.isatty() else ""
        print(f"{start}leadstream: {text}", file=self._out, flush=True)

    def close(self) -> None:
        """Leave the rewritten line."""
        if self._out.isatty() and self.last is not None:
            print(file=self._out)


def sentence(report: Report | Delivered) -> str:
    """A report as a line."""
    if isinstance(report, Delivered):
        paused = f", paused: {report.paused}" if report.paused and report.waiting else ""
        return (
            f"written {report.written:,}, refused {report.refused:,}, skipped {report.skipped:,}, "
            f"unchanged {report.unchanged:,}, waiting {report.waiting:,}{paused}"
        )
    rate = report.received / report.seconds if report.seconds else 0
    crawlers = f" ({report.crawlers:,} from crawlers)" if report.crawlers else ""
    return (
        f"received {report.received:,} = used {report.used:,} + ignored {report.ignored:,}{crawlers} "
        f"+ dead {report.dead:,}; "
        f"{rate:,.0f} events/s; scored as of {report.as_of}"
    )
