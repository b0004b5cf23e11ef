"""Any model behind an address that answers as OpenAI's `/v1/chat/completions` does."""

import json
from collections.abc import Mapping
from threading import BoundedSemaphore
from typing import Any

from steward.adapters.provider import Provider

PATIENCE = 12.0
AT_ONCE = 4
"""Questions that may be under way, so that a slow model never holds all threads of a host."""


class ChatModel:
    """One model of a provider; `key` is "" where it asks for none, as on this machine."""

    def __init__(self, address: str, name: str, *, key: str = "") -> None:
        self._provider = Provider(address, key, kind="language model", setting="STEWARD_LLM", patience=PATIENCE)
        self.model = name
        self._room = BoundedSemaphore(AT_ONCE)

    def fill(self, shape: Mapping[str, Any], instruction: str, text: str) -> Any:
        """As `kernel.llm.LanguageModel` says."""
        told = {
            "model": self.model,
            "temperature": 0,
            "messages": [{"role": "system", "content": instruction}, {"role": "user", "content": text}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": shape}},
        }
        if not self._room.acquire(blocking=False):
            raise self._provider.failed("is busy with other questions")
        try:
            answer = self._provider.ask(told)
        finally:
            self._room.release()
        try:
            return json.loads(answer["choices"][0]["message"]["content"])
        except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
            raise self._provider.failed("answers what is no JSON") from error
