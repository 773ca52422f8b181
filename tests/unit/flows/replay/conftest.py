"""Small replays in this process, under the simple model: ten points for pricing, two for the docs, high from 40."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.replay.build import Asked, Evaluation
from flows.replay.feed import frames
from flows.replay.history import of_log
from flows.replay.outcomes import Outcomes
from flows.replay.plan import Plan
from flows.replay.sides import Load
from tests.commands import SIMPLE
from tests.events import write_log

Evaluate = Callable[..., Evaluation]


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Goes through a log of these lines under models, the current one first."""

    def go(lines: list[bytes], *models: Path, outcomes: Outcomes | None = None, until: int | None = None) -> Evaluation:
        log = write_log(tmp_path / "events.jsonl", lines)
        plan = Plan(log=log, models=models or (SIMPLE,), latest=1 << 43, until=until)
        joint = plan.load()
        asked = Asked(log=log, every=plan.every, outcomes=outcomes, load=Load(2, 1.0, 100))
        evaluation = Evaluation(joint, asked)
        evaluation.go_through(of_log(plan, joint, evaluation.everyone, frames(plan, joint), lambda frame: None))
        return evaluation

    return go
