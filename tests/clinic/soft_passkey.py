"""A passkey without a browser: a real key that signs real answers, as WebAuthn (level 2) says."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

from levator.clinic.accounts import Accounts
from levator.records.people import Passkey, User

#: Flags of an answer: somebody is there (bit 0), and the device knows that it is she (bit 2).
THERE_AND_KNOWN = b"\x05"


class SoftPasskey:
    """One key of one account, kept as if she had made it on her device."""

    def __init__(self, accounts: Accounts, user: User, host: str) -> None:
        self._key, self._id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        self._origin, self._rp = f"https://{host}", hashlib.sha256(host.encode()).digest()
        at = self._key.public_key().public_numbers()
        # COSE: EC2, ES256, P-256, x, y.
        cose = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}
        with accounts.repository.work(writes=True) as work:
            work.put(
                Passkey(
                    id=secrets.token_hex(16),
                    tenant_id=user.tenant_id,
                    user_id=user.id,
                    name="soft",
                    credential_id=bytes_to_base64url(self._id),
                    public_key=bytes_to_base64url(encode_cbor(cose)),
                    sign_count=0,
                    made_at=accounts.now().isoformat(),
                )
            )

    def answer(self, question: str) -> dict[str, Any]:
        """Return what a browser sends back, given the question as JSON."""
        told = {
            "type": "webauthn.get",
            "challenge": json.loads(question)["challenge"],
            "origin": self._origin,
        }
        client = json.dumps(told).encode()
        data = self._rp + THERE_AND_KNOWN + (1).to_bytes(4, "big")
        signed = data + hashlib.sha256(client).digest()
        number = bytes_to_base64url(self._id)
        return {
            "id": number,
            "rawId": number,
            "type": "public-key",
            "response": {
                "clientDataJSON": bytes_to_base64url(client),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            },
        }
