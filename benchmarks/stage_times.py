"""What each stage takes of the flow's processor time. The flow runs in a process of its own, one worker, in this form:

python -m benchmarks.stage_times LOG REDIS DATA
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import process_time

import msgspec

from benchmarks.score_flow import NAMESPACE, TIMEOUT_S, FlowFailed
from benchmarks.server import dedicated_server
from config.settings import Settings
from flows.cli_flows import CATCHING_UP_BUNDLE, CATCHING_UP_EPOCH_MS
from flows.scoring_run import ScoringRun
from flows.stores import connection
from operators import stage
from state.parcel import Parcel

IDENTIFY = ("known", "visitor")


class StageTimes(msgspec.Struct, frozen=True):
    """Processor seconds of the stages, commits and routing of what they cause included, and of the whole flow."""

    events: int
    stages: dict[str, float]
    flow: float

    @property
    def identify_share(self) -> float:
        """What the stages that identify take of the flow's time."""
        return sum(self.stages.get(name, 0.0) for name in IDENTIFY) / self.flow


class Timed(stage.StageLogic):
    """A stage's shard that counts its processor time."""

    spent: dict[str, float] = {}  # noqa: RUF012  one for all shards of the process
    _name = ""

    def on_batch(self, values: list[Parcel]) -> tuple[Iterable[Parcel], bool]:
        """See `StageLogic`."""
        self._name = values[0].stage
        began = process_time()
        caused = super().on_batch(values)
        self._count(began)
        return caused

    def snapshot(self) -> None:
        """See `StageLogic`."""
        began = process_time()
        super().snapshot()
        self._count(began)

    def _count(self, began: float) -> None:
        self.spent[self._name] = self.spent.get(self._name, 0.0) + process_time() - began


def stage_times(log: Path) -> StageTimes:
    """Measured over a log, with a server of its own; raises `FlowFailed`."""
    with dedicated_server() as server, tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "benchmarks.stage_times", str(log), server.url, data]
        ended = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    if ended.returncode:
        raise FlowFailed(f"flow failed: {ended.stderr.decode(errors='replace').strip().splitlines()[-1:]}")
    return msgspec.json.decode(ended.stdout, type=StageTimes)


def main(log: str, redis: str, data: str) -> None:
    """Run the flow over the log to its end, and print the times."""
    stage.StageLogic = Timed  # type: ignore[misc]  # in this process alone
    settings = Settings(
        log=Path(log),
        redis=redis,
        data=Path(data),
        namespace=NAMESPACE,
        until_end=True,
        epoch_ms=CATCHING_UP_EPOCH_MS,
        bundle=CATCHING_UP_BUNDLE,
    )
    with connection(settings) as store:
        began = process_time()
        report = ScoringRun(settings, store, lambda _: None).run()
        flow = process_time() - began
    sys.stdout.buffer.write(msgspec.json.encode(StageTimes(report.received, Timed.spent, flow)))


if __name__ == "__main__":
    main(*sys.argv[1:])
