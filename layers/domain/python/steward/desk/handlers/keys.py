"""API keys: the list, another one, a new secret, an end."""

from dataclasses import replace

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.forms import chosen, fields
from steward.desk.handlers.around import page
from steward.desk.handlers.people import names
from steward.desk.views import keys, settings
from steward.desk.views.keys import BOXES, Draft, Secret
from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.ids import sortable
from steward.surfaces.wire import Response
from steward.workspaces.model import CreatedKey, CreateKey, KeyPage, ListKeys, Preset, RevokedKey, RevokeKey, RotateKey
from steward.workspaces.roles import Role


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/settings/keys`; `rotate` and `revoke` ask about one key before it is done."""
    return whole(visit, Draft())


def whole(visit: Visit, draft: Draft, *, secret: Secret | None = None, status: int = 200) -> Response:
    """The page: with what was typed, or with a secret that is shown this once."""
    found, makers = visit.ask(ListKeys(), KeyPage), names(visit)
    asked = {visit.asked(verb): verb for verb in ("rotate", "revoke")}
    rows = [keys.row(key, makers, touched=asked.get(key.id, ""), now=visit.now) for key in reversed(found.rows)]
    living = [row for row in rows if row.living]
    view = keys.KeysView(
        href=f"{visit.base}/settings/keys",
        sentence=keys.sentence(len(living)),
        living=living,
        ended=[row for row in rows if not row.living],
        draft=draft,
        boxes=keys.boxes(visit.actor.scopes, draft.scopes, reading=visit.actor.role == Role.VIEWER),
        once=sortable(visit.now, visit.product.ports.entropy),
        secret=secret,
    )
    return page(visit, "keys", {"title": "API keys", "it": view, "tabs": settings.tabs(visit.base, "keys")}, here="settings", status=status)


def create(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/keys`: the secret is in the answer, and the same form again makes no second key."""
    told = fields(visit.request.body)
    draft = Draft(told.get("name", "")[:100], told.get("preset", ""), chosen(visit.request.body, "scope"), told.get("days", ""))
    try:
        return _told(visit, visit.ask(asked(draft), CreatedKey, key=told.get("once", "")[:100]))
    except (Invalid, Forbidden) as wrong:
        return whole(visit, replace(draft, problem=wrong.detail), status=422)


def asked(draft: Draft) -> CreateKey:
    """The key that a form asks for. Raises Invalid when it says too little."""
    if not draft.name:
        raise Invalid("Give the key a name, so that its use can be told apart.")
    if draft.preset == BOXES and not draft.scopes:
        raise Invalid("Tick at least one box, or choose a preset.")
    days = int(draft.days) if draft.days.isdecimal() and len(draft.days) < 5 else None
    if draft.preset == BOXES:
        return CreateKey(name=draft.name, scope=list(draft.scopes), expires_days=days)
    return CreateKey(name=draft.name, preset=Preset(draft.preset) if draft.preset in set(Preset) else None, expires_days=days)


def rotate(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/keys/{id}/rotate`: the secret before works on for as many hours as are chosen."""
    told = fields(visit.request.body)
    hours = told.get("hours", "")
    cmd = RotateKey(id=visit.named["id"], hours=int(hours) if hours.isdecimal() and len(hours) < 4 else 24)
    return _told(visit, visit.ask(cmd, CreatedKey, key=told.get("once", "")[:100]))


def revoke(visit: Visit) -> Response:
    """`POST /w/{desk}/settings/keys/{id}/revoke`"""
    visit.ask(RevokeKey(id=visit.named["id"]), RevokedKey)
    return render.redirect(f"{visit.base}/settings/keys?done=key-revoked")


def _told(visit: Visit, made: CreatedKey) -> Response:
    """The page with the secret; a form that is sent again has none to show any more."""
    if not made.key:
        return render.redirect(f"{visit.base}/settings/keys?done=secret-shown")
    return whole(visit, Draft(), secret=keys.secret(made, visit.now))
