"""What waits for an account: as few messages as say the same."""

from operators.gathered import Gathered
from state.ledger import Keep, Ledger
from state.messages import Replaced, Touched
from state.subject import Facts

ACME, BETA = "d:acme.com", "d:beta.io"
KEEP = Keep(pricing=2)


def did(*seconds: int) -> Facts:
    facts = Facts(Ledger())
    for second in seconds:
        facts.ledger.record(second * 1_000 << 20, ["pricing"], KEEP)
    return facts


def test_what_a_source_did_is_one_message_however_often_it_was_told() -> None:
    gathered = Gathered(KEEP)
    for second in (1, 3, 2):
        gathered.add(Touched(ACME, "a:1", did(second)))
    assert (gathered.sources, list(gathered.take(9))) == (1, [[Touched(ACME, "a:1", did(1, 2, 3))]])


def test_all_that_a_source_contributes_takes_the_place_of_what_it_did_before() -> None:
    gathered = Gathered(KEEP)
    gathered.add(Touched(ACME, "a:1", did(1)))
    gathered.add(Replaced(ACME, "a:1", did(2), corrected=7))
    gathered.add(Touched(ACME, "a:1", did(3)))
    assert list(gathered.take(9)) == [[Replaced(ACME, "a:1", did(2, 3), corrected=7)]]


def test_what_is_done_after_everything_was_lost_begins_anew() -> None:
    gathered = Gathered(KEEP)
    gathered.add(Replaced(ACME, "a:1", None, corrected=7))
    gathered.add(Touched(ACME, "a:1", did(3)))
    assert list(gathered.take(9)) == [[Replaced(ACME, "a:1", did(3), corrected=7)]]


def test_so_many_accounts_are_taken_at_a_time_each_with_all_its_sources() -> None:
    gathered = Gathered(KEEP)
    told = [Touched(to, source, did(1)) for to in (ACME, BETA) for source in ("a:1", "a:2")]
    for message in told:
        gathered.add(message)
    assert list(gathered.take(1)) == [told[:2], told[2:]]


def test_what_was_taken_no_longer_waits() -> None:
    gathered = Gathered(KEEP)
    gathered.add(Touched(ACME, "a:1", did(1)))
    list(gathered.take(9))
    assert (gathered.sources, list(gathered.take(9))) == (0, [])


def test_what_waits_shares_nothing_with_what_came() -> None:
    gathered, facts = Gathered(KEEP), did(1)
    gathered.add(Touched(ACME, "a:1", facts))
    gathered.add(Touched(ACME, "a:1", did(2)))
    assert facts == did(1)
