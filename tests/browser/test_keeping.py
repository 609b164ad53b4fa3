"""Backups, her data for herself, erasure and retention in a real browser, by keyboard, and read."""

import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from levator.clinic import Clinic
from levator.clinic.backup import Backups
from levator.records.people import Login, Patient, User
from levator.storage import open_repository
from levator.storage.sql import sqlite
from tests.browser.signing import sign_in
from tests.clinic.elsewhere import file as from_elsewhere
from tests.clinic.people import (
    TENANT,
    clinic_of_all_roles,
    quick_passwords,
    user_of,
    with_password,
)
from tests.web.served import Served, served

__all__ = ["from_elsewhere"]

Opener = Callable[..., Page]
Axe = Callable[[Page], list[str]]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PASSWORD, RECORD = "a sparrow under the roof", f"/patients/{TENANT}-record"


@pytest.fixture
def secret() -> str:
    return pyotp.random_base32()


@pytest.fixture
def server(tmp_path: Path, secret: str) -> Iterator[Served]:
    """A clinic on a disk, whose admin has a password and an app for codes."""
    url = f"sqlite:///{tmp_path}/levator.db"
    clinic = Clinic(open_repository(url))
    clinic.accounts = replace(clinic.accounts, passwords=quick_passwords())
    clinic_of_all_roles(clinic.accounts)
    admin = with_password(clinic.accounts, "clinic_admin", PASSWORD)
    sealed = clinic.accounts.key.seal(secret, admin.id)
    with clinic.repository.work(writes=True) as work:
        work.put(replace(admin, totp_sealed=sealed))
        old = {"given_name": "Anna", "family_name": "Oud", "number": "17"}
        made = {"made_at": "2003-02-01T10:00:00+01:00"}
        work.put(Patient(id=f"{TENANT}-old", tenant_id=TENANT, **old, **made))
    folder = tmp_path / "backups"
    folder.mkdir()
    clinic.backups = Backups(url, folder, kept=2)
    with served(clinic) as server:
        yield server


def show_again(page: Page, secret: str) -> None:
    """Show once more who one is, with the keyboard."""
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator("[name=name]")).to_be_visible()


def has(server: Served, patient_id: str) -> bool:
    with server.clinic.repository.work(writes=False) as work:
        return any(one.id == patient_id for one in work.find(Patient, TENANT))


def test_a_backup_is_made_while_the_page_tells_how_far_it_is(
    server: Served, new_page: Opener, axe: Axe, tmp_path: Path
) -> None:
    page = sign_in(server, new_page(viewport=DESK, locale="en-GB"), "clinic_admin")
    page.goto(f"{server.address}/backups")
    expect(page.locator("main [role=status]")).to_contain_text("There is no backup")
    page.get_by_role("button", name="Make a backup now").press("Enter")
    expect(page.locator(".kept")).to_contain_text("read back whole")
    expect(page.locator(".trouble")).to_have_count(0)
    assert axe(page) == []
    (file,) = (tmp_path / "backups").iterdir()
    expect(page.locator(".kept code")).to_have_text(file.name)
    file.unlink()
    file.parent.rmdir()
    page.get_by_role("button", name="Make a backup now").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is not there; make it, or choose another")
    page.wait_for_load_state("networkidle")
    assert axe(page) == []


def test_a_patient_of_elsewhere_is_taken_in_and_a_wrong_file_said(
    server: Served, new_page: Opener, axe: Axe, tmp_path: Path, from_elsewhere: Path
) -> None:
    page = sign_in(server, new_page(viewport=PHONE, locale="en-GB"), "clinic_admin")
    page.goto(f"{server.address}/patients")
    page.get_by_role("link", name="Take a patient in").press("Enter")
    page.wait_for_url("**/patients/import", wait_until="load")
    (tmp_path / "wrong.zip").write_bytes(b"no zip")
    page.set_input_files("#file", tmp_path / "wrong.zip")
    page.get_by_role("button", name="Take her in").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("it is no export of a patient")
    expect(page.get_by_role("alert")).to_be_focused()
    page.set_input_files("#file", from_elsewhere)
    page.get_by_role("button", name="Take her in").press("Enter")
    expect(page.locator("h1")).to_contain_text("is taken in")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("main")).to_contain_text("What waits for her therapist")
    assert axe(page) == []
    page.get_by_role("link", name="Her details").press("Enter")
    expect(page.locator("[name=family_name]")).to_be_visible()


