"""A room goes on through samples that no muscle has: both screens stay, every bit is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx import Client
from websockets.sync.client import ClientConnection

from levator.clinic.seats import device_within
from levator.records.replay import load_session
from levator.signals.samples import Samples
from tests.waiting import wait_for
from tests.web.forms import code_on, hear, hello, joined, opened
from tests.web.served import Served

RATE_HZ, COUNT = 50, 500
SPOILS: dict[str, Callable[[int, float], float]] = {
    "one contraction of 1e308": lambda i, level: 1e308 if 200 <= i < 300 else level,
    "a sign that turns": lambda i, _: (-1.0) ** i * 1.7e308,
    "a scale of 1e30": lambda _, level: level * 1e30,
}


def written(path: Path, column: str, spoil: Callable[[int, float], float]) -> list[float]:
    """Ten seconds with a contraction in every four."""
    levels = [spoil(i, 40.0 if i % 200 > 100 else 1.0) for i in range(COUNT)]
    rows = "".join(f"{i / RATE_HZ:.2f},{level!r}\n" for i, level in enumerate(levels))
    path.write_text(f"time_s,{column}\n{rows}", "utf-8")
    return levels


def let_in(server: Served, therapist: ClientConnection, patient: Client) -> str:
    """Let the patient in by her code; return the address of her screen."""
    joined(patient, code_on(server))
    (number,) = server.clinic.rooms.door.requests
    ask(therapist, "answer", number=number, is_yes=True)
    wait_for(lambda: "address" in patient.get("/join/answer").json())
    address = patient.get("/join/answer").json()["address"]
    return str(patient.get(address).headers["location"])


def ask(line: ClientConnection, kind: str, **more: object) -> None:
    line.send(json.dumps({"type": "command", "id": f"{kind:x<8}", "kind": kind, **more}))


#: As often a page may say that its picture is drawn, and more; see `levator.web.pace`.
EVERY_S = 0.2


def present(line: ClientConnection) -> bool:
    """Say that the picture is drawn, as a page does; never true."""
    line.send('{"type": "present", "drawn_index": -1, "age_ms": 9}')
    return False


def still_answers(line: ClientConnection) -> bool:
    line.send('{"type": "sync", "at_s": 77.0}')
    while isinstance(said := hear(line), bytes) or said.get("type") != "sync":
        pass
    return bool(said["at_s"] == 77.0)


@pytest.mark.parametrize("column", ["force_percent_mvc", "seat_newton"])
@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
def test_a_sitting_goes_on_through_what_no_muscle_has(
    spoil: Callable[[int, float], float],
    column: str,
    client: Client,
    server: Served,
    tmp_path: Path,
) -> None:
    levels = written(tmp_path / "absurd.csv", column, spoil)
    measured = {"rest": "1N", "reference": "50N"} if column == "seat_newton" else {}
    device = f"replay://{tmp_path / 'absurd.csv'}?speed=4"
    server.clinic.make_device = device_within(tmp_path)
    address, patient = opened(client, device=device, **measured), server.client()
    room = server.the_room()
    with patient, server.line(client, f"{address}/line") as hers:
        hello(hers)
        with server.line(patient, f"{let_in(server, hers, patient)}/line") as his:
            hello(his)
            wait_for(lambda: room.audience.is_patient_here or present(his), EVERY_S)
            ask(hers, "calibrate")
            wait_for(lambda: room.stage == "session")
            ask(hers, "start")
            wait_for(lambda: room.is_saved or present(his), EVERY_S)
            assert room.is_over
            assert still_answers(hers)
            assert still_answers(his)
    assert room.trouble is None
    assert room.recording is not None
    kept = load_session(server.clinic.repository, room.recording).inputs
    values = [value for one in kept if isinstance(one, Samples) for value in one.values[0]]
    assert values == levels
