"""Progress of a flow for people: one line that is rewritten on a terminal, one every few seconds elsewhere."""

import time
from collections.abc import Collection
from typing import TextIO

import msgspec
from msgspec import UNSET

from flows.delivery_run import Delivered
from flows.notices import VOICE
from flows.scoring_run import Report

EVERY_S = 5.0


class Progress:
    """Keeps the last report and shows it; what is said goes on lines of its own, see `flows.notices`."""

    def __init__(self, kind: type[Report] | type[Delivered], out: TextIO) -> None:
        self._decoder: msgspec.json.Decoder[Report | Delivered] = msgspec.json.Decoder(kind)
        self._out = out
        self._shown_at = time.monotonic()
        self._of_each: dict[int, Report] = {}
        self.last: Report | Delivered | None = None

    def report(self, line: bytes) -> None:
        """A process's line."""
        said = self._decoder.decode(line)
        if isinstance(said, Report):
            self._of_each[said.process] = said
            said = together(self._of_each.values())
        self.last = msgspec.structs.replace(said, measures=UNSET)
        terminal = self._out.isatty()
        if VOICE.form == "json":  # how far it is, metrics say
            return
        if terminal:
            self._out.write(f"\r\x1b[K{sentence(self.last)}")
            self._out.flush()
        elif self.last.done or time.monotonic() - self._shown_at >= EVERY_S:
            self._shown_at = time.monotonic()
            print(sentence(self.last), file=self._out, flush=True)

    def close(self) -> None:
        """Leave the rewritten line."""
        if self._out.isatty() and self.last is not None and VOICE.form == "human":
            print(file=self._out)


def together(reports: Collection[Report]) -> Report:
    """What the processes of a group report, as one.

    >>> one, other = (Report(9, 6, 2, 1, "2026-06-12", 1.5, True, process=number) for number in (0, 1))
    >>> together([one, other])  # doctest: +NORMALIZE_WHITESPACE
    Report(received=18, used=12, ignored=4, dead=2, as_of='2026-06-12', seconds=1.5, done=True, crawlers=0,
    shared_devices=0, refused_visitors=0, process=0, latest='', measures=UNSET)
    """
    return Report(
        received=sum(one.received for one in reports),
        used=sum(one.used for one in reports),
        ignored=sum(one.ignored for one in reports),
        dead=sum(one.dead for one in reports),
        as_of=max(one.as_of for one in reports),
        seconds=max(one.seconds for one in reports),
        done=all(one.done for one in reports),
        crawlers=sum(one.crawlers for one in reports),
        shared_devices=sum(one.shared_devices for one in reports),
        refused_visitors=sum(one.refused_visitors for one in reports),
        latest=max(one.latest for one in reports),
    )


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
    limits = f"{report.shared_devices:,} shared devices, {report.refused_visitors:,} visitors past an id's limit; "
    return (
        f"received {report.received:,} = used {report.used:,} + ignored {report.ignored:,}{crawlers} "
        f"+ dead {report.dead:,}; "
        f"{limits if report.shared_devices or report.refused_visitors else ''}"
        f"{rate:,.0f} events/s; scored as of {report.as_of}"
    )
