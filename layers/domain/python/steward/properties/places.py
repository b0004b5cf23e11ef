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
            self._files = tuple(_files(self._paths))
        return next((found for file in self._files if (found := _read(file).get(zip))), None)


def unused(paths: Sequence[Path]) -> list[Path]:
    """Those of the files, or of the files in the folders, that can be read but name no ZIPs, so that nothing is taken from them."""
    return [file for file in _files(paths) if not _names_zips(file)]


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]


def _names_zips(path: Path) -> bool:
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            return bool(_zip_column(csv.DictReader(file).fieldnames or ()))
    except (OSError, csv.Error):
        return True


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
    zip_column, state_column = _zip_column(names), _first(_STATE, names)
    if not zip_column:
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


def _zip_column(names: Sequence[str]) -> str:
    """The column of the ZIPs, "" where the file does not say their cities too."""
    return _first(_ZIP, names) if "city" in names else ""


def _first(wanted: Sequence[str], names: Sequence[str]) -> str:
    return next((name for name in wanted if name in names), "")
