"""Another key file, for who thinks that the old one is known: every app goes on as it is.

The new key is written beside the old one first, then every secret is sealed anew in one
transaction, then the new file takes the place of the old. Cut off anywhere, it is finished by
doing it again; until then levator does not start, so that no code of an app is refused.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from levator.clinic.accounts import Accounts
from levator.clinic.seal_key import KEY_FILE, SealKey, key_made, key_of, new_key_file
from levator.clinic.terminal import at_terminal
from levator.errors import CallerError
from levator.records.people import User
from levator.records.work import Work


def exchange_key(accounts: Accounts, folder: Path) -> int:
    """Seal the secrets of all apps with a new key; return how many there are.

    Raises CallerError where a file cannot be used. Nothing else may use the database.
    """
    waiting, place = new_key_file(folder), folder / KEY_FILE
    if not place.exists():
        raise CallerError(
            "There is no key file %(file)s to exchange; put the copy of it back, or make one with "
            "levator clinic key make.",
            file=str(place),
        )
    old, new = key_of(place), key_of(waiting) if waiting.exists() else key_made(waiting)
    told = accounts.logins.told(None, "key.exchange", address=at_terminal().address)
    with accounts.repository.work(writes=True) as work:
        sealed = sum(_sealed_anew(work, user, old, new) for user in work.find(User, None))
        work.audit(told)
    os.replace(waiting, place)
    return sealed


def _sealed_anew(work: Work, user: User, old: SealKey, new: SealKey) -> bool:
    """Seal the secret of an account's app with the new key; one that no key opens stays."""
    if user.totp_sealed is None:
        return False
    if new.unseal(user.totp_sealed, user.id) is None:
        secret = old.unseal(user.totp_sealed, user.id)
        if secret is None:
            return False
        work.put(replace(user, totp_sealed=new.seal(secret, user.id)))
    return True
