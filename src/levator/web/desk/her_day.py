"""What she reads on her own page: what to do today, in a sentence or two, and who reads along."""

from __future__ import annotations

from collections.abc import Mapping

from levator.clinic.courses import View
from levator.course.daily import daily_gate
from levator.course.gates import Gate, GateCode
from levator.course.progression import Refuse
from levator.texts import Speaker, mark

_BEGINS = mark("Your course has not begun yet. Your therapist chooses the first step with you.")
_WAITS = mark("Do not train this step now. Your therapist looks first at what comes next.")
_HURTS = mark("Leave this step while there is pain. Rest, and tell it here when the pain is gone.")
#: What keeps her from today's step, the gravest first, and what she can do about it.
_KEPT: Mapping[GateCode, str] = {
    "no_red_flag": mark("Do not train now, and call your doctor or midwife."),
    "not_held": mark(
        "Do not train now. Pain was too much several times; your therapist talks it over with you"
        " first."
    ),
    "not_ended_by_pain": mark("That is enough for today: pain ended your session. Rest now."),
    "below_stop": mark("Do not train now. Rest, and tell it here when the pain has become less."),
    "cleared": mark(
        "Do not train yet. A clearance has to be signed first; ask your therapist about it."
    ),
}
_ASKS_PAIN = mark("Tell first how much pain there is now; then you read here what to do.")
_OPEN = mark("Your session is open: join it to begin.")
_DO = mark("You can do this step today.")
_MORE = mark("You can do this step today; so far %(done)s of %(asked)s times.")
_DONE = mark("You have done all of today: %(done)s of %(asked)s times. Well done.")


def today_line(say: Speaker, view: View, *, is_open: bool) -> str:
    """Return what to do today, in one sentence for her. is_open : whether she can join now."""
    shut = shut_today(view)
    kept = next((words for code, words in _KEPT.items() if code in shut), None)
    if kept is not None:
        return say.say(kept)
    if view.stage is None:
        return say.say(_BEGINS)
    if view.chart.pain_today is None:
        return say.say(_ASKS_PAIN)
    if shut:
        return say.say(_HURTS if "no_pain" in shut else _WAITS)
    return say.say(_OPEN) if is_open else _times(say, view)


def shut_today(view: View) -> set[str]:
    """Return the codes of what keeps her from her step; empty where she may do it."""
    shut: set[str] = {one.code for one in _gates_of(view) if not one.is_open}
    if isinstance(view.proposal, Refuse):
        shut |= {one.code for one in view.proposal.reasons}
    return shut


def _gates_of(view: View) -> tuple[Gate, ...]:
    return view.gates[view.stage.id] if view.stage else ()


def _times(say: Speaker, view: View) -> str:
    gate = daily_gate(view.stage, view.chart) if view.stage else None
    if gate is None or gate.needed is None:
        return say.say(_DO)
    return say.say(_MORE if gate.is_open else _DONE, done=gate.given or 0, asked=gate.needed)
