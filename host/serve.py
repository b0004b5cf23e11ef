"""`steward serve`: one process that owns a home and answers on one port."""

import asyncio
import errno
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from time import monotonic

from granian.constants import Interfaces
from granian.server.embed import Server

import app
from functions import edge, logs, queue, schedules, uploads
from host import own
from host.clock import Ticker
from host.door import Door
from host.events import Asked, Context, Event
from host.owner import Owner, note, owning
from host.pump import Pump
from host.uploads import Uploads
from host.waiting import Waiting
from host.web import Means, Side, Web
from steward import bootstrap
from steward.kernel.errors import Unavailable
from steward.kernel.product import Product
from steward.kernel.time import system_clock
from steward.runs import tick
from steward.settings import Settings, inspect
from steward.settings import Web as Place
from steward.surfaces import credentials
from steward.surfaces.wire import Request

PATIENCE = 2.0
"""Seconds to wait for a command line that is about to give the home back."""
GRACE = 20.0
"""Seconds that requests in hand have to come to their end."""
HASTE = 3.0
"""Seconds that runs have after that, before their child processes are ended."""
BACKLOG = 1024
TAKEN = "stop what listens there, or set STEWARD_PORT (and STEWARD_HOST) to another place"
NOWHERE = "set STEWARD_HOST to an address of this machine, such as 127.0.0.1"
HANDOVER = 0.0005
"""Seconds after which a thread that runs hands the interpreter on; with Python's own 0.005 a request that has arrived waits as long."""
PROPOSALS = "/proposals"
"""The end of addresses where a language model is waited for: in a line of their own, so that no page of the same person stands behind."""
log = logging.getLogger("steward.host")


def serve(settings: Settings, tell: Callable[[str, str], None], *, demo: bool = False) -> None:
    """Own the home and answer until a signal comes; `tell` hears the address and a sign-in link once it does.

    Raises Conflict when another process owns the home, Unavailable when it cannot be opened or the port is taken.
    """
    with ExitStack() as stack:
        me = stack.enter_context(owning(settings.home, system_clock(), patience=PATIENCE))
        place = settings.web.model_copy(update={"port": free_port(settings.web)})
        logs.log_lines()
        for found in inspect(settings).warnings:
            log.warning(found.sentence)
        sys.setswitchinterval(HANDOVER)
        product = bootstrap.assemble(settings.model_copy(update={"web": place}))
        stack.callback(product.close)
        edge.use(product)
        asyncio.run(Host(product, place, me, afar=settings.afar).run(tell, demo=demo))


def free_port(place: Place) -> int:
    """The port to listen on, a free one for 0. Raises Unavailable when nobody can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in place.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
            probe.listen(1)
        except OSError as error:
            nowhere = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
            mend = NOWHERE if nowhere else TAKEN
            raise Unavailable(f"{place.host}:{place.port} cannot be listened on ({error.strerror}); {mend}.") from error
        port: int = probe.getsockname()[1]
        return port


class Host:
    """The parts of one running host."""

    def __init__(self, product: Product, place: Place, me: Owner, *, afar: bool) -> None:
        self._product, self._place = product, place
        url = place.model_copy(update={"public_url": ""}).url
        self._me = replace(me, url=url, token=secrets.token_urlsafe(32))
        ports = product.ports
        sides: list[Side] = [Door(product, self._me.token)]
        if accept := getattr(ports.blobs, "accept_upload", None):
            sides.append(Uploads(accept, uploads.received, product))
        self._web = Web(app.app, sides, Means(ports.records.coming, Waiting(product), self._line, afar))
        self._pump = Pump(ports.queue, queue.batch)
        self._filled = True
        self._ticker = Ticker({1: self._minute, 5: schedules.five_minutes}, ports.clock)

    def _line(self, asked: Asked) -> str:
        line = credentials.line_of(Request(asked.method, asked.path, headers=dict(asked.headers)), self._product)
        return f"{line} {PROPOSALS}" if asked.path.endswith(PROPOSALS) else line

    async def run(self, tell: Callable[[str, str], None], *, demo: bool) -> None:
        """Answer until SIGTERM or SIGINT, then finish what is in hand."""
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        server = self._server()
        serving = asyncio.create_task(server.serve())
        await asyncio.to_thread(self._prepare, demo=demo)
        self._web.ready = True
        note(self._product.home, self._me)
        tell(self._product.url, self._link())
        await asyncio.wait([serving, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
        await self._stop()
        server.stop()  # type: ignore[no-untyped-call]
        await serving

    def _server(self) -> Server:
        place = self._place
        return Server(
            self._web,
            address=place.host,
            port=place.port,
            interface=Interfaces.ASGINL,
            websockets=False,
            backlog=BACKLOG,
            log_enabled=False,
            ssl_cert=place.certificate,
            ssl_key=place.key,
        )

    def _prepare(self, *, demo: bool) -> None:
        own.workspace_of(self._product, "")
        self._filled = tick.start(self._product.door)
        self._pump.start()
        self._ticker.start()
        if demo:
            own.run(self._product, "demo.create", {}, workspace="", key="", expected=None)

    def _minute(self, event: Event, context: Context) -> None:
        """The minute tick; as long as an engine of the lists is away, it is looked for first."""
        if not self._filled:
            self._filled = tick.ready(self._product.door, embed=False)
        schedules.minute(event, context)

    def _link(self) -> str:
        return str(own.run(self._product, "sessions.link", {}, workspace="", key="", expected=None)["url"])

    async def _stop(self) -> None:
        """Let nothing new in, and come to the end of what is in hand; work that takes longer goes on at the next start."""
        log.info("stopping")
        self._web.stopping = True
        halted = asyncio.gather(asyncio.to_thread(self._pump.stop), asyncio.to_thread(self._ticker.stop))
        await self._answered()
        await asyncio.wait([halted], timeout=HASTE)
        if not halted.done():
            self._product.ports.children.close()
        await halted

    async def _answered(self) -> None:
        until = monotonic() + GRACE
        while self._web.in_hand and monotonic() < until:
            await asyncio.sleep(0.01)
