"""Contractions of other muscles, counted: recordings of biosignalsnotebooks (MIT).

Nobody calibrated these people: 0 % is the 10th percentile of the envelope of the recording, 100 %
its highest moment, declared as such.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from levator.formats.content import Recording, blocks
from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import write_edf
from levator.library.loader import load_settings
from levator.signals.conditioning import AT_REST, run, scale_of
from levator.signals.design import filter_for
from levator.signals.reference import Reference
from levator.training.context import ChannelUse
from levator.training.dose import Dose
from levator.training.events import ContractionEnded, Event, QualityFlagged
from levator.training.replay import run_foreign
from levator.training.settings import Settings
from tests.golden import make
from tests.real import biosignals, emg_recording
from tests.real_input.replaying import of_kind, replay

LIFTS, TWITCHES = 9, 21


def declared(recording: Recording) -> Reference:
    """Rest and reference taken from the recording itself, mV."""
    [stream], [whole] = recording.streams, recording.runs
    [channel] = stream.channels
    conditioning = load_settings().conditioning
    chain = filter_for("emg", "mV", stream.sampling_frequency_hz, conditioning)
    level, _ = run(chain, scale_of(channel, chain, None), AT_REST, whole.values[0])
    return Reference("declared", float(np.percentile(level, 10)), max(level), "mV")


def listened(recording: Recording, settings: Settings) -> list[Event]:
    """What open mode tells of a recording."""
    [stream] = recording.streams
    rate_hz = stream.sampling_frequency_hz
    chain = filter_for("emg", "mV", rate_hz, settings.conditioning)
    use = ChannelUse(stream.name, "emg", "primary", chain, declared(recording))
    context = replace(make.context_of((stream,), (use,), Dose("open")), settings=settings)
    return list(run_foreign(context, blocks(recording, 1000), 0.0))


def contractions(events: list[Event]) -> list[ContractionEnded]:
    return [event for event in events if isinstance(event, ContractionEnded)]


def test_nine_lifts_of_the_biceps() -> None:
    events = listened(emg_recording("biceps"), load_settings())
    found = contractions(events)
    assert len(found) == LIFTS
    assert {event.kind for event in found} == {"lift"}
    assert all(0.9 < event.duration_s < 1.6 for event in found)
    assert not [event for event in events if isinstance(event, QualityFlagged)]
    # The recording ends 0.8 s after the ninth, sooner than the level after it is read.
    assert found[-1].level_after_percent_mvc is not None


def test_nine_through_the_command_line_and_both_formats(tmp_path: Path) -> None:
    recording = emg_recording("biceps")
    reference = declared(recording)
    words = ("--rest", f"{reference.rest}mV", "--reference", f"{reference.reference}mV")
    write_csv(tmp_path / "biceps.csv", recording)
    physical = [value * 3.0 / 65536 - 1.5 for value in recording.runs[0].values[0]]
    channel = replace(recording.streams[0].channels[0], scale=1.0, offset=0.0)
    stream = replace(recording.streams[0], channels=(channel,), sample_format="float64")
    samples = replace(recording.runs[0], values=(physical,))
    write_edf(tmp_path / "biceps.edf", Recording((stream,), (samples,)))
    for name in ("biceps.csv", "biceps.edf"):
        text = replay(tmp_path / name, "--channel", "emg", *words, "--mode", "open")
        assert len(of_kind(text, "ContractionEnded")) == LIFTS


def test_twitches_of_the_thumb_are_too_short_for_a_contraction() -> None:
    """They last 0.1 to 0.3 s; a quicker `shortest_s` than that of a pelvic floor finds them all."""
    recording = emg_recording("thumb")
    usual = load_settings()
    twitch = replace(usual, contraction=replace(usual.contraction, shortest_s=0.1))
    assert len(contractions(listened(recording, twitch))) == TWITCHES
    found = contractions(listened(recording, usual))
    assert len(found) < TWITCHES
    assert all(event.duration_s >= usual.contraction.shortest_s for event in found)


def test_the_recordings_are_the_known_ones() -> None:
    for name, samples in (("biceps", 28_519), ("thumb", 87_600), ("breathing", 60_000)):
        raw, rate_hz = biosignals(name)
        assert (len(raw), rate_hz) == (samples, 1000.0)
        assert 0 <= min(raw) <= max(raw) <= 65_535
