"""What holds for every test: no network beyond this machine, no settings from outside, and the same examples each time."""

import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60, database=None)
hypothesis.settings.load_profile("steady")

KEPT = ("STEWARD_TEST_",)
CLOUD = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class NetworkUsed(Exception):
    """A test tried to reach beyond this machine."""


def pytest_configure() -> None:
    for name in list(os.environ):
        if name.startswith(("STEWARD_", "AWS_")) and not name.startswith(KEPT):
            del os.environ[name]
    os.environ.update(CLOUD)


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkUsed(f"a test may reach this machine only, not {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
