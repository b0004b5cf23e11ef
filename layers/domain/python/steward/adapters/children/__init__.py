"""Engines of the `Children` port; they pass `tests/contract/test_children.py`."""
