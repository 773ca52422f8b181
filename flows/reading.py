"""Reading subjects from a store and evaluating them now: for delivery, `show` and `top`."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from config.model import Model
from flows.models import limits_in
from operators.evaluate import Scoring, evaluate, glance
from operators.identify_shard import Limits
from operators.present import record_of
from operators.score_shard import employers
from operators.urgency import DRIFT
from operators.verdicts import EVERYONE, Verdicts
from state.codec import Decoder
from state.ids import shard_of
from state.record import Record
from state.score import Score
from state.store import Kind, Records, Store
from state.subject import Source, Subject

_subjects = Decoder(Subject)
_sources = Decoder(Source)


class Reading:
    """A store's subjects under one model."""

    def __init__(self, store: Store, model: Model, scoring: Scoring) -> None:
        self._store = store
        self._scoring = scoring
        self._name = f"{model.model.name} {model.model.version}"
        self.bands = tuple(dict.fromkeys(band.name for card in (model.contact, model.account) for band in card.bands))
        self._top = {"contact": model.contact.bands[-1].name, "account": model.account.bands[-1].name}

    @cached_property
    def limits(self) -> Limits:
        """The bounds on identity that the flow has."""
        return limits_in(self._store)

    def is_erased(self, id_: str) -> bool:
        """Whether somebody of this id was erased, and must not come in again."""
        return self._store.tombstone(id_) in self._store.tombstones()

    def subject(self, id_: str) -> Subject | None:
        """The contact or account of an id."""
        stored = self._read("account" if id_[0] == "d" else "contact", id_)
        return _subjects.decode(stored) if stored else None

    def source(self, id_: str) -> Source | None:
        """The source of an id."""
        stored = self._read("visitor" if id_[0] == "a" else "known", id_)
        return _sources.decode(stored) if stored else None

    def subjects(self, kind: Kind) -> Iterator[Subject]:
        """All of a kind, in no order."""
        return map(_subjects.decode, self._store.scan(kind))

    def sources(self, kind: Kind) -> Iterator[Source]:
        """All known ids, or all visitors, in no order."""
        return map(_sources.decode, self._store.scan(kind))

    def verdicts(self) -> Verdicts:
        """Those on many at once."""
        return verdicts_in(self._store)

    def score(self, subject: Subject, now: int) -> Score:
        """The score as of `now` (ms), with its receipt."""
        return evaluate(self._scoring, subject, now)

    def records(self, subjects: Sequence[Subject], now: int) -> list[Record]:
        """What sinks are told; a contact's record carries the score of the account it is with now."""
        accounts = {id_: account_of(subject) for subject in subjects if (id_ := subject.id)[0] != "d"}
        scores = self._totals({domain for domain in accounts.values() if domain}, now)
        return [
            record_of(
                subject,
                self.score(subject, now),
                self._name,
                self._top["account" if subject.id[0] == "d" else "contact"],
                scores.get(accounts.get(subject.id) or ""),
            )
            for subject in subjects
        ]

    def is_where_it_stands(self, subject: Subject, record: Record) -> bool:
        """Whether a record says what the flow last thought worth telling, or what may become of that before it looks
        again.
        """
        standing = subject.standing
        if standing is None:
            return True
        card = self._scoring.account if record.kind == "account" else self._scoring.contact
        names = card.bands.names  # of the active model, which may have fewer than the one that the flow last used
        if standing.band >= len(names) or names[standing.band] != record.band:
            return False
        return abs(round(record.score * 10) - standing.score) <= DRIFT

    def _totals(self, accounts: Collection[str], now: int) -> dict[str, float]:
        """The scores of accounts, without their receipts."""
        by_shard: dict[int, list[str]] = {}
        for id_ in accounts:
            by_shard.setdefault(shard_of(id_, self._store.shards), []).append(id_)
        stored = [one for shard, ids in by_shard.items() for one in self._store.read("account", shard, ids) if one]
        subjects = map(_subjects.decode, stored)
        return {subject.id: glance(self._scoring, subject, now, 0).tenths / 10 for subject in subjects}

    def _read(self, kind: Kind, id_: str) -> bytes | None:
        return self._store.read(kind, shard_of(id_, self._store.shards), [id_])[0]


def account_of(subject: Subject) -> str | None:
    """The account a contact is with now, as an id."""
    return employers(subject)[-1].owner or None


def verdicts_in(store: Records) -> Verdicts:
    """The verdicts on many at once. Every shard of the stages that go by them has them; one of each is asked."""
    companies = store.read("contact", 0, [EVERYONE])[0]
    agents = store.read("visitor", 0, [EVERYONE])[0]
    on_companies = _subjects.decode(companies).judged if companies else {}
    on_agents = _sources.decode(agents).known if agents else {}
    return Verdicts({**on_companies, **on_agents})


def decode_subject(stored: bytes) -> Subject:
    """A subject from its bytes."""
    return _subjects.decode(stored)
