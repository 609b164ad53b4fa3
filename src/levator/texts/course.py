"""What the therapist reads of a course: gates, proposals and their reasons, with the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from levator.course.gates import Gate
from levator.course.progression import Advance, Change, Hold, Proposal, Refuse, StepBack
from levator.course.protocol import Phase, Protocol
from levator.course.reasons import CAPPED, Reason, ReasonCode
from levator.course.today import Lowered
from levator.texts.answers import limit_rules
from levator.texts.speaker import Speaker, mark

_PHASES: Mapping[Phase, str] = {
    "pregnancy": mark("the time before birth"),
    "after_birth": mark("the time after birth"),
}
#: With the numbers that are known; what is missing has its own sentence below.
_REASONS: Mapping[ReasonCode, str] = {
    # Gates, as they are when shut
    "course_not_ended": mark("Her course has ended. Begin a new one first."),
    "dates_fit": mark("Something in the record is dated after today. Check the date, then go on."),
    "right_phase": mark("Only for %(needed)s; she is in %(given)s."),
    "week_reached": mark("Not before week %(needed)s; it is now week %(given)s."),
    "week_not_over": mark("Only before week %(needed)s; it is now week %(given)s."),
    "daily_dose_left": mark("Done for today: %(given)s of %(needed)s times, on all devices."),
    "no_red_flag": mark(
        "There was a red flag. Training waits for a clearance from after that day."
    ),
    "red_flags_asked": mark("Ask first about the red flags."),
    "cleared": mark("Nobody has signed a clearance that holds today."),
    "not_held": mark(
        "Pain was over the limit %(given)s times; %(needed)s times hold the programme, until the"
        " therapist has talked it over and lets it go on."
    ),
    "below_stop": mark(
        "The last pain score is %(given)s, over %(needed)s: no effort until a lower one."
    ),
    "not_ended_by_pain": mark("A session of today ended because of pain: no more effort today."),
    "no_pain": mark("There is pain today (%(given)s); more strength comes when it is gone."),
    "rest_first": mark(
        "Rest first: since she could not let go she did so after %(given)s %% of the rounds;"
        " one session needs %(needed)s %%."
    ),
    "holds_long": mark("She holds for %(given)s s in the band; %(needed)s s are needed."),
    "releases_well": mark("She lets go after %(given)s %% of the rounds; needed: %(needed)s %%."),
    "lasts": mark("Tired, or nearly, in round %(given)s; not before round %(needed)s is needed."),
    "pain_reduced": mark(
        "Pain is %(given)s; needed: no pain, or at most %(needed)s and less than the most pain so"
        " far."
    ),
    "force_reached": mark("She trains at %(given)s %% in the band; %(needed)s %% are needed."),
    # How the last sittings came out
    "out_of_band": mark("%(given)s %% of the hold in the band; needed: %(needed)s %%."),
    "not_let_go": mark("Let go after %(given)s %% of the rounds; needed: %(needed)s %%."),
    "ended_by_pain": mark("The session ended because of pain."),
    "pain_rose": mark("Pain rose by %(given)s in one session; %(needed)s or more is too much."),
    "over_the_stop": mark("Pain %(given)s after the session is over %(needed)s."),
    "pain_not_asked": mark("Pain was not asked before and after the session."),
    "too_few_rounds": mark("Rounds that could be judged: %(given)s; needed: %(needed)s."),
    "signal_in_doubt": mark("%(given)s %% of the rounds in doubt; at most %(needed)s %%."),
    "not_measured": mark("Holding or letting go was not measured."),
    # Where the course stands
    "course_begins": mark("The course begins."),
    "begins_anew": mark("The course before has ended; a new one begins."),
    "other_phase": mark("She is now in %(needed)s; the course goes on here."),
    "next_stage_open": mark("Everything that the next step asks for is there."),
    "passed": mark("Sessions in a row that passed like this: %(given)s."),
    "failed": mark("Sessions in a row that were too much like this: %(given)s."),
    "passed_so_far": mark("%(given)s of %(needed)s sessions passed like this."),
    "no_sittings": mark("No session like this yet; needed: %(needed)s."),
    "letting_go_is_hard": mark(
        "She let go after %(given)s %% of the rounds, %(needed)s %% are needed: more rest first."
    ),
    "worse_next_morning": mark(
        "Pain %(given)s on the morning after the session; before it, it was %(needed)s."
    ),
    "pain_rising": mark(
        "Pain has risen over the last %(needed)s days on which it was told, to %(given)s."
    ),
    "pain_not_safe": mark("Pain %(given)s is over %(needed)s: nothing is raised."),
    "pain_unknown": mark("How much pain there is today is not known yet."),
    "force_capped": mark("Force %(given)s %% would be over today's limit of %(needed)s %%"),
    "hold_capped": mark("A hold of %(given)s s would be over today's limit of %(needed)s s"),
    "highest_reached": mark("Everything that this step raises is at its highest."),
    "lowest_reached": mark("This is the lightest that this step has."),
    "last_stage": mark("This is the last step."),
    "last_before_birth": mark("This is the last step before the birth."),
    # Why a decision is not taken over
    "name_needed": mark("Fill in who decides."),
    "reason_needed": mark("Fill in why."),
    "not_today": mark("A decision is made on the day itself."),
    "nothing_proposed": mark("There is no step to accept."),
    "nothing_held": mark("The programme is not held."),
    "unknown_stage": mark("The protocol has no step %(given)s."),
    "outside_range": mark(
        "%(given)s times a day is outside what this step allows, at most %(needed)s."
    ),
    "other_rounds_rule": mark("This step ends a set by another rule; take the one it has."),
    "over_limits": mark("%(given)s is over the limit of %(needed)s that holds today."),
}
#: With the numbers of the protocol as well.
_HELD = mark(
    "%(given)s times pain was over %(limit)s; %(needed)s times within %(days)s days hold the"
    " programme, until the therapist has talked it over and lets it go on."
)
#: The same where nothing is known yet, or nothing was kept in the band.
_UNKNOWN: Mapping[ReasonCode, str] = {
    "week_reached": mark("Fill in a due date or a birth first."),
    "no_pain": mark("How much pain there is today is not known yet."),
    "rest_first": mark("Rest first: one session in which she lets go after %(needed)s %%."),
    "holds_long": mark("Not shown yet: a hold of %(needed)s s in the band."),
    "releases_well": mark("Not shown yet: letting go after %(needed)s %% of the rounds."),
    "lasts": mark("Not shown yet: no fatigue before round %(needed)s."),
    "pain_reduced": mark("How much pain there is today is not known yet."),
    "force_reached": mark("Not shown yet: %(needed)s %% in the band."),
    "signal_in_doubt": mark("How good the signal was is not known."),
}
_JUDGED_ONLY = mark("You judge this yourself; overrule with a reason when it is so.")
_CHANGES: Mapping[str, str] = {
    "stage": mark("%(becomes)s."),
    "rest": mark("Rest from %(was)s to %(becomes)s s."),
    "hold": mark("Hold from %(was)s to %(becomes)s s."),
    "rounds": mark("Rounds from %(was)s to %(becomes)s."),
    "force": mark("Force from %(was)s to %(becomes)s %%."),
    "tangent": mark("Tangent from %(was)s to %(becomes)s %%."),
    "times": mark("From %(was)s to %(becomes)s times a day."),
}
_LOWERED: Mapping[str, str] = {
    "force": mark("Force is %(given)s %% today in place of %(asked)s %%: %(rule)s."),
    "hold": mark("Hold is %(given)s s today in place of %(asked)s s: %(rule)s."),
}


def reason(speaker: Speaker, one: Reason | Gate, protocol: Protocol | None = None) -> str:
    """Return a reason, or what a gate is when shut; `protocol` names its steps and caps."""
    text, more = _REASONS[one.code], dict[str, float]()
    is_unknown = one.given is None or (one.code in _IN_BAND and not one.given)
    if is_unknown and one.code in _UNKNOWN:
        is_judged = one.needed is None and one.code in _SHOWN
        text = _JUDGED_ONLY if is_judged else _UNKNOWN[one.code]
    given = int(one.given) if one.code in _WEEKS and isinstance(one.given, float) else one.given
    if one.code == "not_held" and protocol is not None:
        text, rule = _HELD, protocol.pain
        more = {"limit": rule.stop_above, "days": rule.held_within_days}
    numbers = {"needed": one.needed, "given": given, **more}
    said = speaker.say(text, **{name: _number(speaker, n) for name, n in numbers.items()})
    if one.code in CAPPED:
        return f"{said}{speaker.colon}{', '.join(limit_rules(speaker, one.source, protocol))}."
    return said


_SHOWN: frozenset[ReasonCode] = frozenset({"holds_long", "releases_well", "lasts", "force_reached"})


#: Their number is of what was kept in the band; 0 is a target that was not.
_IN_BAND: frozenset[ReasonCode] = frozenset({"holds_long", "force_reached"})


#: Weeks are told as people count them, completed.
_WEEKS: frozenset[ReasonCode] = frozenset({"week_reached", "week_not_over"})


def _number(speaker: Speaker, value: float | str | None) -> float | str:
    if value is None:
        return "–"
    phases = {name: _PHASES[name] for name in get_args(Phase)}
    return speaker.say(phases[value]) if value in phases else value


def change(speaker: Speaker, protocol: Protocol, one: Change) -> str:
    """Return what would change, from and to."""
    values = {"was": one.was, "becomes": one.becomes}
    if one.parameter == "stage":
        title = protocol.stage(str(one.becomes)).words_in(speaker.language).title
        values = {"becomes": title}
    return speaker.say(
        _CHANGES[one.parameter], **{name: _number(speaker, n) for name, n in values.items()}
    )


def proposal(speaker: Speaker, protocol: Protocol, one: Proposal) -> str:
    """Return a proposal in one sentence; its reasons follow by themselves."""
    match one:
        case Advance(change=step):
            return speaker.say("Next step: %(change)s", change=change(speaker, protocol, step))
        case StepBack(change=step):
            return speaker.say(
                "One step lighter: %(change)s", change=change(speaker, protocol, step)
            )
        case Hold():
            return speaker.say("The same once more.")
        case Refuse():
            return speaker.say("No training yet.")


def lowered(speaker: Speaker, protocol: Protocol, one: Lowered) -> str:
    """Return a setting that is less today than prescribed, and why."""
    rule = ", ".join(limit_rules(speaker, one.cap, protocol))
    return speaker.say(_LOWERED[one.setting], given=one.given, asked=one.asked, rule=rule)
