"""A query as a workspace understands it."""

from steward.finding.model import LONGEST, Chip
from steward.finding.places import Known
from steward.finding.reading import LIKE, Middle, read


def understand(query: str, known: Known, year: int, middle: Middle) -> tuple[list[Chip], str]:
    """Its chips, that of what homes are to be like first, and the words that are left."""
    reading = read(query, known.places, year, middle=middle)
    chips = [Chip(field=LIKE, op="eq", value=reading.like[:LONGEST], text=reading.like_text[:LONGEST])] if reading.like else []
    for one in reading.understood:
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        chips.append(Chip.model_validate({"field": one.field, "op": one.op, "value": value, "text": one.text[:LONGEST]}))
    return chips, reading.rest
