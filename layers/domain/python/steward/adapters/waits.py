"""Telling whoever runs a thread that it is about to wait."""

from collections.abc import Callable
from contextvars import ContextVar

waits: ContextVar[Callable[[], None]] = ContextVar("waits", default=lambda: None)
"""Hears that a thread is about to wait for something that needs no processor, so that another one may be let run."""
