"""Training at home in words for her therapist: what is prescribed, how often it was done, and what
was marked, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from levator.clinic.charts import text_of
from levator.clinic.courses import View
from levator.clinic.history import History
from levator.clinic.home.ahead import course_plan, today_with
from levator.clinic.home.doses import adherence_at_home, all_exercises, standing
from levator.clinic.home.planning import is_closed_today, stopped_today
from levator.course.exercise import Exercise
from levator.course.home import HomeDay
from levator.course.home_dose import HomeDose
from levator.library import load_home, load_scales
from levator.records.home import DiaryEntry, DiaryKind, HomeEnd, HomePrescription, HomeSession
from levator.texts import Speaker, mark
from levator.texts.course import lowered
from levator.texts.course import reason as gate_words
from levator.web.desk.course_words import day_words
from levator.web.desk.pages import day_text, local, moment_text

POSTURES: Mapping[str, str] = {
    "lying": mark("lying"),
    "sitting": mark("seated"),
    "standing": mark("standing"),
    "hands-and-knees": mark("on hands and knees"),
}
_ENDED: Mapping[HomeEnd, str] = {
    "done": mark("done to its end"),
    "tapped": mark("logged with one tap"),
    "stopped": mark("stopped, %(count)s times done"),
    "pain": mark("ended by pain, %(count)s times done"),
}
KINDS: Mapping[DiaryKind, str] = {
    "drink": mark("Drank"),
    "void": mark("Passed water"),
    "leak": mark("Leaked"),
    "urge": mark("Urge"),
}
_STOPPED = mark("No exercises at home today. She reads: “%(told)s”")
_CLOSED = mark("No more exercises at home today: more was done than was asked.")
_DOSE = mark("%(repetitions)s times, hold %(hold)s s, %(times)s times a day, %(posture)s")
_LAST_DAYS = mark("In the last %(days)s days %(done)s of %(asked)s exercises at home.")
_YESTERDAY = mark("Yesterday %(done)s of %(asked)s exercises at home.")
#: Days of a diary on one page, the newest; all of them are in her export.
MOST_DAYS = 31


def at_home(say: Speaker, view: View, newest: int) -> dict[str, Any]:
    """Return what her file shows of it."""
    sessions = view.history.home_sessions
    return {
        "prescribed": prescribed_rows(say, view),
        "often": often(say, view),
        "over": over_today(say, view),
        "done": _done_days(say, sessions[-newest:]),
        "shown": len(sessions[-newest:]),
        "count": len(sessions),
        "marked": len([one for one in _of_late(view) if not _is_well(say, one)]),
    }


def _of_late(view: View) -> list[HomeSession]:
    """Return what was done on the days that a therapist is told of."""
    first = text_of(view.chart.today - load_home().told_days + 1)
    return [one for one in view.history.home_sessions if one.on_day >= first]


def _done_days(say: Speaker, sessions: Sequence[HomeSession]) -> list[dict[str, Any]]:
    """Return the days on which something was done, the newest first, with a line for each."""
    known = {one.id: one for one in all_exercises()}
    days = groupby(reversed(sessions), lambda one: local(one.started_at).date())
    return [
        {"day": say.date(day), "rows": [done_row(say, known, one) for one in of_it]}
        for day, of_it in days
    ]


def often(say: Speaker, view: View) -> str:
    """Return how often she did what was asked, in words; empty where nothing was asked yet."""
    found = adherence_at_home(view.history, view.chart.today, load_scales().adherence_days)
    if found is None:
        return ""
    text = _YESTERDAY if found.days == 1 else _LAST_DAYS
    return say.say(text, done=found.done, asked=found.asked, days=found.days)


def over_today(say: Speaker, view: View) -> str:
    """Return why her phone offers no exercise today; empty where it does, or none is prescribed."""
    told = stopped_today(view, say)
    if told is not None:
        return say.say(_STOPPED, told=told)
    return say.say(_CLOSED) if is_closed_today(view) else ""


# --- What is prescribed


def prescribed_rows(say: Speaker, view: View) -> list[dict[str, Any]]:
    """Return each exercise that is prescribed, today or from a day on, and whether it is open."""
    today, known = course_plan(view).days[0], {one.id: one for one in all_exercises()}
    found = standing(view.history.home_prescriptions, view.chart.today)
    return [_prescribed(say, view, today, known.get(one.exercise), one, of) for one, of in found]


def _prescribed(
    say: Speaker,
    view: View,
    today: HomeDay,
    exercise: Exercise | None,
    kept: HomePrescription,
    dose: HomeDose,
) -> dict[str, Any]:
    title = exercise.words_in(say.language).title if exercise else kept.exercise
    return {
        "exercise": kept.exercise,
        "title": title,
        "dose": dose_words(say, exercise, dose) if exercise else "",
        "when": _when(say, view, dose),
        "because": kept.because,
        "shut": _shut(say, view, today, kept.exercise) if dose.holds_on(view.chart.today) else [],
        "address": f"/patients/{kept.patient_id}/home/exercises/{kept.exercise}",
        "asks": f"?{urlencode({'given': kept.id})}",
    }


def dose_words(say: Speaker, exercise: Exercise, dose: HomeDose) -> str:
    """Return a dose in one line, with what the library says where nothing is prescribed."""
    posture = dose.posture or exercise.postures[0].id
    hold_s = exercise.pattern.hold_s if dose.hold_s is None else dose.hold_s
    return say.say(
        _DOSE,
        repetitions=dose.repetitions or exercise.repetitions,
        hold=hold_s,
        times=dose.times_a_day or exercise.times_a_day,
        posture=posture_words(say, posture),
    )


def posture_words(say: Speaker, posture: str) -> str:
    """Return how she lies, sits or stands; a posture of somebody's own keeps its name."""
    return say.say(POSTURES[posture]) if posture in POSTURES else posture


