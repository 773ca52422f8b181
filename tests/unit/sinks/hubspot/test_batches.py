"""One verdict for each input, whatever the answer says and leaves out."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.hubspot.answers import Batch, Context, Problem, Result
from sinks.hubspot.batches import DefinitionsDrifted, Input, batches, settle

BAD = Problem(category="VALIDATION_ERROR")


def inputs(count: int) -> list[Input]:
    return [Input(f"r{number}", f"ann{number}@acme.example", {}) for number in range(count)]


def results(batch: Sequence[Input]) -> tuple[Result, ...]:
    return tuple(Result(str(number)) for number, _ in enumerate(batch))


class Stub:
    """Refuses the inputs with bad traces in the way of `answer`; counts its calls."""

    def __init__(self, bad: set[str], vague: bool) -> None:
        self.bad = bad
        self.vague = vague
        self.sizes: list[int] = []

    def __call__(self, batch: Sequence[Input]) -> Batch | Problem:
        self.sizes.append(len(batch))
        bad = [entry for entry in batch if entry.trace in self.bad]
        good = [entry for entry in batch if entry.trace not in self.bad]
        if not self.vague:
            return BAD if bad else Batch(results(batch))
        return Batch(results(good), tuple(BAD for _ in bad))


@given(count=st.integers(1, 100), bad=st.sets(st.integers(0, 99), max_size=12), vague=st.booleans())
def test_the_culprits_are_found_and_nobody_else(count: int, bad: set[int], vague: bool) -> None:
    culprits = {f"r{number}" for number in bad if number < count}
    verdicts = {entry.trace: verdict for entry, verdict in settle(Stub(culprits, vague), inputs(count))}
    assert len(verdicts) == count
    assert {trace for trace, verdict in verdicts.items() if isinstance(verdict, Problem)} == culprits


def test_one_culprit_in_a_hundred_costs_15_calls() -> None:
    stub = Stub({"r0"}, vague=False)
    list(settle(stub, inputs(100)))
    assert stub.sizes == [100, 50, 25, 13, 7, 4, 2, 1, 1, 2, 3, 6, 12, 25, 50]


@pytest.mark.parametrize("names", ["r1", ["r1"]])
def test_an_error_that_names_a_trace_needs_no_halving(names: list[str] | str) -> None:
    error = Problem(category="VALIDATION_ERROR", context=Context(trace_ids=names))
    three = inputs(3)
    verdicts = list(settle(lambda batch: Batch((Result("1"), Result("2")), (error,)), three))
    assert [isinstance(verdict, Problem) for _, verdict in verdicts] == [False, True, False]


def test_an_error_that_names_an_id_needs_no_halving() -> None:
    error = Problem(category="OBJECT_NOT_FOUND", context=Context(ids=["ann0@acme.example"]))
    verdicts = list(settle(lambda batch: Batch((Result("1"),), (error,)), inputs(2)))
    assert [isinstance(verdict, Problem) for _, verdict in verdicts] == [True, False]


def test_results_that_name_their_inputs_are_believed_beside_a_vague_error() -> None:
    sizes = []

    def send(batch: Sequence[Input]) -> Batch | Problem:
        sizes.append(len(batch))
        named = tuple(Result("1", trace_id=entry.trace) for entry in batch if entry.trace != "r2")
        return Batch(named, () if len(named) == len(batch) else (BAD,))

    verdicts = list(settle(send, inputs(4)))
    assert ([entry.trace for entry, _ in verdicts], sizes) == (["r0", "r1", "r3", "r2"], [4, 1])


def test_fewer_results_than_inputs_are_not_believed() -> None:
    def send(batch: Sequence[Input]) -> Batch:
        return Batch(tuple(Result("1") for entry in batch if entry.trace != "r1"))

    verdicts = [verdict for _, verdict in settle(send, inputs(2))]
    assert verdicts == [Result("1"), Problem(category="NO_RESULT")]


@pytest.mark.parametrize("code", ["PROPERTY_DOESNT_EXIST", "INVALID_OPTION"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_property_that_is_gone_is_nobody_s_fault(code: str, whole: bool) -> None:
    message = f'Property values were not valid: [{{"error":"{code}"}}]'
    gone = Problem(category="VALIDATION_ERROR", message=message)
    with pytest.raises(DefinitionsDrifted):
        list(settle(lambda batch: gone if whole else Batch(errors=(gone,)), inputs(3)))


@given(st.lists(st.integers(0, 150), max_size=400))
def test_batches_hold_everything_in_order_and_no_id_twice(ids: list[int]) -> None:
    everything = [Input(f"r{place}", str(id_), {}) for place, id_ in enumerate(ids)]
    made = list(batches(everything))
    assert [entry for batch in made for entry in batch] == everything
    assert [batch for batch in made if len(batch) > 100 or len({entry.id for entry in batch}) < len(batch)] == []
