"""What a person waits for: a memo, and the code of a property's page on the wire; and what Lighthouse makes of that page."""

import gzip
import json
import re
import subprocess
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from tests.bench.bench import Failed, Figure, Missing, at_least, at_most, bench
from tests.bench.home import ROOT, Served, county_home, need

LIGHTHOUSE = "lighthouse@13.5.0"
JUDGED = ("performance", "accessibility", "best-practices")
CODE = re.compile(r'<(?:script[^>]*\ssrc|link[^>]*rel="(?:stylesheet|modulepreload)"[^>]*\shref)="([^"]+)"')


@bench("memo")
def memo() -> Iterator[Figure]:
    """The first memo of a host that has just begun, and the next ones."""
    home, _ = county_home()
    with home.served() as served:
        rows = served.ask("GET", "/v1/properties?score=known&limit=10")["rows"]
        took = []
        for row in rows:
            started = time.perf_counter()
            served.ask("POST", f"/v1/properties/{row['id']}/packet", {})
            took.append(time.perf_counter() - started)
    if not took:
        raise Failed("no property has a score, so none has a memo")
    yield Figure("memo: the first of a host", took[0], "s", at_most(0.5))
    yield Figure("memo: the next, the slowest of nine", max(took[1:]), "s", at_most(0.1), f"median {sorted(took[1:])[4]:.3f} s")


@bench("page")
def page() -> Iterator[Figure]:
    """Bytes of HTML, style and script that a property's page brings, as they are sent."""
    home, _ = county_home()
    with home.served() as served:
        cookies, address = signed_in(served), property_page(served)
        html, sent = fetched(address, cookies)
        code = {link: fetched(urljoin(address, link), cookies)[1] for link in set(CODE.findall(html))}
    total = (sent + sum(code.values())) / 1000
    yield Figure("property page: code on the wire", total, "KB", at_most(60), f"page {sent / 1000:.1f} KB, {len(code)} files beside it")


@bench("lighthouse")
def lighthouse() -> Iterator[Figure]:
    """Lighthouse's marks for a property's page, signed in, on a desktop."""
    need("node", "install Node.js to run Lighthouse")
    chromium = need("chromium", "make browser installs it where it can")
    home, _ = county_home()
    with home.served() as served, TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        headers = Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": signed_in(served)}))
        words = [
            *(_lighthouse(), property_page(served), "--quiet", "--output=json", f"--output-path={report}", f"--extra-headers={headers}"),
            *(f"--only-categories={','.join(JUDGED)}", "--preset=desktop", "--chrome-flags=--headless=new --no-sandbox"),
        ]
        ran = subprocess.run(
            words, check=False, capture_output=True, text=True, timeout=180, env={**home.environment, "CHROME_PATH": chromium}
        )
        if not report.exists():
            raise Failed(ran.stderr.strip()[-300:])
        marks = json.loads(report.read_text())["categories"]
    for name in JUDGED:
        yield Figure(f"property page: Lighthouse, {name.replace('-', ' ')}", 100 * marks[name]["score"], "", at_least(95))


def signed_in(served: Served) -> str:
    """The cookies of a browser after the one-time link, used as a person uses it: open, then press the button."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    browser.addheaders = [("Accept", "text/html")]
    with browser.open(served.link):
        pass
    parts = urlsplit(served.link)
    token = parse_qs(parts.query)["token"][0]
    with browser.open(Request(f"{served.address}{parts.path}", urlencode({"token": token}).encode(), {"Origin": served.address})):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def property_page(served: Served) -> str:
    """The address of the page of a property that has all there is to show."""
    row = served.ask("GET", "/v1/properties?score=known&sort=-score&limit=1")["rows"][0]
    return f"{served.address}/w/own/properties/{row['ref']}"


def fetched(address: str, cookies: str) -> tuple[str, int]:
    """The text of an address, and its bytes as they were sent."""
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip", "Accept": "text/html,*/*", "Cookie": cookies})) as answer:
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(body) if packed else body).decode(), len(body)


def _lighthouse() -> str:
    """The program, brought from npm once."""
    folder = ROOT / ".engines/lighthouse"
    program = folder / "node_modules/.bin/lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", LIGHTHOUSE]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            raise Missing(f"{LIGHTHOUSE} could not be fetched with npm")
    return str(program)
