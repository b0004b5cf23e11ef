"""A desk whose every text tries to run a script, served on loopback."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from steward.desk import pages
from steward.kernel.keys import SYSTEM
from steward.kernel.registry import find
from steward.surfaces.wire import Request
from steward.workspaces.identity import OWNER
from tests.support.brokerages import Brokerage, Brokerages

RUN = "top.hits.push({})"
WAYS = (
    '" autofocus tabindex=0 onfocus={} x="', "' autofocus tabindex=0 onfocus={} x='",
    '"><img src=x onerror={}>', "'><img src=x onerror={}>",
    "</textarea><img src=x onerror={}>", "</option></select><img src=x onerror={}>", "--><img src=x onerror={}>",
    "</title><img src=x onerror={}>", "</script><script>{}</script>", "<script>{}</script>", "<img src=x onerror={}>",
    "<svg onload={}></svg>", "<input autofocus onfocus={}>", "<details open ontoggle={}></details>",
    "<math><mtext><img src=x onerror={}></math>", "<video><source onerror={}></video>", "<iframe src=javascript:{}></iframe>",
    "<a href=javascript:{}>here</a>", "<b hx-trigger=load hx-on::load={}></b>", "javascript:{}",
    "{{{{{}}}}}", "${{{}}}", "`-{}-`", "'-{}-'",
)  # fmt: skip
"""Ways in; each tells by its number that it came through."""
EVIL = "".join(way.format(RUN.format(number)) for number, way in enumerate(WAYS))
SHORT = WAYS[0].format(RUN.format(0)) + WAYS[2].format(RUN.format(2))
"""What still fits into an address."""
FREE = frozenset({
    "unit", "county", "zoning", "owner_name", "owner_mailing_address", "listing_url", "remarks", "organization", "licence", "notes",
    "user_agent", "reason", "problem",
})  # fmt: skip
"""Fields that hold whatever somebody wrote, of which the sample leaves some empty."""
NAMES = frozenset({"id", "slug"})


def poisoned(told: Any, word: str, name: str = "") -> Any:
    """A record in which each text with the word is a hostile one, and so is each that was left free."""
    match told:
        case dict():
            return {key: poisoned(value, word, key) for key, value in told.items()}
        case list():
            return [poisoned(value, word, name) for value in told]
        case str() | None if name in FREE and not told:
            return f"javascript:{RUN.format(0)}" if name.endswith("_url") else EVIL
        case str() if name not in NAMES:
            return told.replace(word, word + EVIL)
    return told


class Hostile(Brokerages):
    """Three brokerages, the first of which has nothing but such texts, put past every check of what comes in."""

    def __init__(self) -> None:
        super().__init__(trained=False)
        self.one: Brokerage = self.all[0]
        own = {(pk, sk) for pk, sk, text in self.raw() if pk.startswith(f"w#{SYSTEM}#") and self.one.word in text}
        for pk, sk in own | set(self.rows_of(self.one)):
            rows = self.records._partitions[pk].rows
            rows[sk] = replace(rows[sk], text=json.dumps(poisoned(json.loads(rows[sk].text), self.one.word)))
        self.run(find("search.rebuild").input(), workspace=SYSTEM, actor=OWNER)
        self.settle()

    def shows(self, address: str) -> bool:
        """Whether there is a page at an address, and no file."""
        answer = pages.handle(self._visit(address, {}), self.product)
        return answer.status == HTTPStatus.OK and answer.headers["Content-Type"].startswith("text/html")

    def _visit(self, address: str, headers: Mapping[str, str]) -> Request:
        parts = urlsplit(address)
        given = {**{name.lower(): value for name, value in headers.items()}, "cookie": f"steward={self.one.token}"}
        return Request("GET", parts.path, parse_qs(parts.query, keep_blank_values=True), given, b"", "127.0.0.1")

    @contextmanager
    def served(self) -> Iterator[str]:
        """The desk at an address of this machine, for its owner."""
        desk = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = pages.handle(desk._visit(self.path, dict(self.headers)), desk.product)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()
