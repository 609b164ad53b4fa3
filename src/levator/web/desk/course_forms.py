"""Forms with which a therapist decides otherwise than proposed, or lets a programme go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from levator.clinic import Clinic, courses, ending
from levator.clinic.charts import text_of
from levator.clinic.courses import UndecidedError, View, Wanted
from levator.course import pain
from levator.course.chart import DecisionKind, Prescribed
from levator.course.prescription import Setting, prescribable
from levator.course.progression import range_of
from levator.course.protocol import Parameter, Stage
from levator.course.today import limits_today
from levator.errors import CallerError, mark
from levator.library import load_checklist, load_hard_limits
from levator.records.access import Actor
from levator.records.treatment import Course, Decision
from levator.texts import Speaker
from levator.texts.answers import allowed, dose_refused
from levator.texts.words import stage_name
from levator.training.dose import RoundsKind
from levator.web.desk.asked import items
from levator.web.desk.course_words import RULES, end_words, reason_rows, stage_line
from levator.web.desk.filling import Field, Form, labelled, number, text_field, whole
from levator.web.desk.pages import day_text, moment_text
from levator.web.forms import Typed

#: Field -> what it is called; an empty one stays as the step begins.
_SETTINGS: Mapping[str, str] = {
    "force_percent_mvc": mark("Force, %%"),
    "hold_s": mark("Hold, s"),
    "rest_s": mark("Rest, s"),
    "tangent_percent": mark("Tangent, %%"),
    "rounds": mark("Rounds"),
    "times_a_day": mark("Times a day"),
}
#: What a dose calls its settings -> the field.
_FIELDS: Mapping[Setting, str] = {
    "force": "force_percent_mvc",
    "hold": "hold_s",
    "rest": "rest_s",
    "tangent": "tangent_percent",
}
_KINDS: tuple[RoundsKind, ...] = get_args(RoundsKind)
_COUNTS: Mapping[str, Parameter] = {"rounds": "rounds", "times_a_day": "times"}


def otherwise_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask for another step or dose, with the reason."""
    now, stages = view.in_force, view.protocol.stages_of(view.chart.phase)
    known = {name: getattr(now, name) for name in _SETTINGS}
    values = {name: voice.number(value, 2) for name, value in known.items() if value is not None}
    values |= {"rounds_rule": now.rounds_rule or ""}
    return Form(
        heading=voice.say("Decide otherwise"),
        lead=voice.say(
            "Say why; it is kept beside the proposal. No decision passes a missing clearance, a red"
            " flag, too much pain or the limits of the step. Left empty, a number is as the step"
            " begins."
        ),
        fields=[
            Field(
                name="stage",
                label=voice.say("Step"),
                kind="select",
                options=[(one.id, stage_line(voice, one)) for one in stages],
            ),
            *_settings(voice, view),
            *_rounds_rule(voice, stages),
            text_field(voice, "because", is_needed=True),
        ],
        values=values | {"stage": view.chart.stage or ""},
        hidden={
            "id": made,
            "kind": "overrule",
            "seen": view.seen,
            "was.stage": view.chart.stage or "",
        }
        | {f"was.{name}": text for name, text in values.items()},
        button=voice.say("Decide"),
    )


def _settings(voice: Speaker, view: View) -> list[Field]:
    hints = _ranges(voice, view, view.stage) if view.stage else {}
    return [
        Field(name=name, label=voice.say(label), kind="number", hint=hints.get(name, ""))
        for name, label in _SETTINGS.items()
    ]


def _rounds_rule(voice: Speaker, stages: Sequence[Stage]) -> list[Field]:
    """Ask when a set ends, where the document and what is shipped differ in some step."""
    plans = [one.dose.rounds for one in stages if one.dose is not None]
    if all(plan.kind == plan.seed_rounds for plan in plans):
        return []
    known = [(code, voice.say(words)) for code, words in RULES.items()]
    options = [("", voice.say("as the scheme says for today")), *known]
    label = voice.say("A set goes on")
    return [Field(name="rounds_rule", label=label, kind="select", options=options)]


def _ranges(voice: Speaker, view: View, stage: Stage) -> dict[str, str]:
    """Return what each number may be today in the step in which she is."""
    limits = limits_today(view.protocol, stage, view.chart, load_hard_limits())
    found = {
        _FIELDS[one.setting]: allowed(voice, one)
        for one in prescribable(stage, limits)
        if one.setting in _FIELDS
    }
    for name, parameter in _COUNTS.items():
        if (may := range_of(stage, parameter)) is not None:
            text = mark("%(lowest)s to %(highest)s")
            found[name] = voice.say(text, lowest=may.lowest, highest=may.highest)
    name = stage_name(voice, stage)
    return {field: f"{name}{voice.colon}{text}" for field, text in found.items()}


def refusal_lines(voice: Speaker, error: UndecidedError) -> list[str]:
    """Return why, each number with its name and what it may be."""
    said = [] if error.dose is None else dose_refused(voice, error.dose)
    rest = error.reasons[len(said) :]
    return said + [one["line"] for one in reason_rows(voice, None, rest)]


