"""A real person's force through `levator replay`: one contraction, scored as it was.

The openhdemg recording: 32.5 s at 2048 Hz from 7.0 s of its own time on, in %MVC. Golden values:
plateau 15 to 32 s mean 25.98 %, detrended standard deviation 0.339, rest before 7.7 s 1.69 %.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from levator.formats.csv_file import write_csv
from levator.formats.edf_writing import physical_range, quantisation_step, write_edf
from levator.formats.recording import open_recording
from levator.library.loader import load_settings
from levator.signals.averages import mean
from levator.signals.conditioning import UNFILTERED
from levator.signals.reference import already_percent_mvc
from levator.training.context import ChannelUse
from levator.training.plain import event_to_plain
from levator.training.replay import run_foreign
from levator.training.summary import summarise
from tests.golden import make
from tests.real import openhdemg, openhdemg_recording
from tests.real_input.replaying import of_kind, only, replay
from tests.real_input.trapezoid import fitted, times_s

DOSE = ("--channel", "force", "--mode", "endurance", "--force", "26%")
#: What she followed, as fitted below.
FITTED = (*DOSE, "--pattern", "5;20;5;2", "--pattern-unit", "s", "--rounds", "1", "--start", "8.2s")
#: The same force with the hold laid over the seconds whose golden values are known.
PLATEAU = (*DOSE, "--pattern", "5;17;5;2", "--pattern-unit", "s", "--rounds", "1", "--start", "10s")


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("real") / "force.csv"
    write_csv(path, openhdemg_recording())
    return path


@pytest.fixture(scope="module")
def edf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("real") / "force.edf"
    write_edf(path, openhdemg_recording())
    return path


@pytest.fixture(scope="module")
def through_csv(csv: Path) -> str:
    return replay(csv, *FITTED)


def test_the_trapezoid_is_fitted_to_what_she_did() -> None:
    found = fitted()
    assert found.start_s == 8.2
    assert found.force_percent_mvc == pytest.approx(26.0, abs=0.05)
    assert found.rms_error_percent_mvc < 1.0


def test_exactly_one_contraction_and_one_repetition(through_csv: str) -> None:
    _, force, _, _ = openhdemg()
    onset = only(through_csv, "ContractionFound")
    ended = only(through_csv, "ContractionEnded")
    assert ended["kind"] == "lift"
    assert ended["peak_percent_mvc"] == force.max()
    assert ended["released"] is True
    at, rest = times_s(), force < load_settings().contraction.onset_above_percent_mvc
    assert onset["onset_s"] == ended["onset_s"] == at[rest & (at < 13.0)][-1] + 1 / 2048
    assert ended["end_s"] < at[rest & (at > 33.0)][0] < ended["end_s"] + 1.5
    repetition = only(through_csv, "RepetitionScored")
    assert repetition["verdict"] == "good"
    assert repetition["reasons"] == ["good", "breath_held: not known", "co_contraction: not known"]
    assert (repetition["time_in_band_percent"], repetition["held_s"]) == (100.0, 20.0)


def test_its_scores_are_those_of_another_reckoning(through_csv: str) -> None:
    """NumPy over the whole recording at once."""
    _, force, _, _ = openhdemg()
    at = times_s()
    repetition = only(through_csv, "RepetitionScored")
    hold = force[(at >= 13.2) & (at < 33.2)]
    assert repetition["hold_mean_percent_mvc"] == pytest.approx(hold.mean(), abs=1e-9)
    assert repetition["hold_mean_percent_mvc"] == pytest.approx(25.98, abs=0.1)
    asked = np.interp(at, [8.2, 13.2, 33.2, 38.2], [0.0, 26.0, 26.0, 0.0])
    effort = (at >= 8.2) & (at < 38.2)
    error = np.sqrt(np.mean((force - asked)[effort] ** 2))
    assert repetition["rmse_percent_mvc"] == pytest.approx(error, abs=1e-9)
    low, high = (at[np.argmax(force >= share * 26.0)] for share in (0.2, 0.8))
    assert repetition["rise_rate_percent_mvc_per_s"] == pytest.approx(
        0.6 * 26.0 / (high - low), rel=0.01
    )
    low, high = (at[np.flatnonzero(force >= share * 26.0)[-1]] for share in (0.2, 0.8))
    assert repetition["release_rate_percent_mvc_per_s"] == pytest.approx(
        0.6 * 26.0 / (low - high), rel=0.01
    )
    assert abs(repetition["lag_s"]) < 0.1


def test_the_plateau_and_its_steadiness_are_the_golden_ones(csv: Path) -> None:
    repetition = only(replay(csv, *PLATEAU), "RepetitionScored")
    assert repetition["hold_mean_percent_mvc"] == pytest.approx(25.98, abs=0.005)
    assert repetition["hold_cv_percent"] == pytest.approx(100 * 0.339 / 25.98, abs=0.005)
    assert repetition["hold_cv_percent"] == pytest.approx(1.3, abs=0.05)


def test_her_rest_is_not_nothing(csv: Path) -> None:
    [run] = open_recording(csv).runs
    before = mean(run.values[0][: int(0.7 * 2048)])
    assert before == pytest.approx(1.69, abs=0.005)


def test_through_csv_the_levels_and_events_are_those_of_direct_feeding(
    csv: Path, through_csv: str
) -> None:
    direct = openhdemg_recording()
    assert open_recording(csv).runs[0].values == direct.runs[0].values
    [stream] = direct.streams
    use = ChannelUse(stream.name, "force", "primary", UNFILTERED, already_percent_mvc())
    given = make.dose("endurance", 26.0, (5.0, 20.0, 5.0, 2.0), 1, None)
    context = make.context_of((stream,), (use,), given)
    samples = make.blocks(stream, direct.runs[0].values, 333)
    events = list(run_foreign(context, samples, 8.2))
    read = [json.loads(line) for line in through_csv.splitlines()]
    assert read[:-1] == [event_to_plain(event) for event in events]
    assert read[-1]["repetitions"] == summarise(context, events)["repetitions"]


def test_through_edf_within_its_documented_quantisation(edf: Path, through_csv: str) -> None:
    _, force, _, _ = openhdemg()
    step = quantisation_step(*physical_range(force.tolist()))
    through_edf = replay(edf, *FITTED)
    exact, coarse = (only(text, "RepetitionScored") for text in (through_csv, through_edf))
    assert step < 1e-3
    for name, value in exact.items():
        if isinstance(value, float) and not name.endswith("_per_s"):
            assert coarse[name] == pytest.approx(value, abs=step), name
        elif not isinstance(value, float):
            assert coarse[name] == value, name
    kinds = [[json.loads(line)["type"] for line in text.splitlines()]
             for text in (through_csv, through_edf)]  # fmt: skip
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("samples", [1, 7, 20, 1000])
def test_the_bytes_do_not_depend_on_the_blocks(csv: Path, through_csv: str, samples: int) -> None:
    assert replay(csv, *FITTED, "--block", str(samples)) == through_csv


def test_the_command_itself_writes_the_same(csv: Path, through_csv: str) -> None:
    command = [sys.executable, "-m", "levator.cli.main", "replay", str(csv), *FITTED, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == through_csv


def test_open_mode_says_the_same_of_it(csv: Path) -> None:
    text = replay(csv, "--channel", "force", "--mode", "open")
    ended = only(text, "ContractionEnded")
    assert ended["kind"] == "lift"
    assert of_kind(text, "RepetitionScored") == []
