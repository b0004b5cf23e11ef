"""What an address asks for and the list cannot follow: each part is named, left out, and led on from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from steward.desk.query import DEFAULT_SORT, FILTERS, State
from steward.desk.views.parts import Option
from steward.kernel.errors import Fault, Invalid
from steward.properties.inputs import Filters

REST_HOLDS = "It is left out; everything else in the address holds."


@dataclass(frozen=True, slots=True)
class Hint:
    """A part of the address that is left out: why, and the ways on (their addresses are the options' values)."""

    text: str
    ways: Sequence[Option]


def strange(state: State) -> list[Hint]:
    """Names that are no filter, each with the filter that was probably meant."""
    return [Hint(f"{_no_filter(name)} {REST_HOLDS}", [*_meant(state, name, text), _on(state)]) for name, text in state.strange.items()]


def refuse(state: State) -> None:
    """Raises Invalid when the address names what is no filter: a file has no place to say so."""
    faults = [Fault(f"/{name[:40]}", _no_filter(name)) for name in state.strange]
    if faults:
        raise Invalid(" ".join(fault.detail for fault in faults), faults=faults)


def without(state: State, wrong: Invalid) -> State | None:
    """The state without the filter or sort that the refusal is about; None when it is about neither."""
    name = wrong.faults[0].pointer.removeprefix("/") if wrong.faults else ""
    if name == "sort" and state.sort != DEFAULT_SORT:
        return replace(state, sort=DEFAULT_SORT)
    return state.with_filter(name, "") if name in state.filters else None


def unreadable(left: State, wrong: Invalid) -> Hint:
    """A value that cannot be read; `left` is the state without it."""
    return Hint(f"{wrong.detail} {REST_HOLDS}", [_on(left)])


def _no_filter(name: str) -> str:
    return f"There is no filter “{name[:40]}”."


def _on(state: State) -> Option:
    return Option(state.href(), "Go on without it")


def _meant(state: State, name: str, text: str) -> list[Option]:
    close = get_close_matches(name.partition(".")[0], [*FILTERS, *Filters.ALIASES], 1, 0.5)
    if not close or not text:
        return []
    meant = FILTERS[Filters.ALIASES.get(close[0], close[0])]
    return [Option(state.with_filter(meant.name, text).href(), f"Filter by {meant.label} instead")]
