"""Write the report of a stored session as one HTML file.

The report prints what was stored, replays the session with this engine, and says whether the
two are identical. Examples:

  levator report --list
  levator report --last --language nl
  levator report 3f2a --database sqlite:///clinic.db -o jansen.html
  levator report --last --export session.edf
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from levator.cli.storing import add_database, open_existing
from levator.errors import CallerError, RecordingError, system_reason

if TYPE_CHECKING:
    from levator.records.model import RecordingHeader
    from levator.records.repository import Repository
    from levator.reports import SessionReport

_ID_SHOWN = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "recording", metavar="RECORDING_ID", nargs="?", help="its id, or how the id begins"
    )
    which.add_argument("--last", action="store_true", help="the newest recording")
    which.add_argument("--list", action="store_true", help="list the recordings and stop")
    add_database(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="default: session-ID.html, here")
    parser.add_argument(
        "--export",
        metavar="FILE",
        help="instead: the whole session as a .csv or .edf file, which levator check replays",
    )
    parser.add_argument("--language", choices=("nl", "en"), default="en", help="of the report")


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
        print("There are no recordings yet.")
    for header in headers:
        stage = header.context.get("stage") or "-"
        print(
            f"{header.id}  {header.started_at[:16]}  {stage:8}  {header.state:11}  {header.title}"
        )
    return 0


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
    file = Path(asked.output or f"session-{header.id[:_ID_SHOWN]}.html")
    try:
        file.write_text(to_html(report, asked.language), encoding="utf-8")
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be written (%(reason)s); choose another file with -o.",
            file=str(file),
            reason=system_reason(error),
        ) from error
    print(f"{file}: {outcome(report)}")
    return 0


def _export(repository: Repository, header: RecordingHeader, file: Path) -> int:
    """Write samples, inputs and events to a file of their own."""
    from levator.formats.session_file import write_session
    from levator.records.replay import load_session

    try:
        write_session(file, load_session(repository, header.id))
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be written (%(reason)s); choose another file.",
            file=str(file),
            reason=system_reason(error),
        ) from error
    print(f"{file}: the whole session; levator check {file} replays it.")
    return 0


def outcome(report: SessionReport) -> str:
    """Return in a few words what the replay says."""
    if report.comparison is None:
        return f"not replayed. {report.trouble}"
    if not report.comparison.is_identical:
        n = report.comparison.n_differences
        return f"{n} difference{'' if n == 1 else 's'} between what is stored and a replay"
    tail = report.comparison.not_stored
    more = f"; {tail} events at the very end were never saved" if tail else ""
    return f"identical, {report.comparison.n_stored} events{more}"


def _progress() -> Callable[[float], None] | None:
    """Show how far a long replay is, to a person at a terminal only."""
    if not sys.stderr.isatty():
        return None
    told_s = 0.0

    def tell(at_s: float) -> None:
        nonlocal told_s
        if at_s - told_s >= 30.0:
            told_s = at_s
            print(f"\r{at_s / 60.0:.1f} min replayed\033[K", end="\r", file=sys.stderr, flush=True)

    return tell
