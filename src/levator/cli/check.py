"""Check library files and recordings; without a path, the whole library that comes with levator.

levator check
levator check my-scheme.toml sitting.csv sitting.edf
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from levator.errors import CallerError, RecordingError
from levator.formats.recording import Recording, open_recording
from levator.formats.session_file import SESSION, read_session
from levator.records.replay import StoredSession


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="a .toml, .csv or .edf file")


def run(asked: argparse.Namespace) -> int:
    """Check every file; 1 where anything is to be mended."""
    files = [Path(path) for path in asked.paths] or _shipped()
    answers = [_check(file) for file in files]
    is_right = all(answers)
    if not asked.paths and is_right:
        print(f"{len(files)} files of the library are in order.")
    return 0 if is_right else 1


def _shipped() -> list[Path]:
    from levator.library.loader import FOLDER

    return sorted(FOLDER.rglob("*.toml"))


def _check(file: Path) -> bool:
    """Print what there is to say about a file; return whether it is in order."""
    match file.suffix.lower():
        case ".toml":
            return _check_library(file)
        case ".csv" | ".edf":
            return _check_recording(file)
    raise CallerError(
        "%(file)s is neither a library file nor a recording; give .toml, .csv or .edf.",
        file=str(file),
    )


def _check_library(file: Path) -> bool:
    from levator.library.loader import check_file

    problems = check_file(file)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{file.name}: in order")
    return not problems


def _check_recording(file: Path) -> bool:
    try:
        recording = open_recording(file)
        session = read_session(file)
        is_identical = session is None or _is_identical(session)
    except RecordingError as error:
        print(error, file=sys.stderr)
        return False
    print(f"{file.name}: in order")
    _describe(recording)
    if session is not None:
        outcome = "identical to" if is_identical else "other than"
        print(f"  holds a whole session; its replay is {outcome} its {len(session.events)} events")
    return True


def _is_identical(session: StoredSession) -> bool:
    from levator.reports.stored import context_in, inputs_in
    from levator.training.plain import event_to_plain
    from levator.training.replay import run as replay

    events = replay(context_in(session.context), inputs_in(session.inputs))
    return [event_to_plain(event) for event in events] == session.events


def _describe(recording: Recording) -> None:
    if recording.started_at:
        print(f"  began {recording.started_at}")
    for stream in recording.streams:
        rate = stream.sampling_frequency_hz
        runs = recording.runs_of(stream.name)
        samples = sum(len(run) for run in runs)
        begins = runs[0].first_index / rate if runs else 0.0
        print(
            f"  {stream.name}: {rate:g} Hz, {samples} samples ({samples / rate:.2f} s), "
            f"from {begins:g} s"
        )
        for channel in stream.channels:
            print(f"    {channel.name}: {channel.kind}, {channel.unit}")
    for gap in recording.gaps:
        at_s = gap.first_index / recording.stream(gap.stream).sampling_frequency_hz
        print(f"  gap in {gap.stream}: {gap.missing} samples missing from {at_s:g} s")
    remarks = [one for one in recording.annotations if not one.text.startswith(SESSION)]
    if remarks:
        print(f"  {len(remarks)} annotations")
