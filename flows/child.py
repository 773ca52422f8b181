"""The program of a flow's own process; see `flows.launcher`."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from config.loading import ModelError
from config.settings import Settings
from flows.delivery_run import DeliveryRun
from flows.launcher import FAILED, UNUSABLE
from flows.scoring_run import ScoringRun
from flows.stores import connection
from sources.log_error import LogError
from state.record import SinkStopped
from state.redis_store import RedisStore
from state.store import Fenced, StoreUnavailable


def main() -> int:
    """Run the flow named by the first argument under the settings on standard input; the exit code."""
    settings = msgspec.json.decode(sys.stdin.buffer.read(), type=Settings, dec_hook=lambda _, text: Path(text))
    try:
        with connection(settings) as store:
            FLOWS[sys.argv[1]](settings, store)
    except (ModelError, LogError, Fenced, SinkStopped) as error:
        print(f"leadstream: {error}", file=sys.stderr)
        return UNUSABLE
    except StoreUnavailable as error:
        print(f"leadstream: {error}", file=sys.stderr)
        return FAILED
    return 0


def _score(settings: Settings, store: RedisStore) -> None:
    _tell(ScoringRun(settings, store, _tell).run())


def _deliver(settings: Settings, store: RedisStore) -> None:
    _tell(DeliveryRun(settings, store, _tell).run())


def _tell(report: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


FLOWS: dict[str, Callable[[Settings, RedisStore], None]] = {"score": _score, "deliver": _deliver}

if __name__ == "__main__":
    sys.exit(main())
