"""Engines of the `Secrets` port; each passes `tests/contract/test_secrets.py`."""