def test_a_login_that_ends_while_a_file_is_chosen_goes_to_sign_in(
    server: Served, new_page: Opener, from_elsewhere: Path
) -> None:
    page = sign_in(server, new_page(viewport=DESK, locale="en-GB"), "clinic_admin")
    page.goto(f"{server.address}/patients/import")
    page.set_input_files("#file", from_elsewhere)
    with server.clinic.repository.work(writes=True) as work:
        for login in work.find(Login, None):
            work.put(replace(login, until=server.clinic.now().isoformat()))
    page.get_by_role("button", name="Take her in").press("Enter")
    page.wait_for_url("**/sign-in?next=**")


def test_she_takes_her_data_along_from_her_own_page(
    server: Served, new_page: Opener, axe: Axe, tmp_path: Path
) -> None:
    page = sign_in(server, new_page(viewport=PHONE, locale="en-GB"), "patient")
    page.goto(f"{server.address}{RECORD}")
    page.get_by_role("link", name="Take your data along").press("Enter")
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file").press("Enter")
    assert re.fullmatch(r"levator-clinic-a-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    download.value.save_as(tmp_path / "hers.zip")
    with zipfile.ZipFile(tmp_path / "hers.zip") as hers:
        assert b"Jansen" in hers.read("record.csv")
    page.goto(f"{server.address}{RECORD}/looked")
    expect(page.locator("tbody")).to_contain_text("exported the record")


def test_a_patient_is_erased_with_the_keyboard_alone(
    server: Served, new_page: Opener, axe: Axe, secret: str
) -> None:
    page = sign_in(server, new_page(viewport=DESK, locale="en-GB"), "clinic_admin")
    page.goto(f"{server.address}/retention")
    expect(page.locator(".kept")).to_contain_text("Anna Oud")
    page.goto(f"{server.address}{RECORD}/details")
    page.get_by_role("link", name="Erase her").press("Enter")
    show_again(page, secret)
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase Mia Jansen")
    for name in ("Mia Janssen", "mia jansen"):
        page.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        if name == "Mia Janssen":
            expect(page.get_by_role("alert")).to_have_text(re.compile("not her name"))
            assert axe(page) == []
    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    assert axe(page) == []
    assert not has(server, f"{TENANT}-record")
    assert has(server, f"{TENANT}-old")
    with server.clinic.repository.work(writes=False) as work:
        patient = user_of("patient").id
        assert all(one.id != patient for one in work.find(User, TENANT))


def test_what_is_left_of_her_is_erased_from_the_page_that_says_so(
    server: Served,
    new_page: Opener,
    axe: Axe,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with server.clinic.repository.work(writes=True) as work:
        work.put(Patient(id="e" * 32, tenant_id=TENANT, given_name="Ria", family_name="Mol"))
    page = sign_in(server, new_page(viewport=PHONE, locale="en-GB"), "clinic_admin")
    page.goto(f"{server.address}/patients/{'e' * 32}/erase")
    show_again(page, secret)
    page.get_by_role("radio").first.check()
    page.get_by_label("Her name").fill("Ria Mol")
    monkeypatch.setattr(sqlite, "EXPUNGE_TIMEOUT_MS", 0)
    with closing(sqlite3.connect(tmp_path / "levator.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM patient").fetchone()
        page.get_by_role("button", name="Erase everything of hers").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Not everything of her is gone yet"
        )
    assert axe(page) == []
    monkeypatch.undo()
    page.get_by_role("button", name="Erase what is left").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    expect(page.locator(".lead")).to_contain_text("what was left of it is gone now")
