"""docs/data.md tells every kind of row and every event there is."""

import re

from tests.architecture.source import ROOT, tracked

PAGE = (ROOT / "docs/data.md").read_text("utf-8")
CODE = "\n".join(path.read_text("utf-8") for path in tracked() if path.suffix == ".py" and "steward" in path.parts)


def test_every_table_is_told() -> None:
    kinds = set(re.findall(r'Table\("([\w.]+)"', CODE))
    assert len(kinds) > 5
    assert {kind for kind in kinds if f"`{kind}`" not in PAGE} == set()


def test_every_event_is_told() -> None:
    events = set(re.findall(r'ctx\.emit\("([\w.]+)"', CODE))
    assert len(events) > 5
    assert {event for event in events if not re.search(rf"`{re.escape(event)}\b", PAGE)} == set()
