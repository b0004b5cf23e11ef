"""Amounts as people write them: 1,200 · 300.000 · 1.2m · 500k · half a million · three hundred thousand · medio millón · 2 1/2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.finding.reading.tokens import Token

_SMALL: Mapping[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "once": 11, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300,
    "trescientas": 300, "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600,
    "seiscientas": 600, "setecientos": 700, "setecientas": 700, "ochocientos": 800, "ochocientas": 800, "novecientos": 900,
    "novecientas": 900,
}  # fmt: skip
_SCALES: Mapping[str, int] = {
    "k": 1000, "thousand": 1000, "thousands": 1000, "grand": 1000, "mil": 1000, "million": 1_000_000,
    "millions": 1_000_000, "mill": 1_000_000, "millon": 1_000_000, "millones": 1_000_000,
}  # fmt: skip
_ATTACHED: Mapping[str, int] = {"m": 1_000_000, "mm": 1_000_000, "mn": 1_000_000, "mil": 1_000_000}
_PARTS: Mapping[str, float] = {"half": 0.5, "medio": 0.5, "media": 0.5, "quarter": 0.25, "cuarto": 0.25, "½": 0.5, "¼": 0.25, "¾": 0.75}
_PARTED = frozenset({"acre", "acres", "hectare", "hectares", "hectarea", "hectareas", "mile"})
"""What people have half of."""
_FRACTIONS: Mapping[str, float] = {"½": 0.5, "¼": 0.25, "¾": 0.75}


@dataclass(frozen=True, slots=True)
class Number:
    """An amount. `scale` is the thousand or million that was said with it, else 1; `plain` its first digits read as a decimal."""

    value: float
    scale: int = 1
    plain: float = 0.0


def number(tokens: Sequence[Token], at: int) -> tuple[Number, int] | None:
    """The amount that begins at a token, and the token after it."""
    if tokens[at].word[0].isdigit() or tokens[at].word[:-1].startswith("."):
        return _digits(tokens, at)
    return _part(tokens, at) or _words(tokens, at)


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _digits(tokens: Sequence[Token], at: int) -> tuple[Number, int] | None:
    typed = tokens[at].word
    if not typed.isascii() or len(typed) > 15:
        return None
    end = at + 1
    scale, after = _scale(tokens, end)
    value = _value(typed, decimal=scale > 1)
    fraction, end = _fraction(tokens, end)
    if fraction and end - at > 1 and _word(tokens, at + 1) == "/":
        value = 0.0
    if fraction:
        scale, after = _scale(tokens, end)
    half = _and_a_half(tokens, end)
    if half > end:
        fraction, end = 0.5, half
        scale, after = _scale(tokens, end)
    value = (value + fraction) * scale
    more = _and_a_half(tokens, after) if scale > 1 else after
    if more > after:
        value, after = value + scale / 2, more
    return Number(round(value, 4), scale, _value(typed, decimal=True)), after


def _value(typed: str, *, decimal: bool) -> float:
    """Digits with points and commas: groups of three are thousands, unless it is a decimal; else the last sign parts the decimals."""
    head, *groups = typed.replace(",", ".").split(".")
    head = head or "0"
    if groups and len(head) <= 3 and all(len(group) == 3 for group in groups) and not (decimal and len(groups) == 1 and "." in typed):
        return float(head + "".join(groups))
    if len(groups) == 1:
        return float(f"{head}.{groups[0]}")
    if groups and len(groups[-1]) < 3:
        return float(f"{head}{''.join(groups[:-1])}.{groups[-1]}")
    return float(head + "".join(groups))


def _scale(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """The thousand or million after a number; a lone "m" only where it is written onto it."""
    word = _word(tokens, at)
    if at and tokens[at - 1].end == (tokens[at].start if word else -1) and word in _ATTACHED and len(tokens[at - 1].word) < 6:
        return (1000 if word == "mil" else _ATTACHED[word]), at + 1
    return (_SCALES[word], at + 1) if word in _SCALES else (1, at)


def _fraction(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """What a fraction adds: "½", the "1/2" of "2 1/2", or all of "1/2" (which begins with the number itself)."""
    word = _word(tokens, at)
    if word in _FRACTIONS:
        return _FRACTIONS[word], at + 1
    first = at - 1 if word == "/" else at
    upper, sign, lower = _word(tokens, first), _word(tokens, first + 1), _word(tokens, first + 2)
    if sign == "/" and upper in ("1", "2", "3") and lower in ("2", "3", "4") and _shares(_word(tokens, first + 3), mixed=first == at):
        return int(upper) / int(lower), first + 3
    return 0.0, at


def _shares(word: str, *, mixed: bool) -> bool:
    return word in _PARTED or (mixed and word in ("bath", "baths", "ba", "bathroom", "bathrooms"))


def _and_a_half(tokens: Sequence[Token], at: int) -> int:
    """The token after "and a half" or "y medio", else `at`."""
    words = [_word(tokens, at + ahead) for ahead in range(3)]
    if words == ["and", "a", "half"]:
        return at + 3
    return at + 2 if words[0] == "y" and words[1] in ("medio", "media") else at


def _part(tokens: Sequence[Token], at: int) -> tuple[Number, int] | None:
    """ "half a million", "medio millón", "half an acre", "a million", "an acre": up to the unit, past the scale."""
    part, end = _PARTS.get(tokens[at].word), at + 1
    if tokens[at].word == "three" and _word(tokens, end) in ("quarter", "quarters"):
        part, end = 0.75, end + 1
    if part is None:
        if tokens[at].word not in ("a", "an", "un", "una"):
            return None
        part = 1.0
        if _word(tokens, end) in _PARTS:
            part, end = _PARTS[_word(tokens, end)], end + 1
    while part < 1 and _word(tokens, end) in ("a", "an", "of", "de", "un", "-"):
        end += 1
    word = _word(tokens, end)
    if word == "hundred" or (word in _SCALES and part == 1):
        return _words(tokens, end, start=1)
    if word in _SCALES and word != "k":
        return Number(part * _SCALES[word], _SCALES[word], part), end + 1
    return (Number(part, 1, part), end) if word in _PARTED else None


def _words(tokens: Sequence[Token], at: int, *, start: int = 0) -> tuple[Number, int] | None:
    """A number in words, English or Spanish."""
    total, current, scale, end = 0.0, float(start), 1, at
    while word := _word(tokens, end):
        if word in _SMALL and _adds(current, _SMALL[word]) and (current or end == at or scale > 1):
            current += _SMALL[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word in _SCALES and current:
            scale = max(scale, _SCALES[word])
            total, current = total + current * _SCALES[word], 0.0
            if (half := _and_a_half(tokens, end + 1)) > end + 1:
                return Number(total + _SCALES[word] / 2, scale), half
        elif not _joins(tokens, end, current):
            break
        end += 1
    if end == at or not (current or total):
        return None
    if scale == 1 and (half := _and_a_half(tokens, end)) > end:
        scale, after = _scale(tokens, half)
        return Number((current + 0.5) * scale, scale), after
    return Number(total + current, scale), end


def _adds(current: float, small: int) -> bool:
    if not current:
        return True
    return (current % 100 == 0 and small < 100) or (current % 10 == 0 and current % 100 >= 20 and small < 10)


def _joins(tokens: Sequence[Token], at: int, current: float) -> bool:
    """The "and" of "two hundred and fifty", the "y" of "treinta y cinco", the hyphen of "twenty-five"."""
    following = _SMALL.get(_word(tokens, at + 1), 0)
    if not following or not current:
        return False
    if tokens[at].word == "and":
        return current >= 100 and _adds(current, following)
    return tokens[at].word in ("y", "-") and current % 10 == 0 and current % 100 >= 20 and following < 10
