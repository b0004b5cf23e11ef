"""Runs: one record for every job, import, training and stage: progress, counts, dead letters, undo."""
