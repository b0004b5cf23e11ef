"""What limits leave, as the fields of HTTP (draft-ietf-httpapi-ratelimit-headers-10, structured fields)."""

from collections.abc import Mapping, Sequence

from steward.kernel.limits import Level


def fields(levels: Sequence[Level]) -> Mapping[str, str]:
    """`RateLimit-Policy` and `RateLimit` of an answer; none where no limit applies."""
    if not levels:
        return {}
    policies = [f'"{level.name}";q={level.rate.count};w={level.rate.seconds}' for level in levels]
    left = [f'"{level.name}";r={level.remaining};t={level.wait or level.reset}' for level in levels]
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}
