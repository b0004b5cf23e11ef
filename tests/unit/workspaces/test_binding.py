"""What is left out of a request is not what it empties: an approval or an idempotency key of the one is not good for the other."""

import pytest

from steward.kernel.errors import ApprovalNeeded, Invalid
from steward.properties.inputs import CreateProperty, GetProperty, UpdateProperty
from steward.workspaces.model_approvals import Approve
from steward.workspaces.model_permissions import SetPermission
from tests.support.worlds import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def home(world: World) -> str:
    return str(world.run(CreateProperty(address="1 Alder Road", owner_name="Ann")).id)


def test_an_approval_of_a_change_is_none_for_emptying_a_fact_beside_it(world: World, home: str) -> None:
    world.run(SetPermission.model_validate({"command_pattern": "update_property", "permission": "require_approval"}))
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(UpdateProperty(id=home, remarks="new roof"))
    world.run(Approve(id=caught.value.approval))
    with pytest.raises(ApprovalNeeded) as again:
        world.run(UpdateProperty(id=home, remarks="new roof", owner_name=None))
    assert again.value.approval != caught.value.approval
    assert world.run(GetProperty(id=home)).remarks is None


def test_a_key_of_a_change_is_none_for_emptying_a_fact_beside_it(world: World, home: str) -> None:
    world.run(UpdateProperty(id=home, remarks="new roof"), key="k")
    with pytest.raises(Invalid, match="different request"):
        world.run(UpdateProperty(id=home, remarks="new roof", owner_name=None), key="k")
