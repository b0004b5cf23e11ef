"""Engines of the Mail port."""
