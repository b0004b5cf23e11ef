"""Commands on single properties: entering, showing, changing, removing one, and telling its sales."""

from typing import Any

from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Fault, Invalid
from steward.kernel.model import Nothing
from steward.kernel.money import to_cents
from steward.properties import rules
from steward.properties.facts import MONEY
from steward.properties.inputs import AddSale, CreateProperty, DeleteProperty, Described, GetProperty, UpdateProperty
from steward.properties.model import ListingStatus, Origin, Property, PropertyView, Sale
from steward.properties.rules import Stamp
from steward.properties.store import PROPERTIES, by_keys, claim, load, release, remove
from steward.properties.views import property_view

BY_ID = by_id(id=lambda ctx, told: load(ctx, told).id)
_NEVER_NULL = ("listing_status", "pipeline_status")


@command(
    "properties.create",
    scope="write:properties",
    danger=Danger.WRITE,
    tool="create_property",
    http="POST /properties",
    aliases=("POST /api/properties",),
)
def create_property(cmd: CreateProperty, ctx: Context) -> PropertyView:
    """Enter a property by hand."""
    facts = _facts(cmd)
    source_id = facts.get("source_id") or facts.get("parcel")
    ref = ctx.refs(PROPERTIES.kind)
    home = Property(
        **{**facts, "source_id": source_id},
        id=ctx.new_id(PROPERTIES.kind, ref),
        ref=ref,
        created_at=ctx.now,
        updated_at=ctx.now,
        origin=Origin.MANUAL,
        changed_by=ctx.actor.id,
        sales=sorted((Sale(date=sale.date, price=to_cents(sale.price)) for sale in cmd.sales), key=lambda sale: sale.date, reverse=True),
    )
    if cmd.listing_status is None and (cmd.asking_price or cmd.rent):
        home = home.model_copy(update={"listing_status": ListingStatus.AVAILABLE})
    _check(ctx, home)
    _claim(ctx, home)
    home = PROPERTIES.insert(ctx, home)
    ctx.use("properties")
    ctx.emit("properties.added", {"ids": [home.id], "source": ""})
    return property_view(ctx, home)


@command(
    "properties.get",
    scope="read:properties",
    danger=Danger.READ,
    tool="get_property",
    http="GET /properties/{id}",
    aliases=("GET /api/properties/{id}",),
)
def get_property(cmd: GetProperty, ctx: Context) -> PropertyView:
    """Show one property with its value, its score and why, and where each fact comes from."""
    return property_view(ctx, load(ctx, cmd.id))


@command(
    "properties.update", scope="write:properties", danger=Danger.WRITE, tool="update_property", http="PATCH /properties/{id}",
    aliases=("PATCH /api/properties/{id}",),
    spelt=BY_ID,
)  # fmt: skip
def update_property(cmd: UpdateProperty, ctx: Context) -> PropertyView:
    """Change facts of a property; what is stated here stays when an import says otherwise."""
    home = load(ctx, cmd.id)
    _check_version(ctx, home)
    changes = {name: value for name, value in _facts(cmd, told=True).items() if name != "id"}
    empty = next((name for name in _NEVER_NULL if name in changes and changes[name] is None), "")
    if empty:
        raise Invalid(f"'{empty}' cannot be empty; leave it out to keep it.", faults=[Fault(f"/{empty}", "cannot be null")])
    changed = rules.edited(home, changes, Stamp(ctx.actor.id, ctx.now))
    if changed is None:
        return property_view(ctx, home)
    _check(ctx, changed)
    if rules.keys(changed.__dict__) != rules.keys(home.__dict__):
        release(ctx, home)
        _claim(ctx, changed)
    changed = PROPERTIES.replace(ctx, changed)
    ctx.emit("properties.changed", {"ids": [changed.id], "source": ""})
    return property_view(ctx, changed)


@command(
    "properties.add_sale", scope="write:properties", danger=Danger.WRITE, tool="add_sale", http="POST /properties/{id}/sales", spelt=BY_ID
)
def add_sale(cmd: AddSale, ctx: Context) -> PropertyView:
    """Tell a sale of a property."""
    home = load(ctx, cmd.id)
    _check_version(ctx, home)
    if cmd.date > ctx.now.date():
        raise Invalid(f"The sale date {cmd.date} is in the future.", faults=[Fault("/date", "in the future")])
    sales = rules.with_sale(home.sales, Sale(date=cmd.date, price=to_cents(cmd.price)))
    if sales == home.sales:
        return property_view(ctx, home)
    changed = PROPERTIES.replace(ctx, home.model_copy(update={"sales": sales, "changed_by": ctx.actor.id}))
    ctx.emit("properties.changed", {"ids": [changed.id], "source": ""})
    return property_view(ctx, changed)


@command(
    "properties.delete", scope="delete:properties", danger=Danger.DESTRUCTIVE, tool="delete_property", http="DELETE /properties/{id}",
    aliases=("DELETE /api/properties/{id}",),
    spelt=BY_ID,
)  # fmt: skip
def delete_property(cmd: DeleteProperty, ctx: Context) -> Nothing:
    """Remove a property for good, with its value and its score."""
    home = load(ctx, cmd.id)
    _check_version(ctx, home)
    remove(ctx, home)
    ctx.emit("properties.removed", {"ids": [home.id], "source": ""})
    return Nothing()


def _facts(cmd: Described, *, told: bool = False) -> dict[str, Any]:
    """What was stated, money in cents; with `told` also what was stated as null."""
    stated = cmd.model_dump(exclude_unset=told, exclude_none=not told, exclude={"sales"})
    return {name: to_cents(value) if name in MONEY and value is not None else value for name, value in stated.items()}


def _check(ctx: Context, home: Property) -> None:
    """Raises Invalid with a pointer for each fact that cannot be true."""
    facts = {name: value for name, value in home.__dict__.items() if value is not None}
    wrong = rules.implausible(facts, ctx.now.date())
    if wrong:
        raise Invalid(" ".join(one.reason for one in wrong), faults=[Fault(f"/{one.fact}", one.reason) for one in wrong])
    late = next((sale for sale in home.sales if sale.date > ctx.now.date()), None)
    if late:
        raise Invalid(f"The sale date {late.date} is in the future.", faults=[Fault("/sales", "in the future")])


def _check_version(ctx: Context, home: Property) -> None:
    if ctx.expected_version is not None and ctx.expected_version != home.version:
        detail = f"Property {home.ref} was changed since you read it (version {home.version} now); read it again and repeat your change."
        raise Conflict(detail, current=home.version, stale=True)


def _claim(ctx: Context, home: Property) -> None:
    """Take the names of a property. Raises Conflict when an id belongs to another one; a shared address stays with the first."""
    names = rules.keys(home.__dict__)
    owners = by_keys(ctx, names)
    for name in names:
        owner = owners.get(name)
        if owner is None:
            claim(ctx, name, home.id)
            continue
        known = PROPERTIES.get(ctx, owner)
        if known and known.id != home.id and rules.same(known, home.__dict__, name):
            what = "id" if name.startswith("source#") else "address"
            raise Conflict(f"Property {known.ref} already has this {what} ({name.partition('#')[2][:80]}); change that one instead.")
