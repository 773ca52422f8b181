"""What is remembered of a run that Bytewax forgets when a group breaks."""

import pytest
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.course import Course
from state.parcel import Parcel


class Taking(StatelessSinkPartition[int]):
    def write_batch(self, items: list[int]) -> None:
        if 0 in items:
            raise OSError("no room")


class Sink(DynamicSink[int]):
    def build(self, step_id: str, worker_index: int, worker_count: int) -> Taking:
        return Taking()


def opened(course: Course) -> StatelessSinkPartition[int]:
    return course.output(Sink()).build("out", 0, 1)


def test_what_an_output_raises_is_remembered() -> None:
    course = Course()
    with pytest.raises(OSError, match="no room") as raised:
        opened(course).write_batch([0])
    assert course.trouble is raised.value


def test_the_first_trouble_is_remembered() -> None:
    course = Course()
    first = OSError("first")
    course.failed(first)
    course.failed(OSError("second"))
    assert course.trouble is first


class Broken:
    def handle(self, messages: object) -> list[Parcel]:
        raise OSError("handle")

    def wake(self) -> None:
        raise OSError("wake")

    def commit(self) -> None:
        raise OSError("commit")


class Silent:
    def handle(self, messages: object) -> list[Parcel]:
        return []

    def commit(self) -> None:
        pass


@pytest.mark.parametrize("call", ["handle", "commit"])
def test_a_stage_that_has_something_to_do_says_that_it_is_at_work(call: str) -> None:
    said: list[str] = []
    stage = Course(lambda: said.append("at work")).stage(lambda shard: Silent())(0)  # type: ignore[arg-type,return-value]
    getattr(stage, call)(*([[]] if call == "handle" else []))
    assert said == ["at work"]


@pytest.mark.parametrize("call", ["handle", "wake", "commit"])
def test_what_a_stage_raises_is_remembered(call: str) -> None:
    course = Course()
    stage = course.stage(lambda shard: Broken())(0)  # type: ignore[arg-type,return-value]  # it never answers
    with pytest.raises(OSError, match=call):
        getattr(stage, call)(*([[]] if call == "handle" else []))
    assert str(course.trouble) == call
