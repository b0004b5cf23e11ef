"""The activity of the installation: who failed to sign in, for its owner alone."""

import pytest

from steward.kernel.errors import Forbidden
from steward.workspaces.model_roster import AddMember
from tests.desk.browsing import a_world, browser_of, desk_of, text_of
from tests.unit.workspaces.people import sign_in

TRIED = "dana@hudson.example"


def test_the_owner_sees_failed_sign_ins_and_nobody_else_does() -> None:
    owner = desk_of(a_world())
    admin = browser_of(owner.world, owner.world.run(AddMember(email="admin@hudson.example", role="admin")).email)
    owner.world.run(AddMember(email=TRIED, role="user"))
    with pytest.raises(Forbidden):
        sign_in(owner.world, TRIED, "not the right one")
    address = "/w/own/activity?of=installation&outcome=refused"
    page = text_of(owner.get(address)).partition("<tbody>")[2]
    assert TRIED in page and "nobody signed in" in page and "password" in page
    assert TRIED not in text_of(admin.get(address)).partition("<tbody>")[2]
    assert TRIED in text_of(owner.get("/w/own/activity.csv?of=installation&outcome=refused"))
    assert 'name="of"' not in text_of(admin.get(address))