def release_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask why a held programme goes on; where pain holds nothing, only say so."""
    heading = voice.say("Let the programme go on")
    if not pain.is_held(view.protocol.pain, view.chart):
        lead = voice.say("Pain does not hold the programme, so there is nothing to let go on.")
        return Form(heading=heading, lead=lead, fields=[], button="")
    return Form(
        heading=heading,
        lead=voice.say(
            "Pain has held it. Say what you found and agreed; from tomorrow on it counts anew."
        ),
        fields=[text_field(voice, "because", is_needed=True)],
        hidden={"id": made, "kind": "release", "seen": view.seen},
        button=voice.say("Let it go on"),
    )


def too_late(
    voice: Speaker, since: Sequence[Decision], names: Mapping[str, str]
) -> tuple[Form, str]:
    """Return what stands in place of a proposal that could not be accepted, and why it could not.

    since : the decision that came since the page was shown, if there is one.
    """
    form = Form(heading=voice.say("The course has changed"), fields=[], button="")
    for one in since:
        who = {"name": names.get(one.made_by, ""), "when": moment_text(voice, one.made_at)}
        if one.choice == "accepted":
            text = mark("%(name)s accepted it already, on %(when)s; nothing was kept twice.")
        else:
            text = mark("%(name)s decided on it on %(when)s; look at her page as it is now.")
        return form, voice.say(text, **who)
    return form, voice.say("It is not as you saw it; look at her page as it is now, then decide.")


def end_form(voice: Speaker, view: View, made: str) -> Form:
    """Ask why her course ends and with which day; of one that has ended, say so and what next."""
    ended = view.history.ended
    course = view.history.course or ended
    if course is None:
        raise CallerError("No course runs yet; begin it with a step.")
    heading = mark("The course has ended") if ended else mark("End the course")
    lead = mark(
        "No session is possible after it, and one under way stops at once. Her record stays. It"
        " is not taken back: if she goes on, a new course begins."
    )
    return Form(
        heading=voice.say(heading),
        lead=_ended(voice, ended) if ended else voice.say(lead),
        is_over=ended is not None,
        fields=[
            labelled(
                voice,
                "ended_ground",
                kind="choice",
                options=items(voice, load_checklist(ending.REASONS)),
                is_needed=True,
            ),
            text_field(voice, "ended_because", hint=voice.say("May be empty.")),
            labelled(voice, "ended_on", kind="day", is_needed=True),
        ],
        values={"ended_on": text_of(view.chart.today)},
        hidden={"course": course.id, "version": str(course.version)},
        button=voice.say("End the course"),
        is_grave=True,
    )


def _ended(voice: Speaker, course: Course) -> str:
    when, why = day_text(voice, course.ended_on), end_words(voice, course.ended_ground)
    text = mark("It ended on %(day)s. If she goes on, begin a new course on her page.")
    return voice.say(text, day=f"{when} ({why})" if why else when)


def end(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Let it end."""
    ending.end_course(
        clinic.acts,
        actor,
        patient_id,
        typed.course,
        ended_on=typed.ended_on,
        ended_ground=typed.ended_ground,
        ended_because=typed.ended_because,
        version=whole(typed.version) or 0,
    )


def decide(clinic: Clinic, actor: Actor, patient_id: str, typed: Typed) -> None:
    """Take the decision over; raises UndecidedError with its reasons."""
    kind: DecisionKind = "release" if typed.kind == "release" else "overrule"
    if typed.kind == "accept":
        kind = "accept"
    wanted = Wanted(
        kind=kind,
        seen=typed.seen,
        because=typed.because,
        stage=typed.stage or None,
        settings=_prescribed(typed) if kind == "overrule" else None,
    )
    courses.decided(clinic.acts, actor, patient_id, typed.id, wanted)


def _prescribed(typed: Typed) -> Prescribed:
    """Return the settings that were typed.

    With another step, numbers that stood there for the step before are not meant for it.
    """
    is_here = typed.stage == typed.fields.get("was.stage")
    meant = {
        name: typed.fields.get(name, "")
        for name in (*_SETTINGS, "rounds_rule")
        if is_here or typed.fields.get(name) != typed.fields.get(f"was.{name}")
    }
    return Prescribed(
        force_percent_mvc=_number(meant.get("force_percent_mvc", "")),
        hold_s=_number(meant.get("hold_s", "")),
        rest_s=_number(meant.get("rest_s", "")),
        tangent_percent=_number(meant.get("tangent_percent", "")),
        rounds=_count(meant.get("rounds", "")),
        times_a_day=_count(meant.get("times_a_day", "")),
        rounds_rule=next((one for one in _KINDS if one == meant.get("rounds_rule")), None),
    )


def _number(text: str) -> float | None:
    found = number(text)
    if text and found is None:
        raise CallerError("“%(text)s” is no number; write for example 5.5.", text=text)
    return found


def _count(text: str) -> int | None:
    found = whole(text)
    if text and found is None:
        raise CallerError("“%(text)s” is no whole number; write for example 5.", text=text)
    return found
