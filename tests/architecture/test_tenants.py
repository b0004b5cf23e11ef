"""Every route, asked with the ids of three brokerages: nobody sees, learns of or changes what is another's."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from steward.kernel.actor import Actor, Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import StewardError
from steward.kernel.keys import SYSTEM
from steward.kernel.registry import Entry, find, manifest
from steward.runs import erasing
from steward.runs.model import RunView, StartRun
from steward.surfaces import http
from steward.surfaces.routes import PREFIXES
from steward.surfaces.wire import Request, Response
from steward.workspaces import identity
from steward.workspaces.model import MakeLink, OpenSession
from tests.support.brokerages import Brokerage, Brokerages, of_form
from tests.support.samples import sample, schema, texts

OUTER = [entry for entry in manifest().commands.values() if not entry.internal and entry.http]
UNROUTED = [entry for entry in manifest().commands.values() if not entry.internal and not entry.http]
"""Commands that only the command line has."""
NAMING = [(entry, one) for entry in OUTER for one in (entry.http, *entry.aliases) if "{" in one]
READING = [(entry, one) for entry in OUTER for one in (entry.http, *entry.aliases) if one.startswith("GET")]
MALFORMED = ("%00", "%ff", "..", "*", "%F0%9F%92%A5", "%2e%2e%2f", "x" * 512, "x" * 513, "w%23x", "%20", "-1", "9" * 30, "null")
MARK = "<id>"
UNIQUE = {("workspaces.create", "slug"), ("workspaces.create", "name"), ("workspaces.update", "slug")}
"""Fields that are known to be taken by anybody at all, as every desk has an address of its own."""
FEW = 4
"""Fields of a command each of which is tried with every id; where there are more, they share the ids."""
LOCKED_OUT = 429
"""Tries to come in are counted, whoever's name they bear."""
OWN_WORKS = frozenset({200, 201, 202, 303, 409, 428, 503})
"""What an own id may answer: done, or on its way, or not now, or only once somebody has agreed; but never that it is not there."""


def named(case: tuple[Entry, str]) -> str:
    return f"{case[0].name} {case[1].split()[1]}"


class Asked(Brokerages):
    """The product, and for each route an own id that it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.own = {one.id: self.ids(one) for one in self.all}
        link = self.run(MakeLink(), workspace=SYSTEM)
        self._token = self.run(OpenSession(token=link.token), workspace=SYSTEM, surface=Surface.DESK).token
        self.erasures = {one.id: self._erasure(one) for one in self.all}
        self.kept = self.keep()
        self.commits, self.reads = 0, 0
        for name, counted in (("commit", "commits"), ("get", "reads"), ("query", "reads")):
            setattr(self.records, name, self._counting(getattr(self.records, name), counted))
        self._known: dict[tuple[str, str, str], str] = {}

    def _erasure(self, one: Brokerage) -> str:
        """The id of a run of the installation that is about a workspace."""
        cmd = StartRun(kind=erasing.KIND, name=one.slug, trigger="schedule", subject=one.id)
        started: RunView = self.run(cmd, actor=system("tick"), workspace=SYSTEM, surface=Surface.SYSTEM)
        return started.id

    def owners(self, one: Brokerage) -> dict[str, str]:
        """The headers of the installation's owner at a desk."""
        return {**one.by_session, "cookie": f"steward={self._token}"}

    def foreign(self, one: Brokerage) -> Iterator[str]:
        """The ids of all others that it has none like."""
        for other in self.others(one):
            yield from (id for id in self.own[other.id] if id not in self.own[one.id])

    def ask(self, case: tuple[Entry, str], id: str, headers: Mapping[str, str], *, prefix: str = "/v1", **more: object) -> Response:
        """The answer to the smallest request of a route with this id in its address."""
        entry, spelling = case
        method, path = spelling.split()
        in_path = set(re.findall(r"{(\w+)}", path))
        told = {name: value for name, value in sample(find(entry.name).input, **more).items() if name not in in_path}
        address = prefix + re.sub(r"{\w+}", lambda _: quote(id, safe="%"), path)
        given = {**headers, "if-match": "*", "idempotency-key": f"try {next(self._numbers)}"}
        if method in ("GET", "DELETE"):
            return self.send(method, address, headers=given, **{name: str(value) for name, value in told.items()})
        return self.send(method, address, told, headers=given)

    def command(self, entry: Entry, actor: Actor, **more: object) -> Response:
        """The answer to a command that has no route."""
        told = sample(find(entry.name).input, **more)
        try:
            given = self.door.dispatch(Call(entry.name, told, actor, actor.workspace, Surface.CLI)).output
        except StewardError as error:
            return http.refuse(error, Request("", ""))
        return Response(200, {}, given.model_dump_json().encode())

    def known(self, case: tuple[Entry, str], one: Brokerage, headers: Mapping[str, str]) -> str:
        """An own id that a route takes, "" when there is none; all is as before then."""
        place = (one.id, case[1], str(headers))
        if place not in self._known:
            self._known[place] = next((id for id in self.own[one.id] if self.takes(case, id, headers)), "")
        return self._known[place]

    def put_back(self, kept: Any) -> None:
        super().put_back(kept)
        self.commits = 0

    def _counting(self, ask: Callable[..., Any], counted: str) -> Callable[..., Any]:
        def counting(*args: Any, **named: Any) -> Any:
            setattr(self, counted, getattr(self, counted) + 1)
            return ask(*args, **named)

        return counting

    def takes(self, case: tuple[Entry, str], id: str, headers: Mapping[str, str]) -> bool:
        """Whether a route takes an id; all is as before then."""
        taken = self.ask(case, id, headers).status in OWN_WORKS
        if taken:
            self.put_back(self.kept)
        return taken


