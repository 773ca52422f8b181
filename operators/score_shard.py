"""One shard of subjects: what each has been told by its sources, its score, its timer, its place in the outbox.

The same class serves contacts and, downstream of them, accounts. `handle` takes one batch's messages in, `wake` brings
back those whose timers have come, `commit` evaluates whoever changed and writes it.
"""

from collections.abc import Callable, Iterable, Sequence

from operators.evaluate import Scoring, glance
from operators.forgetting import forget_visitors, visitors_since
from operators.gathered import Gathered
from operators.identify import NOBODY, Tenure, account_tenures, split
from operators.urgency import DRIFT, outbox_score, urgency
from operators.verdicts import EVERYONE, Verdicts
from state.domains import account_domain
from state.ids import bare, is_visitor
from state.links import Links, join_links
from state.measures import Histogram
from state.messages import LinkFacts, Replaced, ToSubject, Touched
from state.retention import Retention
from state.score import Glance
from state.shares import put_share
from state.shelf import Shelf
from state.subject import Facts, Standing, Subject, joined
from state.touch import touch_at

DUE_AT_ONCE = 1_000
"""Timers that one wake takes on; the rest come with the next."""

GATHERED = 2_000
"""Sources whose news for accounts may wait for the end of the epoch; a stage that has more commits at once."""
AT_ONCE = 100
"""Subjects that are at hand together when an epoch ends, and between batches: memory must not grow with what waits."""

Clock = Callable[[], int]


