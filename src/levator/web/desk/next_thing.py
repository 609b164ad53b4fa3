"""The one thing to do next for a woman: it stands at the top of her page, before any picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from levator.clinic.courses import View
from levator.clinic.home.news import HomeNews, told_at_home
from levator.course.progression import Advance, Refuse, StepBack
from levator.texts import Speaker, mark
from levator.texts.course import proposal
from levator.web.desk.course_words import day_words, flag_lines, stage_line

#: What she told at home that stopped her.
NEWS: Mapping[HomeNews, str] = {
    "birth_told": mark("Tells that she gave birth: fill it in (%(day)s)"),
    "pain_told": mark("Stopped by pain, on %(day)s"),
    "leak_told": mark("Leaked more than usual, on %(day)s"),
}
#: flag: care first, the deeds come later. dates, go: one of the deeds. accept: the proposal.
#: pain: it is asked here. start: a session. ended: a new course may begin.
Kind = Literal["flag", "dates", "go", "accept", "pain", "start", "wait", "ended"]
Unknown = Literal["dates", "complications"]


@dataclass(frozen=True, slots=True)
class NextThing:
    """What to do: a heading, what to know for it, and (page of her file, words) to do it by."""

    kind: Kind
    heading: str
    notes: Sequence[str] = ()
    deeds: Sequence[tuple[str, str]] = ()


def unknown(view: View) -> Unknown | None:
    """Return what has to be filled in before anything else can be said."""
    chart = view.chart
    if chart.birth is None and chart.expected_on is None:
        return "dates"
    codes = {one.code for one in view.proposal.reasons}
    return "complications" if "cleared" in codes and chart.is_complicated is None else None


def next_thing(say: Speaker, view: View) -> NextThing:
    """Return the gravest thing that waits, with what stopped her at home of late."""
    thing = _gravest(say, view)
    late = [_news(say, view, "pain_told"), _news(say, view, "leak_told")]
    return replace(thing, notes=[*thing.notes, *filter(None, late)])


def _gravest(say: Speaker, view: View) -> NextThing:
    codes = {one.code for one in view.proposal.reasons}
    heading = proposal(say, view.protocol, view.proposal)
    flags = flag_lines(say, view)
    clear, signed = ("clearance", say.say("Sign a clearance")), _signed_ahead(say, view)
    if flags:
        call = say.say("Red flag: call the doctor or midwife.")
        return NextThing("flag", call, [*flags, *signed], deeds=() if signed else (clear,))
    if view.history.ended is not None:
        return _after_the_end(say, view)
    if told := birth_told(say, view):
        return NextThing("go", told, deeds=(("birth", say.say("Birth")),))
    match unknown(view):
        case "dates":
            return _asks_for_dates(say)
        case "complications":
            return _asks_for_complications(say, view, heading, clear)
    if "not_held" in codes:
        return NextThing("go", heading, deeds=(("release", say.say("Let the programme go on")),))
    if "cleared" in codes:
        return NextThing("go", heading, signed, deeds=() if signed else (clear,))
    if isinstance(view.proposal, (Advance, StepBack)):
        return NextThing("accept", heading)
    if view.chart.pain_today is None:
        return NextThing("pain", heading)
    may_go_on = view.history.course is not None and not isinstance(view.proposal, Refuse)
    return NextThing("start" if may_go_on else "wait", heading)


def birth_told(say: Speaker, view: View) -> str:
    """Return that she told at home of a birth which the record does not have; else nothing."""
    return _news(say, view, "birth_told")


def _news(say: Speaker, view: View, code: HomeNews) -> str:
    day = told_at_home(view).get(code)
    return "" if day is None else say.say(NEWS[code], day=say.date(day))


def _signed_ahead(say: Speaker, view: View) -> list[str]:
    """Return that a clearance is signed for a day to come, so that nobody signs another."""
    gates = (gate for of_stage in view.gates.values() for gate in of_stage)
    days = [one.from_day for one in gates if one.code == "cleared" and not one.is_open]
    known = [day for day in days if day is not None]
    text = mark("A clearance is signed; it holds from %(day)s.")
    return [say.say(text, day=day_words(say, min(known)))] if known else []


def _after_the_end(say: Speaker, view: View) -> NextThing:
    """Say that her course has ended; a new one may begin where its first step is proposed."""
    ended = say.say("The course has ended")
    if isinstance(view.proposal, Advance):
        first = stage_line(say, view.protocol.stage(str(view.proposal.change.becomes)))
        note = say.say("If she goes on, a new one begins with %(step)s.", step=first)
        return NextThing("accept", ended, (note,))
    if "not_held" in {one.code for one in view.proposal.reasons}:
        deeds = (("release", say.say("Let the programme go on")),)
        return NextThing("ended", ended, deeds=deeds)
    return NextThing("ended", ended)


def _asks_for_dates(say: Speaker) -> NextThing:
    ways = (("pregnancy", say.say("Pregnancy")), ("birth", say.say("Birth")))
    return NextThing("dates", say.say("Is she pregnant, or has she given birth?"), deeds=ways)


def _asks_for_complications(
    say: Speaker, view: View, heading: str, clear: tuple[str, str]
) -> NextThing:
    page = "pregnancy" if view.chart.birth is None else "birth"
    note = say.say("Nobody has said yet whether there were complications.")
    return NextThing("go", heading, (note,), ((page, say.say("Fill it in")), clear))
