"""Places from reference files: a ZIP to its city, county and state. No file is required; without one nothing is known."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from steward.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ZIP is. Coordinates are of its middle, None where the file has none."""

    zip: str
    city: str
    county: str
    state: str
    lat: float | None = None
    lon: float | None = None


class Gazetteer:
    """ZIPs from CSV files with a header, or folders of them, earlier before later; each is read once, when first asked."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self._paths = tuple(paths)
        self._files: tuple[Path, ...] | None = None

    def place(self, zip: str) -> Place | None:
        """The place of a ZIP, None when no file has it."""
        if self._files is None:
            self._files = tuple(file for path in self._paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path]))
        return next((found for file in self._files if (found := _read(file).get(zip))), None)


_ZIP, _STATE = ("zip", "zipcode", "zip_code", "code"), ("state_abbr", "state_code", "state")


@cache
def _read(path: Path) -> Mapping[str, Place]:
    """Every ZIP of a file; the first line of a ZIP counts. Raises Unavailable when the file cannot be read."""
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            return {place.zip: place for place in reversed(list(_places(csv.DictReader(file))))}
    except (OSError, ValueError, csv.Error) as error:
        raise Unavailable(f"The place file {path} cannot be read ({error}); mend or clear STEWARD_GAZETTEER.") from error


def _places(lines: "csv.DictReader[str]") -> Iterator[Place]:
    names = lines.fieldnames or ()
    zip_column, state_column = (next((name for name in wanted if name in names), "") for wanted in (_ZIP, _STATE))
    if not zip_column or "city" not in names:
        return
    for line in lines:
        county, lat, lon = line.get("county") or "", line.get("lat") or "", line.get("lon") or ""
        yield Place(
            (line[zip_column] or "").zfill(5),
            line["city"] or "",
            county.title() if county.isupper() else county,
            line.get(state_column) or "",
            float(lat) if lat else None,
            float(lon) if lon else None,
        )
