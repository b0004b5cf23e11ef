"""Surfaces: the commands made visible over HTTP, on the command line, and in documents made from the registry."""
