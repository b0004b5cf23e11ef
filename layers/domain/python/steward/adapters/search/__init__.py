"""Engines of the `Search` port; each passes `tests/contract/test_search.py`."""
