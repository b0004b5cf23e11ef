"""People: who works at this desk and in which role; inviting, changing and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.forms import fields, version
from steward.desk.handlers.around import barred, glimpse, page
from steward.desk.views import people, settings
from steward.desk.views.people import Draft, PersonRow
from steward.kernel.errors import Conflict, Forbidden, Invalid, StewardError, TooMany
from steward.kernel.parse import refusal
from steward.surfaces.wire import Response
from steward.workspaces.model_roster import AddMember, InviteMember, ListMembers, MemberPage, MemberView, RemoveMember, UpdateMember
from steward.workspaces.roles import Role

OWNERS = "Only an owner changes an owner."


def members(visit: Visit, *, left: bool = False) -> list[MemberView]:
    """The people of this desk."""
    return list(visit.ask(ListMembers(left=left), MemberPage).rows)


def known(visit: Visit, *, left: bool = False) -> Sequence[MemberView]:
    """The same where a page only names them: nobody where this person may not list them."""
    found = glimpse(visit, ListMembers(left=left), MemberPage)
    return found.rows if found else ()


def names(visit: Visit) -> Mapping[str, str]:
    """The names of members by their ids, also of those who left."""
    return {one.id: one.name for one in known(visit, left=True)}


def said(wrong: ValidationError | StewardError) -> str:
    """What is wrong, in one sentence."""
    return (refusal(wrong) if isinstance(wrong, ValidationError) else wrong).detail


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/people`; `edit` and `remove` name one to be changed or removed."""
    return whole(visit, Draft())


def whole(visit: Visit, draft: Draft, *, changed: PersonRow | None = None, status: int = 200) -> Response:
    """The page, with what was typed and what is wrong with it."""
    owns, never = "*" in visit.actor.scopes, barred(visit, "members.update")
    asked = {visit.asked(verb): verb for verb in ("edit", "remove")}
    rows = []
    for one in members(visit):
        locked = never or (OWNERS if one.role is Role.OWNER and not owns else "")
        row = people.row(one, me=visit.actor.member, locked=locked, now=visit.now)
        row = replace(row, touched="" if locked else asked.get(str(one.ref), ""))
        rows.append(changed if changed and changed.ref == row.ref else row)
    view = people.PeopleView(
        href=f"{visit.base}/settings/people",
        sentence=people.sentence(rows),
        rows=rows,
        draft=draft,
        locked=barred(visit, "members.add"),
        roles=people.roles(owners=owns),
    )
    shown = {"title": "People", "it": view, "tabs": settings.tabs(visit.base, "people")}
    return page(visit, "people", shown, here="settings", status=status)


def enter(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/people`: by an invitation, or at once where `how` is `add`."""
    told = fields(visit.request.body)
    draft = Draft(told.get("email", ""), told.get("name", ""), told.get("role", ""))
    at_once = told.get("how") == "add"
    try:
        asked = {"email": draft.email, "name": draft.name, "role": draft.role or str(Role.USER)}
        visit.ask(AddMember.model_validate(asked) if at_once else InviteMember.model_validate(asked), MemberView)
    except (ValidationError, Invalid, Conflict, Forbidden, TooMany) as wrong:
        return whole(visit, replace(draft, problem=said(wrong)), status=422)
    return render.redirect(f"{visit.base}/settings/people?done={'added' if at_once else 'invited'}")


def change(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/people/{ref}`: name, role and hours, at the version that was shown."""
    told = fields(visit.request.body)
    kept = {name: told[name] for name in ("name", "role", "time_zone", "working_hours") if name in told}
    try:
        cmd = UpdateMember.model_validate({"id": visit.named["ref"], **kept})
        visit.ask(cmd, MemberView, expected=version(told.get("version", "")))
    except (ValidationError, Invalid, Conflict, Forbidden) as wrong:
        return _refused(visit, kept, said(wrong))
    return render.redirect(f"{visit.base}/settings/people?done=saved")


def _refused(visit: Visit, kept: Mapping[str, str], problem: str) -> Response:
    """The row again with what was typed, and why it cannot be."""
    one = next((one for one in members(visit) if str(one.ref) == visit.named["ref"]), None)
    if one is None:
        return whole(visit, Draft(problem=problem), status=422)
    row = people.row(one, me=visit.actor.member, locked="", now=visit.now)
    typed = replace(
        row, name=kept.get("name", row.name), role=kept.get("role", row.role), zone=kept.get("time_zone", row.zone),
        hours=kept.get("working_hours", row.hours), touched="edit", problem=problem,
    )  # fmt: skip
    return whole(visit, Draft(), changed=typed, status=422)


def remove(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/people/{ref}/remove`"""
    try:
        visit.ask(RemoveMember(id=visit.named["ref"]), MemberView)
    except (Conflict, Forbidden) as wrong:
        return whole(visit, Draft(problem=wrong.detail), status=422)
    return render.redirect(f"{visit.base}/settings/people?done=removed")
