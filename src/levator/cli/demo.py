"""A simulated patient on two screens, on this computer, with one command."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.serving import add_port, check_port, opened_clinic, serve_clinic
from levator.cli.speaking import add_language, hint, say
from levator.cli.storing import url_of
from levator.errors import CallerError, mark, system_reason

if TYPE_CHECKING:
    from levator.clinic import Clinic
    from levator.clinic.demonstration import People
    from levator.clinic.sittings import Ready
    from levator.devices.device import Device
    from levator.signals.samples import Stream
    from levator.web.app import App

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
_NAMES = {
    "nl": ("Voorbeeld", "Therapeut"),
    "en": ("Example", "Therapist"),
    "fr": ("Exemple", "Thérapeute"),
    "de": ("Beispiel", "Therapeutin"),
}


@dataclass(frozen=True, slots=True)
class _Ready:
    """A calibrated sitting and the device that its room will pull."""

    people: People
    ready: Ready
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
    add_port(parser, 0)


def run(asked: argparse.Namespace) -> int:
    """Prepare her, open both screens, serve until Ctrl-C."""
    from levator.devices.device import open_device

    check_port(asked.port)
    database = _folder(asked.folder) / "levator.db"
    clinic = opened_clinic(url_of(database))
    # Whoever has these links sits at this computer, and may read its files anyway.
    clinic.make_device = open_device
    try:
        ready = asyncio.run(_calibrated(clinic, *_prepared(clinic, asked)))
        print(say("Recordings go to %(place)s.", place=str(database)))
        serve_clinic(clinic, asked.port, lambda app, address: _begin(app, ready, address, asked))
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


def _prepared(clinic: Clinic, asked: argparse.Namespace) -> tuple[People, Ready]:
    """Return the made-up people, and a pregnant patient's sitting out of her record."""
    from levator.clinic.demonstration import WHY, actor_of, begin_course, her_of, people
    from levator.clinic.home import demonstration as at_home
    from levator.clinic.sittings import Seating, StageShutError, prepared
    from levator.texts import speaker

    (patient, therapist), voice = _NAMES[asked.language], speaker(asked.language)
    made = people(clinic.accounts, therapist, patient, asked.language)
    begin_course(clinic.acts, made, STAGE, WEEKS_PREGNANT, voice.say(WHY))
    at_home.begin_at_home(clinic.acts, actor_of(made), her_of(made), voice.say(at_home.WHY))
    seating = Seating(device_url=DEVICE, cushion="none", posture="upright")
    try:
        ready = prepared(clinic.acts, actor_of(made), made.record, seating)
    except StageShutError:
        raise CallerError(
            "She has trained as often as she may today; leave out --folder for a new one."
        ) from None
    rounds = ready.sitting.dose.rounds
    if not asked.fast or rounds is None:
        return made, ready
    few = replace(rounds, kind="number", count=FAST_ROUNDS)
    dose = replace(ready.sitting.dose, rounds=few)
    return made, replace(ready, sitting=replace(ready.sitting, dose=dose))


async def _calibrated(clinic: Clinic, made: People, ready: Ready) -> _Ready:
    """Take her reference as fast as the computer can, then seat her on the live device."""
    from levator.clinic import simulated_reference

    if sys.stderr.isatty():
        print(say("The simulated patient is being calibrated ..."), file=sys.stderr)
    reference = await simulated_reference(ready.sitting)
    seated = replace(ready, sitting=replace(ready.sitting, reference=reference))
    device = clinic.make_device(seated.sitting.device_url)
    return _Ready(made, seated, device, await device.open())


def _begin(app: App, ready: _Ready, address: str, asked: argparse.Namespace) -> None:
    """Open the room, let both screens in, and say where they are."""
    from levator.clinic.demonstration import actor_of

    clinic = app.clinic
    room = clinic.rooms.start(ready.ready.sitting, ready.device, ready.streams)
    clinic.sittings.lead(room, actor_of(ready.people), ready.ready)
    room.calibrate()
    ticket = clinic.rooms.admit(room, _NAMES[asked.language][0], asked.language)
    rooms = [f"/enter/{ticket}", f"/rooms/{room.number}/therapist"]
    patient, therapist, start, home = _signing_in(app, address, rooms, ready.people)
    places = {
        say("The patient's screen:"): patient,
        say("The therapist's screen:"): therapist,
        say("The start page:"): start,
        say("At home, in another browser:"): home,
    }
    width = max(map(len, places))
    for name, place in places.items():
        print(f"{name:{width}} {place}")
    print(say("These links sign in made-up people without a password, on this computer only."))
    print(say("Open the first two, then press Start. Stop with Ctrl-C."), flush=True)
    if asked.open:
        _open(patient, therapist)


def _signing_in(app: App, address: str, rooms: list[str], made: People) -> list[str]:
    """Return links for the patient's screen, the therapist's, the start page, and for at home."""
    goals = [
        (made.patient, rooms[0]),
        (made.therapist, rooms[1]),
        (made.therapist, "/"),
        (made.patient, "/home"),
    ]
    app.signing_in.demo = {secrets.token_urlsafe(16): goal for goal in goals}
    return [f"{address}/demo/{token}" for token in app.signing_in.demo]


def _open(*links: str) -> None:
    """Open links without holding up the server."""
    import threading
    import webbrowser

    for link in links:
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
