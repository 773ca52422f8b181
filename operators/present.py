"""From a subject and its score to the record that a sink is told."""

from operators.explain import why
from state.ids import bare, id_type
from state.record import KeyType, Record
from state.score import Score
from state.subject import Subject
from state.touch import touch_at

KEY_TYPES: dict[str, KeyType] = {"email": "email", "crm": "crm", "user": "user", "domain": "domain"}


def record_of(subject: Subject, score: Score, model: str, top_band: str, account_score: float | None) -> Record:
    """What a salesperson sees of a subject. `model` is its name and version, `top_band` the highest band's name."""
    leaving = score.next_change if score.band == top_band else None
    return Record(
        kind="account" if subject.id[0] == "d" else "contact",
        key=bare(subject.id),
        key_type=KEY_TYPES[id_type(subject.id)],
        score=score.total,
        band=score.band,
        behaviour=score.behaviour,
        fit=score.fit,
        reasons=score.reasons,
        why=why(score),
        last_intent=score.last_intent,
        last_intent_at=score.last_intent_at,
        high_until=leaving.at if leaving else None,
        account_score=account_score,
        corrected_at=touch_at(subject.corrected) if subject.corrected else None,
        scored_at=score.at,
        model=model,
    )
