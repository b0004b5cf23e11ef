"""The log: JSON lines, without the words of errors."""

import logging
from typing import TextIO

from steward.kernel.trace import Wordless


def handler(stream: TextIO | None = None) -> logging.Handler:
    """What writes the lines, to stderr where nothing else is named."""
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    made = logging.StreamHandler(stream)
    made.addFilter(Wordless())
    made.setFormatter(LambdaPowertoolsFormatter(service="steward"))
    return made


def log_lines() -> None:
    """Log as JSON lines."""
    logging.basicConfig(level=logging.WARNING, handlers=[handler()], force=True)
    logging.getLogger("steward").setLevel(logging.INFO)
