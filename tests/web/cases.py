"""One case for every route: what is sent so that it does what it is for.

Whose record it is about, the matrix puts into the address. A route without a case fails there.
"""

import io
import json as json_text
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from levator.clinic import Clinic
from levator.formats.patient_file import FORMAT
from levator.storage.memory import MemoryRepository
from levator.web.api import PREFIX, create_api
from levator.web.routes import ACTIONS, PUBLIC
from tests.web.whole_record import CANARIES, HERE, THERE, Record, day, moment, new_id

#: Whose the thing in the address is: a patient's, an account's, one's own, the clinic's as a
#: whole, or that of a room, which has its own cookie.
About = Literal["patient", "user", "own", "clinic", "room"]
Sent = Callable[[Record], Mapping[str, Any]]


def nothing(to: Record) -> Mapping[str, Any]:
    return {}


def form(**fields: str) -> Sent:
    """A form with the id of something new."""
    return lambda to: {"data": {"id": new_id(), **fields}}


def typed(**fields: str) -> Sent:
    """A form about what is there already."""
    return lambda to: {"data": fields}


def json(**fields: object) -> Sent:
    return lambda to: {"json": fields}


@dataclass(frozen=True)
class Case:
    """lines : how many acts it is, each with a line of the audit. action : where it is not that
    of the row."""

    about: About = "patient"
    sent: Sent = nothing
    lines: int = 1
    action: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


#: Of an earlier child, and the next one: not her last birth told of again.
BIRTH = {"born_on": day(1000), "mode": "vaginal"}
CLEARANCE = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": day(2)}
BEHIND = {"kind": "overrule", "stage": "step-6", "because": "holds long"}
GOALS = {"ended_ground": "goals_reached"}
SEAT = {"cushion": "none", "posture": "upright"}
#: Not research: each woman who takes part in that has a line of her own in its download.
BESIDES = "photographs"
MIA = {"family_name": "Mia", "is_somebody_else": True}


def erasing(to: Record) -> dict[str, str]:
    """What is said to erase a woman of `HERE`."""
    name = f"{CANARIES[HERE]} {to.patient[:6]}"
    return {"name": f"{name} {name}", "ground": "trial-record"}


def sent_record() -> dict[str, Any]:
    """The smallest record of somebody new, as another clinic exports it."""
    made, number = io.BytesIO(), new_id()
    line = {"id": number, "tenant_id": THERE, "given_name": "", "family_name": "Mia"}
    body = f"{json_text.dumps(line)}\n".encode()
    name = "entities/patient.jsonl"
    about = {"format": FORMAT, "patient": number, "files": {name: sha256(body).hexdigest()}}
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr(name, body)
        zipped.writestr("about.json", json_text.dumps(about))
    return {"content": made.getvalue(), "headers": {"content-type": "application/zip"}}


