"""Reading subjects from a store and evaluating them now: for delivery, `show` and `top`."""

from collections.abc import Iterator, Sequence

from config.model import Model
from operators.evaluate import Scoring, evaluate
from operators.identify import account_tenures
from operators.present import record_of
from operators.score_shard import default_account, groups_of
from state.codec import Decoder
from state.ids import shard_of
from state.record import Record
from state.score import Score
from state.store import Kind, Store
from state.subject import Source, Subject

_subjects = Decoder(Subject)
_sources = Decoder(Source)


class Reading:
    """A store's subjects under one model."""

    def __init__(self, store: Store, model: Model, scoring: Scoring) -> None:
        self._store = store
        self._scoring = scoring
        self._name = f"{model.model.name} {model.model.version}"
        self._top = {"contact": model.contact.bands[-1].name, "account": model.account.bands[-1].name}

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

    def score(self, subject: Subject, now: int) -> Score:
        """The score as of `now` (ms), with its receipt."""
        return evaluate(self._scoring, subject, now)

    def records(self, subjects: Sequence[Subject], now: int) -> list[Record]:
        """What sinks are told; a contact's record carries the score of the account it is with now."""
        accounts = {id_: account_of(subject) for subject in subjects if (id_ := subject.id)[0] != "d"}
        scores = {domain: self._account_score(domain, now) for domain in set(accounts.values()) if domain}
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

    def _account_score(self, id_: str, now: int) -> float | None:
        account = self.subject(id_)
        return self.score(account, now).total if account else None

    def _read(self, kind: Kind, id_: str) -> bytes | None:
        return self._store.read(kind, shard_of(id_, self._store.shards), [id_])[0]


def account_of(subject: Subject) -> str | None:
    """The account a contact is with now, as an id."""
    return account_tenures(groups_of(subject), default_account(subject.id))[-1].owner or None


def decode_subject(stored: bytes) -> Subject:
    """A subject from its bytes."""
    return _subjects.decode(stored)
