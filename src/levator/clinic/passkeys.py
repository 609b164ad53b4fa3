"""Passkeys: a device that knows its owner signs her in, without a password and without a code.

Each question (challenge) is asked once and soon forgotten. A key holds for the host name under
which it was made, so not for an address in digits.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from struct import Struct
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from levator.clinic.accounts import Accounts, Browser, SignInError
from levator.clinic.logins import Signed, has_factor, new_id
from levator.errors import CallerError, mark
from levator.live.joining import shown_name
from levator.records.people import Passkey, User
from levator.records.work import NotThereError, Work, where

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

_ASKED_LASTS_S = 300.0
_UNTIL = Struct(">d")
_TOLD_BYTES = _UNTIL.size + 16
_NAME_LENGTH = 60
#: For whom a question is asked before anybody has said who she is.
_NOBODY = "nobody"
#: What an answer raises that no browser gives.
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class PasskeyError(CallerError):
    """The answer of a browser is not that of a passkey that is known here."""

    def __init__(self) -> None:
        """Say what else there is."""
        super().__init__(
            mark("The passkey was not taken. Try again, or sign in with your password.")
        )


@dataclass(slots=True)
class Questions:
    """Questions (challenges) that are sealed and not kept, so that nobody's many push one out.

    A challenge is: when it is over, chance, and a digest of both and of whom it is asked, under
    a key of this run. Kept is only which were answered, until they are over.
    """

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _answered: dict[bytes, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, whom: str) -> bytes:
        """Return a new challenge."""
        told = _UNTIL.pack(self.clock() + _ASKED_LASTS_S) + secrets.token_bytes(16)
        return told + self._seal(told, whom)

    def take(self, challenge: bytes, whom: str) -> bool:
        """Return whether this was asked of them and waits; it does not wait any longer."""
        told, seal = challenge[:_TOLD_BYTES], challenge[_TOLD_BYTES:]
        if not hmac.compare_digest(seal, self._seal(told, whom)):
            return False
        now, until = self.clock(), float(_UNTIL.unpack_from(told)[0])
        with self._lock:
            held = {one: over for one, over in self._answered.items() if over > now}
            self._answered = held | {challenge: until}
            return until > now and challenge not in held

    def _seal(self, told: bytes, whom: str) -> bytes:
        return hmac.digest(self._key, told + whom.encode(), "sha256")


def is_possible_at(origin: str) -> bool:
    """Return whether browsers keep passkeys for an address: a host name, over TLS or here."""
    host = urlsplit(origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return origin.startswith("https://") or host == "localhost"
    return False


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Passkeys over the accounts. Everything here blocks; call it from a thread."""

    accounts: Accounts
    asked: Questions = field(default_factory=Questions)

    # --- A new one

    def options(self, signed: Signed, origin: str) -> str:
        """Return what the browser needs to make a passkey, as JSON."""
        import webauthn
        from webauthn.helpers import structs

        user = signed.user
        wish = structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        made = webauthn.generate_registration_options(
            rp_id=_host(origin),
            rp_name="levator",
            user_name=user.email,
            user_id=user.id.encode(),
            user_display_name=user.name,
            challenge=self.asked.ask(signed.login.id),
            authenticator_selection=wish,
            exclude_credentials=self._described(user),
        )
        return webauthn.options_to_json(made)

    def _described(self, user: User) -> list[PublicKeyCredentialDescriptor]:
        import webauthn
        from webauthn.helpers.structs import PublicKeyCredentialDescriptor

        of = webauthn.base64url_to_bytes
        return [PublicKeyCredentialDescriptor(of(one.credential_id)) for one in self.of(user)]

    def add(self, signed: Signed, answer: dict[str, Any], name: str, origin: str) -> str:
        """Keep a new passkey; return the browser's new token. Raises CallerError."""
        if signed.is_whole:
            self.accounts.logins.must_be_confirmed(signed)
        passkey, logins = self._made(signed, answer, name, origin), self.accounts.logins
        with self.accounts.repository.work(writes=True) as work:
            user = work.get(User, signed.user.id, signed.user.tenant_id)
            if has_factor(work, user) and not signed.login.is_strong:
                raise SignInError
            work.put(passkey)
            work.audit(logins.told(user, "account.passkey", address=signed.address))
            return logins.renew(work, signed, is_strong=True)

    def _made(self, signed: Signed, answer: dict[str, Any], name: str, origin: str) -> Passkey:
        import webauthn
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            verified = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=self._challenge(answer, signed.login.id),
                expected_rp_id=_host(origin),
                expected_origin=origin,
                require_user_verification=True,
            )
        except (WebAuthnException, *_UNREADABLE) as error:
            raise PasskeyError from error
        return Passkey(
            id=new_id(),
            tenant_id=signed.user.tenant_id,
            user_id=signed.user.id,
            name=shown_name(name)[:_NAME_LENGTH],
            credential_id=webauthn.helpers.bytes_to_base64url(verified.credential_id),
            public_key=webauthn.helpers.bytes_to_base64url(verified.credential_public_key),
            sign_count=verified.sign_count,
            made_at=self.accounts.now().isoformat(),
        )

    def _challenge(self, answer: dict[str, Any], whom: str) -> bytes:
        """Return the challenge in an answer; raises CallerError unless it waits for them."""
        from webauthn.helpers import base64url_to_bytes, parse_client_data_json

        told = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        if not self.asked.take(told.challenge, whom):
            raise PasskeyError
        return told.challenge

    # --- Signing in with one

    def question(self, origin: str, signed: Signed | None = None) -> str:
        """Return what the browser needs to ask who somebody is, as JSON.

        signed : who is signed in, where it is asked once more; then one of hers is asked for.
        """
        import webauthn
        from webauthn.helpers.structs import UserVerificationRequirement

        made = webauthn.generate_authentication_options(
            rp_id=_host(origin),
            challenge=self.asked.ask(signed.login.id if signed else _NOBODY),
            allow_credentials=self._described(signed.user) if signed else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(made)

    def sign_in(self, answer: dict[str, Any], origin: str, browser: Browser) -> str:
        """Return the token of a whole login; raises CallerError or TooManyGuessesError."""
        with self.taken(answer, origin, browser) as (work, user):
            _, token = self.accounts.logins.begin(
                work, user, is_strong=True, browser=browser.name, address=browser.address
            )
        return token

    @contextmanager
    def taken(
        self, answer: dict[str, Any], origin: str, browser: Browser, whom: str = _NOBODY
    ) -> Iterator[tuple[Work, User]]:
        """Give the work in which a passkey is noted as used, and whose it is.

        whom : of whom it was asked. Raises as `sign_in` does, for the block too.
        """
        # By the passkey, not by the address: a clinic shares one, and none locks out the others.
        guesses, guesser = self.accounts.guesses, f"passkey {answer.get('id')}"
        guesses.take(guesser, browser.address)
        try:
            passkey, user = self._known(answer)
            count = self._shown(answer, passkey, origin, whom)
            used = replace(passkey, sign_count=count, used_at=self.accounts.now().isoformat())
            with self.accounts.repository.work(writes=True) as work:
                work.put(used)
                yield work, user
        except PasskeyError:
            self._note_failure(browser)
            raise
        guesses.forgive(guesser)

    def _note_failure(self, browser: Browser) -> None:
        address = browser.address
        told = self.accounts.logins.told(None, "login.fail", address=address, detail="passkey")
        self.accounts.within(lambda work: work.audit(told))

    def _known(self, answer: dict[str, Any]) -> tuple[Passkey, User]:
        credential = answer.get("id")
        with self.accounts.repository.work(writes=False) as work:
            if not isinstance(credential, str):
                raise PasskeyError
            found = work.find(Passkey, None, where(credential_id=credential))
            user = work.get(User, found[0].user_id, found[0].tenant_id) if found else None
        if user is None or user.state != "active":
            raise PasskeyError
        return found[0], user

    def _shown(self, answer: dict[str, Any], passkey: Passkey, origin: str, whom: str) -> int:
        import webauthn
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            return webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=self._challenge(answer, whom),
                expected_rp_id=_host(origin),
                expected_origin=origin,
                credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            ).new_sign_count
        except (WebAuthnException, *_UNREADABLE) as error:
            raise PasskeyError from error

    # --- Those that are there

    def of(self, user: User) -> list[Passkey]:
        """Return the passkeys of an account, oldest first."""
        with self.accounts.repository.work(writes=False) as work:
            terms = where(user_id=user.id)
            return work.find(Passkey, user.tenant_id, terms, order="made_at")

    def remove(self, signed: Signed, passkey_id: str) -> None:
        """Forget a passkey of one's own; raises NotThereError, CallerError for the last factor."""
        user, logins = signed.user, self.accounts.logins
        logins.must_be_confirmed(signed)
        with self.accounts.repository.work(writes=True) as work:
            passkey = work.get(Passkey, passkey_id, user.tenant_id)
            if passkey.user_id != user.id:
                raise NotThereError
            count = work.count(Passkey, user.tenant_id, where(user_id=user.id))
            if user.role != "patient" and user.totp_sealed is None and count == 1:
                raise CallerError("This is your only second factor; add another one first.")
            work.erase(Passkey, passkey_id, user.tenant_id)
            work.audit(logins.told(user, "account.passkey_off", address=signed.address))


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""
