"""Write the report of a stored session as one HTML file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.files import for_one_person, writing
from levator.cli.speaking import add_language, error, hint, number, say, voice
from levator.cli.storing import add_database, open_existing
from levator.errors import CallerError, RecordingError, mark

if TYPE_CHECKING:
    from levator.records.model import RecordingHeader, RecordingState
    from levator.records.repository import Repository
    from levator.reports import SessionReport

ABOUT = mark(
    "Write the report of a stored session as one HTML file.\n\n"
    "The report prints what was stored, replays the session with this engine, and says\n"
    "whether the two are identical. Examples:"
)
EXAMPLES = """\
  levator report --list
  levator report --last --language nl
  levator report 3f2a --database sqlite:///clinic.db -o jansen.html
  levator report --last --export session.edf
"""
_ID_SHOWN = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "recording", metavar="RECORDING_ID", nargs="?", help=hint("its id, or how the id begins")
    )
    which.add_argument("--last", action="store_true", help=hint("the newest recording"))
    which.add_argument("--list", action="store_true", help=hint("list the recordings and stop"))
    add_database(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=hint("default: session-ID.html, here")
    )
    parser.add_argument(
        "--export",
        metavar="FILE",
        help=hint("instead: the whole session as a .csv or .edf file, which levator check replays"),
    )
    add_language(parser, hint("of the report"))


def run(asked: argparse.Namespace) -> int:
    """Write the report and say whether the replay is identical."""
    with open_existing(asked.database) as repository:
        if asked.list:
            return _list(repository)
        header = _wanted(repository, asked)
        if asked.export:
            return _export(repository, header, Path(asked.export))
        return _write(repository, header, asked)


def _list(repository: Repository) -> int:
    headers = repository.recordings()
    if not headers:
        print(say("There are no recordings yet."))
    for header in headers:
        stage = header.context.get("stage") or "-"
        state = say(_STATES[header.state])
        print(f"{header.id}  {header.started_at[:16]}  {stage:8}  {state:11}  {header.title}")
    return 0


_STATES: dict[RecordingState, str] = {
    "open": mark("open"),
    "closed": mark("closed"),
    "interrupted": mark("interrupted"),
}


def _wanted(repository: Repository, asked: argparse.Namespace) -> RecordingHeader:
    """Return the recording that is meant; RecordingError or CallerError where that is unclear."""
    headers = repository.recordings()
    if asked.last:
        if not headers:
            raise RecordingError("There are no recordings yet; train a session first.")
        return headers[0]
    exact = [header for header in headers if header.id == asked.recording]
    found = exact or [header for header in headers if header.id.startswith(asked.recording)]
    if len(found) > 1:
        raise CallerError(
            "%(count)s recordings begin with %(recording)r; write more of it.",
            count=len(found),
            recording=asked.recording,
        )
    if not found or not asked.recording:
        raise RecordingError(
            "There is no recording %(recording)r here; levator report --list shows them.",
            recording=asked.recording,
        )
    return found[0]


def _write(repository: Repository, header: RecordingHeader, asked: argparse.Namespace) -> int:
    from levator.reports import session_report, to_html

    report = session_report(repository, header.id, _progress())
    _clear_progress()
    file = Path(asked.output or f"session-{header.id[:_ID_SHOWN]}.html")
    with writing(file), for_one_person():
        file.write_text(to_html(report, asked.language), encoding="utf-8")
        if file.is_file():
            file.chmod(0o600)
    print(f"{file}: {outcome(report)}")
    return 0


def _export(repository: Repository, header: RecordingHeader, file: Path) -> int:
    """Write samples, inputs and events to a file of their own."""
    from levator.formats.session_file import write_session
    from levator.records.replay import load_session

    with writing(file), for_one_person():
        write_session(file, load_session(repository, header.id))
    print(say("%(file)s: the whole session; levator check %(file)s replays it.", file=str(file)))
    return 0


def outcome(report: SessionReport) -> str:
    """Return in a few words what the replay says."""
    if report.comparison is None:
        why = error(report.trouble) if report.trouble else ""
        return say("not replayed. %(why)s", why=why).rstrip()
    if not report.comparison.is_identical:
        return voice().say_count(
            "%(count)s difference between what is stored and a replay",
            "%(count)s differences between what is stored and a replay",
            report.comparison.n_differences,
        )
    text = say("identical, %(count)s events", count=report.comparison.n_stored)
    tail = report.comparison.not_stored
    more = say("%(count)s events at the very end were never saved", count=tail) if tail else ""
    return "; ".join(filter(None, [text, more]))


def _progress() -> Callable[[float], None] | None:
    """Show how far a long replay is, to a person at a terminal only."""
    if not sys.stderr.isatty():
        return None
    told_s = 0.0

    def tell(at_s: float) -> None:
        nonlocal told_s
        if at_s - told_s >= 30.0:
            told_s = at_s
            text = say("%(minutes)s min replayed", minutes=number(at_s / 60.0, 1))
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)

    return tell


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
