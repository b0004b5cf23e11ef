"""Engines of the `Blobs` port; each passes `tests/contract/test_blobs.py`."""
