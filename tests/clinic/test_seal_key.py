"""The key file: made once, for its owner only, and each way in which it may be unfit."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import open_clinic
from levator.clinic.seal_key import KEY_FILE, SealKey, key_beside, key_for
from levator.errors import CallerError
from levator.records.people import User
from tests.clinic import desk


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = key_beside(tmp_path)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert key_beside(tmp_path) == made
    assert made.key.hex() not in repr(made)


def test_no_new_key_is_made_where_secrets_are_sealed_with_the_old_one(tmp_path: Path) -> None:
    with desk.opened("sqlite", tmp_path) as repository:
        acts = desk.clinic(repository)
        assert key_for(repository, tmp_path) == key_beside(tmp_path)
        with acts.repository.work(writes=True) as work:
            anke = work.get(User, desk.ANKE, desk.TENANT)
            work.put(replace(anke, totp_sealed=key_beside(tmp_path).seal("secret", anke.id)))
        kept = (tmp_path / KEY_FILE).rename(tmp_path / "copy")
        with pytest.raises(CallerError, match="put the copy of it back"):
            key_for(repository, tmp_path)
        assert not (tmp_path / KEY_FILE).exists()
    with pytest.raises(CallerError, match="put the copy of it back"):
        open_clinic(f"sqlite:///{tmp_path}/levator.db", tmp_path)
    kept.rename(tmp_path / KEY_FILE)
    open_clinic(f"sqlite:///{tmp_path}/levator.db", tmp_path).repository.close()


def test_what_is_sealed_opens_with_the_key_and_in_its_place_only() -> None:
    key = SealKey()
    sealed = key.seal("JBSWY3DPEHPK3PXP", "anke")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert key.seal("JBSWY3DPEHPK3PXP", "anke") != sealed
    assert key.unseal(sealed, "anke") == "JBSWY3DPEHPK3PXP"
    assert key.unseal(sealed, "bo") is None
    assert SealKey().unseal(sealed, "anke") is None
    flipped = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    assert key.unseal(flipped, "anke") is None
    for other in ("", "!", "AAAA", "é"):
        assert key.unseal(other, "anke") is None


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key_beside(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(CallerError, match=r"Others can read .* chmod 600"):
        key_beside(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"!" * 44, b"A" * 44])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / KEY_FILE
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(CallerError, match="is no key of levator"):
        key_beside(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"cannot be used \(it is not there\)"):
        key_beside(tmp_path / "nowhere")
    os.makedirs(tmp_path / "in" / KEY_FILE)
    with pytest.raises(CallerError):
        key_beside(tmp_path / "in")
