"""Commands on a workspace's settings, its branding and its features."""

from base64 import b32encode
from hashlib import sha256
from typing import Any

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import NotFound
from steward.kernel.model import FileAnswer
from steward.workspaces import rules_plans
from steward.workspaces.desks import rename, view
from steward.workspaces.here import check_version, here
from steward.workspaces.model import WORKSPACES, Workspace, WorkspaceView
from steward.workspaces.model_permissions import STANDINGS, Standing, restand
from steward.workspaces.model_plans import FEATURES, FlagsView, GetFlags, SetFlags
from steward.workspaces.model_settings import MOST, BrandingView, GetBranding, GetLogo, SetBranding, UpdateWorkspace
from steward.workspaces.rules_auth import checked_email
from steward.workspaces.rules_members import checked_hours, checked_zone
from steward.workspaces.rules_permissions import SETTINGS
from steward.workspaces.rules_settings import SHAPE, TEXT, checked_colour, image_of, merged

ADMIN, READER = "admin:workspace", "read:properties"


@command(
    "workspaces.update", scope=ADMIN, danger=Danger.WRITE, tool=SETTINGS, http="PATCH /workspaces/{workspace}",
    aliases=["PUT /workspaces/{workspace}"],
)  # fmt: skip
def update_workspace(cmd: UpdateWorkspace, ctx: Context) -> WorkspaceView:
    """Change this workspace's name, time zone, working hours or settings."""
    found = here(ctx)
    check_version(ctx, found.version)
    changes: dict[str, Any] = cmd.model_dump(exclude_none=True, exclude={"settings"})
    if cmd.time_zone:
        checked_zone(cmd.time_zone)
    if cmd.working_hours is not None:
        changes["working_hours"] = checked_hours(cmd.working_hours)
    if cmd.settings is not None:
        changes["settings"] = merged(found.settings, cmd.settings, most=MOST)
    if cmd.name:
        rename(ctx, found, cmd.name)
    return view(ctx, _changed(ctx, found, changes))


@command("workspaces.branding", scope=READER, danger=Danger.READ, http="GET /workspaces/{workspace}/branding")
def get_branding(cmd: GetBranding, ctx: Context) -> BrandingView:
    """Show this workspace's logo, colours and sender."""
    return _branding(here(ctx))


@command(
    "workspaces.set_branding", scope=ADMIN, danger=Danger.WRITE, http="PUT /workspaces/{workspace}/branding", counts_as=SETTINGS,
)  # fmt: skip
def set_branding(cmd: SetBranding, ctx: Context) -> BrandingView:
    """Change this workspace's logo, colours and sender."""
    found = here(ctx)
    check_version(ctx, found.version)
    told: dict[str, str] = cmd.model_dump(exclude_none=True, exclude={"logo"})
    for field, least in (("primary", TEXT), ("accent", SHAPE)):
        if field in told:
            told[field] = checked_colour(told[field], field=field, least=least)
    if told.get("from_address"):
        told["from_address"] = checked_email(told["from_address"], field="from_address")
    if cmd.logo is not None:
        ctx.announce("Shows another logo." if cmd.logo else "Shows no logo any more.")
        told |= _kept(ctx, cmd.logo) if cmd.logo else {"logo": "", "logo_type": ""}
    return _branding(_changed(ctx, found, {"branding": {**found.branding, **told}}))


@command("workspaces.logo", scope=READER, danger=Danger.READ, http="GET /workspaces/{workspace}/logo")
def get_logo(cmd: GetLogo, ctx: Context) -> FileAnswer:
    """Give this workspace's logo."""
    branding = here(ctx).branding
    if not branding.get("logo"):
        raise NotFound("This workspace has no logo; `steward workspaces set-branding` takes one.")
    media_type = branding["logo_type"]
    return FileAnswer(blob=branding["logo"], media_type=media_type, name=f"logo.{media_type.partition('/')[2]}")


@command("workspaces.flags", scope=READER, danger=Danger.READ, http="GET /workspaces/{workspace}/flags")
def get_flags(cmd: GetFlags, ctx: Context) -> FlagsView:
    """Show which features are on."""
    return _flags(ctx, STANDINGS.get(ctx, Standing.ONLY))


@command("workspaces.set_flags", scope=ADMIN, danger=Danger.WRITE, http="PUT /workspaces/{workspace}/flags", counts_as=SETTINGS)
def set_flags(cmd: SetFlags, ctx: Context) -> FlagsView:
    """Switch features on or off, at once and for everybody here."""
    here(ctx)
    found = STANDINGS.get(ctx, Standing.ONLY)
    check_version(ctx, found.version if found else 0)
    rules_plans.checked_names(cmd.flags, tuple(FEATURES), field="flags", what="feature")
    rules_plans.check_had(found.plan if found else "", [name for name, on in cmd.flags.items() if on])
    off = {*(found.off if found else ()), *(name for name, on in cmd.flags.items() if not on)}
    return _flags(ctx, restand(ctx, off=sorted(off - {name for name, on in cmd.flags.items() if on})))


def _changed(ctx: Context, found: Workspace, changes: dict[str, Any]) -> Workspace:
    if all(getattr(found, name) == value for name, value in changes.items()):
        return found
    changed = WORKSPACES.replace(ctx, found.model_copy(update=changes))
    ctx.emit("workspaces.changed", {"workspace": found.id})
    return changed


def _kept(ctx: Context, logo: str) -> dict[str, str]:
    """Where a logo is kept. The same image has the same place, so keeping it twice is keeping it once."""
    media_type, content = image_of(logo)
    name = b32encode(sha256(content).digest()[:15]).decode().lower()
    key = f"{ctx.blob_prefix}branding/{name}.{media_type.partition('/')[2]}"
    ctx.blobs.put(key, content, content_type=media_type)
    return {"logo": key, "logo_type": media_type}


def _branding(found: Workspace) -> BrandingView:
    names = ("primary", "accent", "from_name", "from_address")
    logo = f"/v1/workspaces/{found.id}/logo" if found.branding.get("logo") else ""
    return BrandingView(id=found.id, version=found.version, logo=logo, **{name: found.branding.get(name, "") for name in names})


def _flags(ctx: Context, found: Standing | None) -> FlagsView:
    lacking = {*(found.off if found else ()), *rules_plans.lacks(found.plan if found else "")}
    flags = {name: name not in lacking for name in FEATURES}
    return FlagsView(id=here(ctx).id, version=found.version if found else 0, flags=flags)