@pytest.fixture(scope="module")
def product() -> Asked:
    return Asked()


def text_of(answer: Response, sent: str = "") -> str:
    """All that an answer says, without the id that the caller sent themselves."""
    text = " ".join([answer.body.decode("utf-8", "replace"), *answer.headers.values(), *answer.cookies])
    for form in (sent, quote(sent, safe="%"), sent[:64]):
        text = text.replace(form or "\0", MARK)
    return text


def seen(answer: Response, sent: str) -> tuple[int, str]:
    """What a refusal can be told from another by. The nearest of one's own things is no news, nor is how a text of that form is read."""
    text = re.sub(r" Did you mean '[^']*'\?", "", text_of(answer, sent))
    text = re.sub(r"approval(\W+)\w{26}", r"approval\1", text)
    return answer.status, text if answer.status in (401, 403, 404, 409, 412, 428) else ""


def told_of(answer: Response, others: Iterable[Brokerage], sent: str = "") -> list[str]:
    """What an answer tells of others that nobody told: their word, or the id of their workspace or of their owner."""
    text = text_of(answer, sent)
    return [secret for other in others for secret in (other.word, other.id, other.person) if secret in text and secret not in sent]


def leaks(product: Asked, one: Brokerage, ids: Iterable[str], ask: Callable[[str], Response]) -> list[object]:
    """What comes out, or is changed, when these ids of others are asked for; each beside one of its form that nobody has."""
    others, wrong = product.others(one), list[object]()
    before = [product.rows_of(other) for other in others]
    absent: dict[str, tuple[int, str]] = {}

    def answered(id: str) -> Response:
        """The answer; what it did to one's own is undone, so that the next one finds all as it was."""
        answer = ask(id)
        if answer.status < 300 and product.commits:
            wrong.extend(["somebody else's rows were changed"] * ([product.rows_of(other) for other in others] != before))
            product.put_back(product.kept)
        return answer

    for id in ids:
        answer, nobodys = answered(id), of_form(id)
        if nobodys not in absent:
            absent[nobodys] = seen(answered(nobodys), nobodys)
        if seen(answer, id) != absent[nobodys] and LOCKED_OUT not in (answer.status, absent[nobodys][0]):
            wrong.append((id, seen(answer, id), absent[nobodys]))
        wrong += told_of(answer, others, id)
    if [product.rows_of(other) for other in others] != before:
        wrong.append("somebody else's rows were changed")
    product.put_back(product.kept)
    return wrong


@pytest.mark.parametrize("case", NAMING, ids=named)
def test_anothers_id_answers_as_one_that_is_not_there(product: Asked, case: tuple[Entry, str]) -> None:
    for one in product.all:
        for headers in (one.by_key, one.by_session):
            answered: list[int] = []

            def ask(id: str, headers: Mapping[str, str] = headers, answered: list[int] = answered) -> Response:
                answer = product.ask(case, id, headers)
                answered.append(answer.status)
                return answer

            assert leaks(product, one, product.foreign(one), ask) == []
            assert min(answered) >= 400


@pytest.mark.parametrize("case", NAMING, ids=named)
def test_an_own_id_is_known(product: Asked, case: tuple[Entry, str]) -> None:
    assert [
        one.word
        for one in product.all
        if not any(product.known(case, one, headers) for headers in (one.by_session, one.by_key, product.owners(one)))
    ] == []


@pytest.mark.parametrize("case", NAMING, ids=named)
def test_anothers_id_is_looked_for_as_long_as_one_that_is_not_there(product: Asked, case: tuple[Entry, str]) -> None:
    """Told by the reads, which are what takes time. Now and then a request reads more, whatever its id, as for a plan after a while."""
    one, other = product.all[:2]

    def reads(id: str, headers: Mapping[str, str]) -> int:
        before = product.reads
        assert product.ask(case, id, headers).status >= 400
        return product.reads - before

    theirs = [id for id in product.own[other.id] if id not in product.own[one.id]]
    id = next((id for id in theirs if product.takes(case, id, other.by_session)), other.id)
    for headers in (one.by_key, one.by_session):
        assert any(reads(id, headers) == reads(of_form(id), headers) for _ in range(3))
    product.put_back(product.kept)


