"""The Dutch evidence pack: one test for each number of the trials and guidelines it is read from.

MOTHERFIT is doi 10.1186/s13063-019-3331-6, table 1; NICE are NG123, NG210 and QS77; the leaflet is
the hospital's leaflet on perinatal physiotherapy.
"""

import tomllib

import pytest

from levator.course.protocol import Stage, StageDose
from levator.library import load_protocol
from levator.library.loader import FOLDER

PACK = load_protocol("dutch-evidence")
TEXT = (FOLDER / "protocols/dutch-evidence.toml").read_text("utf-8")
PHASES = ("in-pregnancy", "after-birth")


def stage(name: str, phase: str) -> Stage:
    return PACK.stage(f"{name}-{phase}")


def dose(name: str, phase: str) -> StageDose:
    made = stage(name, phase).dose
    assert made is not None
    return made


@pytest.mark.parametrize("phase", PHASES)
def test_motherfit_builds_up_to_8_to_12_contractions_of_6_to_8_seconds(phase: str) -> None:
    long = dose("long", phase)
    assert long.hold_range_s is not None
    assert (long.hold_range_s.highest, long.pattern.hold_s) == (8.0, 8.0)
    assert long.rounds.count_range is not None
    count = long.rounds.count_range
    assert (long.rounds.count, count.lowest, count.highest) == (8, 8.0, 12.0)
    shown = next(one for one in stage("fast", phase).judged if one.code == "holds_long")
    assert (shown.shown_in, shown.hold_s) == (f"long-{phase}", 6.0)


@pytest.mark.parametrize("phase", PHASES)
def test_motherfit_then_adds_3_to_4_fast_ones(phase: str) -> None:
    fast = dose("fast", phase)
    assert fast.rounds.count_range is not None
    assert (fast.rounds.count, fast.rounds.count_range.highest) == (3, 4.0)
    assert (fast.pattern.rise_s, fast.pattern.fall_s) == (0.5, 0.5)
    order = [one.id for one in PACK.stages]
    assert order.index(f"fast-{phase}") == order.index(f"long-{phase}") + 1


@pytest.mark.parametrize("phase", PHASES)
def test_motherfit_rests_twice_the_hold_and_the_leaflet_up_to_20_seconds(phase: str) -> None:
    long = dose("long", phase)
    assert long.rest_range_s is not None
    assert long.hold_range_s is not None
    assert long.rest_range_s.lowest == 2 * long.hold_range_s.highest
    assert long.rest_range_s.highest == 20.0


@pytest.mark.parametrize("phase", PHASES)
def test_motherfit_and_nice_ask_for_three_sets_a_day(phase: str) -> None:
    """A set of long and fast ones is two sittings, so that six are counted."""
    for name, times in (("long", 3), ("fast", 6)):
        asked = stage(name, phase).times_a_day
        assert asked is not None
        assert asked.times == times


def test_nice_asks_for_at_least_8_contractions() -> None:
    for one in PACK.stages:
        if one.dose and not one.id.startswith("fast"):
            assert (one.dose.rounds.count or 0) >= 8
            assert one.dose.rounds.count_range is not None
            assert one.dose.rounds.count_range.lowest == 8.0


def test_nice_asks_for_three_months_with_a_therapist_and_motherfit_for_five_to_six_in_all() -> None:
    early, supervised, going_on, keeping = PACK.milestones
    assert (early.until_week_after_birth, supervised.from_week_after_birth) == (6.0, 6.0)
    assert supervised.until_week_after_birth == 6.0 + 12.0
    assert going_on.until_week_after_birth == 6.0 + 26.0
    assert keeping.until_week_after_birth is None
    assert "two days a week" in keeping.words["en"]
    for part in ("three to four days a week", "changing postures"):
        assert part in supervised.source
    assert "vier" in PACK.about["nl"]


def test_the_icelandic_trial_asks_for_strong_ones_and_ours_begin_lower() -> None:
    for phase in PHASES:
        force = dose("long", phase).force_range
        assert force is not None
        assert (force.lowest, force.highest) == (60.0, 80.0)
        assert "close to the largest effort" in force.source


def test_the_leaflet_holds_from_3_seconds_as_she_is_able() -> None:
    for phase in PHASES:
        assert dose("long", phase).start_hold_s == 3.0
    gentle = dose("gentle", "after-birth").hold_range_s
    assert gentle is not None
    assert (gentle.lowest, gentle.highest) == (1.0, 3.0)


def test_running_waits_for_three_months() -> None:
    [running] = [one for one in PACK.cautions if one.code == "running"]
    assert (running.until_week_after_birth, running.birth) == (12.0, None)


@pytest.mark.parametrize("name", ["bekken-zwanger-fit", "dutch-evidence"])
def test_strength_asks_for_holding_letting_go_and_lasting_and_for_no_pain(name: str) -> None:
    """The performance gates of every step that comes after another with a target."""
    for phase in ("pregnancy", "after_birth"):
        trained = [one for one in load_protocol(name).stages_of(phase) if one.dose]
        for one in trained[1:]:
            codes = {judged.code for judged in one.judged}
            assert codes & {"holds_long", "force_reached"}
            assert {"releases_well", "lasts"} <= codes
            assert one.locked_by_pain
            assert one.locked_by_tone


@pytest.mark.parametrize("name", ["bekken-zwanger-fit", "dutch-evidence"])
def test_every_number_has_a_page_a_paper_or_says_that_it_is_ours(name: str) -> None:
    data = tomllib.loads((FOLDER / f"protocols/{name}.toml").read_text("utf-8"))
    known = ("page", "table", "recommendation", "leaflet", "BJSM", "AJSM", "authorea", "Goom")

    def sources(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["source"]] if isinstance(part.get("source"), str) else []
            return own + [one for below in part.values() for one in sources(below)]
        if isinstance(part, list):
            return [one for below in part for one in sources(below)]
        return []

    for source in sources(data):
        assert "project default" in source or any(word in source for word in known), source


def test_what_was_only_read_in_a_summary_says_so() -> None:
    assert "the number of its recommendation is still to be checked" in TEXT.replace("\n# ", " ")
