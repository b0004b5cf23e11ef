"""A query as a workspace understands it."""

from steward.finding.model import LONGEST, Chip
from steward.finding.places import Known
from steward.finding.reading import Middle, read


def understand(query: str, known: Known, year: int, middle: Middle) -> tuple[list[Chip], str, str]:
    """Its chips, the words that are left, and what it is to be like."""
    reading = read(query, known.places, year, middle=middle)
    chips = []
    for one in reading.understood:
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        chips.append(Chip.model_validate({"field": one.field, "op": one.op, "value": value, "text": one.text[:LONGEST]}))
    return chips, reading.rest, reading.like
