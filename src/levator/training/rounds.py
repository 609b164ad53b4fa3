"""The flow of a set: rounds begin, are judged, rest, and end by their rule."""

from __future__ import annotations

from levator.quantities import Seconds
from levator.signals.averages import mean
from levator.training import feeds, target
from levator.training.dose import Dose, RoundsRule
from levator.training.events import DoseAccepted, EffortAsked, SetEnd, SetEnded, SetStarted
from levator.training.judging import (
    count_signs,
    effort_after,
    judge_round,
    score_rest,
    tell_repetition,
)
from levator.training.state import (
    SessionState,
    SetState,
    Totals,
    plan_under_way,
    set_under_way,
    share_percent,
)
from levator.training.target import Plan
from levator.training.verdict import INTERRUPTED, Judgement

#: Ends after which her own rating is asked: the set was hers to the end.
_ASK_EFFORT = ("rounds", "past_fatigue", "before_fatigue", "round_limit", "not_released")
#: Seconds kept before a round: breathing before it, and the earliest early start.
_KEEP_S = 15.0
#: A contraction that has not ended is described over so many seconds more, not over hours.
_KEEP_LONGEST_S = 600.0


def begin_set(state: SessionState, dose: Dose, first_rise_s: Seconds) -> None:
    """Begin a set; its first round rises at `first_rise_s`."""
    state.sets += 1
    state.effort = None
    state.set_state = SetState(state.sets, dose, dose.rounds)
    state.tell(SetStarted(state.now_s, state.sets, dose, state.limits, first_rise_s))
    if dose.mode == "open":
        tell_rest(state)
    else:
        begin_round(state, first_rise_s)


def begin_round(state: SessionState, start_s: Seconds) -> None:
    """Plan the next round and announce it, or end the set at the last gate."""
    now = set_under_way(state)
    number = now.rounds + 1
    dose = _dose_of(now, number)
    if dose is not now.dose:
        later = tuple(one for one in now.next_doses if one[0] > number)
        now = state.change_set(dose=dose, rule=dose.rounds, next_doses=later)
    plan = target.plan_of(dose, number, start_s, now.rest_extra_s)
    if effort_after(now, plan) > _max_effort_s(state, now):
        end_set(state, "round_limit")
        return
    state.change_set(plan=plan, judge=True, rest=True)
    before_s = kept_from_s(state, min(start_s, state.now_s) - _KEEP_S)
    for name, feed in state.feeds.items():
        state.feeds[name] = feeds.forget(feed, before_s)
    announce(state)


def kept_from_s(state: SessionState, before_s: Seconds) -> Seconds:
    """Return from when levels are kept: a contraction under way is described as a whole."""
    onsets = [] if state.detector.onset is None else [state.detector.onset]
    if state.ended_contraction is not None:
        onsets.append(state.ended_contraction[0].onset)
    longest_s = before_s - _KEEP_LONGEST_S
    return min([before_s, *(max(onset / state.fs, longest_s) for onset in onsets)])


def announce(state: SessionState) -> None:
    """Tell the target of the round under way and the preview of the next one."""
    now, plan = set_under_way(state), plan_under_way(state)
    coming = _following(now, plan)
    plans = (plan,) if _is_last(state, now, plan, coming.dose.rounds) else (plan, coming)
    verdicts = state.context.settings.verdicts
    made = target.announce(
        plans, state.limits, verdicts.band_percent_mvc, state.now_s, state.revision + 1, now.number
    )
    if isinstance(made, tuple):
        leave_round(state)
        end_set(state, "limits")
        return
    state.revision += 1
    state.tell(made)


def _following(now: SetState, plan: Plan) -> Plan:
    dose = _dose_of(now, plan.round + 1)
    return target.plan_of(dose, plan.round + 1, plan.end_s, now.rest_extra_s)


def _dose_of(now: SetState, number: int) -> Dose:
    """Return the dose of a round that is to come."""
    due = [dose for from_round, dose in now.next_doses if from_round <= number]
    return due[-1] if due else now.dose


def _is_last(state: SessionState, now: SetState, plan: Plan, rule: RoundsRule | None) -> bool:
    """Whether it is already known that no round follows this one by a rule."""
    known = () if rule is None else (rule.count, rule.max_rounds, now.last_round)
    if rule is None or any(most is not None and plan.round >= most for most in known):
        return True
    if rule.kind == "before_fatigue" and _before_fatigue_is_over(now, rule, plan.round):
        return True
    effort_s = effort_after(now, plan)
    return effort_s + plan.pattern.effort_s > _max_effort_s(state, now)


def _max_effort_s(state: SessionState, now: SetState) -> Seconds:
    # A rule over the limits is never under way: it is refused, or lower limits end the set.
    return now.rule.max_effort_s if now.rule is not None else state.limits.max_effort_s


def tell_rest(state: SessionState) -> None:
    """Take every target back: from now on nothing is asked."""
    state.revision += 1
    band = state.context.settings.verdicts.band_percent_mvc
    state.tell(target.rest(state.now_s, state.revision, state.sets, band, state.limits))


