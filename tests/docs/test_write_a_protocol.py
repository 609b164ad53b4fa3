"""The guide for a protocol without Python: its file is right, and trains a woman."""

from pathlib import Path

import pytest

from levator.course.chart import Decision, Prescribed
from levator.course.deciding import Decided, decide
from levator.course.gates import shut
from levator.course.progression import Advance, Change, propose
from levator.course.today import TodaysDose, dose_today
from levator.library import check_file, load_hard_limits, read_protocol
from tests.course.women import after_birth, sitting
from tests.docs.pages import ROOT, blocks

GUIDE = ROOT / "docs/how-to/write-a-protocol.md"
OURS = ROOT / "src/levator/cli/our-clinic.toml"
HARD = load_hard_limits()


def test_the_file_of_the_guide_is_right() -> None:
    assert check_file(OURS) == []


def test_with_it_a_course_goes_on_by_what_the_file_says() -> None:
    protocol = read_protocol(OURS)
    stage = protocol.stage("stronger")
    assert [one.code for one in shut(protocol, stage, after_birth(5.9))] == [
        "week_reached",
        "releases_well",
    ]
    chart = after_birth(6, stage="begin")
    felt = Decision(chart.today, "T. Bos", "overrule", "felt by hand", "stronger")
    answer = decide(protocol, chart, felt, HARD)
    assert isinstance(answer, Decided)
    made = dose_today(protocol, stage, after_birth(6, stage="stronger"), HARD)
    assert isinstance(made, TodaysDose)
    assert made.dose.rounds is not None
    assert made.dose.pattern is not None
    asked = (made.dose.force_percent_mvc, made.dose.pattern.hold_s, made.dose.rounds.count)
    assert asked == (40.0, 2.0, 8)


def test_three_passed_sittings_raise_the_first_of_its_order() -> None:
    protocol = read_protocol(OURS)
    day = after_birth(7).today
    done = sitting("stronger", day, Prescribed(40.0, 2.0, 10.0, None, 8), in_band_percent=75.0)
    felt = Decision(day, "T. Bos", "overrule", "felt", "stronger", None, ("releases_well",))
    chart = after_birth(7, stage="stronger", sittings=(done,) * 3, decisions=(felt,))
    proposal = propose(protocol, chart)
    assert isinstance(proposal, Advance)
    assert proposal.change == Change("hold", 2.0, 3.0)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [(0, '["hold", "rounds", "force"]', '["hold", "hold"]'), (1, "step = 5.0", "step = 5,0")],
)
def test_the_mistakes_that_the_guide_shows_are_told_like_that(
    tmp_path: Path, place: int, old: str, new: str
) -> None:
    shown = [one for one in blocks(GUIDE) if one.strip().startswith("our-clinic.toml line")]
    mine = tmp_path / "our-clinic.toml"
    mine.write_text(OURS.read_text("utf-8").replace(old, new), "utf-8")
    assert [str(one) for one in check_file(mine)] == [shown[place].strip()]


@pytest.mark.parametrize("word", ["judged", "order", "[[caps]]", "[[cautions]]", "locked_by_tone"])
def test_the_guide_names_what_the_course_needs(word: str) -> None:
    assert word in GUIDE.read_text("utf-8")
