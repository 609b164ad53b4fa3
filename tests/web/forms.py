"""What the tests of the pages fill in, send and hear."""

import contextlib
import json
import re
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from httpx import Client, Response
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from levator.clinic import patients
from levator.records.access import Actor
from levator.records.people import User
from levator.records.work import where
from tests.clinic.people import TENANT, user_of
from tests.web.served import Served

#: What is asked before a sitting; all else is in the record.
FORM = {
    "pain": "0",
    "flags.none_of_these": "yes",
    "device": "simulator://?seed=7",
    "cushion": "none",
    "posture": "upright",
    "stage": "step-6",
}
WEEKS = 8


DUTCH = {"accept-language": "nl-BE,nl;q=0.9"}


def hear(socket: ClientConnection) -> Any:
    """The next message: a dict, or a frame's bytes."""
    said = socket.recv(timeout=20)
    return json.loads(said) if isinstance(said, str) else said


def hello(socket: ClientConnection) -> None:
    socket.send('{"type": "hello", "generation": -1, "cursor": []}')


def close_code(socket: ClientConnection) -> int | None:
    """The code with which the server closes the socket."""
    with socket, contextlib.suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=20)
    return socket.close_code


def new_id() -> str:
    return uuid.uuid4().hex


def put(client: Client, path: str, **body: Any) -> None:
    answer = client.put(f"/api/v1{path}", json=body)
    assert answer.status_code == 200, answer.text


def day_ago(days: int) -> str:
    """The day so many days before today, as the record keeps it."""
    return (datetime.now().astimezone().date() - timedelta(days=days)).isoformat()


def patient(
    client: Client, *, weeks: int = WEEKS, mode: str = "vaginal", is_cleared: bool = True
) -> str:
    """Make a patient some weeks after a birth, at step 6 of her course; return her address."""
    path, born_on = f"/patients/{new_id()}", day_ago(7 * weeks)
    put(client, path, given_name="M.", family_name="J.", is_somebody_else=True)
    put(
        client,
        f"{path}/births/{new_id()}",
        born_on=born_on,
        mode=mode,
        complications=[],
    )
    if not is_cleared:
        return path
    put(
        client,
        f"{path}/clearances/{new_id()}",
        signed_by="dr. Bos",
        profession="doctor",
        from_on=born_on,
    )
    put(client, f"{path}/pains/{new_id()}", score=0)
    assert decided(client, path, stage="step-6", because="holds long").status_code == 303
    return path


def decided(client: Client, path: str, **changes: str) -> Response:
    """Decide otherwise on her course as it stands, as its form does."""
    seen = client.get(f"/api/v1{path}/course").json()["seen"]
    form = {"id": new_id(), "kind": "overrule", "seen": seen} | changes
    return client.post(f"{path}/decide", data=form)


def asked(
    client: Client, path: str = "", headers: dict[str, str] | None = None, **changes: str
) -> Response:
    """Ask for a sitting from her page, as its form does; for a new patient without a path."""
    form = FORM | {"asked_id": new_id()} | changes
    return client.post(f"{path or patient(client)}/sitting", data=form, headers=headers)


def opened(client: Client, **changes: str) -> str:
    """Open a room from a patient's page; return the address of the first screen."""
    answer = asked(client, **changes)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["location"])
    assert client.get(address).status_code == 200
    return address


def code_on(server: Served) -> str:
    (code,) = server.clinic.rooms.codes.values()
    return code.code


def address_port(server: Served) -> str:
    return server.address.rpartition(":")[2]


def joined(second: Client, code: str, role: str = "patient") -> Any:
    form = {"language": "en", "code": code, "name": "Mia", "role": role}
    return second.post("/join", data=form)


def ticket_of(server: Served) -> str:
    room = server.the_room()

    async def ticket() -> str:
        return server.clinic.rooms.admit(room, "Mia", "en")

    return server.call(ticket())


MIA = {
    "given_name": "Zo\u00eb",
    "family_name": "de Boer",
    "born_on": "1991-03-12",
    "language": "nl",
}


def make(client: Client, **changes: str) -> tuple[int, str]:
    answer = client.post("/patients/new", data={"id": new_id()} | MIA | changes)
    return answer.status_code, answer.headers.get("location", answer.text)


def hidden(html: str) -> dict[str, str]:
    """The fields of a form that go along unseen."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))


def colleague(server: Served) -> str:
    """The account of a therapist of the clinic who treats nobody."""
    bo = replace(user_of("therapist"), id="bo", name="Bo", email="bo@b.example", email_key="bo")
    with server.clinic.repository.work(writes=True) as work:
        if not work.find(User, TENANT, where(id=bo.id)):
            work.put(bo)
    return bo.id


def taken_on_too(server: Served, path: str) -> str:
    """Let a colleague treat a patient beside who made her; return the colleague's account."""
    bo = Actor(colleague(server), TENANT, "therapist")
    patient_id = path.rpartition("/")[2]
    patients.take_on(server.clinic.acts, bo, patient_id, new_id(), "both of us")
    return bo.user_id
