"""The second factor without a device of its own: codes of an app, and codes on paper."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from levator.live.joining import ALPHABET, tidy

PERIOD_S = 30
#: Clocks of telephones are off; the period before and after count too.
_NEIGHBOURS = (-1, 0, 1)
RECOVERY_CODES = 10
#: Six groups of four of 31 signs, about 118 bits: not to be found from a plain digest.
_RECOVERY_LENGTH, _GROUP = 24, 4


def new_totp_secret() -> str:
    """Return a secret for an app, in base32."""
    import pyotp

    return pyotp.random_base32()


def totp_address(secret: str, email: str, clinic: str) -> str:
    """Return the address that an app reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=clinic)


def totp_step(secret: str, code: str, now_s: float, last_step: int) -> int | None:
    """Return the period whose code this is; None for a wrong one, and for one used before."""
    import pyotp

    typed, now = "".join(code.split()), int(now_s // PERIOD_S)
    for step in (now + one for one in _NEIGHBOURS):
        if step > last_step and hmac.compare_digest(
            pyotp.TOTP(secret).generate_otp(step).encode(), typed.encode()
        ):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes to be written down; each works once."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def _recovery_code() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _RECOVERY_LENGTH, _GROUP))


def recovery_hashes(codes: Sequence[str]) -> tuple[str, ...]:
    """Return what is kept of the codes."""
    return tuple(map(digest, map(tidy, codes)))


def without_code(hashes: Sequence[str], code: str) -> tuple[str, ...] | None:
    """Return what is left once a code was used; None where it is none of them."""
    used = digest(tidy(code))
    return tuple(one for one in hashes if one != used) if used in hashes else None


def digest(text: str) -> str:
    """Return the digest under which a long random text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()
