"""The pages: an address finds its handler, and what goes wrong becomes a page that says what to do next."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from pydantic import ValidationError

from steward.desk import assets, render
from steward.desk.door import Visit, from_own_page, visit
from steward.desk.handlers import (
    access,
    account,
    activity,
    approvals,
    approving,
    around,
    asking,
    finding,
    imports,
    joining,
    keys,
    mailed,
    mapping,
    models,
    passkeys,
    people,
    permissions,
    properties,
    property,
    providers,
    today,
    workspace,
)
from steward.kernel.errors import ApprovalNeeded, Forbidden, Internal, NotFound, StewardError
from steward.kernel.ids import sortable
from steward.kernel.parse import refusal
from steward.kernel.product import Product
from steward.kernel.registry import manifest
from steward.surfaces import problem
from steward.surfaces.wire import Request, Response

log = logging.getLogger("steward.desk")
Handler = Callable[[Visit], Response]

PAGES: Mapping[tuple[str, str], Handler] = {
    ("GET", "today"): today.show,
    ("GET", "find"): finding.show,
    ("POST", "find"): finding.save,
    ("GET", "find/proposals"): finding.proposed,
    ("GET", "searches"): finding.searches,
    ("POST", "searches/{ref}/news"): finding.news,
    ("POST", "searches/{ref}/forget"): finding.forget,
    ("GET", "properties"): properties.show,
    ("GET", "properties.csv"): properties.as_csv,
    ("GET", "properties.json"): properties.as_json,
    ("GET", "properties.map"): mapping.marks,
    ("POST", "properties/export"): properties.export_chosen,
    ("GET", "properties/{ref}"): property.show,
    ("GET", "properties/{ref}/similar"): finding.similar,
    ("POST", "properties/{ref}/facts"): property.change,
    ("POST", "properties/{ref}/memo"): property.make_memo,
    ("POST", "properties/{ref}/delete"): property.delete,
    ("GET", "properties/{ref}/memo.pdf"): property.memo_file,
    ("GET", "imports"): imports.index,
    ("POST", "imports"): imports.begin,
    ("GET", "imports/{ref}"): imports.show,
    ("POST", "imports/{ref}/confirm"): imports.confirm,
    ("POST", "imports/{ref}/undo"): imports.undo,
    ("GET", "imports/{ref}/held.csv"): imports.held_csv,
    ("GET", "imports/{ref}/quarantine.csv"): imports.held_csv,
    ("GET", "models"): models.show,
    ("POST", "models/train"): models.train,
    ("POST", "models/{version}/activate"): models.activate,
    ("GET", "account"): account.show,
    ("POST", "account"): account.change,
    ("POST", "account/verify"): account.verify,
    ("POST", "account/password"): account.set_password,
    ("POST", "account/passkeys/begin"): passkeys.begin,
    ("POST", "account/passkeys"): passkeys.add,
    ("POST", "account/passkeys/remove"): account.remove_passkey,
    ("POST", "account/totp"): account.begin_totp,
    ("POST", "account/totp/confirm"): account.confirm_totp,
    ("POST", "account/totp/remove"): account.remove_totp,
    ("POST", "account/sessions/end"): account.end_session,
    ("POST", "account/sessions/others"): account.end_others,
    ("GET", "approvals"): approvals.index,
    ("GET", "approvals/{id}"): approvals.show,
    ("POST", "approvals/{id}/approve"): approvals.approve,
    ("POST", "approvals/{id}/deny"): approvals.deny,
    ("POST", "approvals/{id}/withdraw"): approvals.withdraw,
    ("GET", "activity"): activity.show,
    ("GET", "activity.csv"): activity.as_csv,
    ("GET", "activity/proof"): activity.proof,
    ("GET", "settings"): workspace.first,
    ("GET", "settings/people"): people.show,
    ("POST", "settings/people"): people.enter,
    ("POST", "settings/people/{ref}"): people.change,
    ("POST", "settings/people/{ref}/remove"): people.remove,
    ("GET", "settings/permissions"): permissions.show,
    ("POST", "settings/permissions"): permissions.set_one,
    ("GET", "settings/permissions.json"): permissions.export,
    ("POST", "settings/permissions/import"): permissions.take_in,
    ("POST", "settings/permissions/{id}/remove"): permissions.remove,
    ("GET", "settings/keys"): keys.show,
    ("POST", "settings/keys"): keys.create,
    ("POST", "settings/keys/{id}/rotate"): keys.rotate,
    ("POST", "settings/keys/{id}/revoke"): keys.revoke,
    ("GET", "settings/usage"): workspace.usage,
    ("GET", "settings/desk"): workspace.show,
    ("POST", "settings/desk"): workspace.change,
    ("GET", "settings/desk/logo"): workspace.logo,
    ("POST", "settings/desk/branding"): workspace.brand,
    ("POST", "settings/desk/flags"): workspace.switch,
    ("POST", "settings/desk/delete"): workspace.delete,
    ("POST", "settings/desk/restore"): workspace.restore,
    ("GET", "more"): today.more,
    ("POST", "demo"): today.make_demo,
}
"""Everything at `/w/{desk}/…`."""
DOORS: Mapping[tuple[str, str], Callable[[Request, Product], Response]] = {
    ("GET", "/sign-in"): access.ask_in,
    ("POST", "/sign-in"): access.sign_in,
    ("POST", "/sign-in/second"): access.second,
    ("POST", "/sign-in/passkey/begin"): passkeys.begin_in,
    ("POST", "/sign-in/passkey"): passkeys.sign_in,
    ("GET", "/sign-in/provider/leave"): providers.leave,
    ("GET", "/sign-in/provider"): providers.come_back,
    ("POST", "/sign-out"): access.sign_out,
    ("GET", "/reset"): mailed.ask_reset,
    ("POST", "/reset"): mailed.reset,
    ("GET", "/verify"): mailed.ask_verify,
    ("POST", "/verify"): mailed.verify,
    ("GET", "/join"): joining.show,
    ("POST", "/join"): joining.join,
    ("POST", "/join/passkey/begin"): passkeys.begin_join,
    ("POST", "/join/passkey"): passkeys.join,
    ("GET", "/approve"): approving.show,
    ("POST", "/approve"): approving.decide,
}
"""Everything before the desk."""
BARE = frozenset(
    {"", "today", "find", "searches", "properties", "imports", "models", "more", "account", "approvals", "activity", "settings"}
)
HEADINGS = {
    403: "That is not allowed",
    404: "Nothing is here",
    409: "It was changed meanwhile",
    429: "Too much at once",
    503: "Not just now",
}
ELSE = "That did not work"


def handle(request: Request, product: Product) -> Response:
    """The answer to a browser. Never raises: what goes wrong is a page, or a line in the corner of the one that asked."""
    asset = assets.find(request.path)
    if asset is not None:
        headers, body = assets.headers_of(asset, request.headers.get("accept-encoding", ""))
        return Response(200, {**headers, "X-Content-Type-Options": "nosniff"}, body)
    try:
        answer = _answer(request, product)
    except StewardError as error:
        answer = _refused(request, error)
    except Exception:  # the outermost edge: the person gets a reference, the log the trace
        reference = sortable(product.ports.clock(), product.ports.entropy)
        log.exception("unexpected", extra={"reference": reference, "method": request.method})
        detail = f"Something went wrong on our side; quote {reference} when you report it."
        answer = _refused(request, Internal(detail, reference=reference))
    guarded = {"Content-Security-Policy": render.policy(), **answer.headers, **render.GUARD}
    return render.packed(request, Response(answer.status, guarded, answer.body, answer.cookies))


def _answer(request: Request, product: Product) -> Response:
    method = "GET" if request.method == "HEAD" else request.method
    door = DOORS.get((method, request.path))
    return door(request, product) if door else _at_a_desk(method, request, product)


def _at_a_desk(method: str, request: Request, product: Product) -> Response:
    parts = [unquote(part) for part in request.path.strip("/").split("/")]
    if parts[0] in BARE and len(parts) <= (2 if parts[0] == "settings" else 1) and method == "GET":
        return today.home(visit(request, product, ""))
    if parts[0] != "w" or len(parts) < 2:
        raise NotFound("There is no page at this address.")
    found = _find(method, parts[2:] or ["today"])
    if found is None:
        raise NotFound("There is no page at this address.")
    if method != "GET":
        from_own_page(request)
    handler, named = found
    here = visit(request, product, parts[1])
    at = replace(here, named=named)
    try:
        return _fitting(handler, at)
    except StewardError as error:
        if not _in_its_frame(request, error):
            raise
        status = problem.status_of(error)
        return around.refused(at, HEADINGS.get(status, ELSE), error.detail, status=status)


def _in_its_frame(request: Request, error: StewardError) -> bool:
    """Whether a refusal is shown as a page of the desk: to whoever is signed in and asked for a page."""
    unknown = isinstance(error, Forbidden) and error.unknown
    return not unknown and "hx-request" not in request.headers and "application/json" not in request.headers.get("accept", "")


def _fitting(handler: Handler, visit: Visit) -> Response:
    """What the handler answers, or the question that comes first where a person's yes is needed.

    Raises Invalid when the address or the form does not fit the command that it asks for.
    """
    if visit.here.closed_at and handler is not workspace.restore:
        return workspace.closed(visit)
    try:
        asking.agree(visit)
        return handler(visit)
    except ApprovalNeeded as needed:
        if not needed.approval or "application/json" in visit.request.headers.get("accept", ""):
            raise
        return asking.question(visit, needed)
    except ValidationError as error:
        if not any(name.endswith(f".{error.title}") for name in manifest().inputs):
            raise
        raise refusal(error) from error


def _find(method: str, parts: list[str]) -> tuple[Handler, Mapping[str, str]] | None:
    """The handler of an address, and the parts that the address names; a literal part goes before a named one."""
    for (allowed, pattern), handler in PAGES.items():
        wanted = pattern.split("/")
        if allowed != method or len(wanted) != len(parts):
            continue
        if all(want == got or want.startswith("{") for want, got in zip(wanted, parts, strict=True)):
            return handler, {want[1:-1]: got for want, got in zip(wanted, parts, strict=True) if want.startswith("{")}
    return None


def _refused(request: Request, error: StewardError) -> Response:
    """Somebody unknown is led to the door; a fragment gets its line in the corner; everybody else a page."""
    status = problem.status_of(error)
    if isinstance(error, Forbidden) and error.unknown:
        return Response(401, {"HX-Redirect": "/sign-in"}) if "hx-request" in request.headers else render.redirect("/sign-in", status=302)
    if "hx-request" in request.headers:
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "HX-Retarget": "#toast",
            "HX-Reswap": "innerHTML",
            "Cache-Control": "no-store",
        }
        if "application/json" in request.headers.get("accept", ""):
            return Response(status, {"Content-Type": "application/problem+json"}, problem.body(error))
        return Response(status, headers, render.toast(error.detail).encode())
    heading = HEADINGS.get(status, ELSE)
    view = {"title": heading, "heading": heading, "status": status, "text": error.detail, "home": "/today"}
    return render.page(request, "error", view, status=status)
