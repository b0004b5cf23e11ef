"""Engines of the `Children` port."""
