"""Charts for tests: a day zero, women before and after birth, and sittings that went well."""

from dataclasses import replace
from typing import Any

from levator.course.chart import (
    Birth,
    Chart,
    Clearance,
    Decision,
    PainReport,
    Prescribed,
    SittingResult,
)
from levator.course.facts import StartFacts
from levator.library import load_hard_limits, load_protocol

PROTOCOL = load_protocol("bekken-zwanger-fit")
HARD = load_hard_limits()
#: The day of the birth in these tests; any number would do.
BORN = 700_000
SIGNED = Clearance("dr. Maes", BORN)


def after_birth(weeks: float, *, pain: int | None = 0, **more: Any) -> Chart:
    """A woman so many weeks after an easy birth, cleared on its day, asked for pain and red flags
    today."""
    today = BORN + round(weeks * 7)
    asked = () if pain is None else (PainReport(today, pain, "before"),)
    made: dict[str, Any] = {
        "birth": Birth(BORN, "vaginal", ()),
        "clearances": (SIGNED,),
        "pains": asked,
        "red_flags_asked": (today,),
    }
    return Chart(today, **made | more)


def pregnant(weeks: float, *, pain: int | None = 0, **more: Any) -> Chart:
    """A woman in a week of an easy pregnancy, asked for pain and red flags today."""
    today = BORN - 280 + round(weeks * 7)
    asked = () if pain is None else (PainReport(today, pain, "before"),)
    made: dict[str, Any] = {"pains": asked, "complications": (), "red_flags_asked": (today,)}
    return Chart(today, expected_on=BORN, **made | more)


def chart_of(facts: StartFacts) -> Chart:
    """The chart of a woman of whom a few facts are told; nothing of what she showed."""
    weeks, codes = facts.weeks_since_birth, None
    if facts.complications is not None:
        codes = ("infection",) if facts.complications else ()
    pain = None if facts.pain_now is None else int(facts.pain_now)
    signed = (replace(SIGNED, signed_by=facts.cleared_by),) if facts.cleared_by else ()
    if weeks is not None:
        return after_birth(weeks, pain=pain, birth=Birth(BORN, "vaginal", codes), clearances=signed)
    if facts.weeks_pregnant is not None:
        return pregnant(facts.weeks_pregnant, pain=pain, clearances=signed)
    return Chart(BORN)


STARTS = {
    "step-2": Prescribed(40.0, 2.0, 6.0),
    "step-3": Prescribed(50.0, 5.0, 4.0),
    "step-5": Prescribed(30.0, 1.0, 4.0),
    "step-6": Prescribed(50.0, 5.0, 4.0),
    "step-7": Prescribed(70.0, 3.0, 4.0, 20.0, 5),
}


def sitting(stage: str, day: int, asked: Prescribed | None = None, **more: Any) -> SittingResult:
    """A sitting that passes, unless something else is said."""
    passed = SittingResult(
        day, stage, asked or STARTS[stage], 10, 10, 90.0, 100.0, 0.0, None, "rounds", 0, 0
    )
    return replace(passed, **more)


def at(stage: str, **settings: float) -> Prescribed:
    """The settings where a stage starts, some of them changed."""
    return replace(STARTS[stage], **settings)


def overrule(day: int, stage: str, *opens: str) -> Decision:
    return Decision(day, "T. Bos", "overrule", "seen and tested", stage, None, opens)


def stage_of(number: int) -> Any:
    return PROTOCOL.stage(f"step-{number}")
