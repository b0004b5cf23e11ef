"""Workspaces: the unit of isolation, its keys and sessions, and the Policy that the kernel asks."""
