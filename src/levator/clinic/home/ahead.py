"""What the course says of the days to come of one woman: offered, shut, asked and over."""

from __future__ import annotations

from dataclasses import replace

from levator.clinic.courses import View
from levator.clinic.home.doses import all_exercises, answers_in, done_of, doses_of
from levator.course.chart import Day
from levator.course.home import (
    HomeDay,
    HomePlan,
    HomeQuestion,
    home_day,
    home_plan,
    home_questions,
)
from levator.course.home_dose import HomeDose
from levator.course.home_told import closed_days
from levator.course.protocol import CautionRule
from levator.library import load_checklist, load_hard_limits, load_home, load_scales

FLAGS = "red-flags"


def course_plan(view: View) -> HomePlan:
    """Return what the course says of the days to come."""
    history, protocol = view.history, view.protocol
    found = home_plan(
        all_exercises(),
        doses_of(history.home_prescriptions),
        protocol,
        view.chart,
        _rules(view),
        load_hard_limits(),
        load_home().plan_days,
        load_scales(),
    )
    return replace(found, questions=questions_of(view))


def today_with(view: View, dose: HomeDose) -> HomeDay:
    """Return what today would bring of one exercise alone, prescribed or not yet."""
    now = replace(dose, from_day=None, until_day=None)
    known, hard = all_exercises(), load_hard_limits()
    return home_day(known, [now], view.protocol, view.chart, _rules(view), hard)


def _rules(view: View) -> tuple[CautionRule, ...]:
    return (*view.protocol.cautions, *load_checklist("caesarean").cautions)


def questions_of(view: View) -> tuple[HomeQuestion, ...]:
    """Return what is asked in her phase, a red flag asked one by one."""
    phase, rules = view.chart.phase, load_home()
    flags = tuple(item.code for item in load_checklist(FLAGS).items)
    found = home_questions(view.protocol, load_scales())
    each = (replace(one, stops=flags) if one.code == "red_flags" else one for one in found)
    return tuple(
        one
        for one in (*each, *rules.questions)
        if not rules.wordings[one.code].phases or phase in rules.wordings[one.code].phases
    )


def closed_on(view: View) -> frozenset[Day]:
    """Return the days on which nothing more is offered, for what was told or done."""
    history = view.history
    return closed_days(questions_of(view), done_of(history.home_sessions), answers_in(history))
