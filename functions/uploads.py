"""A file has arrived: S3's "Object Created" through EventBridge, or the host's own."""

from chalice.app import Blueprint, CloudWatchEvent

from functions.edge import product
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call

PATTERN = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"object": {"key": [{"wildcard": "w/*/uploads/*"}]}},
}
blueprint = Blueprint(__name__)


@blueprint.on_cw_event(PATTERN, name="uploads")
def received(event: CloudWatchEvent) -> None:
    """Tell intake, once for each key and content."""
    file = event.detail["object"]
    workspace, once = file["key"].split("/")[1], f"{file['key']}:{file['etag']}"
    product().door.dispatch(Call("properties.take_upload", {"blob": file["key"]}, system("uploads"), workspace, Surface.SYSTEM, key=once))
