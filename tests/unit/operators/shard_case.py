"""A model for shards of subjects, two signals and one scorecard for contacts and accounts; and facts to tell them."""

from config.model import About, Model, Scorecard, Signal
from state.ledger import Keep, Ledger
from state.subject import Facts


def small_model(card: Scorecard) -> Model:
    return Model(
        model=About(name="small", version="1", note="for tests"),
        signals={"pricing": Signal(words="viewed pricing"), "docs": Signal(words="read docs")},
        contact=card,
        account=card,
    )


def did(second: int) -> Facts:
    """One touch."""
    facts = Facts(Ledger())
    facts.ledger.record(second * 1_000 << 20, ("pricing",), Keep())
    return facts
