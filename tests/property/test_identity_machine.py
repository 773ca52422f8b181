"""Whatever order, batches, crashes and rewinds: every contact and account ends with exactly what is theirs."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from operators import by_agent, score_shard
from state import ledger, links, shelf, traits
from state.domains import account_domain
from tests.property.identity_run import KEEP, LIMITS, Subjects, live
from tests.property.naive_facts import Bounds, Deed, Fact, Said, Verdict
from tests.property.naive_identity import History

pytestmark = pytest.mark.timeout(300)  # many stories, on a machine that others may use

# Small, so that short histories reach them.
BOUNDS = Bounds(
    KEEP.__getitem__,
    tiles=4,
    times=2,
    traits=2,
    contacts=LIMITS.contacts_per_visitor,
    visitors=LIMITS.visitors_per_id,
    agents=2,
)

MINUTE = 60_000
START = 1_780_001_400_000
"""Ten minutes before a tile ends."""
Choices = Sequence[Sequence[Any]]
Placed = tuple[int, Fact]
Story = tuple[list[Placed], int]

TIMES = [START + late for late in (0, 1, 2)] + [
    START + late * MINUTE for late in (9, 11, 12, 40, 90, 2_000, 2_001, 9_000)
]
VISITORS = ["a:1", "a:2", "a:3"]
EMAILS = ["e:ann@acme.com", "e:cid@beta.io", "e:dan@gmail.com"]
DEEDS: Choices = (
    (0, 1),  # partition
    TIMES,
    (0, 1),  # the message's hash
    ((), ("pricing",), ("docs",), ("pricing", "docs")),
    ("", *VISITORS, *VISITORS),
    ("", "", *EMAILS),
    ("", "", "c:1"),
    ("", "", "u:1", "u:2"),
    ("", "", "acme.com", "corp.example"),
    ((), (), (("x", 1),), (("x", True), ("y", "a")), (("z", None), ("y", 2.5))),
)
BEGIN: Choices = ((0, 1), TIMES[::2], (0,), (("pricing",),))
SAYINGS: Choices = ((0, 1), TIMES[::2], (0,), ("a:1", *EMAILS[:2], "u:1"), ("", *EMAILS[:2], *EMAILS[:2], "u:1"))
VERDICTS: Choices = ((0, 1), TIMES[::2], (0,), (*VISITORS, *EMAILS[:2], "u:1"), (False, False, True))
COMPANIES: Choices = (*VERDICTS[:3], ("d:acme.com", "d:acme.com", "d:beta.io", "d:corp.example"), (False, False, True))
LIVES = 8
"""Ways to the end that each log is put through."""


def picks(choices: Choices) -> st.SearchStrategy[list[Any]]:
    """One of each, from one number: fast to draw, and it shrinks to the first of each."""

    def pick(number: int) -> list[Any]:
        picked = []
        for options in choices:
            number, which = divmod(number, len(options))
            picked.append(options[which])
        return picked

    return st.integers(0, prod(map(len, choices)) - 1).map(pick)


def stories(facts: st.SearchStrategy[Placed]) -> st.SearchStrategy[Story]:
    """A log, and a number for the lives it is put through."""
    return st.tuples(st.lists(facts, min_size=1, max_size=9), st.integers(0, 1_000_000))


def deed(picked: list[Any]) -> Placed:
    partition, ms, number, signals, *rest = picked
    anonymous, email, crm, user, domain, said = rest
    if not (anonymous or email or crm or user):
        anonymous = VISITORS[0]
    return partition, Deed(ms << 20 | number, signals, anonymous, email, crm, user, domain, said)


def saying(picked: list[Any]) -> tuple[int, Said]:
    partition, ms, number, source, target = picked
    return partition, Said(ms << 20 | number, source, "" if source == target else target)


def taking_back(picked: list[Any]) -> Placed:
    partition, said = saying(picked)
    return partition, said._replace(holds=False)


def verdict(picked: list[Any]) -> Placed:
    partition, ms, number, source, counts = picked
    return partition, Verdict(ms << 20 | number, source, counts)


def by(picked: list[Any]) -> Placed:
    agent, *rest = picked
    partition, fact = deed(rest)
    assert isinstance(fact, Deed)
    return partition, fact._replace(agent=agent)


deeds, sayings = picks(DEEDS).map(deed), picks(SAYINGS).map(saying)
corrections = picks(SAYINGS).map(taking_back) | picks(VERDICTS).map(verdict)
companies = picks(COMPANIES).map(verdict)
AGENTS: Choices = (*BEGIN, VISITORS[:2], ("", *EMAILS[:2]), ("",), ("",), ("", "corp.example"), ((),))
BROWSED = picks((("", "edge", "bot", "bot", "edge", "opera"), *AGENTS)).map(by)
bots = picks((*VERDICTS[:3], ("g:bot", "g:bot", "g:edge"), (False, False, True))).map(verdict)
# Few ids, which meet often: pairs, chains of three links, and e-mails that lead to each other.
PAIRS = picks((*BEGIN, ("", "a:1"), ("", "", EMAILS[0]), ("",), ("", "u:1"), ("", "acme.com"), ((),))).map(deed)
CHAINS = stories(picks((*BEGIN, ("", "a:1"), ("", "", EMAILS[0]), ("", "c:1"), ("", "u:1"), ("",), ((),))).map(deed))
CIRCLES = stories(
    picks((*BEGIN, ("",), EMAILS[:1], ("",), ("",), ("",), ((),))).map(deed)
    | picks((*BEGIN[:3], EMAILS[:2], EMAILS[:2])).map(saying)
)
# More visitors than an id may have.
CROWD = [f"a:{number}" for number in range(5)]
CROWDS = stories(
    picks((*BEGIN, CROWD, EMAILS[:1], ("", "c:1"), ("",), ("", "acme.com"), ((),))).map(deed)
    | picks((*BEGIN, CROWD, ("",), ("",), ("",), ("", "acme.com"), ((),))).map(deed)
    | picks((*BEGIN[:3], CROWD[:3], (*EMAILS[:2], ""))).map(saying)
)
EVENTS = CROWDS | stories(deeds) | stories(PAIRS) | CHAINS
EVENTS_AND_MERGES = stories(deeds | sayings) | stories(PAIRS | sayings) | CIRCLES
COLLEAGUES = picks((*BEGIN, ("", "a:1"), ("", *EMAILS[:2]), ("",), ("",), ("", "corp.example", "beta.io"), ((),))).map(
    deed
)
BY_AGENTS = stories(BROWSED | bots) | stories(BROWSED | BROWSED | bots | companies | corrections)
JUDGED = (
    stories(deeds | deeds | companies)
    | stories(PAIRS | companies)
    | stories(COLLEAGUES | companies)
    | stories(deeds | sayings | corrections | companies)
)
ALL = stories(deeds | sayings | corrections) | stories(PAIRS | sayings | corrections) | stories(PAIRS | corrections)


@pytest.fixture(autouse=True, scope="module")
def small_bounds() -> Iterator[None]:
    """So that a dozen facts overflow what is kept, and what is at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "KEEP_TILES", BOUNDS.tiles)
        patch.setattr(links, "KEEP_TIMES", BOUNDS.times)
        patch.setattr(traits, "KEEP_TRAITS", BOUNDS.traits)
        patch.setattr(shelf, "FULL", dict.fromkeys(shelf.FULL, 3))
        patch.setattr(score_shard, "GATHERED", 2)
        patch.setattr(score_shard, "AT_ONCE", 1)
        patch.setattr(by_agent, "MOST", BOUNDS.agents)
        yield


