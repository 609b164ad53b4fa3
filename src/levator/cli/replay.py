"""Run the engine over a recording and print what it finds."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from levator.cli.foreign import MODES, context_of
from levator.cli.speaking import add_language, hint, number, say, whole
from levator.errors import CallerError, mark
from levator.formats.content import Recording, blocks
from levator.formats.recording import open_recording
from levator.quantities import Seconds, parse_in
from levator.signals.samples import Samples, Stream
from levator.training.context import SessionContext
from levator.training.events import ContractionEnded, ContractionKind, Event
from levator.training.plain import event_to_plain
from levator.training.replay import run_foreign
from levator.training.summary import summarise

ABOUT = mark(
    "Run the engine over a recording and print what it finds.\n\n"
    "The file says its unit and its sampling frequency; the dose says its own. Examples:"
)
EXAMPLES = """\
  levator replay sitting.csv --channel force --protocol bekken-zwanger-fit --stage step-3
  levator replay sitting.edf --channel seat --rest 3.1N --reference 41N --mode open
  levator replay sitting.csv --channel force --mode basic_strength --force 40% \\
      --pattern "40;20;40;60" --pattern-unit 0.1s --rounds 5 --start 8.0s --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("file", metavar="FILE", help=hint("a .csv or .edf recording"))
    parser.add_argument(
        "--channel", required=True, metavar="NAME", help=hint("the channel to judge")
    )
    parser.add_argument("--rest", metavar="3.1N", help=hint("resting tone, in the channel's unit"))
    parser.add_argument("--reference", metavar="41N", help=hint("reference contraction, same unit"))
    parser.add_argument(
        "--protocol", metavar="ID", help=hint("a protocol of the library, or a .toml file")
    )
    parser.add_argument("--stage", metavar="step-3", help=hint("its stage"))
    parser.add_argument("--mode", choices=MODES, help=hint("a dose of your own instead of a stage"))
    parser.add_argument("--force", metavar="40%", help=hint("target, %% of the reference"))
    parser.add_argument("--pattern", metavar='"40;20;40;60"', help=hint("rise;hold;fall;rest"))
    parser.add_argument("--pattern-unit", choices=("s", "0.1s"), help=hint("unit of the pattern"))
    parser.add_argument("--tangent", metavar="80%", help=hint("steeper rise, mode advanced only"))
    parser.add_argument(
        "--rounds", metavar="5", help=hint("a number, past_fatigue or before_fatigue")
    )
    parser.add_argument(
        "--start", default="0s", metavar="8.0s", help=hint("time of the first rise")
    )
    parser.add_argument(
        "--adaptive-rest", action="store_true", help=hint("lengthen unreleased rests")
    )
    parser.add_argument("--block", type=whole, metavar="N", help=hint("feed N samples at a time"))
    parser.add_argument(
        "--json", action="store_true", help=hint("one JSON object per event, a summary")
    )
    add_language(parser, hint("of the sentences"))


def run(asked: argparse.Namespace) -> int:
    """Replay the file; output does not depend on --block."""
    start_s = parse_in(asked.start, "s")
    if start_s < 0:
        raise CallerError("--start must be 0s or later; give the time of the first rise.")
    if asked.block is not None and asked.block < 1:
        raise CallerError("--block must be 1 or more samples.")
    recording = open_recording(Path(asked.file))
    context = context_of(recording, asked)
    stream = context.streams[0]
    _check_start(recording, stream, start_s)
    block = asked.block or max(1, int(stream.sampling_frequency_hz))
    samples = (
        given for given in blocks(recording, block, pace=stream.name) if given.stream == stream.name
    )
    events = run_foreign(context, _with_progress(samples, recording, stream.name), start_s)
    write = _write_json if asked.json else _write_sentences
    write(context, events, asked.language)
    return 0


def _check_start(recording: Recording, stream: Stream, start_s: Seconds) -> None:
    """Raise CallerError where nothing is left to be replayed."""
    last = recording.runs_of(stream.name)[-1]
    end_s = (last.first_index + len(last)) / stream.sampling_frequency_hz
    if start_s >= end_s:
        raise CallerError(
            "--start %(start)s s is after the end of the recording (%(end)s s); give the time of "
            "the first rise.",
            start=start_s,
            end=end_s,
        )


def _write_json(context: SessionContext, events: Iterable[Event], language: str) -> None:
    seen = []
    for event in events:
        seen.append(event)
        print(json.dumps(event_to_plain(event), allow_nan=False))
    print(json.dumps(summarise(context, seen), allow_nan=False))


def _write_sentences(context: SessionContext, events: Iterable[Event], language: str) -> None:
    """What a person wants to read: every event that has a sentence, with its time."""
    # Catalogues are only needed to speak; JSON needs none.
    from levator.texts.reasons import for_therapist
    from levator.texts.speaker import speaker
    from levator.texts.words import contractions

    voice = speaker(language)
    found: list[ContractionKind] = []
    for event in events:
        if isinstance(event, ContractionEnded):
            found.append(event.kind)
        text = for_therapist(voice, event)
        if text:
            print(f"{voice.fixed(event.at_s):>8} s  {text}")
    if context.dose is not None and context.dose.mode == "open":
        print(contractions(voice, found))


def _with_progress(
    samples: Iterable[Samples], recording: Recording, name: str
) -> Iterator[Samples]:
    """Show how far a long replay is, to a person at a terminal only."""
    shown = sys.stderr.isatty()
    stream = next(stream for stream in recording.streams if stream.name == name)
    told_s = stream.first_index / stream.sampling_frequency_hz
    for given in samples:
        yield given
        at_s = (given.first_index + len(given)) / stream.sampling_frequency_hz
        if shown and at_s - told_s >= 60.0:
            told_s = at_s
            text = say("%(minutes)s min of the recording", minutes=number(at_s / 60.0, 0))
            print(f"\r{text}", end="", file=sys.stderr, flush=True)
    if shown:
        print("\r\033[K", end="", file=sys.stderr)
