"""Sign-in: what a password costs, and whether an unknown address takes as long as a known one."""

import time
from collections.abc import Iterator
from statistics import median

from steward.kernel.errors import Forbidden
from steward.workspaces.passwords import Passwords
from tests.bench.bench import Figure, at_most, bench
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, account, sign_in

TRIES = 120


@bench("auth")
def auth() -> Iterator[Figure]:
    """Wrong passwords in turn for a known and an unknown address, with the parameters that are shipped."""
    world = World(more={Passwords: Passwords()})
    account(world)
    spent: dict[str, list[float]] = {DANA: [], "no@hudson.example": []}
    for attempt in range(TRIES):
        for email, times in spent.items():
            world.clock.pass_(hours=25)
            started = time.perf_counter()
            try:
                sign_in(world, email, "wrong password", ip=f"198.51.{attempt}.1")
            except Forbidden:
                times.append(1000 * (time.perf_counter() - started))
    known, unknown = (median(times) for times in spent.values())
    yield Figure("sign-in: a wrong password, median", known, "ms")
    yield Figure("sign-in: known against unknown address, medians apart", abs(known - unknown), "ms", at_most(1.0))
