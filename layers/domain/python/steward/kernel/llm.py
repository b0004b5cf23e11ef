"""The port of language models. Everything works without one; it proposes, and never acts."""

from collections.abc import Mapping
from typing import Any, Protocol


class LanguageModel(Protocol):
    """A model."""

    @property
    def model(self) -> str:
        """Its name; "" where there is none."""
        ...

    def fill(self, shape: Mapping[str, Any], instruction: str, text: str) -> Any:
        """What it makes of a text, as a JSON value of about that schema, which the caller has to check.

        Raises Unavailable when the model cannot be asked now.
        """
        ...
