"""Lambda edges: they translate events into calls of the one door and never decide."""
