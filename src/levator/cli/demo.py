"""A simulated patient on two screens, on this computer, with one command."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.serving import add_address, check_address, opened_clinic, serve_clinic
from levator.cli.speaking import add_language, hint, say
from levator.cli.storing import url_of
from levator.errors import CallerError, mark, system_reason

if TYPE_CHECKING:
    from levator.clinic import Clinic
    from levator.devices.device import Device
    from levator.live.joining import ViewerRole
    from levator.live.sitting import Sitting
    from levator.signals.samples import Stream

ABOUT = mark(
    "A simulated patient on two screens, on this computer, with one command.\n\n"
    "She has been through the whole guided calibration before the page opens, only faster than a\n"
    "person would; from there on everything is as with a real seat, and all of it is recorded."
)
EXAMPLES = ""
DEVICE = "simulator://?seed=7&emg=500Hz&second=yes&respiration=25Hz"
STAGE = "step-3"
WEEKS_PREGNANT = 24.0
FAST_ROUNDS = 2
_ROLES: tuple[ViewerRole, ...] = ("patient", "therapist")
_NAMES = {"nl": ("Voorbeeld", "Therapeut"), "en": ("Example", "Therapist")}


@dataclass(frozen=True, slots=True)
class _Ready:
    """A calibrated sitting and the device that its room will pull."""

    sitting: Sitting
    device: Device
    streams: tuple[Stream, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument(
        "--folder",
        metavar="DIR",
        help=hint("where the database goes; default: a new one, named here"),
    )
    parser.add_argument(
        "--open", action="store_true", help=hint("open both screens in the browser")
    )
    add_language(parser, hint("of the screens"))
    parser.add_argument(
        "--fast",
        action="store_true",
        help=hint("a set of %(count)s rounds instead of a whole one", count=FAST_ROUNDS),
    )
    add_address(parser, 0)


def run(asked: argparse.Namespace) -> int:
    """Prepare her, open both screens, serve until Ctrl-C."""
    check_address(asked)
    database = _folder(asked.folder) / "levator.db"
    clinic = opened_clinic(url_of(database))
    try:
        ready = asyncio.run(_calibrated(clinic, _sitting(clinic, asked)))
        print(say("Recordings go to %(place)s.", place=str(database)))
        serve_clinic(clinic, asked.port, lambda address: _begin(clinic, ready, address, asked))
    finally:
        clinic.repository.close()
    command = f'levator report --last --database "{url_of(database)}"'
    print(say("The report: %(command)s", command=command))
    return 0


def _folder(asked: str | None) -> Path:
    if asked is None:
        return Path(tempfile.mkdtemp(prefix="levator-demo-"))
    folder = Path(asked)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CallerError(
            "The folder %(folder)s cannot be made (%(reason)s); choose another.",
            folder=str(folder),
            reason=system_reason(error),
        ) from error
    return folder.absolute()


def _sitting(clinic: Clinic, asked: argparse.Namespace) -> Sitting:
    """Return a pregnant patient's sitting for strength and endurance."""
    from levator.clinic import Wish
    from levator.course.entry import StartFacts
    from levator.live.sitting import Sitting

    facts = StartFacts(weeks_pregnant=WEEKS_PREGNANT, complications=False, pain_now=False)
    sitting = clinic.sitting_for(Wish(_NAMES[asked.language][0], DEVICE, STAGE, facts))
    if not isinstance(sitting, Sitting):
        raise AssertionError("the demonstration's step does not fit its patient")
    rounds = sitting.dose.rounds
    if not asked.fast or rounds is None:
        return sitting
    few = replace(rounds, kind="number", count=FAST_ROUNDS)
    return replace(sitting, dose=replace(sitting.dose, rounds=few))


async def _calibrated(clinic: Clinic, sitting: Sitting) -> _Ready:
    """Take her reference as fast as the computer can, then seat her on the live device."""
    from levator.clinic import simulated_reference

    if sys.stderr.isatty():
        print(say("The simulated patient is being calibrated ..."), file=sys.stderr)
    reference = await simulated_reference(sitting)
    device = clinic.make_device(sitting.device_url)
    return _Ready(replace(sitting, reference=reference), device, await device.open())


def _begin(clinic: Clinic, ready: _Ready, address: str, asked: argparse.Namespace) -> None:
    """Open the room, let both screens in, and say where they are."""
    room = clinic.rooms.start(ready.sitting, ready.device, ready.streams)
    room.calibrate()
    tickets = [
        clinic.rooms.admit(room, name, role, asked.language)
        for name, role in zip(_NAMES[asked.language], _ROLES, strict=True)
    ]
    # The desk may open the report; it is the therapist's.
    clinic.rooms.put_on_desk(clinic.rooms.desk(None), tickets[1])
    patient, therapist = (f"{address}/enter/{ticket}" for ticket in tickets)
    places = {
        say("The patient's screen:"): patient,
        say("The therapist's screen:"): therapist,
        say("The start page:"): address,
    }
    width = max(map(len, places))
    for name, place in places.items():
        print(f"{name:{width}} {place}")
    print(say("Open both, then press Start. Stop with Ctrl-C."), flush=True)
    if asked.open:
        _open(patient, therapist)


def _open(*links: str) -> None:
    """Open links without holding up the server."""
    import threading
    import webbrowser

    for link in links:
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
