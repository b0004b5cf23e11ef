"""Commands: every action is one typed function, registered under two names with its scope and its danger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints

from steward.kernel.model import Input, Output


class Danger(StrEnum):
    """What a command may do at worst; the guard's table is by this and the surface."""

    READ = "read"
    WRITE = "write"
    OUTWARD = "outward"
    PHYSICAL = "physical"
    DESTRUCTIVE = "destructive"


class Only(StrEnum):
    """Whose alone a command is, besides its scope."""

    ANYBODY = ""
    MEMBER = "member"
    OWNER = "owner"
    INSTALLATION = "installation"

    @property
    def words(self) -> str:
        """As documents say it, after the scope."""
        return _WORDS[self]


_WORDS = {
    Only.ANYBODY: "",
    Only.MEMBER: ", signed-in members only",
    Only.OWNER: ", owners only",
    Only.INSTALLATION: ", the installation's owner only",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A registered command. `http` is `METHOD /path` without its version; `internal` has no surface at all."""

    name: str
    handler: Callable[[Any, Any], Output]
    input: type[Input]
    output: type[Output]
    scope: str
    danger: Danger
    tool: str
    http: str
    aliases: Sequence[str]
    internal: bool
    batch: bool
    summary: str
    once: Callable[[Any], str] | None
    only: Only
    counts_as: str
    audited: bool
    spelt: Callable[[Any, Any], Input] | None

    @property
    def spoken(self) -> str:
        """The name that people and rules say: the tool's, where there is one."""
        return self.tool or self.name

    @property
    def names(self) -> Sequence[str]:
        """The names that a rule is about it by."""
        return names_of(self.tool, self.name, self.counts_as)


def names_of(*names: str) -> Sequence[str]:
    """Those of a command's names that it has."""
    return [name for name in names if name]


def by_id(**fields: Callable[[Any, str], str]) -> Callable[[Any, Any], Input]:
    """How an input is said in its one way (see `command`): each of these fields by the id that a function of context and text finds."""

    def spelt(cmd: Input, ctx: Any) -> Input:
        said = {name: getattr(cmd, name) for name in fields}
        return cmd.model_copy(update={name: fields[name](ctx, text) for name, text in said.items() if text})

    return spelt


COMMANDS: dict[str, Command] = {}
BY_INPUT: dict[type[Input], Command] = {}
Handler = TypeVar("Handler", bound=Callable[[Any, Any], Output])


def command(  # noqa: PLR0913 - a declaration, read like a table
    name: str,
    *,
    scope: str,
    danger: Danger,
    tool: str = "",
    http: str = "",
    aliases: Sequence[str] = (),
    internal: bool = False,
    batch: bool = False,
    once: Callable[[Any], str] | None = None,
    only: Only = Only.ANYBODY,
    counts_as: str = "",
    audited: bool = False,
    spelt: Callable[[Any, Any], Input] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler `(cmd: Input, ctx: Context) -> Output` under `slice.verb`.

    `tool` is its verb_noun name, `aliases` further routes, `batch` says that it answers with a Run and goes on in the
    background, `once` makes an idempotency key of the input, `only` says whose alone it is, `counts_as` names another command
    whose rules and dangers are its own too, `audited` says that it changes nothing and leaves a receipt all the same, `spelt`
    says an input in its one way. Raises ValueError when something of it is missing.
    """

    def register(handler: Handler) -> Handler:
        summary, takes, gives = _told(handler, name, scope)
        if name in COMMANDS or takes in BY_INPUT:
            raise ValueError(f"two commands named {name}, or two that take {takes.__name__}")
        made = Command(
            name, handler, takes, gives, scope, danger, tool, http, tuple(aliases), internal, batch, summary, once, only, counts_as,
            audited, spelt,
        )  # fmt: skip
        COMMANDS[name] = BY_INPUT[takes] = made
        return handler

    return register


def _told(handler: Callable[..., Output], name: str, scope: str) -> tuple[str, type[Input], type[Output]]:
    """What a handler says of itself: its docstring and its types."""
    summary, hints = (getdoc(handler) or "").strip(), get_type_hints(handler)
    if not summary:
        raise ValueError(f"{name} has no docstring")
    if not scope:
        raise ValueError(f"{name} declares no scope")
    takes, gives = hints.get("cmd"), hints.get("return")
    if not (isinstance(takes, type) and issubclass(takes, Input)) or not (isinstance(gives, type) and issubclass(gives, Output)):
        raise TypeError(f"{name} must take an Input named cmd and return an Output")
    return summary, takes, gives
