"""Permissions: the rules, setting and exchanging them, and what one member may do by them."""

from dataclasses import replace

from pydantic import ValidationError

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.forms import fields
from steward.desk.handlers.around import barred, glimpse, page
from steward.desk.handlers.people import known, names, said
from steward.desk.views import permissions, settings
from steward.desk.views.parts import Option
from steward.desk.views.permissions import Draft, PermissionsView, Question, RuleRow
from steward.kernel.actor import covers
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.kernel.parse import json_object
from steward.surfaces.wire import Response
from steward.workspaces.model_permissions import (
    AllowedCommands,
    AllowedView,
    Checked,
    CheckPermission,
    ExportedPermissions,
    ExportPermissions,
    ImportedPermissions,
    ImportPermissions,
    ListPermissions,
    PermissionPage,
    PermissionView,
    RemovePermission,
    SetPermission,
)

TICKED = "on"
REFUSALS = (ValidationError, Invalid, Forbidden, NotFound, Conflict)


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/permissions`; `member` and `ask` are the question that it answers, `remove` a rule to be removed."""
    if render.wanted(visit.request) == "answer":
        return page(visit, "permissions", {"title": "Permissions", "ask": question(visit)}, block="answer")
    return whole(visit, Draft())


def whole(visit: Visit, draft: Draft, *, pasted: str = "", problem: str = "", status: int = 200) -> Response:
    """The page, with what was typed or pasted and what is wrong with it."""
    rules = listed(visit)
    view = PermissionsView(
        href=f"{visit.base}/settings/permissions",
        sentence=permissions.sentence(rules),
        rules=rules,
        members=[Option(one.id, one.name) for one in known(visit)],
        draft=draft,
        patterns=permissions.patterns(),
        locked=barred(visit, "permissions.set"),
        pasted=pasted,
        problem=problem,
    )
    shown = {"title": "Permissions", "it": view, "ask": question(visit), "tabs": settings.tabs(visit.base, "permissions")}
    return page(visit, "permissions", shown, here="settings", status=status)


def listed(visit: Visit) -> list[RuleRow] | None:
    """The rules; None for who may not see them."""
    found = glimpse(visit, ListPermissions(), PermissionPage)
    if found is None:
        return None
    named = names(visit)
    return [permissions.row(rule, named, touched=visit.asked("remove")) for rule in found.rows]


def question(visit: Visit) -> Question:
    """Whom and what the address asks about, and the answer."""
    others = covers(visit.actor.scopes, "admin:agents")
    people = [Option(one.id, one.name) for one in known(visit)] if others else []
    member = visit.asked("member")[:64] if others else ""
    asked = Question(f"{visit.base}/settings/permissions", people, member, visit.asked("ask").strip()[:500])
    whom = member or visit.actor.member
    try:
        if whom:
            asked = replace(asked, heaps=permissions.heaps(visit.ask(AllowedCommands(member=whom), AllowedView)))
        if asked.text:
            asked = replace(asked, answer=permissions.answer(visit.ask(CheckPermission(command=asked.text, member=member), Checked)))
    except (Invalid, NotFound) as wrong:
        return replace(asked, problem=wrong.detail)
    return asked


def set_one(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/permissions`"""
    told = fields(visit.request.body)
    draft = Draft(
        told.get("pattern", ""), told.get("member", ""), told.get("permission", ""), told.get("minutes", "15"),
        told.get("approvers", "owner"), told.get("own", "") == TICKED,
    )  # fmt: skip
    asked = {
        "command_pattern": draft.pattern,
        "permission": draft.permission,
        "member": draft.member,
        "minutes": draft.minutes,
        "approvers": draft.approvers.split(","),
        "own": draft.own,
    }
    try:
        visit.ask(SetPermission.model_validate(asked), PermissionView)
    except REFUSALS as wrong:
        return whole(visit, replace(draft, problem=said(wrong)), status=422)
    return render.redirect(f"{visit.base}/settings/permissions?done=rule-set")


def remove(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/permissions/{id}/remove`"""
    visit.ask(RemovePermission(id=visit.named["id"]), PermissionView)
    return render.redirect(f"{visit.base}/settings/permissions?done=rule-removed")


def export(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/permissions.json`: the rules in the exchange form, as a file."""
    told = visit.ask(ExportPermissions(), ExportedPermissions)
    headers = {
        "Content-Type": "application/json",
        "Content-Disposition": f'attachment; filename="permissions-{visit.here.slug}.json"',
        "Cache-Control": "no-store",
    }
    return Response(200, headers, told.model_dump_json(indent=2).encode())


def take_in(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/permissions/import`: rules in the exchange form, pasted."""
    told = fields(visit.request.body)
    pasted = told.get("rules", "")
    try:
        given = {**json_object(pasted), "replace": told.get("replace") == TICKED}
        visit.ask(ImportPermissions.model_validate(given), ImportedPermissions)
    except REFUSALS as wrong:
        return whole(visit, Draft(), pasted=pasted, problem=said(wrong), status=422)
    return render.redirect(f"{visit.base}/settings/permissions?done=rules-in")