@pytest.mark.parametrize("case", NAMING, ids=named)
def test_a_malformed_id_tells_nothing(product: Asked, case: tuple[Entry, str]) -> None:
    one = product.all[0]
    ways = [(headers, prefix) for headers in (one.by_key, one.by_session, {}) for prefix in PREFIXES]
    answers = [product.ask(case, id, headers, prefix=prefix) for id in MALFORMED for headers, prefix in ways]
    assert {answer.status for answer in answers} <= {400, 401, 403, 404, 405, 422}
    assert [told for answer in answers for told in told_of(answer, product.all[1:])] == []


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_anothers_id_in_a_field_tells_nothing(product: Asked, entry: Entry) -> None:
    one, kind, case = product.all[1], find(entry.name).input, (entry, entry.http)
    place = product.known(case, one, one.by_key) or "0" * 19 if "{" in entry.http else ""
    lists = {name for name, field in schema(kind).get("properties", {}).items() if field.get("type") == "array"}
    fields = [name for name in texts(kind) if f"{{{name}}}" not in entry.http and (entry.name, name) not in UNIQUE]
    ids = list(product.foreign(one))
    for number, field in enumerate(fields):

        def ask(id: str, field: str = field) -> Response:
            more: dict[str, object] = {field: [id] if field in lists else id}
            return product.ask(case, place, one.by_key, prefix="/v1", **more)

        shared = ids if len(fields) <= FEW else ids[number :: len(fields)]
        assert leaks(product, one, shared, ask) == []


@pytest.mark.parametrize("entry", UNROUTED, ids=lambda entry: entry.name)
def test_anothers_id_tells_nothing_where_there_is_no_route_either(product: Asked, entry: Entry) -> None:
    one = product.all[1]
    key = identity.by_key(product.records, one.key, product.clock())
    for actor in (key, replace(identity.OWNER, workspace=one.id)):
        assert told_of(product.command(entry, actor), product.others(one)) == []
        product.put_back(product.kept)
        for field in texts(find(entry.name).input):
            assert leaks(product, one, product.foreign(one), lambda id, a=actor, f=field: product.command(entry, a, **{f: id})) == []  # type: ignore[misc]


def test_the_commands_without_a_route_are_these() -> None:
    """A guard of the test above: none is left out, and what is for the installation's owner is for no key of a workspace."""
    names = {entry.name for entry in UNROUTED}
    assert names >= {"receipts.accept_loss", "receipts.seal", "search.rebuild", "sessions.close", "sessions.link", "sessions.open"}
    assert {entry.name for entry in UNROUTED if entry.only == "installation"} >= {"search.rebuild", "sessions.link"}


@pytest.mark.parametrize("entry", OUTER, ids=lambda entry: entry.name)
def test_no_route_names_others_or_lets_their_workspace_be_named(product: Asked, entry: Entry) -> None:
    case = (entry, entry.http)
    for one in product.all:
        before = [product.rows_of(other) for other in product.others(one)]
        for headers in (one.by_key, one.by_session, {}):
            place = product.known(case, one, headers) if headers and "{" in entry.http else ""
            told = told_of(product.ask(case, place or "x", headers), product.others(one))
            for name in (name for other in product.others(one) for name in (other.id, other.slug)):
                abroad = product.ask(case, place or "x", {**headers, "x-workspace": name})
                told += told_of(abroad, product.others(one), name)
            assert told == []
        assert [product.rows_of(other) for other in product.others(one)] == before
        product.put_back(product.kept)


@pytest.mark.parametrize("case", READING, ids=named)
def test_a_cookie_that_names_no_workspace_reads_nothing_of_others(product: Asked, case: tuple[Entry, str]) -> None:
    for one in product.all:
        headers = {name: value for name, value in one.by_session.items() if name != "x-workspace"}
        ids = [*product.foreign(one), *(product.erasures[other.id] for other in product.others(one))] if "{" in case[1] else ["x"]
        told = {id: told_of(product.ask(case, id, headers), product.others(one), id) for id in ids}
        assert {id: words for id, words in told.items() if words} == {}


def test_the_words_do_come_out_where_they_should(product: Asked) -> None:
    """A guard of the tests above: an own id brings the own word from a third of the routes that have any."""
    one = product.all[2]
    reading = [case for case in NAMING if case[1].startswith("GET")]
    told = [one.word in text_of(product.ask(case, product.known(case, one, one.by_session), one.by_session)) for case in reading]
    assert sum(told) >= len(told) // 3
