"""The same thing is said once: under 5 % of the shipped lines stand in a passage that stands elsewhere too."""

from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.source import Source, product

PASSAGE = 6
"""Lines that have to be alike, one after another, to count."""
LIMIT = 0.05


def meaningful(source: Source) -> Iterator[tuple[int, str]]:
    """The lines that say something: no blanks, comments, imports or lone brackets."""
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        if any(letter.isalnum() for letter in text) and not text.startswith(("#", "import ", "from ", "@")):
            yield number, text


def test_under_5_percent_of_the_lines_are_duplicates() -> None:
    passages: dict[tuple[str, ...], list[list[tuple[str, int]]]] = defaultdict(list)
    total = 0
    for source in product():
        lines = list(meaningful(source))
        total += len(lines)
        for start in range(len(lines) - PASSAGE + 1):
            window = lines[start : start + PASSAGE]
            passages[tuple(text for _, text in window)].append([(source.path, number) for number, _ in window])
    twice = {line for places in passages.values() if len(places) > 1 for place in places for line in place}
    assert len(twice) < LIMIT * total, sorted(twice)[:20]
