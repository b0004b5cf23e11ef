"""A desk's own settings: its name and hours, its branding, its features, its plan, its end."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from steward.desk import render, words
from steward.desk.door import Visit
from steward.desk.forms import chosen, fields, version
from steward.desk.handlers.around import barred, page
from steward.desk.handlers.people import said
from steward.desk.views import settings, workspace
from steward.kernel.errors import Conflict, Forbidden, Invalid
from steward.kernel.model import FileAnswer, Input, Output
from steward.surfaces.wire import Response
from steward.workspaces.model import WorkspaceView
from steward.workspaces.model_plans import FlagsView, GetFlags, GetQuotas, GetUsage, QuotasView, SetFlags, UsageView
from steward.workspaces.model_settings import (
    BrandingView,
    ClosingView,
    DeleteWorkspace,
    GetBranding,
    GetLogo,
    RestoreWorkspace,
    SetBranding,
    UpdateWorkspace,
)

NAMED = ("name", "time_zone", "working_hours")
BRANDED = ("primary", "accent", "from_name", "from_address")


def usage(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/usage`"""
    view = workspace.plan(visit.ask(GetUsage(), UsageView), visit.ask(GetQuotas(), QuotasView), visit.now)
    shown = {"title": "Plan and usage", "it": view, "tabs": settings.tabs(visit.base, "usage")}
    return page(visit, "usage", shown, here="settings")


def first(visit: Visit) -> Response:
    """`GET /w/{desk}/settings`"""
    return render.redirect(f"{visit.base}/settings/people", status=302)


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/desk`"""
    return whole(visit)


def whole(visit: Visit, form: str = "", typed: Mapping[str, str] | None = None, *, problem: str = "") -> Response:
    """The page, with what was typed into one of its forms and what is wrong with it."""
    flags, branding = visit.ask(GetFlags(), FlagsView), visit.ask(GetBranding(), BrandingView)
    view = workspace.DeskView(
        href=f"{visit.base}/settings/desk",
        version=visit.here.version,
        named=workspace.named(visit.here),
        branding=workspace.branded(branding),
        logo=branding.logo,
        features=workspace.features(flags, visit.ask(GetQuotas(), QuotasView)),
        flags_version=flags.version,
        zones=workspace.known_zones(),
        locked=barred(visit, "workspaces.update"),
        no_branding=barred(visit, "workspaces.set_branding"),
        no_delete=barred(visit, "workspaces.delete") or ("" if visit.actor.role == "owner" else "Only an owner deletes a desk"),
        problems={"named": "", "branding": "", "flags": "", **({form: problem} if problem else {})},
    )
    if form == "named":
        view = replace(view, named={**view.named, **(typed or {})})
    if form == "branding":
        view = replace(view, branding={**view.branding, **(typed or {})})
    shown = {"title": "Desk", "it": view, "tabs": settings.tabs(visit.base, "desk")}
    return page(visit, "workspace", shown, here="settings", status=422 if problem else 200)


def change(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/desk`: name, time zone and working hours, at the version that was shown."""
    told = fields(visit.request.body)
    typed = {name: told[name] for name in NAMED if name in told}
    try:
        visit.ask(UpdateWorkspace.model_validate(typed), WorkspaceView, expected=version(told.get("version", "")))
    except (ValidationError, Invalid, Conflict, Forbidden) as wrong:
        return whole(visit, "named", typed, problem=said(wrong))
    return render.redirect(f"{visit.base}/settings/desk?done=saved")


def brand(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/desk/branding`; a logo comes as a `data:` address, or is taken back."""
    told = fields(visit.request.body)
    typed = {name: told[name] for name in BRANDED if name in told}
    logo = {"logo": told.get("logo", "")} if told.get("logo") or told.get("no_logo") else {}
    return _done(visit, SetBranding, {**typed, **logo}, form="branding")


def switch(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/desk/flags`: those that are ticked are on."""
    on, shown = set(chosen(visit.request.body, "on")), chosen(visit.request.body, "feature")
    return _done(visit, SetFlags, {"flags": {name: name in on for name in shown}}, form="flags")


def _done(visit: Visit, kind: type[Input], asked: Mapping[str, object], *, form: str) -> Response:
    try:
        visit.ask(kind.model_validate(asked), Output)
    except (ValidationError, Invalid, Conflict, Forbidden) as wrong:
        typed = {name: text for name, text in asked.items() if isinstance(text, str)}
        return whole(visit, form, typed, problem=said(wrong))
    return render.redirect(f"{visit.base}/settings/desk?done=saved")


def delete(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/desk/delete`: close it; what was here is erased after thirty days."""
    visit.ask(DeleteWorkspace(), ClosingView)
    return render.redirect(f"{visit.base}/today")


def restore(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/desk/restore`"""
    visit.ask(RestoreWorkspace(), ClosingView)
    return render.redirect(f"{visit.base}/today?done=restored")


def closed(visit: Visit) -> Response:
    """Every page of a desk that was deleted: until when it can be brought back, and by whom."""
    until = words.day_of(visit.here.erase_at, visit.now) if visit.here.erase_at else ""
    view = {"title": "Closed", "owner": visit.actor.role == "owner", "until": until, "name": visit.here.name}
    return page(visit, "closed", view, status=403)


def logo(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/desk/logo`"""
    image = visit.ask(GetLogo(), FileAnswer)
    with visit.product.ports.blobs.open(image.blob) as stream:
        return Response(200, {"Content-Type": image.media_type, "Cache-Control": "private, max-age=60"}, stream.read())
