"""Activity, asked without a window: who did what, as a page and as a file of the same address."""

import csv
import io
from dataclasses import replace

import pytest

from steward.demo.touches import dana
from steward.kernel.actor import Surface, system
from steward.kernel.ports import Put
from steward.properties.inputs import CreateProperty, DeleteProperty, ExportProperties
from steward.runs import tick
from steward.workspaces import identity
from steward.workspaces.model import CreateKey
from steward.workspaces.model_permissions import RemovePermission, SetPermission
from steward.workspaces.model_roster import AddMember, ListMembers
from tests.desk.browsing import TANNERY, Browser, a_world, browser_of, desk_of, text_of

ACTIVITY = "/w/own/activity"
ERASED = "01m7yrjmqs3baqpxdbwy9jgm2v"


@pytest.fixture
def owner() -> Browser:
    """The owner's browser at a desk where a person, Steward itself, an invented person and one since erased have entered a home each."""
    browser = desk_of(a_world())
    world = browser.world
    world.run(CreateProperty.model_validate(TANNERY))
    invented = dana(world.workspace)
    for number, actor in enumerate((system("import"), invented, replace(invented, id=ERASED, name="Erased"))):
        surface = Surface.SYSTEM if actor.kind == "system" else Surface.DESK
        world.run(CreateProperty(address=f"{number} Kiln St", city="Fernholt", zip="56811"), actor=actor, surface=surface)
    world.settle()
    return browser


def rows(owner: Browser, address: str = "") -> list[str]:
    """Who did what the page shows, newest first."""
    table = text_of(owner.get(f"{ACTIVITY}{address}")).partition("<tbody>")[2]
    return [part.partition(">")[2].partition("<")[0] for part in table.split('class="u" href="/w/own/activity?who=')[1:]]


def lines(owner: Browser, address: str = "") -> list[dict[str, str]]:
    """The rows of the file of that address."""
    answer = owner.get(f"{ACTIVITY}.csv{address}")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(text_of(answer))))


def test_activity_tells_who_did_what_by_which_rule_and_filters_by_its_address(owner: Browser) -> None:
    made = owner.world.run(AddMember(email="user@hudson.example", name="User Reeve", role="user"))
    user = browser_of(owner.world, made.email)
    user.post("/w/own/properties/1/delete")
    (one,) = owner.world.run(ListMembers()).rows
    page = text_of(owner.get(f"/w/own/activity?who={one.id}&what=delete_*"))
    assert "User Reeve" in page and "asked first" in page and "create_property" not in page.partition("<tbody>")[2]
    assert f"/w/own/activity.csv?who={one.id}&amp;what=delete_%2A" in page


def test_an_invented_person_keeps_the_name_and_an_erased_one_does_not(owner: Browser) -> None:
    assert rows(owner)[:2] == ["somebody who was erased", "Dana Osei"]
    assert [line["name"] for line in lines(owner)[:2]] == ["", "Dana Osei"]


def test_activity_as_csv_holds_the_rows_of_the_same_address(owner: Browser) -> None:
    asked = f"?who={lines(owner)[1]['actor'].replace(' ', '+')}&what=create_property"
    assert [line["command"] for line in lines(owner, asked)] == ["properties.create"]
    assert len(rows(owner, asked)) == 1


def test_stewards_own_steps_are_shown_by_a_click_on_the_chip_and_hidden_by_another(owner: Browser) -> None:
    page = text_of(owner.get(ACTIVITY))
    assert 'href="/w/own/activity?by=all"' in page and "people and their keys" in page
    assert "import" not in rows(owner) and "import" in rows(owner, "?by=all")
    assert '<a class="f add" href="/w/own/activity">' in text_of(owner.get(f"{ACTIVITY}?by=all"))


def test_the_file_leaves_stewards_own_steps_out_where_the_page_does(owner: Browser) -> None:
    assert {line["actor_kind"] for line in lines(owner)} == {"member"}
    assert {line["actor_kind"] for line in lines(owner, "?by=all")} == {"member", "system"}
    assert 'href="/w/own/activity.csv?by=all"' in text_of(owner.get(f"{ACTIVITY}?by=all"))


@pytest.mark.parametrize("address", ["?surface=system", "?who=system:import"])
def test_who_asks_for_stewards_own_steps_gets_them(owner: Browser, address: str) -> None:
    assert rows(owner, address) == ["import"] and [line["actor_kind"] for line in lines(owner, address)] == ["system"]
    page = text_of(owner.get(f"{ACTIVITY}{address}"))
    assert '<a class="f add" href="/w/own/activity">' in page


