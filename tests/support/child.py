"""What the contract of Children runs in a child process."""

import os
import sys
from collections.abc import Callable, Mapping
from errno import ENOSPC
from pathlib import Path
from typing import Any

from steward.kernel.errors import Invalid, Unavailable


def main(request: Any) -> Any:
    """Do what is asked: `{"do": NAME, …}`."""
    return DEEDS[request["do"]](request)


def _echo(request: Any) -> Any:
    print("a stray line on stdout")
    os.write(1, b"and one below Python's feet\n")
    return request["text"]


def _refuse(_: Any) -> Any:
    raise Invalid("The file has no column 'price'.")


def _give_up(_: Any) -> Any:
    raise Unavailable("There is no font.")


def _fill(_: Any) -> Any:
    raise OSError(ENOSPC, "No space left on device")


def _spin(request: Any) -> Any:
    Path(request["file"]).write_text(str(os.getpid()))
    while True:
        pass


DEEDS: Mapping[str, Callable[[Any], Any]] = {
    "echo": _echo,
    "pid": lambda _: os.getpid(),
    "environment": lambda _: sorted(os.environ),
    "refuse": _refuse,
    "give up": _give_up,
    "fill the disk": _fill,
    "crash": lambda _: 1 / 0,
    "exit": lambda _: sys.exit(0),
    "die": lambda _: os.kill(os.getpid(), 9),
    "eat": lambda request: len(bytearray(request["bytes"])),
    "write pid and spin": _spin,
}
