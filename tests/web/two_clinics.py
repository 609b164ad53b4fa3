"""Two clinics on one server over SQLite, with the same kinds of records in both.

Every text of a record carries the canary of its clinic, so that one byte of it in an answer to
somebody else is seen.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import httpx
from sqlalchemy import update
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from levator.clinic import Clinic
from levator.clinic.acting import Act
from levator.clinic.backup import Backups
from levator.clinic.courses import view_of
from levator.clinic.settings import new_clinic
from levator.records.access import Actor, Relation
from levator.records.audit import AuditEntry
from levator.records.people import Login, Patient, Role, User
from levator.records.work import Work, where
from levator.storage import open_repository
from levator.storage.sql import tables
from levator.storage.sql.repository import SqlRepository
from levator.web.server import HERE as HERE_ONLY
from levator.web.server import Reach
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import quick_passwords
from tests.live.seats import reference
from tests.web.served import Served, served
from tests.web.whole_record import (
    CANARIES,
    HERE,
    THERE,
    Keep,
    Record,
    fill,
    moment,
    new_id,
    nowhere,
)

ROLES: tuple[Role, ...] = get_args(Role)
PASSWORD = "a sparrow under the roof"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    role: Role
    user: str
    tenant: str
    token: str


@dataclass(frozen=True)
class Opened:
    """A room, and who opened it."""

    who: Person
    to: Record
    number: str
    recording: str = ""


class TwoClinics:
    """A running server with both clinics, and quick ways to put more into them."""

    def __init__(self, server: Served, folder: Path) -> None:
        self.server, self.clinic, self.folder = server, server.clinic, folder
        self.recordings = {HERE: "", THERE: ""}
        self.is_training = False
        self._has_filled = False
        self.http = httpx.Client(base_url=server.address, timeout=30)

    # --- Who is there

    def person(self, role: Role, tenant: str = HERE, patient_id: str | None = None) -> Person:
        """Somebody new in a role, signed in."""
        number, name = new_id(), f"{CANARIES[tenant]} {role}"
        user = User(
            id=number,
            tenant_id=tenant,
            name=name,
            email=f"{number}@{CANARIES[tenant]}.example",
            email_key=f"{number}@{CANARIES[tenant]}.example".lower(),
            role=role,
            state="active",
            language="",
            patient_id=patient_id,
        )
        with self.clinic.repository.work(writes=True) as work:
            kept = work.put(user)
            begin = self.clinic.accounts.logins.begin
            _, token = begin(
                work,
                kept,
                is_strong=True,
                browser="Firefox",
                address="127.0.0.1",
                confirmed_at=self.clinic.now().isoformat(),
            )
        return Person(role, number, tenant, token)

    def login_of(self, who: Person) -> str:
        with self.clinic.repository.work(writes=False) as work:
            return work.find(Login, who.tenant, where(user_id=who.user))[0].id

    def record(self, tenant: str = HERE, treated_by: tuple[str, ...] = ()) -> Record:
        """A new woman, eight weeks after a birth, cleared and at step 6, with all kinds of things
        in her record."""
        hers = nowhere()
        with self.clinic.repository.work(writes=True) as work:
            keep = _put_like_it(work) if self._has_filled else work.put
            fill(keep, tenant, hers, treated_by, self.recordings[tenant])
        self._has_filled = True

        def look() -> str:
            with self.clinic.repository.work(writes=False) as work:
                act = Act(work, Actor("", tenant, "therapist"), at=self.clinic.now().isoformat())
                act.patient = work.get(Patient, hers.patient, tenant)
                return view_of(act).seen

        return replace(hers, look=look)

    def met(self, role: Role, relation: Relation) -> tuple[Person, Record]:
        """Somebody in a role and a record to which she stands in a relation."""
        if role == "patient":
            own = self.record()
            actor = self.person(role, patient_id=own.patient)
            return actor, own if relation == "self" else self._of(relation, ())
        actor = self.person(role)
        # Another role does not treat, whatever stands in the record since it had another one.
        has_treated = relation == "treating" or role != "therapist"
        return actor, self._of(relation, (actor.user,) if has_treated else ())

    def _of(self, relation: Relation, treated_by: tuple[str, ...]) -> Record:
        return self.record(THERE if relation == "other" else HERE, treated_by)

    # --- Asking

    def ask(
        self,
        who: Person | None,
        method: str,
        path: str,
        cookies: str = "",
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> httpx.Response:
        """Ask as the browser of somebody would, with what our own pages send."""
        if method == "POST" and path.endswith(("/erase", "/erasure")) and not self.is_training:
            self.quiet()
        self.http.cookies.clear()
        mine = self._headers(who, cookies) | (headers or {})
        return self.http.request(method, path, headers=mine, **sent)

    def _headers(self, who: Person | None, cookies: str = "") -> dict[str, str]:
        mine = {"origin": self.server.address, "accept-language": "en"}
        if who is not None:
            mine[FORM_TOKEN_HEADER] = form_token_for(who.token)
            cookies = "; ".join(filter(None, [f"{self.server.login_cookie}={who.token}", cookies]))
        return mine | ({"cookie": cookies} if cookies else {})

    def line(self, who: Person | None, path: str, cookies: str = "") -> ClientConnection:
        """A socket with the cookies of somebody."""
        mine = [f"{self.server.login_cookie}={who.token}"] if who else []
        return connect(
            self.server.address.replace("http", "ws") + path,
            origin=Origin(self.server.address),
            additional_headers={"Cookie": "; ".join([*mine, cookies])},
            compression=None,
        )

    # --- Rooms

    def opened(self, tenant: str = HERE) -> Opened:
        """A room that a therapist has opened for a woman whom she treats."""
        who = self.person("therapist", tenant)
        to = self.record(tenant, (who.user,))
        seat = {"device": "simulator://?seed=7", "cushion": "none", "posture": "upright"}
        asked = {"pain": "0", "flags.none_of_these": "yes", "asked_id": new_id(), **seat}
        answer = self.ask(who, "POST", f"/patients/{to.patient}/sitting", data=asked)
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
        assert self.ask(who, "GET", address).status_code == 200
        return Opened(who, to, address.split("/")[2])

    def recorded(self, tenant: str = HERE) -> Opened:
        """A room that is over, with its recording."""
        opened, known = self.opened(tenant), reference()
        room = self.clinic.rooms.rooms[opened.number]

        async def begun_and_over() -> None:
            room.sitting = replace(room.sitting, reference=known)
            room.calibrate()
            room.stop("therapist", "stop")

        self.server.call(begun_and_over())
        while not room.is_saved:
            time.sleep(0.01)
        self.server.call(self.clinic.sittings.settled(tenant, opened.to.patient))
        self.recordings[tenant] = room.recording or ""
        self._is_nobodys(self.recordings[tenant])
        return replace(opened, recording=room.recording or "")

    def _is_nobodys(self, recording: str) -> None:
        """Let a recording name nobody, as older ones do: the sittings of all the women name it."""
        kept = tables.recording
        assert isinstance(self.clinic.repository, SqlRepository)
        with self.clinic.repository.one_write() as connection:
            is_it = kept.c.id == recording
            connection.execute(update(kept).where(is_it).values(tenant_id="", patient_id=""))

    def quiet(self) -> None:
        """End every sitting, and wait until each is in its record: nothing is erased before."""

        async def ended() -> None:
            for room in self.clinic.rooms.rooms.values():
                room.stop("therapist", "stop")
            while any(not room.is_over for room in self.clinic.rooms.rooms.values()):
                await asyncio.sleep(0.01)
            for led in list(self.clinic.sittings._led.values()):
                await led.is_kept.wait()

        self.server.call(ended())
        self.clinic.sittings.close_interrupted()

    # --- What was told

    def told(self, tenant: str, after: int) -> list[AuditEntry]:
        with self.clinic.repository.work(writes=False) as work:
            return [line.entry for line in work.audit_lines(tenant, after=after)]

    def last_line(self, tenant: str) -> int:
        with self.clinic.repository.work(writes=False) as work:
            return work._chain_end(tenant)[0]


def _put_like_it(work: Work) -> Keep:
    """Keep what differs from what `put` has found to be right in its ids alone."""
    return lambda entity: work._store(replace(entity, version=1), is_new=True)


@contextmanager
def two_clinics(folder: Path, reach: Reach = HERE_ONLY) -> Iterator[TwoClinics]:
    """Serve both clinics until the block is left."""
    url = f"sqlite:///{folder}/levator.db"
    repository = open_repository(url)
    clinic = Clinic(repository)
    (folder / "backups").mkdir()
    clinic.backups = Backups(url, folder / "backups", kept=2)
    clinic.accounts = replace(clinic.accounts, passwords=quick_passwords())
    with repository.work(writes=True) as work:
        for tenant, text in CANARIES.items():
            work.put(new_clinic(tenant, text, moment()))
    with served(clinic, reach) as server:
        both = TwoClinics(server, folder)
        yield both
        both.http.close()
