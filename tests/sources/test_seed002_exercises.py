"""Perinatale kinesitherapie: one test for each clause about exercises, with its numbers.

Where the leaflet and Bekken Zwanger Fit disagree, both stand in the file, and the careful one
leads. What the exercises say in words is held by `test_told.py`.
"""

import pytest

from levator.course.exercise import Exercise, Part
from levator.library import load_exercise, load_protocol

OURS = "project default, to be reviewed by a pelvic physiotherapist"
LEAFLET, SCHEME = "Perinatale kinesitherapie", "Bekken Zwanger Fit"
#: Exercises of the pelvic floor itself, and those of what works with it.
FLOOR = ("strength", "endurance", "coordination", "relaxation")
STABILISATION = ("deep-abdomen", "back")


def told_in(exercise: Exercise, part: Part, language: str = "en") -> str:
    cues = (one.told for one in exercise.cues if one.part == part)
    return " ".join(one.words_in(language) for one in cues)


# --- Kracht


def test_seed002_kracht_short_and_strong_close_and_lift_ten_times() -> None:
    strength = load_exercise("strength")
    assert (strength.kind, strength.repetitions) == ("strength", 10)
    assert (strength.pattern.rise_s, strength.pattern.hold_s) == (1.0, 1.0)
    assert strength.sources["repetitions"].endswith("section Kracht")


def test_seed002_kracht_lying_with_bent_knees() -> None:
    for name in ("strength", "endurance"):
        first = load_exercise(name).postures[0]
        assert first.id == "lying"
        assert first.told.source.startswith(LEAFLET)


# --- Uithouding


def test_seed002_uithouding_hold_3_to_10_s_rest_20_s_ten_times() -> None:
    endurance = load_exercise("endurance")
    assert (endurance.kind, endurance.repetitions) == ("endurance", 10)
    hold = endurance.hold_range_s
    assert hold is not None
    assert (hold.lowest, hold.highest, hold.step) == (3.0, 10.0, 1.0)
    assert (endurance.pattern.hold_s, endurance.pattern.rest_s) == (3.0, 20.0)
    for name in ("hold_s", "rest_s", "repetitions"):
        assert endurance.sources[name].startswith(
            f"{LEAFLET}, patient leaflet, page 2, section Uithouding"
        )


# --- Coördinatie


def test_seed002_coordinatie_before_a_cough_a_sneeze_and_a_lift() -> None:
    coordination = load_exercise("coordination")
    assert coordination.kind == "coordination"
    pattern = coordination.pattern
    assert (pattern.rise_s, pattern.hold_s, pattern.fall_s, pattern.rest_s) == (1.0, 3.0, 3.0, 4.0)
    assert coordination.repetitions == 5


# --- Aandachtspunten


@pytest.mark.parametrize("name", FLOOR)
def test_seed002_aandachtspunten_pelvis_buttocks_and_breath(name: str) -> None:
    exercise = load_exercise(name)
    leaflet = [one for one in exercise.cues if one.told.source.endswith("Aandachtspunten")]
    assert [one.part for one in leaflet] == ["rise", "hold", "hold"]


@pytest.mark.parametrize("name", FLOOR)
def test_seed002_aandachtspunten_also_sitting_or_standing(name: str) -> None:
    lying, sitting, standing = load_exercise(name).postures
    assert (lying.id, sitting.id, standing.id) == ("lying", "sitting", "standing")
    for one in (sitting, standing):
        assert one.told.source.endswith("section Aandachtspunten")


# --- Opstart postnatale kinesitherapie


@pytest.mark.parametrize("name", STABILISATION)
def test_seed002_opstart_deep_abdomen_and_back_from_six_weeks(name: str) -> None:
    exercise = load_exercise(name)
    assert exercise.kind == "stabilisation"
    assert exercise.entry.from_week_after_birth == 6.0
    assert exercise.entry.phases == ("after_birth",)
    assert exercise.entry.sources["from_week_after_birth"].startswith(LEAFLET)
    assert {exercise.sources[name] for name in ("rise_s", "hold_s", "fall_s", "rest_s")} == {OURS}


# --- What the scheme says of letting go (000: R10 and R17)


def test_seed000_letting_go_is_trained_in_pregnancy_as_in_step_2() -> None:
    relaxation, dose = load_exercise("relaxation"), load_protocol("bekken-zwanger-fit")
    step = dose.stage("step-2").dose
    assert step is not None
    assert relaxation.pattern == step.pattern
    assert relaxation.entry.phases == ("pregnancy", "after_birth")
    assert not relaxation.entry.asks_strength
    assert "Take more time" in told_in(relaxation, "rest")
    assert "before you get tired" in relaxation.words_in("en").how


# --- Where the two disagree


def test_a12_the_first_three_weeks_are_gentle_and_both_are_shown() -> None:
    strength = load_exercise("strength")
    [found] = strength.disagreements
    assert found.code == "A12"
    assert found.leads.source.startswith(SCHEME)
    assert found.other.source.startswith(LEAFLET)
    assert "first three weeks" in found.leads.words_in("en")
    assert "short and strong" in found.other.words_in("en")
    for name in ("strength", "endurance", "coordination"):
        exercise = load_exercise(name)
        assert exercise.entry.gentle_until_week_after_birth == 3.0
        for words in exercise.words.values():
            assert words.how_gently not in (None, words.how)


@pytest.mark.parametrize("name", STABILISATION)
def test_a13_week_six_leads_where_the_other_begins_at_once(name: str) -> None:
    [found] = load_exercise(name).disagreements
    assert (found.code, found.because.source) == ("A13", OURS)
    assert "six weeks" in found.leads.words_in("en")
    assert found.leads.source.startswith(LEAFLET)
    assert found.other.source.startswith(SCHEME)


@pytest.mark.parametrize("name", FLOOR)
def test_a13_the_pelvic_floor_itself_begins_without_waiting(name: str) -> None:
    entry = load_exercise(name).entry
    assert (entry.from_week_after_birth, entry.until_week_after_birth) == (None, None)


@pytest.mark.parametrize("name", FLOOR)
def test_a14_several_times_a_day_is_three_and_two_to_six_are_allowed(name: str) -> None:
    exercise = load_exercise(name)
    assert exercise.times_a_day == 3
    assert (exercise.times_range.lowest, exercise.times_range.highest) == (2.0, 6.0)
    assert exercise.times_range.source == OURS


def test_a15_each_source_keeps_its_own_rest() -> None:
    endurance = load_exercise("endurance")
    [found] = endurance.disagreements
    assert found.code == "A15"
    assert "20 seconds" in found.leads.words_in("en")
    assert found.leads.source.startswith(LEAFLET)
    assert "4 to 6 seconds" in found.other.words_in("en")
    doses = [one.dose for one in load_protocol("bekken-zwanger-fit").stages if one.dose]
    rests = {dose.pattern.rest_s for dose in doses}
    assert endurance.pattern.rest_s == 20.0
    assert (min(rests), max(rests)) == (4.0, 6.0)
