"""What every sink promises. A further sink joins with a bench and its line in `BENCHES`."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from state.record import Later, Record, Refused, Sink, SinkStopped, Written
from tests.contract.sink_benches import BENCHES, Bench
from tests.records import contact

_number = count()


@pytest.fixture(scope="module", params=list(BENCHES.values()), ids=list(BENCHES))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with request.param(tmp_path_factory.mktemp("sink")) as opened:
        yield opened


@pytest.fixture
def sink(bench: Bench) -> Iterator[Sink]:
    with closing(bench.open()) as opened:
        yield opened


def newcomer(score: float = 72.5) -> Record:
    """A contact that no other test told of."""
    return contact(f"ann{next(_number)}@acme.example", score)


def test_a_record_that_is_written_is_there(bench: Bench, sink: Sink) -> None:
    ann = newcomer()
    assert (sink.write([ann]), bench.score(ann)) == ([Written()], (72.5, "high"))


def test_no_records_are_no_outcomes(sink: Sink) -> None:
    assert sink.write([]) == []


def test_every_record_has_an_outcome_however_many_there_are(bench: Bench, sink: Sink) -> None:
    many = [newcomer(score) for score in range(250)]
    outcomes = sink.write(many)
    assert (outcomes, bench.score(many[-1])) == ([Written()] * 250, (249.0, "high"))


def test_outcomes_come_in_the_order_of_the_records(bench: Bench, sink: Sink) -> None:
    outcomes = sink.write([newcomer(), bench.refusable, newcomer(), newcomer()])
    assert [type(outcome) for outcome in outcomes] == [Written, Refused, Written, Written]


def test_a_bad_record_loses_no_other(bench: Bench, sink: Sink) -> None:
    ann, bob = newcomer(11.0), newcomer(12.0)
    sink.write([ann, bench.refusable, bob])
    assert [bench.score(each) for each in (ann, bob)] == [(11.0, "high"), (12.0, "high")]


def test_writing_a_record_twice_leaves_what_writing_it_once_does(bench: Bench, sink: Sink) -> None:
    ann = newcomer()
    sink.write([ann])
    once = bench.content()
    assert (sink.write([ann]), bench.content()) == ([Written()], once)


def test_a_record_written_again_after_a_restart_leaves_what_writing_it_once_does(bench: Bench) -> None:
    ann = newcomer()
    with closing(bench.open()) as first:
        first.write([ann])
    once = bench.content()
    with closing(bench.open()) as second:
        second.write([ann])
    assert bench.content() == once


def test_a_later_record_replaces_an_earlier_one(bench: Bench, sink: Sink) -> None:
    ann = newcomer(72.5)
    sink.write([ann])
    sink.write([contact(ann.key, 30.0)])
    assert bench.score(ann) == (30.0, "high")


def test_a_passing_fault_is_later_and_the_next_write_succeeds(bench: Bench, sink: Sink) -> None:
    ann, bob = newcomer(), newcomer(10.0)
    sink.write([bob])
    with bench.disturbed():
        outcomes = sink.write([ann])
    assert [type(outcome) for outcome in outcomes] == [Later]
    assert (bench.score(ann), bench.score(bob)) == (None, (10.0, "high"))
    bench.wait(outcomes[0].seconds if isinstance(outcomes[0], Later) else 0)
    assert (sink.write([ann]), bench.score(ann)) == ([Written()], (72.5, "high"))


def test_a_wrong_token_stops_the_sink_and_is_not_told(bench: Bench) -> None:
    refused = bench.open_with_wrong_token()
    if refused is None:
        pytest.skip("this sink has no token")
    with closing(refused), pytest.raises(SinkStopped, match="token") as stopped:
        refused.write([newcomer()])
    assert "a-secret-of-another" not in repr(stopped.value)


def test_a_reason_names_no_personal_data(bench: Bench, sink: Sink) -> None:
    (outcome,) = sink.write([bench.refusable])
    assert isinstance(outcome, Refused)
    assert outcome.reason
    assert [part for part in bench.refusable.key.split("@") if part in outcome.reason] == []
