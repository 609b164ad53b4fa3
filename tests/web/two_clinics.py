"""Two clinics on one server over SQLite, with the same kinds of records in both.

Every text of a record carries the canary of its clinic, so that one byte of it in an answer to
somebody else is seen.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from levator.clinic import Clinic
from levator.clinic.acting import Act
from levator.clinic.backup import Backups
from levator.clinic.courses import view_of
from levator.clinic.settings import new_clinic
from levator.records.access import Actor, Relation
from levator.records.audit import AuditEntry
from levator.records.entity import Entity
from levator.records.home import (
    DiaryEntry,
    Habit,
    HabitMark,
    HomeLease,
    HomePrescription,
    HomeSession,
    Phone,
)
from levator.records.people import Birth, Login, Patient, Pregnancy, Role, User, search_key
from levator.records.reminders import CalendarFeed, HomeReminders, PushSubscription
from levator.records.treatment import (
    Assessment,
    Clearance,
    Consent,
    Course,
    Decision,
    Note,
    PainScore,
    Prescription,
    RedFlag,
    RedFlagAnswer,
    Session,
    SymptomScore,
)
from levator.records.work import Work, where
from levator.storage import open_repository
from levator.web.server import HERE as HERE_ONLY
from levator.web.server import Reach
from levator.web.signed import FORM_TOKEN_HEADER, form_token_for
from tests.clinic.people import quick_passwords
from tests.live.seats import reference
from tests.web.served import Served, served

HERE, THERE = "a" * 32, "b" * 32
CANARIES = {HERE: "KanarieHier", THERE: "KanarieDaar"}
ROLES: tuple[Role, ...] = get_args(Role)
#: Keeps one thing of a record.
Keep = Callable[[Entity], object]
#: What her therapist overruled, so that the step is open to her.
OPENS = '{"stage": "step-6", "opens": ["holds_long", "releases_well", "lasts"]}'
PASSWORD = "a sparrow under the roof"
NOW = datetime.now().astimezone()
AT = NOW.isoformat(timespec="milliseconds")


def new_id() -> str:
    return secrets.token_hex(16)


def day(ago: int) -> str:
    return (NOW.date() - timedelta(days=ago)).isoformat()


@dataclass(frozen=True, kw_only=True)
class Record:
    """The ids of one woman's record, and of the account that is named beside it."""

    patient: str
    pregnancy: str
    birth: str
    clearance: str
    red_flag: str
    red_flag_answer: str
    course: str
    prescription: str
    decision: str
    session: str
    pain: str
    symptom: str
    assessment: str
    note: str
    consent: str
    exercise: str
    phone: str
    lease: str
    home_session: str
    habit: str
    mark: str
    entry: str
    reminders: str
    feed: str
    push: str
    user: str
    #: Looks at her course as it stands.
    look: Callable[[], str] = field(default=new_id, compare=False, repr=False)

    @property
    def seen(self) -> str:
        """Of her course: on what is decided."""
        return self.look()


#: What a record has an id of.
OF_A_RECORD = [one.name for one in fields(Record) if one.type is str]


def nowhere() -> Record:
    """Ids of nothing at all."""
    return Record(**{name: new_id() for name in OF_A_RECORD})


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
            _fill(keep, tenant, hers, treated_by, self.recordings[tenant])
        self._has_filled = True

        def look() -> str:
            with self.clinic.repository.work(writes=False) as work:
                act = Act(work, Actor("", tenant, "therapist"), at=AT)
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
        return replace(opened, recording=room.recording or "")

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