_P = "/patients/{patient_id}"
PAGES: Mapping[str, Case] = {
    "GET /": Case("clinic"),
    "GET /patients": Case("clinic"),
    "POST /patients": Case("clinic", typed(text="Mia")),
    "GET /patients/new": Case("clinic", lines=0),
    "POST /patients/new": Case("clinic", form(family_name="Mia", is_somebody_else="yes")),
    f"GET {_P}": Case(),
    f"GET {_P}/details": Case(),
    f"POST {_P}/details": Case(sent=typed(version="1", family_name="Mia", is_somebody_else="yes")),
    f"GET {_P}/take-on": Case(),
    f"POST {_P}/take-on": Case(sent=form(because="she is ill")),
    f"GET {_P}/hand-over": Case(),
    f"POST {_P}/hand-over": Case(sent=lambda to: {"data": {"user": to.user}}),
    f"GET {_P}/invite": Case(),
    f"GET {_P}/close-access": Case(),
    f"POST {_P}/close-access": Case(),
    f"POST {_P}/invite": Case(sent=lambda to: {"data": {"email": f"{new_id()}@example.org"}}),
    f"GET {_P}/pregnancy": Case(),
    f"POST {_P}/pregnancy": Case(
        sent=form(expected_on=day(-260), **{"complications.none_of_these": "yes"})
    ),
    f"GET {_P}/birth": Case(),
    f"POST {_P}/birth": Case(
        sent=form(birth_on=day(1000), mode="vaginal", **{"complications.none_of_these": "yes"})
    ),
    f"GET {_P}/clearance": Case(),
    f"POST {_P}/clearance": Case(sent=form(**CLEARANCE)),
    f"GET {_P}/revoke": Case(),
    f"POST {_P}/revoke": Case(
        sent=lambda to: {"data": {"clearance": to.clearance, "because": "fever"}}
    ),
    f"GET {_P}/red-flag": Case(),
    f"POST {_P}/red-flag": Case(sent=form(flag="fever", on_day=day(0))),
    f"GET {_P}/pain": Case(),
    f"POST {_P}/pain": Case(sent=form(pain="2")),
    f"GET {_P}/note": Case(),
    f"POST {_P}/note": Case(sent=form(note="well")),
    f"GET {_P}/symptom": Case(),
    f"POST {_P}/symptom": Case(sent=form(symptom="leaks", score="2", on_day=day(0))),
    f"GET {_P}/test": Case(),
    f"POST {_P}/test": Case(sent=form(test="perfect", score="3", on_day=day(0))),
    f"GET {_P}/consent": Case(),
    f"POST {_P}/consent": Case(sent=form(what=BESIDES, on_day=day(0))),
    f"GET {_P}/withdraw": Case(),
    f"POST {_P}/withdraw": Case(sent=lambda to: {"data": {"consent": to.consent}}),
    f"GET {_P}/decide": Case(),
    f"POST {_P}/decide": Case(
        sent=lambda to: {"data": {"id": new_id(), "seen": to.seen, **BEHIND}}
    ),
    f"GET {_P}/release": Case(),
    f"POST {_P}/release": Case(
        sent=lambda to: {"data": {"id": new_id(), "seen": to.seen, **BEHIND}}
    ),
    f"GET {_P}/end": Case(),
    f"POST {_P}/end": Case(
        sent=lambda to: {"data": {"course": to.course, "version": "1", "ended_on": day(0), **GOALS}}
    ),
    f"GET {_P}/home": Case(),
    f"GET {_P}/home/exercises/{{exercise}}": Case(),
    f"POST {_P}/home/exercises/{{exercise}}": Case(sent=form(because="holds well")),
    f"GET {_P}/home/exercises/{{exercise}}/withdraw": Case(),
    f"POST {_P}/home/exercises/{{exercise}}/withdraw": Case(sent=form(because="tired")),
    f"GET {_P}/sitting": Case(),
    # Her answer and her pain are kept, and a room is opened.
    f"POST {_P}/sitting": Case(
        sent=lambda to: {
            "data": {
                "pain": "0",
                "flags.none_of_these": "yes",
                "asked_id": new_id(),
                "device": "simulator://",
                **SEAT,
            }
        },
        lines=4,
    ),
    f"GET {_P}/sessions": Case(),
    f"GET {_P}/sessions/{{session_id}}": Case(),
    f"GET {_P}/sessions/{{session_id}}/report": Case(),
    f"GET {_P}/looked": Case(),
    f"GET {_P}/export": Case(),
    f"POST {_P}/export": Case(),
    "GET /patients/import": Case("clinic", lines=0),
    "POST /patients/import": Case("clinic", lambda to: sent_record()),
    f"GET {_P}/erase": Case(),
    # What would go is read, and it goes.
    f"POST {_P}/erase": Case(sent=lambda to: {"data": erasing(to)}, lines=2),
    "GET /home": Case("own"),
    "GET /home/exercise/{exercise}": Case("own"),
    "GET /home/diary": Case("own"),
    "GET /home/settings": Case("own"),
    "GET /home/help": Case("own"),
    "GET /home/advice": Case("own"),
    "GET /home/advice/{page}": Case("own"),
    "GET /home/stretch": Case("own"),
    "GET /retention": Case("clinic"),
    "GET /research": Case("clinic"),
    "POST /research": Case("clinic"),
    "GET /backups": Case("clinic"),
    "GET /backups/progress": Case("clinic"),
    "POST /backups": Case("clinic"),
    "GET /audit": Case("clinic"),
    "GET /users": Case("clinic"),
    "POST /users": Case(
        "clinic",
        lambda to: {
            "data": {"name": "Bo", "email": f"{new_id()}@example.org", "role": "researcher"}
        },
    ),
    "GET /users/{number}": Case("user"),
    "POST /users/{number}": Case("user", typed(name="Bo", role="therapist", version="1")),
    "POST /users/{number}/disable": Case("user"),
    "POST /users/{number}/invite": Case("user", typed(lost="everything")),
    "GET /sign-in/code": Case("own"),
    "POST /sign-in/code": Case("own", typed(code="000000")),
    "POST /sign-out": Case("own"),
    "GET /pieces": Case("own"),
    "GET /pieces/looks.css": Case("own"),
    "GET /account": Case("own"),
    "GET /account/confirm": Case("own"),
    "POST /account/confirm": Case("own", typed(password="x", code="000000")),
    "POST /account/confirm/passkey/question": Case("own"),
    "POST /account/confirm/passkey": Case("own", json()),
    "GET /account/factor": Case("own"),
    "POST /account/factor": Case("own", typed(code="000000")),
    "POST /account/password": Case("own", typed(new="y", again="z")),
    "POST /account/language": Case("own", typed(language="nl")),
    "POST /account/codes": Case("own"),
    "POST /account/passkeys/question": Case("own"),
    "POST /account/passkeys": Case("own", json()),
    "POST /account/passkeys/{number}/remove": Case("own"),
    "POST /account/logins/{number}/end": Case("own"),
    "POST /account/logins/end": Case("own"),
    "POST /rooms/{number}/again": Case("room"),
    "GET /rooms/{number}/therapist": Case("room"),
    "SOCKET /rooms/{number}/therapist/line": Case("room"),
    "GET /rooms/{number}/therapist/code.svg": Case("room"),
    "SOCKET /board/line": Case("room"),
    "GET /recordings/{recording}/report": Case("room"),
}

