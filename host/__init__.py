"""The one-machine runtime: local sources of the same events that AWS sends."""
