"""Engines of the `Queue` port; each passes `tests/contract/test_queue.py`."""
