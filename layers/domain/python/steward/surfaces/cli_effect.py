"""What an approval is for, in a terminal: what would be done, and each field before and after, none cut."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from steward.surfaces.differing import apart, visible

MOST = 60
"""Fields that are told before the rest is only counted, where a person is asked there and then."""
NARROW = 20


def told(says: Sequence[str], diff: Sequence[Mapping[str, Any]], *, width: int, most: int = 0) -> str:
    """The effect; with `most`, of so many fields only, and how many more there are."""
    shown = diff[:most] if most else diff
    lines = [line for sentence in says for line in wrap(visible(sentence), max(width, NARROW))]
    for (kind, _, name), changes in groupby(shown, key=lambda one: (one["kind"], one["id"], one.get("name", ""))):
        lines += _record(f"{_words(kind)} {visible(name)}".rstrip(), list(changes), max(width, NARROW))
    if len(diff) > len(shown):
        lines.append(f"and {len(diff) - len(shown):,} more fields; `steward approvals get` shows them all")
    return "\n".join(lines) or "nothing that is kept here"


def _record(head: str, changes: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    if not changes[0]["field"]:
        yield f"{head}: goes"
        return
    yield f"{head}{': new' if str(changes[0]['id']).startswith('new') else ''}"
    for one in changes:
        before, after = text_of(one["before"]), text_of(one["after"])
        found = apart(before, after)
        if found:
            before, after = (
                f"{_alike(found.skipped)}{found.lead}[{part}]{found.tail}{_alike(found.left)}" for part in (found.before, found.after)
            )
        yield f"  {_words(one['field'])}"
        for label, text in (("before", before), ("after", after)):
            yield from wrap(text or "nothing", width, initial_indent=f"    {label.ljust(8)}", subsequent_indent=" " * 12)


def _alike(letters: int) -> str:
    return f"({letters:,} letters alike)" if letters else ""


def text_of(value: Any) -> str:
    """A value in words; of what has parts, each after its name."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{_words(name)} {text_of(part) or 'none'}" for name, part in value.items())
        case list() | tuple():
            return ", ".join(text_of(part) for part in value)
        case _:
            return visible(str(value))


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", ", ")
