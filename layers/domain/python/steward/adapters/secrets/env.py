"""Secrets from a mapping of the environment that is handed in."""

from collections.abc import Mapping


class EnvSecrets:
    """The secret `upload.key` is the variable `{prefix}UPLOAD_KEY`."""

    def __init__(self, environment: Mapping[str, str], prefix: str) -> None:
        self._environment = environment
        self._prefix = prefix

    def get(self, name: str) -> str | None:
        """The secret, None when it is not set or empty."""
        variable = self._prefix + name.upper().replace(".", "_").replace("-", "_")
        return self._environment.get(variable) or None
