"""`leadstream archive`."""

import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config.settings import Settings
from flows import kafka_options, options
from flows.archive import Archived, ArchiveRun
from flows.command import takes
from flows.exits import Problem
from flows.metrics.server import served_if_asked
from flows.metrics.watch import Watch
from flows.notices import VOICE, Notice, about, note
from flows.topic_log import require_topics

EVERY_S = 5.0


@takes(kafka_options.ACCESS, kafka_options.EVENTS, {"until_end": options.UntilEnd}, options.SEEN)
def archive(
    folder: Annotated[Path, typer.Argument(help="Folder of the archive; made if need be.")],
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """Kafka topics to a folder of logs, so that events outlive the topics' retention and can be read again.

    Zstandard-packed JSONL by topic, day and partition; `leadstream score FOLDER` reads it. A file appears when it is
    whole: after an hour, 256 MB of text, at the end of a day, and when this ends (Ctrl-C). Started again after whatever
    end, it goes on behind the last whole file: no event is lost or there twice.

    Examples: `leadstream archive --kafka localhost:9092 --topic events archive/`,
    `leadstream archive --kafka localhost:9092 archive/ --until-end`
    """
    if not settings.kafka:
        raise Problem("name the brokers with --kafka HOST:PORT")
    require_topics(settings)
    VOICE.about = about("archive", settings)
    shown, watch = Shown(sys.stderr.isatty()), Watch("archive")

    def tell(report: Archived) -> None:
        if report.measures:
            watch.hear(report.measures)
        shown.tell(report)

    with served_if_asked(watch, settings):
        last = ArchiveRun(settings, folder, tell).run(lambda text: note(Notice("source", text)))
    shown.tell(last)
    if json:
        print(msgspec.json.encode(msgspec.structs.replace(last, measures=msgspec.UNSET)).decode())


class Shown:
    """Progress on standard error: one line that is rewritten on a terminal, one every few seconds elsewhere."""

    def __init__(self, terminal: bool) -> None:
        self._terminal = terminal
        self._at = time.monotonic()

    def tell(self, report: Archived) -> None:
        """How far it is; machines ask metrics."""
        if VOICE.form == "json":
            return
        if self._terminal:
            print(f"\r\x1b[K{sentence(report)}", end="\n" if report.done else "", file=sys.stderr, flush=True)
        elif report.done or time.monotonic() - self._at >= EVERY_S:
            self._at = time.monotonic()
            print(sentence(report), file=sys.stderr, flush=True)


def sentence(report: Archived) -> str:
    """A report as a line.

    >>> sentence(Archived(messages=30_000, files=2, seconds=1.5))
    'archived 30,000 messages; 20,000 a second; finished 2 files'
    """
    rate = report.messages / report.seconds if report.seconds else 0
    return f"archived {report.messages:,} messages; {rate:,.0f} a second; finished {report.files:,} files"