class ScoreShard:
    """The contacts, or the accounts, of one shard."""

    def __init__(
        self,
        shelf: Shelf[Subject],
        scoring: Scoring,
        retention: Retention,
        clock: Clock,
        to_outbox: Histogram | None = None,
    ) -> None:
        """`to_outbox` counts how old events are when what they changed enters the outbox."""
        self._shelf = shelf
        self._scoring = scoring
        self._retention = retention if shelf.kind == "account" else Retention(retention.keep)
        self._keep = retention.keep
        self._clock = clock
        self._to_outbox = to_outbox
        self._woken: set[str] = set()
        self._next_due: int | None = None
        self._timers_known = False
        self._judged: Subject | None = None
        self._verdicts = Verdicts({})
        self._gathered = Gathered(self._keep)

    def handle(self, messages: Sequence[ToSubject | LinkFacts]) -> list[ToSubject]:
        """Take messages in; the answer is for the contacts' accounts. Accounts answer nobody, so theirs may wait."""
        caused = self.join(messages) if self._shelf.kind == "contact" else self._gather(messages)
        if self._shelf.full or self._gathered.sources > GATHERED or EVERYONE in self._shelf.dirty:
            self.commit()
        elif len(self._shelf.dirty) > AT_ONCE:
            self._shelf.park()
        return caused

    def _gather(self, messages: Sequence[ToSubject | LinkFacts]) -> list[ToSubject]:
        for message in messages:
            if isinstance(message, LinkFacts):
                self.join([message])
            else:
                self._gathered.add(message)
        return []

    def join(self, messages: Sequence[ToSubject | LinkFacts]) -> list[ToSubject]:
        """Join what the messages say, at once."""
        self._shelf.fetch([message.to for message in messages] + ([] if self._judged else [EVERYONE]))
        if self._judged is None:
            self._judged = self._shelf.take(EVERYONE)
            self._verdicts = Verdicts(self._judged.judged)
        moved: dict[str, list[str]] = {}
        fresh: dict[str, list[Facts]] = {}
        for message in messages:
            if isinstance(message, Touched):
                self._touch(message)
                fresh.setdefault(message.to, []).append(message.facts)
            elif isinstance(message, Replaced):
                self._replace(message, moved)
            else:
                self._judge(message, self._judged, moved)
        if self._verdicts.links:
            self._settle({*moved, *fresh})
        if self._shelf.kind == "account":
            return []
        caused = [tell for id_, domains in moved.items() for tell in self._tell_all(id_, domains)]
        return caused + [tell for id_, facts in fresh.items() if id_ not in moved for tell in self._tell(id_, facts)]

    def wake(self) -> None:
        """Mark the subjects whose timers have come."""
        now = self._clock()
        if not self._timers_known:
            self._next_due, self._timers_known = self._shelf.next_due(), True
        if self._next_due is not None and self._next_due <= now:
            due = self._shelf.due(now, DUE_AT_ONCE)
            self._shelf.dirty |= {subject.id: subject for subject in due}
            self._woken.update(subject.id for subject in due)
            self._timers_known = False

    def commit(self) -> None:
        """Evaluate once whoever changed, as of now, and write it with its timer and its place in the outbox."""
        for messages in self._gathered.take(AT_ONCE):
            self.join(messages)
            self._write()
        self._write()
        while self._shelf.unpark(AT_ONCE):
            self._write()
        self._woken.clear()

    def _write(self) -> None:
        now = self._clock()
        timers: dict[str, int | None] = {}
        outbox: dict[str, int] = {}
        for subject in self._shelf.dirty.values():
            if subject.id != EVERYONE:
                self._evaluate(subject, now, timers, outbox)
        self._shelf.commit(timers, outbox)
        self._next_due = min((at for at in (self._next_due, *timers.values()) if at is not None), default=None)

    def _evaluate(self, subject: Subject, now: int, timers: dict[str, int | None], outbox: dict[str, int]) -> None:
        seen, wake = self._look(subject, now)
        standing = Standing(seen.tenths, seen.band, seen.reason)
        rank = urgency(subject.standing, standing)
        if rank is not None:
            subject.standing = standing
            outbox[subject.id] = outbox_score(rank, now)
            latest = max(seen.until, touch_at(subject.corrected))
            if self._to_outbox and subject.id not in self._woken and latest:
                self._to_outbox.observe((now - latest) / 1000)
        timers[subject.id] = wake

    def _look(self, subject: Subject, now: int) -> tuple[Glance, int | None]:
        """The score at `now`, of what is kept until then, and when to look again."""
        seen, retention = glance(self._scoring, subject, now, DRIFT, subject.standing), self._retention
        if not retention.lifetime_ms:
            return seen, seen.wake
        since = visitors_since(subject.withheld) if subject.withheld else seen.visitors_since
        if since is None:
            return seen, seen.wake
        begin, end = retention.begin(subject.id, now), retention.next_end(subject.id, since, now)
        if since < begin and forget_visitors(subject, begin):
            return self._look(subject, now)
        return seen, end if seen.wake is None else min(end, seen.wake)

    def _touch(self, message: Touched) -> None:
        """Join. A domain that a source names for the first time comes as `Replaced`, so no account changes by this."""
        fresh = self._counted(message.facts)
        if not fresh:
            return
        subject = self._shelf.take(message.to)
        told = subject.told
        facts = told[message.source] if message.source in told else Facts()
        if facts.join(fresh, self._keep):
            told[message.source] = facts
            self._shelf.dirty[subject.id] = subject

    def _replace(self, message: Replaced, moved: dict[str, list[str]]) -> None:
        moved.setdefault(message.to, []).extend(message.domains)
        facts = message.facts and self._counted(message.facts)
        subject = self._shelf.find(message.to)
        if subject is None and not facts:
            return
        subject = self._shelf.take(message.to)
        told = subject.told
        changed = put_share(told, message.source, facts) if facts else told.pop(message.source, None) is not None
        if changed:
            subject.corrected = max(subject.corrected, message.corrected)
            self._shelf.dirty[subject.id] = subject

    def _judge(self, message: LinkFacts, judged: Subject, moved: dict[str, list[str]]) -> None:
        """Join verdicts on companies. Whoever is of one of them tells accounts of it, also when that is not news."""
        self._verdicts.join(message.links)
        self._shelf.dirty[EVERYONE] = judged
        for subject in self._shelf.search([bare(id_).encode() for id_ in message.links]):
            if not companies_of(subject).isdisjoint(message.links):
                moved.setdefault(subject.id, [])

    def _settle(self, ids: Iterable[str]) -> None:
        """Withhold what these were told if they are of a company that was retracted, or have it count again."""
        for subject in [subject for id_ in ids if (subject := self._shelf.find(id_))]:
            companies = companies_of(subject)
            counts = companies.isdisjoint(self._verdicts.retracted)
            if counts and subject.withheld:
                subject.sources, subject.withheld = subject.withheld, {}
            elif not counts and subject.sources:
                subject.sources, subject.withheld = {}, subject.sources
            else:
                continue
            subject.corrected = max(subject.corrected, self._verdicts.corrected(companies))
            self._shelf.dirty[subject.id] = subject

    def _counted(self, facts: Facts) -> Facts:
        """What of a source's facts is kept: an account need not remember which accounts its people named."""
        return Facts(facts.ledger, facts.traits) if facts.groups and self._shelf.kind == "account" else facts

    def _tell(self, id_: str, fresh: Sequence[Facts]) -> Iterable[ToSubject]:
        contact = self._shelf.take(id_)
        tenures = employers(contact)
        if len(tenures) > 1:
            return self._tell_all(id_, ())
        if contact.withheld:
            return []
        owner = tenures[0].owner
        facts = fresh[0] if len(fresh) == 1 else joined(fresh, self._keep)
        return [Touched(owner, id_, facts)] if owner else []

    def _tell_all(self, id_: str, domains: Iterable[str]) -> list[ToSubject]:
        """All a contact contributes, to every account it has or may have had: its own and those of lost sources.

        Also when nothing is stored of the contact: a run that died may have told accounts, and not stored it.
        """
        subject = self._shelf.find(id_) or Subject(id_)
        default = default_account(id_)
        claimed = [domain for facts in subject.told.values() for domain in facts.groups]
        named = dict.fromkeys([*claimed, *domains, *([default] if default else [])])
        if not named:
            return []
        whole = joined(subject.told.values(), self._keep)
        parts = {} if subject.withheld else split(whole, employers(subject), self._keep)
        at = subject.corrected
        return [Replaced(f"d:{domain}", id_, parts.get(f"d:{domain}"), corrected=at) for domain in named]


def employers(contact: Subject) -> list[Tenure]:
    """Which accounts a contact was with, by time.

    Those that events under one of its known ids named; else the company of its e-mail address; else those that its
    visitors named before anybody was known for them, which is often no more than a guess by their network.
    """
    default = default_account(contact.id)
    named = [(is_visitor(source), facts.groups) for source, facts in contact.told.items() if facts.groups]
    claims = [groups for by_visitor, groups in named if not by_visitor]
    if not claims and not default:
        claims = [groups for _, groups in named]
    return account_tenures(claims[0] if len(claims) == 1 else _all_links(claims), default)


def _all_links(parts: Iterable[Links]) -> Links:
    links: Links = {}
    for part in parts:
        join_links(links, part)
    return links


def companies_of(subject: Subject) -> set[str]:
    """Of which companies somebody is: that of their address, and the one they are with now; an account is its own."""
    if subject.id[0] == "d":
        return {subject.id}
    default = default_account(subject.id)
    return {employers(subject)[-1].owner, f"d:{default}" if default else NOBODY} - {NOBODY}


def default_account(id_: str) -> str | None:
    return account_domain(bare(id_)) if id_[:2] == "e:" else None