def _when(say: Speaker, view: View, dose: HomeDose) -> str:
    begins, ends = dose.from_day, dose.until_day
    parts = []
    if begins is not None and begins > view.chart.today:
        parts.append(say.say("from %(day)s", day=day_words(say, begins)))
    if ends is not None:
        parts.append(say.say("until %(day)s", day=day_words(say, ends)))
    return " ".join(parts)


def today_rows(say: Speaker, view: View, dose: HomeDose) -> dict[str, Any]:
    """Return why an exercise would not be offered today, prescribed or not, and what to heed."""
    today = today_with(view, dose)
    return {
        "over": over_today(say, view),
        "shut": _shut(say, view, today, dose.exercise_id),
        "cautions": [one.rule.words_in(say.language) for one in today.cautions],
    }


def _shut(say: Speaker, view: View, today: HomeDay, exercise: str) -> list[str]:
    """Return why it is not offered today, or not as it is prescribed."""
    found = [gate_words(say, gate, view.protocol) for gate in today.shut.get(exercise, ())]
    if any(one.exercise_id == exercise for one in today.refused):
        found.append(say.say("The library does not allow this dose any more; prescribe it anew."))
    eased = [one.lowered for one in today.items if one.exercise_id == exercise and one.lowered]
    return found + [lowered(say, view.protocol, one) for one in eased]


