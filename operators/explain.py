"""Explain: which terms are the reasons for a score, and the sentence that a salesperson reads."""

from operators.stretch import Weighed
from operators.terms import Term
from operators.wording import listed
from state.score import Score

REASONS = 3


def strongest(weighed: Weighed, lowest: bool) -> list[Term]:
    """The terms that are the reasons, of terms with their tenths: strongest first, of equals the model's first.

    Those that add points; in the lowest band, when they are fewer than three, also the one that takes the most.
    """
    ranked = sorted((-tenths, term.order, term) for term, tenths in weighed if tenths)
    added = [term for negated, _, term in ranked if negated < 0][:REASONS]
    if not lowest or len(added) == REASONS or len(added) == len(ranked):
        return added
    most = ranked[-1][0]
    return [*added, next(term for negated, _, term in ranked if negated == most)]


def why(score: Score) -> str:
    """One sentence for a salesperson.

    >>> reasons = ("viewed pricing twice", "came back within a week", "requested a demo")
    >>> why(Score(at=0, total=72, behaviour=72, fit=0, band="high", lines=(), reasons=reasons))
    'High (72): viewed pricing twice, came back within a week and requested a demo.'
    """
    against = {line.words for line in score.lines if line.points < 0}
    good = listed([words for words in score.reasons if words not in against])
    bad = listed([words for words in score.reasons if words in against])
    said = f"{good}, but {bad}" if good and bad else good or bad or "nothing that counts so far"
    return f"{score.band[:1].upper()}{score.band[1:]} ({score.total:g}): {said}."
