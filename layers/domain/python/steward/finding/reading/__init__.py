"""Reading a query: what it asks of place, type, price, size and the like becomes filters; the rest stays text. Pure functions."""

from steward.finding.reading.chips import LIKE, MILE, distance, shown
from steward.finding.reading.model import Middle, Places, Reading, Understood
from steward.finding.reading.reader import clauses, read

__all__ = ["LIKE", "MILE", "Middle", "Places", "Reading", "Understood", "clauses", "distance", "read", "shown"]
