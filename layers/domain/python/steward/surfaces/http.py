"""REST: a request's method and path find a command in the manifest; its answer or its problem goes back."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from steward.kernel.actor import Surface
from steward.kernel.command import Danger
from steward.kernel.context import Call
from steward.kernel.dispatch import Answer
from steward.kernel.errors import ApprovalNeeded, Conflict, Internal, Invalid, NotFound, StewardError
from steward.kernel.guard import check_known
from steward.kernel.ids import sortable
from steward.kernel.model import FileAnswer
from steward.kernel.parse import check_kinds, json_object
from steward.kernel.product import Product
from steward.kernel.registry import Entry, find
from steward.surfaces import large, problem, ratelimit, service
from steward.surfaces.credentials import ENTERING, Caller, caller, check_private, forgotten, kept, origin_of
from steward.surfaces.routes import Match, match
from steward.surfaces.wire import GUARD, Request, Response
from steward.workspaces.model import OpenedSession

log = logging.getLogger("steward.http")
PROBLEM = "application/problem+json"
FORWARDED = {"content-type": "application/json", **GUARD}
REPEATED = "idempotent-replayed"
RULE = "steward-rule"
"""Which rule allowed it; a refusal names it in its body."""
TAG = re.compile(r'(W/)?"[!#-~\x80-\xff]*"')
"""An entity tag, as RFC 9110 writes one."""
CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""What an id looks like that a caller gives a request; other words stay out of receipts, where nothing can be erased."""
VERSION = re.compile(r'"([0-9]{1,15})(-[0-9a-f]+)?"')
READS = ("GET", "HEAD")
LEAVING = "auth.logout"
WORKSPACE = "workspace"
"""The name in an address for the workspace that its request acts in."""


def handle(request: Request, product: Product) -> Response:
    """The answer to an API request. Never raises: what goes wrong is a problem document."""
    try:
        return _answer(request, product)
    except StewardError as error:
        return refuse(error, request)
    except Exception:  # the outermost edge: the caller gets a reference, the log the trace
        reference = sortable(product.ports.clock(), product.ports.entropy)
        log.exception("unexpected", extra={"reference": reference, "method": request.method})
        return refuse(Internal(f"Something went wrong on our side; quote {reference} when you report it.", reference=reference), request)


def workspace_of(request: Request, product: Product) -> str:
    """The workspace that an API request acts in. Raises the errors of `credentials.caller`, NotFound where no command is."""
    found = match(request.method, request.path)
    if not isinstance(found, Match):
        raise NotFound("There is nothing at this address.")
    return caller(request, product, found.entry.name, at=found.values.get(WORKSPACE, "")).workspace


def methods(path: str) -> frozenset[str]:
    """What an address of the API takes; nothing when there is none."""
    found = frozenset({"GET"}) if path in service.ADDRESSES else match("", path)
    return found if isinstance(found, frozenset) else frozenset()


def refuse(error: StewardError, request: Request) -> Response:
    """The problem document of an error as a response."""
    headers = {"content-type": PROBLEM, **GUARD}
    status = problem.status_of(error)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 429:
        headers["retry-after"] = str(getattr(error, "retry_after", 1))
    return Response(status, headers, problem.body(error, instance=request.path[:200]))


def _answer(request: Request, product: Product) -> Response:
    own = service.ADDRESSES.get(request.path)
    if own and request.method in READS:
        return own(product)
    found = match("GET" if request.method == "HEAD" else request.method, request.path)
    if not isinstance(found, Match):
        return _unrouted(request, methods(request.path))
    who = caller(request, product, found.entry.name, at=found.values.get(WORKSPACE, ""))
    check_known(who.actor, found.entry.scope)
    if found.entry.name.startswith(ENTERING):
        _check_entering(request, product)
    raw = _input(request, found, typed="application/json" if who.actor.kind == "key" else "")
    call = Call(
        found.entry.name,
        raw,
        who.actor,
        who.workspace,
        who.surface,
        key=request.headers.get("idempotency-key", ""),
        expected=_expected(request, found.entry, who),
        correlation=_correlation(request),
        origin=origin_of(request, product),
    )
    try:
        answer = _success(request, product, product.door.dispatch(call), workspace=who.workspace)
    except StewardError as error:
        answer = refuse(error, request)
    return replace(answer, headers={**answer.headers, **ratelimit.fields(call.levels)})


def _correlation(request: Request) -> str:
    found = CORRELATION.fullmatch(request.headers.get("x-correlation-id", ""))
    return found[0] if found else ""


