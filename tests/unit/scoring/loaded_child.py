"""A child that trains, and then says which libraries its process has loaded."""

from pathlib import Path
from typing import Any

from steward.scoring import child


def main(request: dict[str, Any]) -> list[str]:
    """The paths of every copy of libgomp in this process, after a training."""
    child.main(request)
    mapped = (line.split() for line in Path("/proc/self/maps").read_text().splitlines())
    return sorted({parts[-1] for parts in mapped if "libgomp" in parts[-1]})
