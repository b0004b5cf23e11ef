"""What the owner of a home does for the command line on the same machine: commands and blobs, behind its token."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, NotFound, StewardError
from steward.kernel.keys import SYSTEM
from steward.kernel.parse import json_object
from steward.kernel.product import Product
from steward.surfaces import problem
from steward.surfaces.wire import Request, Response
from steward.workspaces import identity
from steward.workspaces.identity import OWNER
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.placing import OF_THE_INSTALLATION, in_no_workspace
from steward.workspaces.rules import same_name

COMMAND = "/-/command"
BLOB = "/-/blob"
ARRIVED = "/-/arrived"
LOOPBACK = ("127.0.0.1", "::1")
OWN_NAME = "Own desk"


def handle(request: Request, product: Product, token: str) -> Response:
    """Answer one of the command line's requests; anybody else is refused."""
    try:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.source_ip not in LOOPBACK or not hmac.compare_digest(given.encode(), token.encode()):
            raise Forbidden("This address is for the command line of this machine.", unknown=True)
        told = json_object(request.body)
        if request.path == BLOB:
            with product.ports.blobs.open(str(told["key"])) as blob:
                return Response(200, {"content-type": "application/octet-stream"}, blob.read())
        if request.path == ARRIVED:
            arrived(product, str(told["key"]))
            return Response(200, {"content-type": "application/json"}, b"{}")
        answer = run(product, str(told["command"]), told["input"], workspace=told["workspace"], key=told["key"], expected=told["expected"])
        return Response(200, {"content-type": "application/json"}, json.dumps(answer).encode())
    except StewardError as error:
        return Response(problem.status_of(error), {"content-type": "application/problem+json"}, problem.body(error))


def run(product: Product, command: str, raw: Mapping[str, Any], *, workspace: str, key: str, expected: int | None) -> dict[str, Any]:
    """The answer of a command to the owner at the command line, as JSON values."""
    if command == "workspaces.list":
        workspace_of(product, "")  # so that a new home lists the own desk, which every other command makes too
    place = SYSTEM if _nowhere(command, raw, workspace) else workspace_of(product, workspace)
    answer = product.door.dispatch(Call(command, raw, OWNER, place, Surface.CLI, key=key, expected=expected))
    told: dict[str, Any] = answer.output.model_dump(mode="json")
    return told


def _nowhere(command: str, raw: Mapping[str, Any], workspace: str) -> bool:
    """Whether a command is about the installation itself. Which workspace is shown may be said as `--workspace` too, or not at all."""
    if command == "workspaces.get" and not raw.get("workspace"):
        return False
    return workspace == SYSTEM or command.startswith(OF_THE_INSTALLATION) if workspace else in_no_workspace(command, owns_all=True)


def arrived(product: Product, blob: str) -> None:
    """Tell intake of a file that the command line has sent to the store itself; S3 may tell of it too. Raises NotFound."""
    found = product.ports.blobs.head(blob)
    if found is None:
        raise NotFound(f"There is no blob '{blob[:200]}'.")
    workspace, key = blob.split("/")[1], f"{blob}:{found.etag}"
    product.door.dispatch(Call("properties.take_upload", {"blob": blob}, system("uploads"), workspace, Surface.SYSTEM, key=key))


def workspace_of(product: Product, name: str) -> str:
    """The id of a workspace by id or slug; without a name the own one, which is made when there is none."""
    if name:
        return identity.workspace_named(product.ports.records, name).id
    known = identity.workspaces(product.ports.records)
    own = [one for one in known if not one.invented and one.closed_at is None]
    if own:
        return own[0].id
    number = len(known) + 1 if any(one.slug == "own" or same_name(one.name) == same_name(OWN_NAME) for one in known) else 0
    free = CreateWorkspace(name=f"{OWN_NAME} {number or ''}".strip(), slug=f"own-{number or ''}".strip("-"))
    made = product.door.dispatch(Call("workspaces.create", free, OWNER, SYSTEM, Surface.CLI))
    return str(made.output.model_dump()["id"])
