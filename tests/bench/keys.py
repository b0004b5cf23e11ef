"""Keys that are none: random ones of the right form, and real ones with something changed."""

from collections.abc import Iterator
from random import Random

from steward.workspaces.rules import PREFIX, SECRET_LENGTH

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH = SECRET_LENGTH + 6


def random_keys(random: Random, count: int) -> Iterator[str]:
    """Keys of the right form and length, of random letters."""
    for _ in range(count):
        yield PREFIX + "".join(random.choices(LETTERS, k=LENGTH))


def mutated(random: Random, real: str, count: int) -> Iterator[str]:
    """A real key with one letter changed, two swapped, one lost or one more."""
    for number in range(count):
        at = random.randrange(len(PREFIX), len(real) - 1)
        letter = random.choice([one for one in LETTERS if one != real[at]])
        match number % 4:
            case 0:
                yield real[:at] + letter + real[at + 1 :]
            case 1:
                other = next((place for place in range(len(real) - 1, len(PREFIX), -1) if real[place] != real[at] and place != at), at)
                low, high = sorted((at, other))
                yield real[:low] + real[high] + real[low + 1 : high] + real[low] + real[high + 1 :]
            case 2:
                yield real[:at] + real[at + 1 :]
            case _:
                yield real[:at] + letter + real[at:]
