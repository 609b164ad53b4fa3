"""A real server process with rooms in it, for the benchmarks of screens and of many rooms.

`python -m benchmarks.served --rooms 2 --database sqlite:///x.db` does what `levator demo` does,
for as many rooms as asked: seats are simulated in real time, calibration is done before, every
sample is recorded. It prints one line of JSON (where to go, with which tickets) and serves until
SIGINT. `Served` starts it from a benchmark, watches it and stops it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TypeAlias
from urllib.parse import urlsplit

from levator.cli.serving import opened_clinic, serve_clinic
from levator.clinic import Clinic, simulated_reference
from levator.clinic.accounts import Browser
from levator.clinic.demonstration import let_in, people
from levator.course.facts import StartFacts
from levator.course.prescription import dose_for, limits_for, reference_kind_for
from levator.devices.device import Device
from levator.library import load_hard_limits, load_protocol
from levator.live.joining import ViewerRole
from levator.live.sitting import Sitting
from levator.signals.samples import Stream
from levator.training.dose import Dose

#: One channel at 100 Hz; the driver itself chooses how much it sends at a time.
SEAT = "simulator://?seed=7"
STAGE = "step-3"
ROLES: tuple[ViewerRole, ...] = ("patient", "therapist")
ROOT = Path(__file__).resolve().parents[1]
Streams: TypeAlias = tuple[Stream, ...]
STOPPING_S = 30.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


# --- The server


def sitting_at(clinic: Clinic, device_url: str) -> Sitting:
    """Return a sitting whose reference has been measured, as fast as the computer can."""
    facts = StartFacts(weeks_pregnant=24.0, complications=False, pain_now=False)
    protocol = load_protocol("bekken-zwanger-fit")
    stage = protocol.stage(STAGE)
    limits = limits_for(protocol, stage, facts, load_hard_limits())
    dose = dose_for(stage, facts, limits)
    if not isinstance(dose, Dose):
        raise AssertionError(f"{STAGE} does not fit its patient: {dose}")
    sitting = Sitting(
        patient="Example",
        device_url=device_url,
        cushion="none",
        posture="upright",
        facts=facts,
        protocol=protocol,
        stage=stage,
        dose=dose,
        limits=limits,
        reference_kind=reference_kind_for(protocol, facts),
        settings=clinic.settings,
    )
    return replace(sitting, reference=asyncio.run(simulated_reference(sitting)))


def open_rooms(
    clinic: Clinic, sitting: Sitting, seats: Sequence[tuple[Device, Streams]], address: str
) -> None:
    """Open the rooms at the same moment, which is the hardest: their blocks come together."""
    made = people(clinic.accounts, "therapist", "patient")
    therapist = made.therapist
    login = let_in(clinic.accounts, therapist, Browser())
    sitting = replace(sitting, patient_id=made.record, tenant_id=therapist.tenant_id)
    rooms: list[dict[str, str]] = []
    for device, streams in seats:
        room = clinic.rooms.start(sitting, device, streams)
        room.calibrate()
        clinic.rooms.seat(room, therapist.id, therapist.name, "en")
        ticket = clinic.rooms.admit(room, "patient", "en")
        known = {"number": room.number, "recording": room.recording or ""}
        rooms.append(known | {"ticket": ticket})
    print(json.dumps({"address": address, "rooms": rooms, "login": login}), flush=True)


def serve(database: str, count: int, device_url: str) -> None:
    clinic = opened_clinic(database)
    sitting = sitting_at(clinic, device_url)
    devices = [clinic.make_device(device_url) for _ in range(count)]
    seats = [(device, asyncio.run(device.open())) for device in devices]
    serve_clinic(clinic, 0, lambda _, address: open_rooms(clinic, sitting, seats, address))


# --- The benchmark's side


@dataclass(frozen=True)
class Used:
    """What a process has used until now."""

    cpu_s: float
    rss_mib: float


def used(pid: int) -> Used:
    """Look it up in /proc."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    ticks = int(after_name[11]) + int(after_name[12])
    return Used(ticks / TICKS_PER_S, pages * PAGE_BYTES / 2**20)


def started(module: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a module of the benchmarks as a process of its own, to be talked to in lines."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class Served:
    """The server as a process of its own; leaving the block stops it as Ctrl-C would."""

    def __init__(self, database: Path, rooms: int, device_url: str = SEAT) -> None:
        """Start it and wait until its rooms are open."""
        self.url = f"sqlite:///{database}"
        wanted = ["--database", self.url, "--rooms", str(rooms), "--device", device_url]
        self.process = started("benchmarks.served", *wanted)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"The server did not start (exit code {self.process.wait()}).")
        opened = json.loads(said)
        self.address: str = opened["address"]
        #: The cookie of a therapist's login.
        self.login = (f"login-{urlsplit(self.address).port}", str(opened["login"]))
        self.rooms: list[dict[str, str]] = opened["rooms"]

    def __enter__(self) -> Served:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Stop it; what was recorded is saved first."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=STOPPING_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise

    def used(self) -> Used:
        """What the server has used until now."""
        return used(self.process.pid)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve rooms of simulated seats.")
    parser.add_argument("--database", required=True)
    parser.add_argument("--rooms", type=int, default=1)
    parser.add_argument("--device", default=SEAT)
    given = parser.parse_args()
    serve(given.database, given.rooms, given.device)


if __name__ == "__main__":
    main()