API: Mapping[str, Case] = {
    "GET /patients": Case("clinic"),
    "POST /patients/search": Case("clinic", json(text="Mia")),
    "PUT /patients/{patient_id}": Case("clinic", json(**MIA)),
    "PUT /patients/{patient_id} If-Match": Case(
        sent=lambda to: {"json": MIA, "headers": {"If-Match": '"1"'}}, action="patient.change"
    ),
    f"GET {_P}": Case(),
    f"POST {_P}/take-on": Case(
        sent=lambda to: {"json": {"note_id": new_id(), "because": "she is ill"}}
    ),
    f"POST {_P}/hand-over": Case(sent=lambda to: {"json": {"user_id": to.user}}),
    f"GET {_P}/record": Case(),
    f"PUT {_P}/pregnancies/{{entity_id}}": Case(sent=json(expected_on=day(-260))),
    f"PUT {_P}/births/{{entity_id}}": Case(sent=json(**BIRTH)),
    f"PUT {_P}/clearances/{{entity_id}}": Case(sent=json(**CLEARANCE)),
    f"POST {_P}/clearances/{{entity_id}}/revoke": Case(
        sent=json(because="fever"), params={"entity_id": "clearance"}
    ),
    f"PUT {_P}/red-flags/{{entity_id}}": Case(sent=json(on_day=day(0), code="fever")),
    f"PUT {_P}/pains/{{entity_id}}": Case(sent=json(score=2)),
    f"PUT {_P}/symptoms/{{entity_id}}": Case(sent=json(code="leaks", score=2)),
    f"PUT {_P}/assessments/{{entity_id}}": Case(sent=json(code="perfect")),
    f"PUT {_P}/notes/{{entity_id}}": Case(sent=json(text="well")),
    f"PUT {_P}/consents/{{entity_id}}": Case(sent=json(what=BESIDES, given_on=day(0))),
    f"POST {_P}/consents/{{entity_id}}/withdraw": Case(params={"entity_id": "consent"}),
    f"GET {_P}/course": Case(),
    f"PUT {_P}/decisions/{{entity_id}}": Case(
        sent=lambda to: {"json": {"seen": to.seen, **BEHIND}}
    ),
    f"GET {_P}/sessions": Case(),
    f"POST {_P}/courses/{{entity_id}}/end": Case(
        sent=lambda to: {
            "json": {"ended_on": day(0), **GOALS},
            "headers": {"If-Match": '"1"'},
        },
        params={"entity_id": "course"},
    ),
    f"GET {_P}/sessions/{{entity_id}}": Case(params={"entity_id": "session"}),
    f"GET {_P}/sessions/{{entity_id}}/report": Case(params={"entity_id": "session"}),
    f"POST {_P}/sittings": Case(
        sent=lambda to: {
            "json": {
                "device_url": "simulator://",
                **SEAT,
                "pain": 0,
                "red_flags": [],
                "asked_id": new_id(),
            }
        },
        lines=4,
    ),
    f"GET {_P}/home": Case(),
    f"PUT {_P}/home/exercises/{{entity_id}}": Case(
        sent=json(exercise="endurance", because="holds well")
    ),
    "POST /home/sync": Case("own", lambda to: {"json": {"phone": new_id(), "now": moment()}}),
    "GET /home/reminders": Case("own"),
    "PUT /home/reminders": Case(
        "own", json(is_on=True, times=["09:00"], quiet_begins="21:00", quiet_ends="08:00")
    ),
    "POST /home/feed": Case("own"),
    "POST /home/feed/revoke": Case("own"),
    # The clinics of the tests have no keys for messages: nothing is kept, and nobody is called.
    "POST /home/push": Case("own", json(endpoint="https://push.example/1"), lines=0),
    "POST /home/push/remove": Case("own", json(endpoint="https://push.example/1")),
    "GET /todo": Case("clinic"),
    f"GET {_P}/audit": Case(),
    "GET /audit": Case("clinic"),
    f"POST {_P}/export": Case(),
    "POST /patients/import": Case("clinic", lambda to: sent_record()),
    f"GET {_P}/erasure": Case(),
    f"POST {_P}/erasure": Case(sent=lambda to: {"json": erasing(to)}, lines=2),
    "GET /retention": Case("clinic"),
    "GET /research": Case("clinic"),
    "POST /research/export": Case("clinic"),
    "GET /backups": Case("clinic"),
    "POST /backups": Case("clinic"),
    "GET /rooms": Case("clinic"),
    f"POST {_P}/invite": Case(sent=lambda to: {"json": {"email": f"{new_id()}@example.org"}}),
    f"POST {_P}/close-access": Case(),
    "GET /users": Case("clinic"),
    "POST /users": Case(
        "clinic",
        lambda to: {
            "json": {"name": "Bo", "email": f"{new_id()}@example.org", "role": "researcher"}
        },
    ),
    "GET /users/{user_id}": Case("user"),
    "PUT /users/{user_id}": Case(
        "user",
        lambda to: {
            "json": {"name": "Bo", "role": "therapist", "language": ""},
            "headers": {"If-Match": '"1"'},
        },
    ),
    "POST /users/{user_id}/disable": Case("user"),
    "POST /users/{user_id}/invite": Case("user", json(lost="password")),
    "POST /sign-in": Case("own", json(email="x@example.org", password="y")),
    "POST /sign-out": Case("own"),
    "GET /account": Case("own"),
    "POST /account/confirm": Case("own", json(password="x", code="000000")),
    "POST /account/password": Case("own", json(new="y")),
    "POST /account/language": Case("own", json(language="nl")),
    "POST /account/logins/end": Case("own"),
    "POST /account/logins/{login_id}/end": Case("own"),
    "POST /account/passkeys/{passkey_id}/remove": Case("own"),
}


