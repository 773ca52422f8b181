"""What every sink promises. A further sink joins with a bench and its line in `BENCHES`."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from state.record import Erased, Later, NotThere, Record, Refused, Sink, SinkStopped, Written
from tests.contract.sink_benches import BENCHES, GUARDED, Bench, GuardedBench
from tests.records import contact

_number = count()
guarded = pytest.mark.parametrize("bench", list(GUARDED.values()), ids=list(GUARDED), indirect=True)


@pytest.fixture(scope="module", params=list(BENCHES.values()), ids=list(BENCHES))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with request.param(tmp_path_factory.mktemp("sink"), request) as opened:
        yield opened


@pytest.fixture
def sink(bench: Bench) -> Iterator[Sink]:
    with closing(bench.open()) as opened:
        yield opened


def newcomer(score: float = 72.5) -> Record:
    """A contact that no other test told of."""
    return contact(f"ann{next(_number)}@acme.example", score)


def id_of(record: Record) -> str:
    return f"e:{record.key}"


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


@guarded
def test_a_wrong_token_stops_the_sink_and_is_not_told(bench: GuardedBench) -> None:
    with closing(bench.open_with_wrong_token()) as refused, pytest.raises(SinkStopped, match="token") as stopped:
        refused.write([newcomer()])
    assert "a-secret-of-another" not in repr(stopped.value)


def test_a_reason_names_no_personal_data(bench: Bench, sink: Sink) -> None:
    (outcome,) = sink.write([bench.refusable])
    assert isinstance(outcome, Refused)
    assert outcome.reason
    assert [part for part in bench.refusable.key.split("@") if part in outcome.reason] == []


def test_of_who_is_erased_nothing_is_left(bench: Bench, sink: Sink) -> None:
    ann = newcomer(10.0)
    sink.write([ann])
    sink.write([contact(ann.key, 20.0)])
    outcomes = sink.erase([id_of(ann)])
    assert (outcomes, bench.score(ann), ann.key in repr(bench.content())) == ([Erased()], None, False)


def test_who_was_told_of_before_a_restart_is_erased(bench: Bench) -> None:
    ann = newcomer()
    with closing(bench.open()) as first:
        first.write([ann])
    with closing(bench.open()) as second:
        outcomes = second.erase([id_of(ann)])
    assert (outcomes, ann.key in repr(bench.content())) == ([Erased()], False)


def test_others_stay_when_somebody_is_erased(bench: Bench, sink: Sink) -> None:
    ann, bob = newcomer(), newcomer(11.0)
    sink.write([bob])
    without_ann = bench.content()
    sink.write([ann])
    sink.erase([id_of(ann)])
    assert (bench.content(), bench.score(bob)) == (without_ann, (11.0, "high"))


def test_erasing_twice_is_no_error_and_changes_nothing_more(bench: Bench, sink: Sink) -> None:
    ann = newcomer()
    sink.write([ann, newcomer()])
    sink.erase([id_of(ann)])
    once = bench.content()
    (again,) = sink.erase([id_of(ann)])
    assert (type(again) in {Erased, NotThere}, bench.content()) == (True, once)


def test_erasing_who_was_never_there_is_no_error_and_changes_nothing(bench: Bench, sink: Sink) -> None:
    sink.write([newcomer()])
    before = bench.content()
    outcomes = sink.erase([id_of(newcomer()), "c:999999", "u:42", "a:anon_1"])
    assert ({type(outcome) for outcome in outcomes} - {Erased, NotThere}, len(outcomes)) == (set(), 4)
    assert bench.content() == before


def test_erasing_nobody_is_no_outcomes(sink: Sink) -> None:
    assert sink.erase([]) == []


def test_each_erasure_has_its_outcome_in_the_order_of_the_ids(bench: Bench, sink: Sink) -> None:
    people = [newcomer() for _ in range(3)]
    sink.write(people)
    outcomes = sink.erase([id_of(people[2]), "u:42", id_of(people[0])])
    assert outcomes == [Erased(), NotThere(), Erased()]
    assert [bench.score(each) for each in people] == [None, (72.5, "high"), None]


def test_a_passing_fault_is_later_for_an_erasure_and_the_next_one_succeeds(bench: Bench, sink: Sink) -> None:
    ann, bob = newcomer(), newcomer()
    sink.write([ann, bob])
    before = bench.content()
    with bench.erasing_disturbed():
        (late,) = sink.erase([id_of(ann)])
    assert (isinstance(late, Later), ann.key in repr(late), bench.content()) == (True, False, before)
    bench.wait(late.seconds if isinstance(late, Later) else 0)
    assert (sink.erase([id_of(ann)]), bench.score(ann)) == ([Erased()], None)


def test_others_are_written_after_an_erasure(bench: Bench, sink: Sink) -> None:
    ann, bob = newcomer(), newcomer(11.0)
    sink.write([ann])
    sink.erase([id_of(ann)])
    assert (sink.write([bob]), bench.score(bob)) == ([Written()], (11.0, "high"))


@guarded
def test_a_wrong_token_erases_nobody_and_is_not_told(bench: GuardedBench, sink: Sink) -> None:
    ann = newcomer()
    sink.write([ann])
    with closing(bench.open_with_wrong_token()) as refused, pytest.raises(SinkStopped, match="token") as stopped:
        refused.erase([id_of(ann)])
    assert ("a-secret-of-another" in repr(stopped.value), bench.score(ann)) == (False, (72.5, "high"))
