"""Any OpenID Connect provider: discovery, the code flow with PKCE, state and nonce, and signatures checked by joserfc."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from steward.kernel.errors import Forbidden, Unavailable
from steward.kernel.provider import Claims, Errand

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"]
"""What a provider may sign with; never `none`, and never our own secret as the key."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LEEWAY = 60
PATIENCE = 10.0
MOST = 1_000_000
REFUSED = "What your identity provider sent does not hold; begin again."


class _Straight(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """No endpoint of a provider sends elsewhere."""


class OidcProvider:
    """One provider, found by its issuer; `secret` is "" for a public client.

    What it says of itself is read once, its keys again when a token names one that is not known.
    """

    def __init__(self, issuer: str, client: str, *, secret: str = "", label: str = "Sign in with your provider") -> None:
        self._issuer, self._client, self._secret = issuer, client, secret
        self.label = label
        self._opener: OpenerDirector = build_opener(_Straight)
        self._known: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}

    def address(self, errand: Errand) -> str:
        """As `kernel.provider.Provider` says."""
        digest = sha256(errand.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self._client, "redirect_uri": errand.redirect, "scope": "openid email profile",
            "state": errand.state, "nonce": errand.nonce, "code_challenge_method": "S256",
            "code_challenge": urlsafe_b64encode(digest).decode().rstrip("="),
        }  # fmt: skip
        place = self._endpoint("authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def claims(self, errand: Errand, code: str, *, now: datetime) -> Claims:
        """As `kernel.provider.Provider` says."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": errand.redirect, "code_verifier": errand.verifier,
            "client_id": self._client,
        }  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._secret:
            pair = f"{quote(self._client, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        answer = self._json(self._endpoint("token_endpoint"), headers, form=urlencode(form), refusable=True)
        told = self._proven(str(answer.get("id_token", "")), errand.nonce, now=now)
        if "email" not in told and "userinfo_endpoint" in self._about():
            told = {**self._userinfo(str(answer.get("access_token", "")), str(told["sub"])), "sub": told["sub"]}
        confirmed = told.get("email_verified") in (True, "true")
        return Claims(self._issuer, str(told["sub"]), str(told.get("email", ""))[:320], confirmed, str(told.get("name", ""))[:100])

    def _proven(self, token: str, nonce: str, *, now: datetime) -> dict[str, Any]:
        """The claims of an id token whose signature, issuer, audience, times and nonce hold."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            decoded = jwt.decode(token, self._key_of, algorithms=ALGORITHMS)
            registry = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._client},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise Forbidden(REFUSED, rule="provider", unknown=True) from error
        told: dict[str, Any] = decoded.claims
        if isinstance(told["aud"], list) and len(told["aud"]) > 1 and told.get("azp") != self._client:
            raise Forbidden(REFUSED, rule="provider", unknown=True)
        return told

    def _key_of(self, signed: Any) -> Any:
        """The provider's key that a token names; its keys are read again when it names a new one."""
        from joserfc.jwk import KeySet

        kid = signed.headers().get("kid")
        if not self._keys or kid not in [key.get("kid") for key in self._keys["keys"]]:
            self._keys = self._json(self._endpoint("jwks_uri"))
        public = [key for key in self._keys.get("keys", []) if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"]
        keys = KeySet.import_key_set({"keys": [key for key in public if kid is None or key.get("kid") == kid]})
        signed.set_kid(keys.keys[0].kid) if kid is None and len(keys.keys) == 1 else None
        return keys

    def _userinfo(self, access: str, subject: str) -> dict[str, Any]:
        told = self._json(self._endpoint("userinfo_endpoint"), {"Authorization": f"Bearer {access}"}, refusable=True)
        if told.get("sub") != subject:
            raise Forbidden(REFUSED, rule="provider", unknown=True)
        return told

    def _about(self) -> dict[str, Any]:
        """What the provider says of itself. Raises Unavailable when it says it is somebody else."""
        if not self._known:
            told = self._json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if told.get("issuer") != self._issuer:
                raise Unavailable("The identity provider calls itself something else; set STEWARD_OIDC_ISSUER to exactly what it says.")
            self._known = told
        return self._known

    def _endpoint(self, name: str) -> str:
        found = str(self._about().get(name, ""))
        if not _safe(found):
            raise Unavailable(f"The identity provider names no safe '{name}'; it has to be an https address.")
        return found

    def _json(self, address: str, headers: Mapping[str, str] | None = None, *, form: str = "", refusable: bool = False) -> dict[str, Any]:
        request = Request(address, form.encode() or None, dict(headers or {}))  # noqa: S310 - checked where the address is read
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                told = json.loads(answer.read(MOST))
        except (OSError, HTTPException, ValueError) as error:
            if refusable and 400 <= getattr(error, "code", 0) < 500:
                raise Forbidden(REFUSED, rule="provider", unknown=True) from error
            place = urlsplit(self._issuer).netloc
            raise Unavailable(f"The identity provider {place} does not answer as it should; try again, or take another way in.") from error
        if not isinstance(told, dict):
            raise Unavailable("The identity provider's answer makes no sense; try again, or take another way in.")
        return told


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
