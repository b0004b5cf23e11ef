"""Signing in by an identity provider, against the certified one of npm; skipped, saying so, where it is not installed."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from steward.adapters.oidc.client import OidcProvider
from steward.desk import pages
from steward.kernel.errors import Forbidden, Unavailable
from steward.kernel.provider import Errand, Provider
from steward.kernel.time import system_clock
from steward.surfaces.wire import Request as Asked
from tests.desk.browsing import Browser
from tests.support.worlds import World
from tests.unit.workspaces.people import account, verified

FOLDER = Path(__file__).parents[2] / ".engines" / "oidc"
NODE = FOLDER / "node_modules" / ".bin" / "node"
SERVER = Path(__file__).parents[1] / "support" / "oidc_server.mjs"
BACK = "http://127.0.0.1:8710/sign-in/provider"
ERRAND = Errand(BACK, "state", "nonce", "v" * 64)


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Say where it goes instead of going there."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A running provider."""
    if not NODE.exists():
        pytest.skip("skipped: no OpenID provider here; make engines brings one where there is npm")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen([NODE, SERVER, FOLDER, str(port), BACK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert running.stdout is not None
    with running.stdout as said:
        assert said.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        running.kill()
        running.wait()


@pytest.fixture
def provider(issuer: str) -> OidcProvider:
    return OidcProvider(issuer, "steward", secret="hush", label="Hudson ID")


def travelled(address: str, name: str) -> dict[str, str]:
    """What comes back when a person of that name signs in there and agrees."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()), Stay)
    form: dict[str, str] | None = None
    for _ in range(20):
        try:
            with opener.open(Request(address, urlencode(form).encode() if form else None)) as answer:
                page = answer.read().decode()
        except HTTPError as moved:
            with moved:
                address, form = urljoin(address, moved.headers["Location"]), None
            if address.startswith(BACK):
                return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
            continue
        address = urljoin(address, re.findall(r'action="([^"]+)"', page)[0])
        form = {"prompt": "login", "login": name, "password": "x"} if 'value="login"' in page else {"prompt": "consent"}
    raise AssertionError("the trip has no end")


def test_a_person_is_proven_by_code_pkce_nonce_and_signature(provider: OidcProvider, issuer: str) -> None:
    back = travelled(provider.address(ERRAND), "dana")
    assert (back["state"], back["iss"]) == ("state", issuer)
    claims = provider.claims(ERRAND, back["code"], now=system_clock())
    assert (claims.issuer, claims.subject, claims.email, claims.confirmed) == (issuer, "dana", "dana@hudson.example", True)


@pytest.mark.parametrize(
    "changed",
    [{"nonce": "another"}, {"verifier": "w" * 64}, {"redirect": "http://127.0.0.1:8710/elsewhere"}],
    ids=["nonce", "verifier", "redirect"],
)
def test_what_differs_from_how_one_left_is_refused(provider: OidcProvider, changed: dict[str, str]) -> None:
    back = travelled(provider.address(ERRAND), "dana")
    with pytest.raises(Forbidden, match="begin again"):
        provider.claims(replace(ERRAND, **changed), back["code"], now=system_clock())


def test_a_code_works_once_and_a_made_up_one_never(provider: OidcProvider) -> None:
    back = travelled(provider.address(ERRAND), "dana")
    provider.claims(ERRAND, back["code"], now=system_clock())
    for code in (back["code"], "made-up", ""):
        with pytest.raises(Forbidden):
            provider.claims(ERRAND, code, now=system_clock())


def test_a_token_for_another_client_or_time_is_refused(provider: OidcProvider) -> None:
    for now in (system_clock() + timedelta(hours=2), system_clock() - timedelta(hours=2)):
        back = travelled(provider.address(ERRAND), "dana")
        with pytest.raises(Forbidden):
            provider.claims(ERRAND, back["code"], now=now)


def forged(issuer: str, header: dict[str, str], key: Any, **changes: object) -> str:
    """A token that says what a real one would, signed by somebody else."""
    now = int(system_clock().timestamp())
    told = {"iss": issuer, "aud": "steward", "sub": "dana", "nonce": "nonce", "iat": now, "exp": now + 300, **changes}
    return jwt.encode(header, told, key, algorithms=[header["alg"]])


def test_a_token_that_the_provider_has_not_signed_is_refused(provider: OidcProvider, issuer: str) -> None:
    with urlopen(f"{issuer}/jwks") as answer:
        (public,) = [key for key in json.load(answer)["keys"] if key["kty"] == "RSA"]
    ours = RSAKey.generate_key(2048)
    tokens = {
        "another key": forged(issuer, {"alg": "RS256", "kid": public["kid"]}, ours),
        "no such key": forged(issuer, {"alg": "RS256", "kid": "nobody"}, ours),
        "no kid": forged(issuer, {"alg": "RS256"}, ours),
        "a shared secret": forged(issuer, {"alg": "HS256", "kid": public["kid"]}, OctKey.generate_key(256)),
        "no signature": "eyJhbGciOiJub25lIn0." + forged(issuer, {"alg": "RS256"}, ours).split(".")[1] + ".",
        "no token": "x.y.z",
    }
    for token in tokens.values():
        with pytest.raises(Forbidden, match="begin again"):
            provider._proven(token, "nonce", now=system_clock())


@pytest.mark.parametrize(
    "changes", [{"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["steward", "another"]}, {"nonce": "x"}, {"exp": 1}]
)
def test_a_token_that_says_something_else_is_refused(provider: OidcProvider, issuer: str, changes: dict[str, object]) -> None:
    ours = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig"})
    provider._keys = {"keys": [ours.as_dict(private=False)]}
    assert provider._proven(forged(issuer, {"alg": "RS256", "kid": "ours"}, ours), "nonce", now=system_clock())["sub"] == "dana"
    with pytest.raises(Forbidden, match="begin again"):
        provider._proven(forged(issuer, {"alg": "RS256", "kid": "ours"}, ours, **changes), "nonce", now=system_clock())


def test_a_provider_that_is_not_there_or_is_somebody_else_is_told(issuer: str) -> None:
    for wrong in ("http://127.0.0.1:1", issuer.replace("127.0.0.1", "localhost")):
        with pytest.raises(Unavailable, match="provider"):
            OidcProvider(wrong, "steward").address(ERRAND)


class Trip:
    """A browser of a world whose people come by the provider."""

    def __init__(self, provider: OidcProvider) -> None:
        self.world = World(more={Provider: provider})
        self.world.clock.at = system_clock()
        self.browser = Browser(self.world)

    def come_by(self, name: str, *, cookies: bool = True) -> tuple[int, str]:
        """Leave, sign in there, come back: the status, and where to or what is said."""
        left = self.browser.get("/sign-in/provider/leave", sec_fetch_site="same-origin")
        back = travelled(left.headers["Location"], name)
        if not cookies:
            self.browser.cookies.clear()
        answer = self.browser.get(f"/sign-in/provider?{urlencode(back)}", sec_fetch_site="cross-site")
        return answer.status, answer.headers.get("Location", answer.body.decode())


def test_somebody_known_comes_in(provider: OidcProvider) -> None:
    trip = Trip(provider)
    verified(trip.world, account(trip.world))
    assert "Hudson ID" in trip.browser.get("/sign-in").body.decode()
    assert trip.come_by("dana") == (303, "/today")
    assert trip.browser.cookies["steward"]


@pytest.mark.parametrize("name", ["dana", "doubtful", "stranger"], ids=["not confirmed here", "not confirmed there", "not known"])
def test_an_address_that_one_side_has_not_confirmed_lets_nobody_in(provider: OidcProvider, name: str) -> None:
    trip = Trip(provider)
    account(trip.world)
    verified(trip.world, account(trip.world, "doubtful@hudson.example"))
    status, said = trip.come_by(name)
    assert status == 401
    assert "ask for an invitation" in said


def test_whoever_was_known_once_stays_known_whatever_their_address_becomes(provider: OidcProvider) -> None:
    trip = Trip(provider)
    id = account(trip.world)
    verified(trip.world, id)
    trip.come_by("dana")
    verified(trip.world, id, email="another@hudson.example")
    assert trip.come_by("dana") == (303, "/today")


def test_another_browsers_trip_does_not_end_here(provider: OidcProvider) -> None:
    trip = Trip(provider)
    verified(trip.world, account(trip.world))
    status, said = trip.come_by("dana", cookies=False)
    assert status == 403
    assert "not the browser that left" in said


def test_nobody_is_sent_away_by_another_site(provider: OidcProvider) -> None:
    trip = Trip(provider)
    asked = Asked("GET", "/sign-in/provider/leave", {}, {"accept": "text/html", "sec-fetch-site": "cross-site"})
    assert pages.handle(asked, trip.world.product).status == 403
