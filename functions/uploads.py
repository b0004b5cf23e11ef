"""A file has arrived: S3's "Object Created" through EventBridge, or the host's own."""

from chalice.app import Blueprint, CloudWatchEvent

from functions.base import product
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
    arrived = event.detail["object"]
    key = arrived["key"]
    told = {"key": key, "size": arrived["size"]}
    actor, once = system("uploads"), f"{key}:{arrived['etag']}"
    product().door.dispatch(Call("properties.receive_upload", told, actor, key.split("/")[1], Surface.SYSTEM, key=once))
