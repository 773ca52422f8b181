"""The program of a flow's own process; see `flows.launcher`."""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

from config.loading import ModelError
from config.settings import Settings, from_json
from flows.engine import GroupBroken
from flows.exits import CHANGE_SOMETHING, CRASHED, FAILED, PAUSED, UNREACHABLE
from flows.notices import VOICE, Event, Notice, about, note
from flows.stores import connection, wait_until_begun
from sinks.jsonl_file import FileUnusable
from sources.log_error import LogError
from state.clock import wall_clock
from state.codec import UnknownVersion
from state.kafka_trouble import KafkaRefused, KafkaUnavailable
from state.moment import iso
from state.record import SinkStopped
from state.redis_store import RedisStore
from state.store import DELIVERY, Fenced, Held, Maintenance, Replaced, StoreUnavailable

CRASHES = "crashes.log"
Run = Callable[[Settings, RedisStore], None]
GONE = "the command that started this flow is gone"

TO_CHANGE = (
    ModelError, LogError, KafkaRefused, FileUnusable, Fenced, Held, Replaced, SinkStopped, UnknownVersion,
)  # fmt: skip
"""What a person has to change something for."""


def main() -> int:
    """Run the flow named by the first argument under the settings on standard input; the exit code."""
    run = FLOWS[sys.argv[1]]()  # before the settings come, which may take a while
    encoded = sys.stdin.buffer.read()
    if not encoded:
        return _failed(GONE, FAILED)
    settings = from_json(encoded)
    _keep_reports_apart()
    VOICE.form, VOICE.about = settings.log_format, about(sys.argv[1], settings)
    try:
        if sys.argv[1] != "score":
            wait_until_begun(settings)
        with connection(settings) as store:
            return _run(run, settings, store)
    except TO_CHANGE as error:
        return _failed(str(error), CHANGE_SOMETHING, "fenced" if isinstance(error, Fenced) else "cannot_go_on")
    except (StoreUnavailable, KafkaUnavailable, GroupBroken) as error:
        return _failed(str(error), FAILED if isinstance(error, GroupBroken) else UNREACHABLE)
    except BrokenPipeError:
        return _failed(GONE, FAILED)
    except Exception as error:  # noqa: BLE001  a person reads one line, whatever it was
        return _failed(_crash(error, settings.data / CRASHES), CRASHED, "crashed")


def _run(run: Run, settings: Settings, store: RedisStore) -> int:
    """A flow that is asked to let go ends at once, as if it were killed: what it had not committed it reads again."""
    try:
        run(settings, store)
    except Maintenance as asked:
        store.close()
        store.release(DELIVERY)
        return _failed(str(asked), PAUSED, "let_go")
    return 0


def _scoring() -> Run:
    from flows.scoring_run import ScoringRun  # noqa: PLC0415  after a kill a flow waits for no import it does not need

    return lambda settings, store: _tell(ScoringRun(settings, store, _tell).run())


def _delivering() -> Run:
    from flows.delivery_run import DeliveryRun  # noqa: PLC0415  see above

    return lambda settings, store: _tell(DeliveryRun(settings, store, _tell).run())


_reports = 1
"""Where reports go, as a file descriptor."""


def _keep_reports_apart() -> None:
    """Bytewax writes to standard output while it looks for the group's other processes; that is no report."""
    global _reports  # noqa: PLW0603  what standard output is belongs to the process
    _reports = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _tell(report: msgspec.Struct) -> None:
    os.write(_reports, msgspec.json.encode(report) + b"\n")


def _failed(said: str, code: int, event: Event = "failed") -> int:
    note(Notice(event, said))
    return code


def _crash(error: Exception, log: Path) -> str:
    """Keep the traceback in a log; what happened and where, without the words of it, which may name a person."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{'/'.join(Path(last.filename).parts[-2:])} line {last.lineno}"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(f"--- {iso(wall_clock())}\n{''.join(traceback.format_exception(error))}")
    except OSError as trouble:
        return f"{type(error).__name__} in {where}; {log} cannot take the traceback ({trouble.strerror})"
    return f"{type(error).__name__} in {where}; {log} has the traceback"


FLOWS: dict[str, Callable[[], Run]] = {"score": _scoring, "deliver": _delivering}

if __name__ == "__main__":
    os._exit(main())  # what is left of a broken group's threads would abort an ordinary exit
