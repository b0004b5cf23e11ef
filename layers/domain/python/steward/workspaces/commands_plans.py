"""Commands on plans: what is used, what is allowed, and who may change that."""

from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Context
from steward.kernel.model import Nothing
from steward.workspaces import rules_plans as rules
from steward.workspaces.here import check_version, here
from steward.workspaces.model_permissions import STANDINGS, Standing, restand
from steward.workspaces.model_plans import (
    PLANS,
    GetQuotas,
    GetUsage,
    NoteUsage,
    Quota,
    QuotasView,
    SetQuotas,
    UsageView,
)
from steward.workspaces.quotas import usage
from steward.workspaces.rules_permissions import SETTINGS

READER = "read:properties"


@command("workspaces.usage", scope=READER, danger=Danger.READ, tool="get_usage", http="GET /workspaces/{workspace}/usage")
def get_usage(cmd: GetUsage, ctx: Context) -> UsageView:
    """Show what this workspace uses of its plan."""
    found = usage(ctx.door.ports.records, here(ctx).id, ctx.now)
    used = {**found.used, Quota.CALLS: found.used[Quota.CALLS] + ctx.door.meter.unwritten(ctx.workspace)}
    rows = [rules.shown(quota, used[quota], found.most.get(quota)) for quota in Quota]
    return UsageView(id=ctx.workspace, plan=found.plan, month=f"{ctx.now:%Y-%m}", ends_at=rules.month_end(ctx.now), rows=rows)


@command("workspaces.quotas", scope=READER, danger=Danger.READ, http="GET /workspaces/{workspace}/quotas")
def get_quotas(cmd: GetQuotas, ctx: Context) -> QuotasView:
    """Show this workspace's plan and what it allows."""
    return _quotas(ctx, STANDINGS.get(ctx, Standing.ONLY))


@command(
    "workspaces.set_quotas", scope="admin:workspace", danger=Danger.WRITE, http="PUT /workspaces/{workspace}/quotas",
    only=Only.INSTALLATION, counts_as=SETTINGS,
)  # fmt: skip
def set_quotas(cmd: SetQuotas, ctx: Context) -> QuotasView:
    """Put this workspace on a plan, or agree other numbers with it; for the owner of the installation."""
    here(ctx)
    found = STANDINGS.get(ctx, Standing.ONLY)
    check_version(ctx, found.version if found else 0)
    plan = (found.plan if found else "") if cmd.plan is None else rules.checked_plan(cmd.plan)
    told = cmd.quotas or {}
    rules.checked_names(told, tuple(Quota), field="quotas", what="quota")
    return _quotas(ctx, restand(ctx, plan=plan, quotas={**(found.quotas if found else {}), **told}))


@command("workspaces.note_usage", scope=READER, danger=Danger.WRITE, internal=True)
def note_usage(cmd: NoteUsage, ctx: Context) -> Nothing:
    """Set what is stored to what was measured, and warn of what has come near its end by reads alone."""
    for quota in Quota:
        ctx.use(quota, cmd.stored - cmd.known if quota is Quota.STORAGE else 0)
    return Nothing()


def _quotas(ctx: Context, found: Standing | None) -> QuotasView:
    plan, most = (found.plan, rules.limits(found.plan, found.quotas)) if found else ("", {})
    return QuotasView(
        id=here(ctx).id, version=found.version if found else 0, plan=plan, quotas={quota: most.get(quota) for quota in Quota},
        calls_a_minute=PLANS[plan].calls_a_minute if plan in PLANS else None, without=sorted(rules.lacks(plan)),
    )  # fmt: skip
