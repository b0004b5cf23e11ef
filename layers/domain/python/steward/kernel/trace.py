"""Where an error came from, for the log."""

from logging import Filter, LogRecord
from pathlib import PurePath
from traceback import extract_tb

MOST = 25
"""Frames that are told of one error, the innermost."""


class Wordless(Filter):
    """Puts the `trace` of an error in the place of its words, before a handler writes it."""

    def filter(self, record: LogRecord) -> bool:
        """Lets every line through."""
        if record.exc_info:
            record.trace = trace_of(record.exc_info[1])
        record.exc_info = record.exc_text = None
        return True


def trace_of(error: BaseException | None) -> str:
    """The kinds of an error and of those behind it, with where each was raised. Not their words: they may quote what somebody entered."""
    told = []
    while error is not None:
        frames = extract_tb(error.__traceback__)[-MOST:]
        at = " < ".join(f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        told.append(f"{type(error).__name__} at {at or 'no known place'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " because of ".join(told)
