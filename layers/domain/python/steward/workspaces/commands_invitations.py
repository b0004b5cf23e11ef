"""Commands of whoever is invited. The token of the mail is all they have; it shows the address that it was sent to and lets it in."""

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.workspaces import ceremonies
from steward.workspaces.commands_accounts import set_password
from steward.workspaces.commands_passkeys import keep
from steward.workspaces.entering import entered, signs_in
from steward.workspaces.identity import workspaces
from steward.workspaces.joining import check_open, join
from steward.workspaces.mails import token_of, use
from steward.workspaces.model_accounts import Told
from steward.workspaces.model_factors import PASSKEYS, Challenge, Step
from steward.workspaces.model_invitations import BeginJoin, GetInvitation, InvitationView, Join
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.rules_auth import relying_party
from steward.workspaces.tickets import issue

SIGN_IN = "You have joined. Sign in as you always do."


@command("auth.invitation", scope=PUBLIC, danger=Danger.READ, http="POST /auth/invitation")
def get_invitation(cmd: GetInvitation, ctx: Context) -> InvitationView:
    """Show an invitation to whoever holds its link."""
    token = token_of(ctx, cmd.token, Purpose.JOIN)
    check_open(ctx, token.workspace, token.member)
    account = ACCOUNTS.require(ctx, token.account)
    place = next((one.name for one in workspaces(ctx.door.ports.records) if one.id == token.workspace), "")
    return InvitationView(workspace=place, email=token.email, name=account.full_name, known=signs_in(ctx, account.id))


@command("auth.begin_join", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/join/begin")
def begin_join(cmd: BeginJoin, ctx: Context) -> Challenge:
    """Get what a browser needs to make a passkey for whoever is invited."""
    token, challenge = token_of(ctx, cmd.token, Purpose.JOIN), ctx.entropy(32)
    party, _ = relying_party(ctx.door.ports.url)
    account = ACCOUNTS.require(ctx, token.account)
    options = ceremonies.registration(party, account, challenge, known=[one.id for one in PASSKEYS.external_of(ctx, account.id)])
    return Challenge(ticket=issue(ctx, Step.REGISTER, account=account.id, challenge=challenge.hex()), options=options)


@command("auth.join", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/join")
def accept(cmd: Join, ctx: Context) -> Told:
    """Accept an invitation. Who signs in already only joins; everybody else sets a password or a passkey and comes in."""
    token = token_of(ctx, cmd.token, Purpose.JOIN)
    account = ACCOUNTS.require(ctx, token.account)
    known = signs_in(ctx, account.id)
    if not known and cmd.credential:
        keep(ctx, account, cmd.ticket, credential=cmd.credential, name="Passkey")
    elif not known:
        account = set_password(ctx, account, cmd.password)
    use(ctx, token)
    join(ctx, token.workspace, token.member)
    confirmed = account.model_copy(update={"is_verified": True})
    if known:
        ACCOUNTS.replace(ctx, confirmed)
        return Told(token="", expires_at=ctx.now, detail=SIGN_IN)
    given = entered(ctx, confirmed, how="passkey" if cmd.credential else "password", whole=bool(cmd.credential))
    return Told(detail="You have joined.", **given.model_dump())
