"""No language model."""

from collections.abc import Mapping
from typing import Any

from steward.kernel.errors import Unavailable


class NoModel:
    """What a home has until a model is named."""

    model = ""

    def fill(self, shape: Mapping[str, Any], instruction: str, text: str) -> Any:
        """As `kernel.llm.LanguageModel` says."""
        raise Unavailable("No language model is set up here; STEWARD_LLM names one.")
