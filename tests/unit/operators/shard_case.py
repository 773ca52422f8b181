"""A model for shards of subjects: two signals, and one scorecard for contacts and accounts."""

from config.model import About, Model, Scorecard, Signal


def small_model(card: Scorecard) -> Model:
    return Model(
        model=About(name="small", version="1", note="for tests"),
        signals={"pricing": Signal(words="viewed pricing"), "docs": Signal(words="read docs")},
        contact=card,
        account=card,
    )
