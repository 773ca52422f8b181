"""Records for the tests of sinks."""

import msgspec

from state.record import Record

ANN = Record(
    kind="contact",
    key="ann@acme.example",
    key_type="email",
    score=72.5,
    band="high",
    behaviour=60.0,
    fit=12.5,
    reasons=("viewed pricing twice", "came back within a week"),
    why="High: viewed pricing twice, came back within a week.",
    last_intent="Viewed pricing",
    last_intent_at=1_781_251_200_000,
    high_until=1_781_856_000_000,
    account_score=41.0,
    scored_at=1_781_251_260_000,
    model="b2b-saas 3",
)
ACME = msgspec.structs.replace(
    ANN, kind="account", key="acme.example", key_type="domain", score=41.0, band="medium", account_score=None
)


def contact(key: str, score: float = 72.5) -> Record:
    """Ann under another address, with another score."""
    return msgspec.structs.replace(ANN, key=key, score=score)


def account(domain: str, score: float = 41.0) -> Record:
    """Acme under another domain, with another score."""
    return msgspec.structs.replace(ACME, key=domain, score=score)
