"""What the tests of the pages fill in, send and hear."""

import contextlib
import json
from typing import Any

from httpx import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.web.served import Served

FORM = {
    "language": "en",
    "therapist": "Anke",
    "patient": "M. J.",
    "weeks_since_birth": "8",
    "cleared_by": "dr. Bos",
    "complications": "no",
    "pain_now": "no",
    "device": "simulator://?seed=7",
    "cushion": "none",
    "posture": "upright",
    "stage": "step-6",
}


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


def opened(client: Client, **changes: str) -> str:
    """Open a room from the form; return the address of the first screen."""
    answer = client.post("/rooms", data=FORM | changes)
    assert answer.status_code == 303, answer.text
    entered = client.get(answer.headers["location"])
    assert entered.status_code == 303
    return str(entered.headers["location"])


def code_on(server: Served) -> str:
    (code,) = server.clinic.rooms.codes.values()
    return code.code


def address_port(server: Served) -> str:
    return server.address.rpartition(":")[2]


def joined(second: Client, code: str) -> Any:
    form = {"language": "en", "code": code, "name": "Mia", "role": "patient"}
    return second.post("/join", data=form)