def holds(story: Story) -> None:
    """The law, in several lives."""
    placed, number = story
    log = [[fact for at, fact in placed if at == partition] for partition in (0, 1)]
    expected = History([fact for _, fact in placed], BOUNDS, account_domain).subjects()
    for life in range(number, number + LIVES):
        found = live(log, life).subjects()
        assert (life, expected) == (life, found)
        assert exact(expected) == exact(found)


def exact(subjects: Subjects) -> bytes:
    """Bytes that tell 1 from True and from 1.0."""
    return msgspec.json.encode(subjects, order="deterministic")


@settings(max_examples=5 * settings().max_examples)
@given(EVENTS)
def test_events_in_any_order_through_any_crash_give_everyone_what_is_theirs(
    story: Story,
) -> None:
    holds(story)


ROUND_A_CYCLE: Story = (
    [
        (0, Deed(START << 20, anonymous="a:1")),
        (1, Said(START << 20, "a:1", "e:ann@acme.com")),
        (1, Said(START + 2 << 20, "u:1", "e:cid@beta.io")),
        (1, Said(START << 20, "e:ann@acme.com", "u:1")),
        (1, Said(START << 20, "e:cid@beta.io", "u:1")),
        (1, Said(START + 2 << 20, "e:cid@beta.io", "u:1")),
    ],
    3_317,
)
"""The last fact is kept to itself by an id that does not know yet that it is on a cycle."""


@settings(max_examples=5 * settings().max_examples)
@example(ROUND_A_CYCLE)
@given(EVENTS_AND_MERGES)
def test_so_do_merges_and_unlinks(story: Story) -> None:
    holds(story)


@settings(max_examples=5 * settings().max_examples)
@given(ALL)
def test_so_do_unmerges_and_verdicts_however_late(story: Story) -> None:
    holds(story)


@settings(max_examples=3 * settings().max_examples)
@given(JUDGED)
def test_so_do_verdicts_on_whole_companies(story: Story) -> None:
    holds(story)


MORE_AGENTS_THAN_ARE_TOLD_APART: Story = (
    [
        (0, Deed(START << 20, ("pricing",), "a:1", "e:cid@beta.io", agent="edge")),
        (0, Deed(START + 1 << 20, ("pricing",), "a:1", agent="bot")),
        (0, Deed(START + 2 << 20, ("docs",), "a:1", agent="opera")),
        (1, Verdict(START << 20, "g:bot", counts=False)),
    ],
    428,
)
"""A contact has stored what a verdict left, the visitor has not, and shows too many agents before it hears it again."""


@settings(max_examples=3 * settings().max_examples)
@example(MORE_AGENTS_THAN_ARE_TOLD_APART)
@given(BY_AGENTS)
def test_so_do_verdicts_on_kinds_of_user_agents(story: Story) -> None:
    holds(story)


def test_lives_are_cut_off_between_the_commits_of_an_epoch() -> None:
    one = [Deed((START + minute * MINUTE) << 20, ("pricing",), "a:1", EMAILS[0]) for minute in range(4)]
    assert sum(live([one, one], number).cuts for number in range(100)) > 50
