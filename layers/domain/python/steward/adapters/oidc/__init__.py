"""Engines of the port of identity providers."""
