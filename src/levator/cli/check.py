"""Check library files and recordings, a whole session in a recording with them."""

from __future__ import annotations

import argparse
import sys
from math import isfinite
from pathlib import Path

from levator.cli.devices import channel_line
from levator.cli.speaking import error, hint, say, voice
from levator.errors import CallerError, RecordingError, mark
from levator.formats.recording import Recording, open_recording
from levator.formats.session_file import SESSION, damaged, read_session
from levator.records.replay import StoredSession

ABOUT = mark(
    "Check library files and recordings; without a path, the whole library that comes with levator."
)
EXAMPLES = """\
levator check
levator check my-scheme.toml sitting.csv sitting.edf
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help=hint("a .toml, .csv or .edf file"))


def run(asked: argparse.Namespace) -> int:
    """Check every file; 1 where anything is to be mended."""
    files = [Path(path) for path in asked.paths] or _shipped()
    answers = [_check(file) for file in files]
    is_right = all(answers)
    if not asked.paths and is_right:
        print(say("%(count)s files of the library are in order.", count=len(files)))
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
        print(error(problem.phrase), file=sys.stderr)
    if not problems:
        print(say("%(file)s: in order", file=file.name))
    return not problems


def _check_recording(file: Path) -> bool:
    try:
        recording = open_recording(file)
        session = read_session(file)
        is_identical = session is None or _is_identical(file.name, session)
    except RecordingError as refused:
        print(error(refused), file=sys.stderr)
        return False
    troubles = [
        say(_EMPTY, file=file.name, channel=channel)
        for channel in _channels_without_number(recording)
    ]
    if not is_identical:
        troubles.append(say(_OTHER, file=file.name))
    if not troubles:
        print(say("%(file)s: in order", file=file.name))
    _describe(recording)
    if session is not None and is_identical:
        print("  " + say(_IDENTICAL, count=len(session.events)))
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return not troubles


_IDENTICAL = mark("holds a whole session; its replay is identical to its %(count)s events")
_OTHER = mark(
    "%(file)s: the replay of its session is not what is stored; it was changed, or made by another "
    "version of levator."
)
_EMPTY = mark(
    "%(file)s: the channel %(channel)s holds no number at all; check the sensor and its cable."
)


def _channels_without_number(recording: Recording) -> list[str]:
    """Return the names of the channels in which every sample is missing or no number."""
    return [
        channel.name
        for stream in recording.streams
        for place, channel in enumerate(stream.channels)
        if not any(any(map(isfinite, run.values[place])) for run in recording.runs_of(stream.name))
    ]


def _is_identical(name: str, session: StoredSession) -> bool:
    from levator.reports.stored import context_in, inputs_in
    from levator.training.plain import event_to_plain
    from levator.training.replay import run as replay

    context, inputs = context_in(session.context), inputs_in(session.inputs)
    try:
        return [event_to_plain(event) for event in replay(context, inputs)] == session.events
    except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError):
        # Numbers that no session was ever made with: nothing promises what comes of them.
        raise damaged(name) from None


def _describe(recording: Recording) -> None:
    if recording.started_at:
        print("  " + say("began %(moment)s", moment=recording.started_at))
    for stream in recording.streams:
        rate = stream.sampling_frequency_hz
        runs = recording.runs_of(stream.name)
        samples = sum(len(run) for run in runs)
        begins = runs[0].first_index / rate if runs else 0.0
        text = say(
            "%(stream)s: %(rate)s Hz, %(samples)s samples (%(length)s s), from %(begins)s s",
            stream=stream.name,
            rate=rate,
            samples=samples,
            length=voice().fixed(samples / rate),
            begins=begins,
        )
        print("  " + text)
        for channel in stream.channels:
            print("    " + channel_line(channel))
    for gap in recording.gaps:
        at_s = gap.first_index / recording.stream(gap.stream).sampling_frequency_hz
        text = say(
            "gap in %(stream)s: %(missing)s samples missing from %(at)s s",
            stream=gap.stream,
            missing=gap.missing,
            at=at_s,
        )
        print("  " + text)
    remarks = [one for one in recording.annotations if not one.text.startswith(SESSION)]
    if remarks:
        print("  " + say("%(count)s annotations", count=len(remarks)))