def _fill(
    keep: Keep, tenant: str, hers: Record, treated_by: tuple[str, ...], recording: str
) -> None:
    text, by = f"{CANARIES[tenant]} {hers.patient[:6]}", treated_by[0] if treated_by else new_id()
    told = {"tenant_id": tenant, "patient_id": hers.patient}
    entered = {**told, "entered_by": by, "entered_at": AT}
    made = {"made_by": by, "made_at": AT}
    keep(
        Patient(
            id=hers.patient,
            tenant_id=tenant,
            given_name=text,
            family_name=text,
            born_on="1991-03-12",
            number=hers.patient[:8],
            email=f"{hers.patient[:6]}@{CANARIES[tenant]}.example",
            search_key=search_key(text, text, hers.patient[:8]),
            treated_by=treated_by,
            made_at=AT,
        )
    )
    keep(Pregnancy(id=hers.pregnancy, **told, expected_on=day(50), ended_on=day(56)))
    keep(Birth(id=hers.birth, **told, pregnancy_id=hers.pregnancy, born_on=day(56), mode="vaginal"))
    keep(Clearance(id=hers.clearance, **entered, signed_by=text, profession=text, from_on=day(40)))
    old = {**entered, "entered_at": (NOW - timedelta(days=45)).isoformat()}
    keep(RedFlag(id=hers.red_flag, **old, on_day=day(45), code="fever", remark=text))
    none = {"on_day": day(5), "list_version": "1"}
    keep(RedFlagAnswer(id=hers.red_flag_answer, **entered, **none))
    course = {"protocol": "bekken-zwanger-fit", "protocol_version": "1", "stage": "step-6"}
    keep(Course(id=hers.course, **told, **course, begun_on=day(10)))
    keep(
        Prescription(
            id=hers.prescription,
            **told,
            course_id=hers.course,
            stage="step-6",
            from_on=day(10),
            because=text,
            **made,
        )
    )
    decision = {"on_day": day(10), "proposal": OPENS, "choice": "overruled", "because": text}
    keep(Decision(id=hers.decision, **told, course_id=hers.course, **decision, **made))
    keep(
        Session(
            id=hers.session,
            **told,
            course_id=hers.course,
            recording_id=recording or None,
            on_day=day(1),
            started_at=(NOW - timedelta(days=1)).isoformat(),
            stage="step-6",
            state="ended",
            device=text,
            led_by=by,
        )
    )
    pain = PainScore(id=hers.pain, **entered, on_day=day(0), score=0, moment="between")
    keep(pain)
    keep(SymptomScore(id=hers.symptom, **entered, on_day=day(1), code=text, score=2.0))
    keep(Assessment(id=hers.assessment, **entered, on_day=day(1), code="perfect", remark=text))
    note = {"on_day": day(1), "text": text, "written_by": by, "written_at": AT}
    keep(Note(id=hers.note, **told, **note))
    keep(Consent(id=hers.consent, **entered, what=text, given_on=day(1)))
    _fill_home(keep, hers, told, made, text)
    keep(_named(tenant, hers.user, CANARIES[tenant]))


def _fill_home(
    keep: Keep, hers: Record, told: dict[str, str], made: dict[str, str], text: str
) -> None:
    dose = {"exercise": "endurance", "from_on": day(10), "because": text}
    keep(HomePrescription(id=hers.exercise, **told, **dose, **made))
    seen = {"is_shared": False, "made_at": AT, "seen_on": day(0)}
    keep(Phone(id=hers.phone, **told, name=text, **seen))
    keep(HomeLease(id=hers.lease, **told, phone_id=hers.phone, leased_day=day(0), taken_at=AT))
    done = {"exercise": "endurance", "on_day": day(1), "started_at": AT, "phone_time": AT}
    keep(
        HomeSession(
            id=hers.home_session,
            **told,
            **done,
            phone_id=hers.phone,
            repetitions=10,
            lasted_s=270.0,
            ended_by="done",
            kept_at=AT,
        )
    )
    keep(Habit(id=hers.habit, **told, words=text, from_on=day(5), made_at=AT))
    kept = {"on_day": day(1), "kept_at": AT}
    keep(HabitMark(id=hers.mark, **told, habit_id=hers.habit, **kept))
    keep(DiaryEntry(id=hers.entry, **told, at="10:00", kind="drink", remark=text, **kept))
    chosen = {"quiet_begins": "21:00", "quiet_ends": "08:00", "changed_at": AT}
    keep(HomeReminders(id=hers.reminders, **told, is_on=True, times=("09:00",), **chosen))
    keep(CalendarFeed(id=hers.feed, **told, secret_digest=f"{hers.feed} {text}", made_at=AT))
    push = {"endpoint": f"https://push.example/{text}", "service": "push.example"}
    keep(PushSubscription(id=hers.push, **told, **push, made_at=AT))


def _named(tenant: str, number: str, text: str) -> User:
    address = f"{number}@{text}.example"
    return User(
        id=number,
        tenant_id=tenant,
        name=f"{text} somebody",
        email=address,
        email_key=address.lower(),
        role="therapist",
        state="active",
    )


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
            work.put(new_clinic(tenant, text, AT))
    with served(clinic, reach) as server:
        both = TwoClinics(server, folder)
        yield both
        both.http.close()
