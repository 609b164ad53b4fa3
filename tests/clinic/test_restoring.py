"""A backup that was made to hurt is refused in one sentence; a good one lets nobody in."""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.clinic.restoring import end_what_was_open
from levator.clinic.settings import new_clinic
from levator.clinic.terminal import INSTALLATION
from levator.errors import StorageError
from levator.formats.backup_file import MAGIC, open_backup, write_backup
from levator.records.people import Invitation, Login, User
from levator.storage import open_repository
from levator.storage.backup import back_up, restore
from levator.storage.sql.snapshot import digests_of
from levator.testing.repository import LATER

PASSPHRASE = "a whole sentence is best"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic with an account, somebody signed in, and a link that is open."""
    file = tmp_path_factory.mktemp("clinic") / "levator.db"
    names = {"tenant_id": "t", "user_id": "u"}
    with open_repository(f"sqlite:///{file}") as repository, repository.work(writes=True) as work:
        work.put(new_clinic("t", "De Linde", LATER))
        work.put(
            User(
                id="u",
                tenant_id="t",
                name="An",
                email="a@b.nl",
                email_key="a@b.nl",
                role="therapist",
                state="active",
            )
        )
        login = Login(
            id="l",
            **names,
            token_digest="1",
            made_at=LATER,
            seen_at=LATER,
            until=LATER,
            is_strong=True,
        )
        work.put(login)
        work.put(replace(login, id="out", token_digest="2", revoked_at="2026-01-01T00:00:00+00:00"))
        work.put(Invitation(id="i", **names, token_digest="3", made_by="u", until=LATER))
    return file


def restored(file: Path, folder: Path, passphrase: str | None = None, **more: Any) -> Path:
    target = folder / "new.db"
    restore(file, f"sqlite:///{target}", passphrase, lambda _: None, **more)
    return target


def with_header(header: bytes, into: Path, body: bytes = b"") -> Path:
    """Write a backup with any header, whose digest fits."""
    content = MAGIC + struct.pack("<I", len(header)) + header + body
    into.write_bytes(content + hashlib.sha256(content).digest())
    return into


def locked(**changes: object) -> bytes:
    told = {
        "cipher": "AES-256-GCM",
        "kdf": "scrypt",
        "n": 2**14,
        "r": 8,
        "p": 1,
        "salt": "00" * 16,
        "prefix": "00" * 7,
    }
    return json.dumps({"encryption": told | changes}).encode()


HEADERS = {
    "no encryption": b"{}",
    "a list": b"[]",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "nothing": b"",
    "deep": b"[" * 30_000,
    "long": b'{"encryption": null, "a": "' + b"x" * 70_000 + b'"}',
    "n without end": locked(n=2**40),
    "n is no power of two": locked(n=1000),
    "n is text": locked(n="many"),
    "r without end": locked(r=2**20),
    "p without end": locked(p=2**20),
    "more memory than there is": locked(n=2**20, r=16),
    "salt is no hexadecimal": locked(salt="zz"),
    "another cipher": locked(cipher="none"),
    "encryption is a text": b'{"encryption": "yes"}',
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_that_no_backup_has_is_refused(tmp_path: Path, case: str) -> None:
    file = with_header(HEADERS[case], tmp_path / "bad.backup")
    with pytest.raises(StorageError, match=r"bad\.backup is (no backup|damaged)"):
        restored(file, tmp_path, PASSPHRASE)
    assert [one.name for one in tmp_path.iterdir()] == ["bad.backup"]


@pytest.mark.parametrize(
    "body", [b"", b"\0\0", struct.pack("<Q", 999) + b"{}", b"\0" * 8 + b"text"]
)
def test_a_body_that_holds_no_database_is_refused(tmp_path: Path, body: bytes) -> None:
    file = with_header(b'{"encryption": null}', tmp_path / "bad.backup", body)
    with pytest.raises(StorageError, match=r"bad\.backup (is damaged|does not hold)"):
        restored(file, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["bad.backup"]


def test_a_piece_longer_than_any_is_refused(tmp_path: Path) -> None:
    file = with_header(locked(), tmp_path / "bad.backup", struct.pack("<I", 2**31) + b"x" * 99)
    with pytest.raises(StorageError, match=r"bad\.backup is damaged"):
        restored(file, tmp_path, PASSPHRASE)


def rows(sql: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(sql)


INSIDE = {
    "a trigger": rows("CREATE TRIGGER t AFTER INSERT ON login BEGIN DELETE FROM audit_line; END"),
    "a view": rows("CREATE VIEW everybody AS SELECT * FROM user"),
    "a table": rows("CREATE TABLE more (a)"),
    "no schema": rows("DELETE FROM alembic_version"),
}


@pytest.mark.parametrize("case", INSIDE)
def test_a_database_with_more_than_our_tables_is_refused(
    database: Path, tmp_path: Path, case: str
) -> None:
    copy, manifest = tmp_path / "copy.db", tmp_path / "list"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        INSIDE[case](target)
        target.commit()
    lines = [json.dumps(row) + "\n" for row in digests_of(copy)]
    manifest.write_text("".join(lines))
    write_backup(tmp_path / "bad.backup", copy, manifest, {}, None)
    with pytest.raises(StorageError, match=r"bad\.backup does not hold what its list says"):
        restored(tmp_path / "bad.backup", tmp_path)
    assert not (tmp_path / "new.db").exists()


def test_what_was_open_has_ended_once_it_is_restored(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "good.backup"
    back_up(f"sqlite:///{database}", file, LATER, PASSPHRASE, lambda _: None)
    assert open_backup(file).is_encrypted
    target = restored(
        file, tmp_path, PASSPHRASE, prepare=lambda kept: end_what_was_open(kept, LATER)
    )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["good.backup", "new.db"]
    with open_repository(f"sqlite:///{target}") as kept, kept.work(writes=False) as work:
        assert all(one.revoked_at for one in work.find(Login, None))
        assert [one.used_at for one in work.find(Invitation, None)] == [LATER]
        line = work.audit_lines(INSTALLATION)[-1].entry
    assert (line.action, line.detail) == ("backup.restore", "logins=1 links=1")
