"""The books of what came in."""

from state.event import Counts


def test_counts_of_batches_add_up() -> None:
    counts = Counts(received=5, used=2, ignored=1, dead=2)
    counts.add(Counts(received=3, used=3))
    assert counts == Counts(received=8, used=5, ignored=1, dead=2)
