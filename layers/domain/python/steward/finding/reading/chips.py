"""What was understood, in words for a chip."""

from steward.finding.reading.model import Understood


def shown(understood: Understood) -> str:
    """A condition in words for a chip."""
    return understood.text
