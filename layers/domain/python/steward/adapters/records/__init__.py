"""Engines of the `Records` port; each passes `tests/contract/test_records.py`."""
