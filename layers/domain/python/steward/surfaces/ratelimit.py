"""What limits leave, as the fields of HTTP (draft-ietf-httpapi-ratelimit-headers-10, structured fields)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from steward.kernel.limits import Level


def fields(levels: Sequence[Level]) -> Mapping[str, str]:
    """`RateLimit-Policy` and `RateLimit` of an answer; none where no limit applies."""
    if not levels:
        return {}
    named = list(zip(_names(levels), levels, strict=True))
    policies = [f'"{name}";q={level.rate.count};w={level.rate.seconds}' for name, level in named]
    left = [f'"{name}";r={level.remaining};t={level.wait or level.reset}' for name, level in named]
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}


def _names(levels: Sequence[Level]) -> list[str]:
    """What each is called: `key`, and a second limit of a key `key-2`."""
    seen: Counter[str] = Counter()
    names = []
    for level in levels:
        seen[level.name] += 1
        names.append(level.name if seen[level.name] == 1 else f"{level.name}-{seen[level.name]}")
    return names
