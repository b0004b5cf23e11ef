"""The score ladder: five rungs, one for every twenty points; none lit where there is no score."""

from steward.packets.figures.ink import Ink
from steward.packets.figures.svg import Pen, figure


def score_ladder(score: float | None, ink: Ink) -> str:
    """Score 0 to 100 as rungs that rise to the right; None draws them all unlit and says so."""
    lit = 0 if score is None else max(1, round(score / 20))
    pen = Pen(ink)
    rungs = [pen.rect((6 * rung, 8 - 2 * rung, 4, 4 + 2 * rung), fill="enamel" if rung < lit else "line", round_=1) for rung in range(5)]
    return figure((28, 12), "no score yet" if score is None else f"Score {score:.0f} of 100", rungs, kind="rungs")
