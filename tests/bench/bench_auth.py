"""Sign-in: what a password costs, and whether an unknown address takes as long as a known one."""

import json
import time
from collections.abc import Iterator
from statistics import median
from tempfile import TemporaryDirectory

from steward.bootstrap import assemble
from steward.kernel.actor import Surface
from steward.kernel.context import Call, Context
from steward.kernel.errors import Forbidden
from steward.kernel.keys import SYSTEM
from steward.kernel.product import Product
from steward.settings import load
from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces.accounts import of_email
from steward.workspaces.identity import OWNER
from steward.workspaces.model_accounts import PASSWORDS, Password
from steward.workspaces.passwords import Passwords
from tests.bench.bench import Failed, Figure, at_most, bench
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, PASSWORD, account, sign_in

TRIES = 120


@bench("auth")
def auth() -> Iterator[Figure]:
    """Wrong passwords in turn for a known and an unknown address, with the parameters that are shipped."""
    world = World(more={Passwords: Passwords()})
    account(world)
    spent: dict[str, list[float]] = {DANA: [], "no@hudson.example": []}
    for attempt in range(TRIES):
        for email, times in list(spent.items())[:: 1 if attempt % 2 else -1]:
            world.clock.pass_(hours=25)
            started = time.perf_counter()
            try:
                sign_in(world, email, "wrong password", ip=f"198.51.{attempt}.1")
            except Forbidden:
                times.append(1000 * (time.perf_counter() - started))
    yield from _figures("sign-in", *spent.values())
    yield from _figures("sign-in over REST, with records on disk", *_over_rest())


def _figures(what: str, known: list[float], unknown: list[float]) -> Iterator[Figure]:
    """Both of a pair are measured one after the other, by turns this first and that, so that what else runs falls on both alike."""
    apart = median(one - other for one, other in zip(known, unknown, strict=True))
    yield Figure(f"{what}: a wrong password, median", median(known), "ms")
    yield Figure(f"{what}: known against unknown address, median of what they differ", abs(apart), "ms", at_most(1.0))


def _over_rest() -> tuple[list[float], list[float]]:
    """The whole route, each time for another account and from another address, so that nobody is locked out."""
    with TemporaryDirectory() as folder:
        product = assemble(load({"STEWARD_HOME": folder}))
        ctx = Context(product.door, Call("", {}, OWNER, SYSTEM, Surface.CLI), product.ports.clock())
        hashed = product.ports.port(Passwords).hash(PASSWORD)
        known, unknown = ([f"{kind}{number}@hudson.example" for number in range(TRIES)] for kind in ("known", "no"))
        for email in known:
            made = of_email(ctx, email)
            PASSWORDS.insert(ctx, Password(id=made.id, created_at=ctx.now, updated_at=ctx.now, kept=hashed))
            product.ports.records.commit(list(ctx.changes.values()))
            ctx.changes.clear()
        spent: tuple[list[float], list[float]] = ([], [])
        for number, pair in enumerate(zip(known, unknown, strict=True)):
            for email, times in list(zip(pair, spent, strict=True))[:: 1 if number % 2 else -1]:
                times.append(_refused(product, email, ip=f"198.51.{number}.{len(times) % 2}"))
        return spent


def _refused(product: Product, email: str, *, ip: str) -> float:
    """Milliseconds until a wrong password is refused."""
    body = json.dumps({"email": email, "password": "wrong password"}).encode()
    request = Request("POST", "/v1/auth/login", {}, {"content-type": "application/json"}, body, source_ip=ip)
    started = time.perf_counter()
    answer = http.handle(request, product)
    took = 1000 * (time.perf_counter() - started)
    if answer.status != 401:
        raise Failed(f"a wrong password was answered {answer.status}")
    return took
