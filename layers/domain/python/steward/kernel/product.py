"""The assembled product, as the surfaces, the desk, the functions and the host see it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from steward.kernel.context import Ports
from steward.kernel.dispatch import Door
from steward.kernel.errors import StewardError

log = logging.getLogger("steward.product")


@dataclass(frozen=True, slots=True)
class Product:
    """`home` is the folder of a one-machine installation, `max_upload` in bytes.

    `secure` says that people come over TLS, so cookies are `__Host-` ones; `exposed` that a network reaches it without, so that only
    who comes from this machine itself is let in. `endings` are what slices do last.
    """

    door: Door
    home: Path
    max_upload: int
    secure: bool
    version: str
    exposed: bool = False
    endings: Sequence[Callable[[], None]] = ()

    @property
    def url(self) -> str:
        """The address people open."""
        return self.ports.url

    @property
    def ports(self) -> Ports:
        """The engines."""
        return self.door.ports

    def close(self) -> None:
        """Give back refs, clear the outbox, write down what was read, let slices end and close the engines."""
        for last in (self.ports.refs.close, self.door.outbox.flush, self.door.meter.flush, *self.endings):
            try:
                last()
            except StewardError as error:
                log.warning("left for the next start: %s", error.detail)
        self.ports.children.close()
        self.ports.queue.close()
        self.ports.search.close()
        self.ports.records.close()
