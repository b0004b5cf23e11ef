"""From the credentials of a request to an actor and a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.errors import Forbidden, NotFound
from steward.kernel.keys import SYSTEM
from steward.kernel.origins import Origin
from steward.kernel.product import Product
from steward.surfaces.lines import Lines
from steward.surfaces.wire import Request
from steward.workspaces import identity
from steward.workspaces.guesses import Guesses
from steward.workspaces.identity import Person
from steward.workspaces.key_uses import KeyUses
from steward.workspaces.model import OpenedSession
from steward.workspaces.placing import in_no_workspace, usual
from steward.workspaces.rules_auth import private

SECURE_COOKIE = "__Host-steward"
LOOPBACK_COOKIE = "steward"
ENTERING = ("auth.", "sessions.open")
"""What lets people in, and may begin without a living session."""
POLL = "steward-poll"
"""What a page says when it asks by itself, without anybody doing anything."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in which workspace, through which surface."""

    actor: Actor
    workspace: str
    surface: Surface


def cookie_name(product: Product) -> str:
    """The session cookie's name: a `__Host-` one wherever there is TLS."""
    return SECURE_COOKIE if product.secure else LOOPBACK_COOKIE


def person(request: Request, product: Product) -> Person:
    """The person of the session cookie. Raises Forbidden (unknown) without a living session."""
    token = request.cookie(cookie_name(product))
    if not token:
        raise Forbidden("Sign in first; `steward sessions link` makes a link.", unknown=True)
    found = identity.by_session(product.ports.records, token, product.ports.clock(), used=POLL not in request.headers)
    product.ports.port(Lines).learn(token, found.account)
    return found


def line_of(request: Request, product: Product) -> str:
    """In whose line a request waits."""
    return product.ports.port(Lines).of(_secret(request) or request.cookie(cookie_name(product)))


def origin_of(request: Request, product: Product) -> Origin:
    """Where a request came from. Behind something that speaks TLS for us, that is what it says, not itself."""
    ip = request.source_ip
    if product.url.startswith("https:") and _within(ip):
        ip = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or ip
    return Origin(ip[:64], request.headers.get("user-agent", "")[:300])


def check_private(request: Request, product: Product) -> None:
    """Raises Forbidden unless a session may travel to this address, and one of our own pages or no page asks for it."""
    at_home = private(product.url)
    if not at_home or (product.exposed and not _from_here(request)):
        mend = "Set STEWARD_TLS, or STEWARD_PUBLIC_URL to the https address in front"
        mend += f", or open {product.url} on the machine itself" if at_home else ""
        raise Forbidden(f"This address has no TLS, and a session must not travel in the open. {mend}.", rule="tls")
    if not same_origin(request):
        raise Forbidden("This request did not come from one of Steward's own pages.", rule="origin")


def cookie(name: str, value: str, product: Product, *, seconds: int, hidden: bool = True) -> str:
    """A Set-Cookie line; Secure wherever there is TLS."""
    parts: Mapping[str, bool] = {"HttpOnly": hidden, "Secure": product.secure}
    flags = "".join(f"; {flag}" for flag, on in parts.items() if on)
    return f"{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{flags}"


def kept(opened: OpenedSession, product: Product) -> str:
    """The cookie of a session."""
    seconds = int((opened.expires_at - product.ports.clock()).total_seconds())
    return cookie(cookie_name(product), opened.token, product, seconds=max(0, seconds))


def forgotten(product: Product) -> str:
    """The cookie of no session any more."""
    return cookie(cookie_name(product), "", product, seconds=0)


def caller(request: Request, product: Product, command: str, *, at: str = "") -> Caller:
    """The caller of an API request: a key's bearer, else the signed-in member, else nobody.

    They act `at` the workspace (id or slug) of the address, where it names one. Else a member names it in `X-Workspace`, or acts in
    their own, and must come from our own pages. Who is entering may come with a session that has ended. Raises Forbidden for a bad
    key, NotFound for an unknown workspace.
    """
    secret, entering = _secret(request), command.startswith(ENTERING)
    if secret:
        return _by_key(request, product, secret, at=at)
    if not request.cookie(cookie_name(product)):
        return Caller(NOBODY, SYSTEM, Surface.API)
    try:
        who = person(request, product)
    except Forbidden:
        if entering:
            return Caller(NOBODY, SYSTEM, Surface.API)
        raise
    if request.method not in ("GET", "HEAD") and not same_origin(request):
        raise Forbidden("This request did not come from one of Steward's own pages.", rule="origin")
    named = request.headers.get("x-workspace", "")
    workspace = SYSTEM if not at and _in_system(who, command, named=named) else _place(product, who, at or named)
    return Caller(identity.acting(product.ports.records, who, workspace), workspace, Surface.DESK)


def _in_system(who: Person, command: str, *, named: str) -> bool:
    """Whether a call is in no workspace. The installation itself is one for its owner only, and only by name."""
    return named == SYSTEM and who.owns_all if named else in_no_workspace(command, owns_all=who.owns_all)


def _place(product: Product, who: Person, named: str) -> str:
    """The workspace of a name, or the usual one of a person where none is named."""
    records = product.ports.records
    at_large = identity.acting(records, who, SYSTEM)
    if named:
        return identity.workspace_seen(records, named, at_large).id
    found = usual(identity.seen_by(records, at_large))
    if found is None:
        raise NotFound("There is no workspace that you belong to; ask for an invitation, or `steward workspaces create` makes one.")
    return found.id


def _by_key(request: Request, product: Product, secret: str, *, at: str) -> Caller:
    """The caller of a key, which is for one workspace; whoever names another one has no business there."""
    records, now, guesses = product.ports.records, product.ports.clock(), product.ports.port(Guesses)
    address = origin_of(request, product).ip
    guesses.check(secret, address, now)
    try:
        actor = identity.by_key(records, secret, now)
    except Forbidden:
        guesses.note(secret, address, now)
        raise
    named = identity.workspace_seen(records, at, actor).id if at else request.headers.get("x-workspace", actor.workspace)
    if named != actor.workspace and named not in [one.slug for one in identity.seen_by(records, actor)]:
        raise Forbidden("Invalid workspace", rule="workspace", unknown=True)
    product.ports.port(KeyUses).note(actor, now)
    product.ports.port(Lines).learn(secret, actor.workspace)
    return Caller(actor, actor.workspace, Surface.API)


def same_origin(request: Request) -> bool:
    """Whether a browser says that one of our own pages sent this; a client that says nothing has no cookie to steal."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host", "")


def _secret(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "").strip()


def _from_here(request: Request) -> bool:
    """Whether a request comes from this machine itself, and nothing says that it was handed on."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ip_address(request.source_ip.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


def _within(ip: str) -> bool:
    try:
        return ip_address(ip).is_private
    except ValueError:
        return False
