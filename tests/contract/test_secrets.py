"""The contract of Secrets."""

import json
import stat
from pathlib import Path

import pytest

from steward.adapters.secrets.env import EnvSecrets
from steward.adapters.secrets.file import FileSecrets
from steward.kernel.errors import Unavailable
from steward.kernel.ports import Secrets


def in_file(path: Path, text: str, mode: int = 0o600) -> FileSecrets:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return FileSecrets(path)


@pytest.fixture(params=["env", "file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Secrets:
    """An engine that holds `upload.key` and an empty `mail.key`."""
    if request.param == "env":
        return EnvSecrets({"STEWARD_SECRET_UPLOAD_KEY": "hüsh", "STEWARD_SECRET_MAIL_KEY": "", "HOME": "/root"}, "STEWARD_SECRET_")
    return in_file(tmp_path / "secrets.json", json.dumps({"upload.key": "hüsh"}))


def test_a_secret_is_found_by_its_name(kept: Secrets) -> None:
    assert kept.get("upload.key") == "hüsh"


@pytest.mark.parametrize("name", ["mail.key", "home", "", "../upload.key"])
def test_what_is_not_set_is_none(kept: Secrets, name: str) -> None:
    assert kept.get(name) is None


def test_without_a_file_there_are_no_secrets(tmp_path: Path) -> None:
    assert FileSecrets(tmp_path / "none.json").get("upload.key") is None


def test_a_secret_put_into_the_file_is_for_its_owner_only_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).put("upload.key", "one")
    FileSecrets(path).put("mail.key", "two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (FileSecrets(path).get("upload.key"), FileSecrets(path).get("mail.key")) == ("one", "two")


def test_a_file_that_others_may_read_is_refused_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="chmod 600"):
        in_file(tmp_path / "secrets.json", "{}", 0o640).get("upload.key")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": null}'])
def test_a_file_of_another_shape_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unavailable, match="JSON object"):
        in_file(tmp_path / "secrets.json", text).get("a")