def _check_entering(request: Request, product: Product) -> None:
    check_private(request, product)
    if request.query:
        raise Invalid("Send what lets you in as JSON in the body, not in the address, which others may read.", malformed=True)


def _unrouted(request: Request, taken: frozenset[str]) -> Response:
    if not taken:
        raise NotFound("There is nothing at this address; /openapi.json lists what there is.")
    allowed = ", ".join(sorted(taken))
    error = Invalid(f"This address takes {allowed}, not {request.method[:16]}.")
    body = problem.body(error, status=405, instance=request.path[:200])
    return Response(405, {"content-type": PROBLEM, "allow": allowed, **GUARD}, body)


def _input(request: Request, found: Match, *, typed: str) -> dict[str, Any]:
    """Query, body and path as one input; the path wins, and a body that says otherwise is refused. Only what reads takes a query,
    by whichever method.

    `typed` is what a body is that does not say it. A browser has to: what another site makes it send cannot say JSON.
    """
    if request.query and request.method not in READS and found.entry.danger != Danger.READ:
        raise Invalid("Send what is to be changed as JSON in the body, not in the address, which others may read.", malformed=True)
    told: dict[str, Any] = {name: values[0] if len(values) == 1 else list(values) for name, values in request.query.items()}
    if request.body:
        kind = request.headers.get("content-type", typed).partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Invalid(f"Send JSON (content-type: application/json), not {kind[:64] or 'without a type'}.", malformed=True)
        said = json_object(request.body)
        check_kinds(find(found.entry.name).input, said)
        told |= said
    taken = find(found.entry.name).input.model_fields
    for name, value in found.values.items():
        if name == WORKSPACE and name not in taken:
            continue
        if str(told.get(name, value)) != value:
            raise Invalid(f"The address says {name} is '{value[:64]}', the body something else; leave it out of the body.")
        told[name] = value
    return told


def _expected(request: Request, entry: Entry, who: Caller) -> int | None:
    """The version that If-Match names: `"3"`, or an ETag as it was sent, whose end tells answers of one version apart; None for
    `*`, which is whatever there is. Versions are compared strongly (RFC 9110), so a weak tag is none.

    Changing a record over the API needs one, so that nobody's edit is lost.
    """
    given = request.headers.get("if-match", "").strip()
    if not given:
        if entry.http.startswith(("PATCH", "PUT")) and who.actor.known and who.surface is Surface.API:
            raise ApprovalNeeded("Send If-Match with the version you read (the ETag), so that nobody's change is overwritten.")
        return None
    if given == "*":
        return None
    if not TAG.fullmatch(given):
        raise Invalid('If-Match takes one ETag as it was sent, in its double quotes, such as "3"; or * for any.', malformed=True)
    found = VERSION.fullmatch(given)
    if found is None:
        why = "A weak ETag (W/) matches no version" if given.startswith("W/") else "This ETag is none of a version"
        raise Conflict(f'{why}; read it again and send its ETag as it comes, such as "3".', stale=True)
    return int(found[1])


def _success(request: Request, product: Product, answer: Answer, *, workspace: str) -> Response:
    output, again = answer.output, {REPEATED: "true"} if answer.replayed else {}
    if isinstance(output, FileAnswer):
        return _with(large.file(output, product), again)
    if isinstance(output, OpenedSession):
        return _with(_session(output, product), again)
    headers, body = {**FORWARDED, **again}, output.model_dump_json().encode()
    version = getattr(output, "version", None)
    if isinstance(version, int):
        headers["etag"] = f'"{version}-{crc32(body):08x}"'
        if request.method in READS and request.headers.get("if-none-match") == headers["etag"]:
            return Response(304, headers)
    headers[RULE] = answer.rule
    cookies = (forgotten(product),) if answer.command.name == LEAVING else ()
    return large.fitting(Response(_status(request, answer), headers, body, cookies), product, workspace)


def _with(answer: Response, headers: Mapping[str, str]) -> Response:
    return replace(answer, headers={**answer.headers, **headers})


def _session(output: OpenedSession, product: Product) -> Response:
    """A session goes into a cookie that no script can read, never into the body."""
    body = output.model_copy(update={"token": ""}).model_dump_json().encode()
    return Response(200, FORWARDED, body, (kept(output, product),) if output.token else ())


def _status(request: Request, answer: Answer) -> int:
    if answer.command.batch:
        return 202
    return 201 if request.method == "POST" and ".create" in answer.command.name else 200
