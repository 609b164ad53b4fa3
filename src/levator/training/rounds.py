"""The flow of a set: rounds begin, are judged, rest, and end by their rule."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

from levator.quantities import Seconds
from levator.training import doubt, feeds, target
from levator.training.dose import Dose
from levator.training.events import (
    DoseAccepted,
    EffortAsked,
    FatigueEstablished,
    FatigueWarned,
    RepetitionScored,
    RestScored,
    SetEnd,
    SetEnded,
    SetStarted,
)
from levator.training.fatigue import RoundResult, signs_after
from levator.training.score import Scores, Track, level_before, score
from levator.training.state import SessionState, SetState, Totals, share_percent
from levator.training.target import Plan
from levator.training.verdict import INTERRUPTED, Judgement, judge, rise_rate_asked

#: Ends after which her own rating is asked: the set was hers to the end.
_ASK_EFFORT = ("rounds", "past_fatigue", "before_fatigue", "round_limit", "not_released")
#: Seconds kept before a round: breathing before it, and the earliest early start.
_KEEP_S = 15.0


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
    now = _set(state)
    number = now.rounds + 1
    dose = now.dose
    if now.next_dose is not None and number >= now.next_dose[0]:
        dose = now.next_dose[1]
        now = state.change_set(dose=dose, rule=dose.rounds, next_dose=None)
    plan = target.plan_of(dose, number, start_s, now.rest_extra_s)
    if _effort_after(now, plan) > _max_effort_s(state, now):
        end_set(state, "round_limit")
        return
    state.change_set(plan=plan, judge=True, rest=True)
    for name, feed in state.feeds.items():
        state.feeds[name] = feeds.forget(feed, min(start_s, state.now_s) - _KEEP_S)
    announce(state)


def announce(state: SessionState) -> None:
    """Tell the target of the round under way and the preview of the next one."""
    now, plan = _set(state), _plan(state)
    plans = (plan,) if _is_last(state, now, plan) else (plan, _following(now, plan))
    verdicts = state.context.settings.verdicts
    made = target.announce(
        plans, state.limits, verdicts.band_percent_mvc, state.now_s, state.revision + 1, now.number
    )
    if isinstance(made, tuple):
        state.change_set(plan=None, judge=False, rest=False)
        end_set(state, "limits")
        return
    state.revision += 1
    state.tell(made)


def _following(now: SetState, plan: Plan) -> Plan:
    dose = now.dose
    if now.next_dose is not None and plan.round + 1 >= now.next_dose[0]:
        dose = now.next_dose[1]
    return target.plan_of(dose, plan.round + 1, plan.end_s, now.rest_extra_s)


def _is_last(state: SessionState, now: SetState, plan: Plan) -> bool:
    """Whether it is already known that no round follows this one."""
    rule = now.rule
    if rule is None or plan.round in (rule.count, rule.max_rounds, now.last_round):
        return True
    effort_s = _effort_after(now, plan)
    return effort_s + plan.pattern.effort_s > _max_effort_s(state, now)


def _effort_after(now: SetState, plan: Plan) -> Seconds:
    return now.effort_s + plan.pattern.effort_s


def _max_effort_s(state: SessionState, now: SetState) -> Seconds:
    own = now.rule.max_effort_s if now.rule is not None else state.limits.max_effort_s
    return min(own, state.limits.max_effort_s)


def tell_rest(state: SessionState) -> None:
    """Take every target back: from now on nothing is asked."""
    state.revision += 1
    band = state.context.settings.verdicts.band_percent_mvc
    state.tell(target.rest(state.now_s, state.revision, state.sets, band, state.limits))


def judged_at_s(state: SessionState, plan: Plan) -> Seconds:
    """Time of the verdict: read before the next rise."""
    verdicts = state.context.settings.verdicts
    share = verdicts.judged_after_of_rest_percent / 100.0
    return plan.effort_end_s + min(verdicts.judged_after_s, plan.pattern.rest_s * share)


def judge_round(state: SessionState) -> None:
    """Give the verdict of the round under way."""
    plan = _plan(state)
    at_s = judged_at_s(state, plan)
    settings = state.context.settings
    doubts, unknown = doubt.of_repetition(state, plan, min(at_s, state.now_s))
    scores = None
    if not doubts:
        scores = score(track_of(state), plan, at_s, settings.contraction, settings.verdicts)
    judgement = judge(doubts, unknown, scores, plan, settings.verdicts)
    _tell_repetition(state, plan, at_s, judgement, scores)


def interrupt(state: SessionState, signal_lost: bool) -> None:
    """End the round under way before its time; begun effort counts and is not scored."""
    now = state.set_state
    if now is None or now.plan is None:
        return
    plan = now.plan
    if now.judge and state.now_s > plan.start_s and state.now_s < plan.effort_end_s:
        judgement = Judgement("no_signal", ("no_signal", INTERRUPTED))
        if not signal_lost:
            judgement = Judgement("unsure", ("unsure", INTERRUPTED))
        _tell_repetition(state, plan, state.now_s, judgement, None)
    now = _set(state)
    judge_later = now.judge and state.now_s >= plan.effort_end_s
    state.change_set(plan=plan if judge_later else None, judge=judge_later, rest=False)


def resume_set(state: SessionState, start_s: Seconds) -> None:
    """Go on after a pause: a verdict still owed comes first, then the rule, then a round."""
    now = _set(state)
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


def _tell_repetition(
    state: SessionState,
    plan: Plan,
    at_s: Seconds,
    judgement: Judgement,
    scores: Scores | None,
) -> None:
    now = _set(state)
    known = scores if scores is not None and judgement.valid else Scores()
    result = RoundResult(
        plan.round,
        judgement.valid,
        judgement.verdict == "good",
        plan.force_percent_mvc,
        known.hold_mean_percent_mvc,
        known.time_in_band_percent,
        known.hold_cv_percent,
        known.rise_rate_percent_mvc_per_s,
    )
    state.change_set(
        judge=False,
        rounds=plan.round,
        effort_s=_effort_after(now, plan),
        results=(*now.results, result),
    )
    state.tell(
        RepetitionScored(
            at_s,
            now.number,
            plan.round,
            judgement.verdict,
            judgement.reasons,
            judgement.valid,
            plan.start_s,
            at_s,
            plan.force_percent_mvc,
            plan.pattern.hold_s,
            known.onset_s,
            known.held_s,
            known.time_in_band_percent,
            known.rmse_percent_mvc,
            known.rmse_lag_removed_percent_mvc,
            known.lag_s,
            known.hold_mean_percent_mvc,
            known.hold_cv_percent,
            known.rise_rate_percent_mvc_per_s,
            rise_rate_asked(plan),
            _of_own_best(state, known),
            known.release_rate_percent_mvc_per_s,
            known.judged_level_percent_mvc,
        )
    )


def _of_own_best(state: SessionState, scores: Scores) -> float | None:
    reference = state.primary.use.reference
    best = reference.best_rise_rate_percent_mvc_per_s if reference is not None else None
    rate = scores.rise_rate_percent_mvc_per_s
    return None if best is None or rate is None else 100.0 * rate / best


def end_round(state: SessionState) -> None:
    """Score the rest, count the signs, then begin the next round or end the set."""
    plan = _plan(state)
    _score_rest(state, plan)
    _count_signs(state)
    state.change_set(plan=None, rest=False)
    ended_by = _ended_by(state)
    if ended_by is not None:
        end_set(state, ended_by)
    else:
        begin_round(state, plan.end_s)


def _score_rest(state: SessionState, plan: Plan) -> None:
    settings = state.context.settings
    over_s = min(settings.verdicts.released_over_s, plan.pattern.rest_s)
    level = None
    if not doubt.signal_is_missing(state, plan.end_s - over_s, plan.end_s):
        level = level_before(track_of(state), plan.end_s, over_s)
    released = None if level is None else level <= settings.verdicts.released_below_percent_mvc
    moved = doubt.rest_has_moved(state, plan, level)
    _lengthen_rest(state, released)
    now = _set(state)
    last = now.results[-1]
    if last.round == plan.round:
        scored = replace(last, rest_percent_mvc=None if moved else level, released=released)
        state.change_set(results=(*now.results[:-1], scored))
    dose_pattern = plan.dose.asked_pattern
    base_s = dose_pattern.rest_s if dose_pattern is not None else plan.pattern.rest_s
    state.tell(
        RestScored(
            plan.end_s,
            now.number,
            plan.round,
            level,
            released,
            ("moved",) if moved else (),
            base_s + now.rest_extra_s,
        )
    )


def _lengthen_rest(state: SessionState, released: bool | None) -> None:
    """Rest first: an unreleased rest makes the next one longer, up to a cap."""
    now, rest = _set(state), state.context.settings.rest
    if not state.context.adaptive_rest or released is None:
        return
    if released:
        state.change_set(unreleased_at_cap=0)
    elif now.rest_extra_s < rest.longer_at_most_s:
        longer_s = min(now.rest_extra_s + rest.longer_by_s, rest.longer_at_most_s)
        state.change_set(rest_extra_s=longer_s)
    else:
        state.change_set(unreleased_at_cap=now.unreleased_at_cap + 1)


def _count_signs(state: SessionState) -> None:
    now, settings = _set(state), state.context.settings.fatigue
    signs = signs_after(now.results, state.effort, settings)
    if now.established_round is not None:
        return
    if len(signs) >= settings.established_by:
        establish_fatigue(state, signs, now.rounds)
    elif len(signs) >= settings.warned_by and now.warned_round is None:
        state.change_set(signs=signs, warned_round=now.rounds)
        state.tell(FatigueWarned(state.now_s, now.rounds, signs))


def establish_fatigue(state: SessionState, signs: tuple[str, ...], round_number: int) -> None:
    """Fatigue stands from this round on; `past_fatigue` allows one more."""
    now = _set(state)
    past = now.rule is not None and now.rule.kind == "past_fatigue"
    state.change_set(
        signs=signs,
        established_round=round_number,
        warned_round=now.warned_round if now.warned_round is not None else round_number,
        last_round=round_number + 1 if past else now.last_round,
    )
    state.tell(FatigueEstablished(state.now_s, round_number, signs))  # type: ignore[arg-type]


def _ended_by(state: SessionState) -> SetEnd | None:
    """Return why the set ends after the round that is done, or None."""
    now = _set(state)
    rule, done = now.rule, now.rounds
    if now.unreleased_at_cap >= state.context.settings.rest.unreleased_at_most:
        return "not_released"
    if rule is None:
        return None
    if rule.kind == "number" and rule.count is not None and done >= rule.count:
        return "rounds"
    if rule.kind == "past_fatigue" and now.last_round is not None and done >= now.last_round:
        return "past_fatigue"
    if rule.kind == "before_fatigue" and _before_fatigue_is_over(now):
        return "before_fatigue"
    return "round_limit" if done >= min(rule.max_rounds, state.limits.max_rounds) else None


def _before_fatigue_is_over(now: SetState) -> bool:
    known = now.rule.last_known_fatigue_round if now.rule is not None else None
    return now.warned_round is not None or (known is not None and now.rounds >= known - 1)


def end_set(state: SessionState, ended_by: SetEnd) -> None:
    """End the set: rest, its scores, and the question for her own effort."""
    now = _set(state)
    in_band = [
        result.time_in_band_percent
        for result in now.results
        if result.time_in_band_percent is not None
    ]
    good = len([result for result in now.results if result.good])
    valid = len([result for result in now.results if result.valid])
    released = [result.released for result in now.results if result.released is not None]
    tell_rest(state)
    state.tell(
        SetEnded(
            state.now_s,
            now.number,
            now.rounds,
            ended_by,
            good,
            valid,
            share_percent(released),
            fsum(in_band) / len(in_band) if in_band else None,
            now.effort_s,
            now.signs,
            now.warned_round,
            now.established_round,
        )
    )
    state.set_state = None
    total = state.totals
    state.totals = Totals(
        total.sets + 1,
        total.rounds + now.rounds,
        total.good_rounds + good,
        total.valid_rounds + valid,
        total.effort_s + now.effort_s,
    )
    if ended_by in _ASK_EFFORT:
        state.tell(EffortAsked(state.now_s, now.number))
    state.go("set_over", ended_by)


def accept_dose(state: SessionState, dose: Dose, by: str) -> None:
    """Keep a dose for the next round whose verdict-time has not come, and say which."""
    now = state.set_state
    if now is None:
        state.next_dose = dose
        state.tell(DoseAccepted(state.now_s, by, dose, 1))
        return
    plan = now.plan
    from_round = now.rounds + 1 if plan is None else plan.round + (1 if now.judge else 2)
    state.change_set(next_dose=(from_round, dose))
    state.tell(DoseAccepted(state.now_s, by, dose, from_round))
    if plan is not None and now.judge and state.name == "running":
        announce(state)


def track_of(state: SessionState) -> Track:
    """Return the primary level as the scores see it."""
    primary = state.primary
    delay = int(primary.use.filter.delay_s * state.fs + 0.5)
    return Track(primary.tape, state.fs, delay, state.position)


def _set(state: SessionState) -> SetState:
    if state.set_state is None:
        raise AssertionError("no set is under way")
    return state.set_state


def _plan(state: SessionState) -> Plan:
    plan = _set(state).plan
    if plan is None:
        raise AssertionError("no round is under way")
    return plan
