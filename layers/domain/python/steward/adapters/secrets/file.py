"""Secrets in one JSON file that only its owner may read."""

import json
import os
import stat
from pathlib import Path
from threading import Lock

from steward.kernel.errors import Unavailable


class FileSecrets:
    """A JSON object of names and values, with mode 0600; without a file there are no secrets."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def get(self, name: str) -> str | None:
        """The secret, None when there is none. Raises Unavailable when others may read the file, or it is no such file."""
        return self._read().get(name)

    def put(self, name: str, value: str) -> None:
        """Set a secret, durably and never half."""
        with self._lock:
            kept = {**self._read(), name: value}
            draft = self._path.with_name(self._path.name + ".new")
            try:
                draft.unlink(missing_ok=True)
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                    json.dump(kept, file, indent=2)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
            except OSError as error:
                raise Unavailable(f"The secrets in {self._path} cannot be written ({error.strerror}); check its folder.") from error

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open(encoding="utf-8") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                found = json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Unavailable(f"The secrets in {self._path} cannot be read; it has to be a JSON object of names and texts.") from error
        if mode & 0o077:
            raise Unavailable(f"Others may read the secrets in {self._path}; run: chmod 600 {self._path}")
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise Unavailable(f"The secrets in {self._path} cannot be read; it has to be a JSON object of names and texts.")
        return found