def test_the_other_filters_stay_when_the_chip_is_switched(owner: Browser) -> None:
    page = text_of(owner.get(f"{ACTIVITY}?what=create_property"))
    assert 'href="/w/own/activity?what=create_property&amp;by=all"' in page
    page = text_of(owner.get(f"{ACTIVITY}?what=create_property&by=all"))
    assert '<input type="hidden" name="by" value="all">' in page and 'href="/w/own/activity?what=create_property"' in page


def test_a_filter_that_means_nothing_is_named_and_keeps_the_page(owner: Browser) -> None:
    answer = owner.get(f"{ACTIVITY}?what=delet_property")
    assert answer.status == 422
    assert "Did you mean" in text_of(answer)


def test_the_chain_is_checked_once_the_page_is_there(owner: Browser) -> None:
    answer = owner.get(f"{ACTIVITY}/proof", hx_target="div#proof")
    assert "Checked at 9:42 UTC" in text_of(answer)
    assert answer.headers["Cache-Control"] == "private, max-age=300"


def test_a_row_leads_to_what_it_was_about_and_tells_where_it_came_from(owner: Browser) -> None:
    owner.post("/w/own/settings/people", {"email": "user@hudson.example", "name": "User <Reeve>", "role": "user"}, user_agent="Firefox 140")
    owner.post("/w/own/properties/1/delete")
    page = text_of(owner.get(ACTIVITY)).partition("<tbody>")[2]
    assert '<a class="u" href="/w/own/settings/people">member User &lt;Reeve&gt;</a>' in page
    assert '<a class="u" href="/w/own/properties/1">property 1, 218 Tannery Row</a> · <code>delete_property</code>' in page
    assert '<small title="Firefox 140">203.0.113.9</small>' in page


def test_what_is_gone_keeps_its_number_and_leads_nowhere(owner: Browser) -> None:
    owner.world.insist(DeleteProperty(id="1"))
    page = text_of(owner.get(f"{ACTIVITY}?what=delete_property&outcome=done"))
    assert "property 1 · <code>delete_property</code>" in page.replace("\n", "")


def test_a_receipt_and_a_place_that_were_changed_behind_our_back_say_so(owner: Browser) -> None:
    owner.post("/w/own/settings/people", {"email": "user@hudson.example", "name": "User Reeve", "role": "user"})
    records = owner.world.records
    (place,) = owner.world.rows("origin")
    first = owner.world.rows("receipt")[0]
    records.commit([Put(place.key, {**place.body, "ip": "198.51.100.7"}, 1), Put(first.key, {**first.body, "actor": "key:x"}, 1)])
    page = text_of(owner.get(f"{ACTIVITY}?by=all"))
    assert "where from was changed behind Steward’s back" in page and "198.51.100.7" not in page
    assert "This receipt is not as Steward wrote it" in page and "key:x" not in page.partition("<tbody>")[2]


def test_what_is_unusual_stands_at_the_head_of_the_page_and_on_its_row(owner: Browser) -> None:
    world = owner.world
    key = identity.by_key(world.records, world.run(CreateKey(name="Web<site>", scope=["read:*"])).key, world.clock())
    world.run(ExportProperties(), actor=key, surface=Surface.API)
    world.clock.pass_(minutes=2)
    tick.five_minutes(world.door, world.clock())
    world.settle()
    head, _, table = text_of(owner.get(ACTIVITY)).partition("<tbody>")
    reason = "The key was made less than a day before"
    assert "<b>Web&lt;site&gt;</b>, " in head and f": {reason}." in head and f'href="/w/own/activity?who=key%3A{key.id[4:]}"' in head
    assert reason in table and "4 rows" in table
    assert reason not in text_of(owner.get(f"{ACTIVITY}?who=owner"))
    user = browser_of(world, world.run(AddMember(email="user@hudson.example", role="user")).email)
    assert reason not in text_of(user.get(ACTIVITY))


def test_a_rule_is_named_as_the_refusals_by_it_name_it_also_once_it_is_gone(owner: Browser) -> None:
    rule = owner.world.run(SetPermission.model_validate({"command_pattern": "delete_*", "permission": "deny"}))
    assert f"rule {rule.short}, deny delete_*" in text_of(owner.get(ACTIVITY))
    owner.world.run(RemovePermission(id=rule.id))
    assert text_of(owner.get(ACTIVITY)).count(f"rule {rule.short}") == 2
