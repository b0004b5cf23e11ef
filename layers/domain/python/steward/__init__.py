"""Steward, the desk of a real-estate brokerage."""

__version__ = "0.1.0"