def interrupt(state: SessionState, signal_lost: bool) -> None:
    """End the round under way before its time; begun effort counts and is not scored."""
    now = state.set_state
    if now is None or now.plan is None:
        return
    plan = now.plan
    is_over = state.position >= state.index(plan.effort_end_s)
    if now.judge and state.position > state.index(plan.start_s) and not is_over:
        judgement = Judgement("no_signal", ("no_signal", INTERRUPTED))
        if not signal_lost:
            judgement = Judgement("unsure", ("unsure", INTERRUPTED))
        tell_repetition(state, plan, state.now_s, judgement, None)
    now = set_under_way(state)
    judge_later = now.judge and is_over
    state.change_set(plan=plan if judge_later else None, judge=judge_later, rest=False)


def leave_round(state: SessionState, is_cut_off: bool = False) -> None:
    """Before a set ends: an effort that is over is judged, one that has begun still counts.

    is_cut_off : the recording ends here; what it does not hold is no round.
    """
    now = state.set_state
    if now is None or now.plan is None:
        return
    if now.judge and state.position >= state.index(now.plan.effort_end_s):
        judge_round(state)
    elif not is_cut_off:
        interrupt(state, signal_lost=False)


def resume_set(state: SessionState, start_s: Seconds) -> None:
    """Go on after a pause: a verdict still owed comes first, then the rule, then a round."""
    now = set_under_way(state)
    if now.plan is not None and now.judge:
        judge_round(state)
    state.change_set(plan=None, judge=False, rest=False)
    if now.dose.mode == "open":
        return
    ended_by = _ended_by(state)
    if ended_by is not None:
        end_set(state, ended_by)
    else:
        begin_round(state, start_s)


def end_round(state: SessionState) -> None:
    """Score the rest, count the signs, then begin the next round or end the set."""
    plan = plan_under_way(state)
    score_rest(state, plan)
    count_signs(state)
    state.change_set(plan=None, rest=False)
    ended_by = _ended_by(state)
    if ended_by is not None:
        end_set(state, ended_by)
    else:
        begin_round(state, plan.end_s)


def _ended_by(state: SessionState) -> SetEnd | None:
    """Return why the set ends after the round that is done, or None."""
    now = set_under_way(state)
    if now.unreleased_at_cap >= state.context.settings.rest.unreleased_at_most:
        return "not_released"
    # A dose that was accepted says itself how many rounds there are.
    rule = _dose_of(now, now.rounds + 1).rounds
    return None if rule is None else _ended_by_rule(now, rule)


def _ended_by_rule(now: SetState, rule: RoundsRule) -> SetEnd | None:
    done = now.rounds
    if rule.kind == "number" and rule.count is not None and done >= rule.count:
        return "rounds"
    if rule.kind == "past_fatigue" and now.last_round is not None and done >= now.last_round:
        return "past_fatigue"
    if rule.kind == "before_fatigue" and _before_fatigue_is_over(now, rule, now.rounds):
        return "before_fatigue"
    return "round_limit" if done >= rule.max_rounds else None


def _before_fatigue_is_over(now: SetState, rule: RoundsRule, done: int) -> bool:
    known = rule.last_known_fatigue_round
    return now.warned_round is not None or (known is not None and done >= known - 1)


def end_set(state: SessionState, ended_by: SetEnd) -> None:
    """End the set: rest, its scores, and the question for her own effort."""
    now, told = set_under_way(state), _told(state, ended_by)
    tell_rest(state)
    state.tell(told)
    state.set_state = None
    if state.next_dose is None:
        # What the therapist changed holds for the next set, too.
        state.next_dose = now.next_doses[-1][1] if now.next_doses else now.dose
    state.totals = _with(state.totals, told)
    if ended_by in _ASK_EFFORT:
        state.tell(EffortAsked(state.now_s, now.number))
    state.go("set_over", ended_by)


def _told(state: SessionState, ended_by: SetEnd) -> SetEnded:
    """Return the set in numbers."""
    now = set_under_way(state)
    in_band = [result.time_in_band_percent for result in now.results]
    known = [share for share in in_band if share is not None]
    released = [result.released for result in now.results if result.released is not None]
    return SetEnded(
        state.now_s,
        now.number,
        now.rounds,
        ended_by,
        len([result for result in now.results if result.good]),
        len([result for result in now.results if result.valid]),
        share_percent(released),
        mean(known),
        now.effort_s,
        now.signs,
        now.warned_round,
        now.established_round,
    )


def _with(total: Totals, told: SetEnded) -> Totals:
    """Return the totals of the sitting with one set more."""
    return Totals(
        total.sets + 1,
        total.rounds + told.rounds,
        total.good_rounds + told.good_rounds,
        total.valid_rounds + told.valid_rounds,
        total.effort_s + told.effort_s,
    )


def accept_dose(state: SessionState, dose: Dose, by: str) -> None:
    """Keep a dose for the next round whose verdict-time has not come, and say which."""
    now = state.set_state
    if now is None:
        state.next_dose = dose
        state.tell(DoseAccepted(state.now_s, by, dose, 1))
        return
    plan = now.plan
    from_round = now.rounds + 1 if plan is None else plan.round + (1 if now.judge else 2)
    if plan is not None and _is_last(state, now, plan, now.rule):
        # No such round will come in this set: it counts from the first one of the next.
        state.next_dose = dose
        state.tell(DoseAccepted(state.now_s, by, dose, 1))
        return
    # One that was accepted for the round before stays: that round is announced already.
    earlier = (one for one in now.next_doses if one[0] < from_round)
    state.change_set(next_doses=(*earlier, (from_round, dose)))
    state.tell(DoseAccepted(state.now_s, by, dose, from_round))
    if plan is not None and now.judge and state.name == "running":
        announce(state)