def past_rows(say: Speaker, kept: History, names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return everything that was prescribed, newest first: what, for when, why, by whom and when
    it was written."""
    known = {one.id: one for one in all_exercises()}
    return [
        {
            "made": moment_text(say, one.made_at),
            "title": _title(say, known, one.exercise),
            "dose": _past_dose(say, known, one),
            "when": _from_until(say, one),
            "because": one.because,
            "by": names.get(one.made_by, ""),
        }
        for one in reversed(kept.home_prescriptions)
    ]


def _past_dose(say: Speaker, known: Mapping[str, Exercise], one: HomePrescription) -> str:
    if one.is_withdrawn:
        return say.say("taken away")
    exercise = known.get(one.exercise)
    dose = HomeDose(one.exercise, one.posture, one.hold_s, one.repetitions, one.times_a_day)
    return dose_words(say, exercise, dose) if exercise else ""


def _from_until(say: Speaker, one: HomePrescription) -> str:
    begins = say.say("from %(day)s", day=day_text(say, one.from_on))
    ends = say.say("until %(day)s", day=day_text(say, one.until_on)) if one.until_on else ""
    return " ".join(filter(None, (begins, ends)))


def _title(say: Speaker, known: Mapping[str, Exercise], exercise_id: str) -> str:
    found = known.get(exercise_id)
    return found.words_in(say.language).title if found else exercise_id


def offered(say: Speaker, view: View) -> list[tuple[str, str]]:
    """Return (id, title) of the exercises that are not prescribed."""
    taken = {one.exercise for one, _ in standing(view.history.home_prescriptions, view.chart.today)}
    return [
        (one.id, one.words_in(say.language).title) for one in all_exercises() if one.id not in taken
    ]


# --- What was done


def done_row(say: Speaker, known: Mapping[str, Exercise], one: HomeSession) -> dict[str, Any]:
    """Return an exercise as it was done, with why it is marked."""
    return {
        "at": say.time(local(one.started_at)),
        "title": _title(say, known, one.exercise),
        "ended": say.say(_ENDED[one.ended_by], count=one.repetitions),
        "pain": "" if one.pain is None else str(one.pain),
        "why": why_marked(say, one),
        "is_well": _is_well(say, one),
    }


def _is_well(say: Speaker, one: HomeSession) -> bool:
    return one.ended_by != "pain" and not why_marked(say, one)


def why_marked(say: Speaker, one: HomeSession) -> list[str]:
    """Return why somebody should look at it; empty where there is nothing to see."""
    found = [
        (one.is_over_limit, mark("more than was asked that day")),
        (one.is_clock_unsure, mark("the phone's clock was wrong; the time may be")),
        (not one.was_leased, mark("the day was on another phone")),
        (bool(one.leaked), mark("leaked more than usual")),
    ]
    return [say.say(words) for is_so, words in found if is_so]


# --- What else she keeps


def diary(say: Speaker, kept: History) -> dict[str, Any]:
    """Return the newest days of her diary with their lines, and how many days there are."""
    lines: dict[str, list[DiaryEntry]] = {}
    for one in sorted(kept.diary, key=lambda each: each.at):
        lines.setdefault(one.on_day, []).append(one)
    days = [
        {"day": day_text(say, day), "lines": [_entry(say, one) for one in lines[day]]}
        for day in sorted(lines, reverse=True)[:MOST_DAYS]
    ]
    return {"days": days, "count": len(lines)}


def _entry(say: Speaker, one: DiaryEntry) -> dict[str, Any]:
    amount = "" if one.amount_ml is None else say.say("%(amount)s ml", amount=one.amount_ml)
    most = load_home().urge_most
    urge = (
        "" if one.urge is None else say.say("urge %(urge)s of %(most)s", urge=one.urge, most=most)
    )
    return {
        "at": one.at,
        "line": ", ".join(filter(None, (say.say(KINDS[one.kind]), amount, urge))),
        "remark": one.remark,
        "is_back": one.taken_back_at is not None,
    }


def habit_rows(say: Speaker, view: View) -> list[dict[str, str]]:
    """Return what she practises with in daily life, and on how many of the last days."""
    rules, days = {one.code: one for one in load_home().habits}, load_scales().adherence_days
    first, today = text_of(view.chart.today - days + 1), text_of(view.chart.today)
    marked: dict[str, set[str]] = {}
    for each in view.history.habit_marks:
        if first <= each.on_day <= today and each.taken_back_at is None:
            marked.setdefault(each.habit_id, set()).add(each.on_day)
    rows = []
    for one in view.history.habits:
        rule, marks = rules.get(one.code), marked.get(one.id, set())
        rows.append(
            {
                "moment": rule.moment.words_in(say.language) if rule else one.moment,
                "words": rule.words.words_in(say.language) if rule else one.words,
                "often": say.say("on %(done)s of %(days)s days", done=len(marks), days=days),
                "ended": day_text(say, one.until_on),
            }
        )
    return rows
