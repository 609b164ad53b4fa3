"""The key file is exchanged, and nobody who uses an app notices."""

import os
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from levator.clinic import new_key
from levator.clinic.accounts import Accounts
from levator.clinic.factors import new_totp_secret
from levator.clinic.new_key import exchange_key
from levator.clinic.seal_key import KEY_FILE, SealKey, key_beside, new_key_file
from levator.clinic.terminal import INSTALLATION
from levator.errors import CallerError
from levator.records.people import Role, User
from levator.records.repository import Repository
from tests.clinic import desk
from tests.clinic.people import Clock, accounts_on, kept, told, user_of

SECRETS: dict[Role, str] = {"therapist": new_totp_secret(), "clinic_admin": new_totp_secret()}


@pytest.fixture(params=desk.BACK_ENDS)
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    return desk.opened(request.param, tmp_path)


@pytest.fixture
def accounts(repository: Repository, tmp_path: Path, clock: Clock) -> Accounts:
    """Accounts of which two have an app, sealed with the key of the folder."""
    accounts = replace(accounts_on(repository, clock), key=key_beside(tmp_path))
    with repository.work(writes=True) as work:
        for role, secret in SECRETS.items():
            user = work.get(User, user_of(role).id, user_of(role).tenant_id)
            work.put(replace(user, totp_sealed=accounts.key.seal(secret, user.id)))
    return accounts


def opens(accounts: Accounts, folder: Path, clock: Clock) -> bool:
    """Whether the codes of both apps are taken with the key that lies in the folder."""
    now = replace(accounts, key=key_beside(folder))
    users = {role: kept(accounts, user_of(role)) for role in SECRETS}
    codes = {role: pyotp.TOTP(secret).at(clock()) for role, secret in SECRETS.items()}
    return all(now.used(users[role], codes[role]) is not None for role in SECRETS)


def test_an_app_goes_on_with_another_key(accounts: Accounts, tmp_path: Path, clock: Clock) -> None:
    before = (tmp_path / KEY_FILE).read_bytes()
    assert exchange_key(accounts, tmp_path) == 2
    assert (tmp_path / KEY_FILE).read_bytes() != before
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert opens(accounts, tmp_path, clock)
    for role in SECRETS:
        user = kept(accounts, user_of(role))
        assert user.totp_sealed is not None
        assert accounts.key.unseal(user.totp_sealed, user.id) is None
    assert told(accounts, INSTALLATION) == ["key.exchange"]


@pytest.mark.parametrize("cut", ["before the database", "after the database"])
def test_cut_off_anywhere_it_is_finished_by_doing_it_again(
    accounts: Accounts, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def fails(*_: object) -> bool:
        raise RuntimeError("cut")

    where = (new_key, "_sealed_anew") if cut == "before the database" else (os, "replace")
    with monkeypatch.context() as broken:
        broken.setattr(*where, fails)
        with pytest.raises(RuntimeError, match="cut"):
            exchange_key(accounts, tmp_path)
    assert new_key_file(tmp_path).exists()
    with pytest.raises(CallerError, match="finish it with levator clinic key exchange"):
        key_beside(tmp_path)
    assert exchange_key(accounts, tmp_path) == 2
    assert not new_key_file(tmp_path).exists()
    assert opens(accounts, tmp_path, clock)


def test_what_no_key_opens_stays_as_it_is(accounts: Accounts, tmp_path: Path) -> None:
    with accounts.repository.work(writes=True) as work:
        user = work.get(User, user_of("patient").id, user_of("patient").tenant_id)
        lost = work.put(replace(user, totp_sealed=SealKey().seal("x", user.id)))
    assert exchange_key(accounts, tmp_path) == 2
    assert kept(accounts, lost) == lost
