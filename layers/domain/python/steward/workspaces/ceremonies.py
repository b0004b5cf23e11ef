"""The two ceremonies of passkeys, by py_webauthn: what a browser is asked, and whether what it answers holds."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.parse import json_object
from steward.workspaces.model_factors import Passkey
from steward.workspaces.model_members import Account
from steward.workspaces.rules_auth import relying_party

BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)
"""What a made-up answer makes the libraries raise, beside their own errors."""
REFUSED = "This passkey's answer does not hold; try again."


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer that holds says of its passkey; texts are base64url."""

    id: str
    public_key: str
    sign_count: int
    synced: bool


def registration(party: str, account: Account, challenge: bytes, *, known: Sequence[str]) -> str:
    """What a browser needs to make a passkey that says by itself whose it is, and asks its person each time."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    chosen = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
    )
    options = generate_registration_options(
        rp_id=party,
        rp_name="Steward",
        user_id=account.id.encode(),
        user_name=account.email or account.full_name or account.id,
        user_display_name=account.full_name or account.email,
        challenge=challenge,
        authenticator_selection=chosen,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one)) for one in known],
    )
    return options_to_json(options)


def registered(answer: str, challenge: bytes, url: str) -> Seen:
    """The passkey that was made. Raises Forbidden for an answer that does not hold."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    party, origins = relying_party(url)
    try:
        made = verify_registration_response(
            credential=json_object(answer),
            expected_challenge=challenge,
            expected_rp_id=party,
            expected_origin=origins,
            require_user_verification=True,
        )
    except (WebAuthnException, *BROKEN) as error:
        raise Forbidden(REFUSED, rule="passkey") from error
    return Seen(_text(made.credential_id), _text(made.credential_public_key), made.sign_count, made.credential_backed_up)


def assertion(party: str, challenge: bytes) -> str:
    """What a browser needs to have any of its passkeys for here sign."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(rp_id=party, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options)


def credential_id(answer: str) -> str:
    """The id of the passkey that answers. Raises Invalid when it names none."""
    try:
        told = json_object(answer).get("id")
    except Invalid as error:
        raise Invalid("The answer names no passkey.") from error
    if not isinstance(told, str) or not 0 < len(told) <= 1_400:
        raise Invalid("The answer names no passkey.")
    return told


def asserted(answer: str, challenge: bytes, passkey: Passkey, url: str) -> Seen:
    """The passkey as it is after it has signed. Raises Forbidden for an answer that does not hold."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    party, origins = relying_party(url)
    try:
        seen = verify_authentication_response(
            credential=json_object(answer),
            expected_challenge=challenge,
            expected_rp_id=party,
            expected_origin=origins,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, *BROKEN) as error:
        raise Forbidden(REFUSED, rule="passkey", unknown=True) from error
    return Seen(passkey.id, passkey.public_key, seen.new_sign_count, seen.credential_backed_up)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
