"""Texts that try to run a script, in every field of every page in a real browser: escaping alone stops them, and so does the policy."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import jinja2
import pytest
from playwright.sync_api import Browser

from steward.desk import pages, render
from tests.desk.hostile import SHORT, WAYS, Hostile
from tests.desk.test_tenants import at

SHOWN = sorted(path for method, path in pages.PAGES if method == "GET")
DOORS = sorted(path for method, path in pages.DOORS if method == "GET")
LOOKS = (
    "properties?sort=ref", "properties?sort=ref&peek=1", "properties?sort=ref&layout=split", "properties/1?edit=owner_name",
    "imports/1?about=zip", "activity?who=me",
)  # fmt: skip
SAID = ("today?{}=1", "properties?q={}", "properties?{}=1", "properties/{}", "imports/{}", "approvals/{}", "activity?what={}", "{}")
"""Where an address itself is hostile, as in a link that somebody sends."""
COUNTED = "window.hits = []"
ALIVE = """async () => {
  document.querySelectorAll('details').forEach(one => { one.open = true })
  document.querySelectorAll('[onfocus]').forEach(one => one.focus())
  document.querySelector('virtual-rows')?.scrollBy(0, 20000)
  await new Promise(done => setTimeout(done, 50))
  const map = document.querySelector('plat-map')
  for (let waited = 0; map && waited < 100 && !map.told?.homes.length; waited += 1) await new Promise(done => setTimeout(done, 100))
  map?.step(1)
  const led = document.querySelectorAll('a[href^="javascript:" i], form[action^="javascript:" i]').length
  return [...new Set(window.hits), ...Array(led).fill('a link that runs')]
}"""


@pytest.fixture(scope="module")
def product(chromium: Browser) -> Hostile:
    return Hostile()


@pytest.fixture(scope="module")
def address(product: Hostile) -> Iterator[str]:
    with product.served() as served:
        yield served


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The desk's pages without the escaping of their templates."""
    monkeypatch.setattr(render, "Environment", lambda **told: jinja2.Environment(**{**told, "autoescape": False}))
    render.environment.cache_clear()
    yield
    render.environment.cache_clear()


def places(product: Hostile) -> Iterator[str]:
    """Every page of the desk, with the first of its things that it shows, and every page before the desk."""
    one, evil = product.one, quote(SHORT, safe="")
    for path in SHOWN:
        ids = ["1", *(ends[0] for ends in product.kinds(one).values())] if "{" in path else [""]
        yield from [place for place in (at(one.slug, path, id) for id in ids) if product.shows(place)][:1]
    yield from (f"/w/{one.slug}/{look}" for look in LOOKS)
    yield from (f"/w/{one.slug}/{said.format(evil)}" for said in SAID)
    yield from (f"{door}?token={evil}&done={evil}&error={evil}" for door in DOORS)
    yield from (f"/w/{evil}/today", f"/{evil}")


def ran(chromium: Browser, address: str, where: Iterable[str], *, policy: bool) -> dict[str, list[object]]:
    """What came through, by page."""
    context = chromium.new_context(base_url=address, bypass_csp=not policy)
    context.add_init_script(COUNTED)
    page, found = context.new_page(), {}
    for place in where:
        page.goto(place)
        if hits := page.evaluate(ALIVE):
            found[place[:60]] = hits
    context.close()
    return found


def test_what_is_escaped_runs_nowhere_without_any_policy(chromium: Browser, product: Hostile, address: str) -> None:
    assert ran(chromium, address, places(product), policy=False) == {}


@pytest.mark.usefixtures("unescaped")
def test_the_policy_lets_nothing_run_that_is_not_escaped(chromium: Browser, product: Hostile, address: str) -> None:
    found = ran(chromium, address, places(product), policy=True)
    assert [hit for hits in found.values() for hit in hits if hit != "a link that runs"] == []


@pytest.mark.usefixtures("unescaped")
def test_without_either_they_do_run(chromium: Browser, product: Hostile, address: str) -> None:
    """A guard of the tests above."""
    found = ran(chromium, address, (f"/w/{product.one.slug}/{look}" for look in LOOKS), policy=False)
    assert len({hit for hits in found.values() for hit in hits if hit != "a link that runs"}) >= len(WAYS) // 2
    assert len(found) == len(LOOKS)