def api_actions() -> Mapping[str, str]:
    """Every route of the interface with the action that it names."""
    paths = create_api(Clinic(MemoryRepository())).openapi()["paths"]
    return {
        f"{method.upper()} {path}": one["x-action"]
        for path, methods in paths.items()
        for method, one in methods.items()
    }


@dataclass(frozen=True)
class Asked:
    """A route of the whole application, with its action and its case."""

    key: str
    action: str
    case: Case

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def is_api(self) -> bool:
        return PREFIX in self.key

    def path(self, to: Record) -> str:
        """The address with the ids of a record in it."""
        names = {
            "patient_id": to.patient,
            "session_id": to.session,
            "entity_id": new_id(),
            "number": to.user,
            "user_id": to.user,
            "login_id": new_id(),
            "passkey_id": new_id(),
            "recording": to.session,
            "exercise": "endurance",
        }
        names |= {name: getattr(to, kind) for name, kind in self.case.params.items()}
        return self.key.split(" ")[1].format_map(names)


def all_asked() -> list[Asked]:
    """Every route that asks who asks."""
    pages = [Asked(key, case.action or ACTIONS[key], case) for key, case in PAGES.items()]
    named = api_actions()
    for key, case in API.items():
        method, path = key.split(" ")[:2]
        action = case.action or named[f"{method} {path}"]
        pages.append(Asked(key.replace(" ", f" {PREFIX}", 1), action, case))
    return pages


def without_case() -> set[str]:
    """Routes without a case, and cases without a route."""
    api = {" ".join(key.split(" ")[:2]) for key in API}
    return (set(PAGES) ^ set(ACTIONS)) | (api ^ set(api_actions())) | (set(PUBLIC) & set(PAGES))
