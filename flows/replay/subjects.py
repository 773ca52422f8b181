"""The second half of a fold: contacts and accounts in memory, and who of them changed in a step."""

from collections.abc import Mapping, Sequence

import msgspec

from flows.replay.feed import Frame
from flows.replay.held import Held
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.verdicts import EVERYONE, told_of
from state.clock import LogClock
from state.ledger import Keep
from state.messages import ToSubject
from state.retention import Retention
from state.subject import Subject


class Step(msgspec.Struct, frozen=True):
    """Who changed by `at` (ms), and has now to be evaluated; what happens later is in no one's facts.

    `events` of them happened since the step before. `moved`: known id -> the contact that it has come to belong to.
    """

    at: int
    changed: list[Subject]
    events: int
    moved: dict[str, str] = {}


class Everyone:
    """All contacts and accounts, as of the last step."""

    def __init__(self) -> None:
        self.contacts: Held[Subject] = Held("contact", Subject)
        self.accounts: Held[Subject] = Held("account", Subject)
        self._moved: dict[str, str] = {}

    def step(self, at: int, events: int) -> Step:
        """Who and what changed since this was last asked."""
        moved, self._moved = self._moved, {}
        return Step(at, self._changed(), events, moved)

    def move(self, moved: Mapping[str, str]) -> None:
        """Known ids belong to other contacts."""
        self._moved.update(moved)

    def find(self, id_: str) -> Subject | None:
        """The contact or account of an id."""
        shelf = self.accounts if id_[:2] == "d:" else self.contacts
        shelf.fetch((id_,))
        return shelf.find(id_)

    def put(self, subject: Subject) -> None:
        """Set what is known of a contact or an account."""
        (self.accounts if subject.id[:2] == "d:" else self.contacts).put(subject)

    def change(self, subject: Subject) -> None:
        """Count somebody among those who changed."""
        (self.accounts if subject.id[:2] == "d:" else self.contacts).dirty[subject.id] = subject

    def _changed(self) -> list[Subject]:
        dirty = [*self.contacts.dirty.values(), *self.accounts.dirty.values()]
        found = [subject for subject in dirty if subject.id != EVERYONE]
        self.contacts.dirty.clear()
        self.accounts.dirty.clear()
        return found

    def pack(self) -> None:
        """Keep memory small, after a step was taken in."""
        self.contacts.pack()
        self.accounts.pack()


class Joining:
    """Joins frames into everyone, by the live stages, one shard of each."""

    def __init__(self, everyone: Everyone, keep: Keep, scoring: Scoring) -> None:
        """The scoring is only there because a live stage has one: nothing is evaluated here."""
        self._everyone = everyone
        self._contacts = ScoreShard(everyone.contacts, scoring, Retention(keep), LogClock())
        self._accounts = ScoreShard(everyone.accounts, scoring, Retention(keep), LogClock())

    def hear(self, frame: Frame) -> None:
        """Join what a frame says."""
        self._everyone.move(frame.moved)
        self._hear(frame.touched)
        self._hear(frame.replaced)
        if frame.verdicts:
            told = self._contacts.join(told_of("contact", frame.verdicts))
            self._accounts.join([*told, *told_of("account", frame.verdicts)])

    def _hear(self, messages: Sequence[ToSubject]) -> None:
        contacts = [message for message in messages if message.to[0] != "d"]
        accounts = [message for message in messages if message.to[0] == "d"]
        self._accounts.join([*accounts, *self._contacts.join(contacts)])
