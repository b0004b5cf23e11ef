"""The pages of help of the command line, within the terminal's width."""

from textwrap import wrap

from steward.kernel.registry import manifest
from steward.surfaces.cli_forms import FORMS, OWN, Form

NAMES, WIDE = 45, 120
"""Letters of the left side of a page of help, and the most of a whole line."""


def overview(width: int) -> str:
    """What `steward --help` prints."""
    lines = ["Steward, the desk of a real-estate brokerage.", "", "Every day:"]
    lines += [_entry(*_usage(form), width) for form in FORMS.values()]
    lines += [_entry(name, text, width) for name, text in OWN.items()]
    anywhere = "Every command; --help after one shows its arguments, and --json, --workspace NAME, --wait and --no-wait come anywhere:"
    lines += ["", *wrap(anywhere, min(width, WIDE))]
    lines += [_entry(_spelt(entry.name), entry.summary, width) for entry in manifest().commands.values() if not entry.internal]
    return "\n".join(lines) + "\n"


def verbs(slice: str, width: int) -> str:
    """What `steward SLICE --help` prints."""
    known = [entry for entry in manifest().commands.values() if not entry.internal and entry.name.startswith(f"{slice}.")]
    lines = [_entry(_spelt(entry.name), entry.summary, width) for entry in known]
    head = wrap(f"`steward {slice}` goes on with one of these; --help after it shows its arguments.", min(width, WIDE))
    return "\n".join([*head, *lines]) + "\n"


def _spelt(command: str) -> str:
    return command.replace(".", " ").replace("_", "-")


def _usage(form: Form) -> tuple[str, str]:
    """How a form is written, and what it does: the two sides of the colon in what it says of itself."""
    usage, _, text = (form.__doc__ or "").partition(": ")
    return usage.replace("`", ""), text[:1].upper() + text[1:]


def _entry(usage: str, text: str, width: int) -> str:
    begin, edge = f"  steward {usage}  ".ljust(NAMES), " " * (NAMES if width > 2 * NAMES else 6)
    if len(begin) > NAMES or width <= 2 * NAMES:
        return "\n".join([begin.rstrip(), *wrap(text, min(width, WIDE), initial_indent=edge, subsequent_indent=edge)])
    return "\n".join(wrap(text, min(width, WIDE), initial_indent=begin, subsequent_indent=edge))
