"""Engines of the port of language models."""
