"""What is said of a round: its verdict, its rest, and the signs of fatigue after it."""

from __future__ import annotations

from dataclasses import replace

from levator.quantities import Seconds
from levator.signals.conditioning import is_activity
from levator.signals.tape import index_at
from levator.training import doubt
from levator.training.events import (
    FatigueEstablished,
    FatigueSign,
    FatigueWarned,
    RepetitionScored,
    RestScored,
)
from levator.training.fatigue import RoundResult, signs_after
from levator.training.score import Scores, Track, level_before, score
from levator.training.state import SessionState, SetState, plan_under_way, set_under_way
from levator.training.target import Plan
from levator.training.verdict import Judgement, judge, rise_rate_asked


def judged_at_s(state: SessionState, plan: Plan) -> Seconds:
    """Time of the verdict: read before the next rise."""
    verdicts = state.context.settings.verdicts
    share = verdicts.judged_after_of_rest_percent / 100.0
    return plan.effort_end_s + min(verdicts.judged_after_s, plan.pattern.rest_s * share)


def judge_round(state: SessionState) -> None:
    """Give the verdict of the round under way: at its time, or now where all ends earlier."""
    plan = plan_under_way(state)
    at_s = judged_at_s(state, plan)
    if state.position < state.index(at_s):
        at_s = state.now_s
    settings = state.context.settings
    doubts, unknown = doubt.of_repetition(state, plan, at_s)
    scores = None
    if not doubts:
        scores = score(track_of(state), plan, at_s, settings.contraction, settings.verdicts)
    judgement = judge(doubts, unknown, scores, plan, settings.verdicts)
    tell_repetition(state, plan, at_s, judgement, scores)


def tell_repetition(
    state: SessionState,
    plan: Plan,
    at_s: Seconds,
    judgement: Judgement,
    scores: Scores | None,
) -> None:
    """Tell a verdict and count its round; the scores of a doubtful one are left out."""
    known = scores if scores is not None and judgement.valid else Scores()
    now = set_under_way(state)
    state.change_set(
        judge=False,
        rounds=plan.round,
        effort_s=effort_after(now, plan),
        results=(*now.results, _result(plan, judgement, known)),
    )
    state.tell(_scored(state, plan, at_s, judgement, known))


def _result(plan: Plan, judgement: Judgement, known: Scores) -> RoundResult:
    return RoundResult(
        plan.round,
        judgement.valid,
        judgement.verdict == "good",
        plan.force_percent_mvc,
        known.hold_mean_percent_mvc,
        known.time_in_band_percent,
        known.hold_cv_percent,
        known.rise_rate_percent_mvc_per_s,
    )


def _scored(
    state: SessionState, plan: Plan, at_s: Seconds, judgement: Judgement, known: Scores
) -> RepetitionScored:
    reference = state.primary.use.reference
    rise, release = known.rise_rate_percent_mvc_per_s, known.release_rate_percent_mvc_per_s
    best_rise = reference.best_rise_rate_percent_mvc_per_s if reference else None
    best_release = reference.best_release_rate_percent_mvc_per_s if reference else None
    return RepetitionScored(
        at_s=at_s,
        set_number=set_under_way(state).number,
        round=plan.round,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        valid=judgement.valid,
        start_s=plan.start_s,
        verdict_at_s=at_s,
        force_percent_mvc=plan.force_percent_mvc,
        hold_asked_s=plan.pattern.hold_s,
        onset_s=known.onset_s,
        held_s=known.held_s,
        time_in_band_percent=known.time_in_band_percent,
        rmse_percent_mvc=known.rmse_percent_mvc,
        rmse_lag_removed_percent_mvc=known.rmse_lag_removed_percent_mvc,
        lag_s=known.lag_s,
        hold_mean_percent_mvc=known.hold_mean_percent_mvc,
        hold_cv_percent=known.hold_cv_percent,
        rise_rate_percent_mvc_per_s=rise,
        rise_rate_asked_percent_mvc_per_s=rise_rate_asked(plan),
        rise_rate_of_own_best_percent=_share_percent(rise, best_rise),
        release_rate_percent_mvc_per_s=release,
        release_rate_of_own_best_percent=_share_percent(release, best_release),
        judged_level_percent_mvc=known.judged_level_percent_mvc,
    )


def _share_percent(rate: float | None, best: float | None) -> float | None:
    """Return a rate as a share of her own best; None until both were measured."""
    return None if best is None or rate is None else 100.0 * rate / best


def score_rest(state: SessionState, plan: Plan) -> None:
    """Tell how a rest ended, and what rest follows from it."""
    settings = state.context.settings
    over_s = min(settings.verdicts.released_over_s, plan.pattern.rest_s)
    level = None
    if not doubt.signal_is_missing(state, plan.end_s - over_s, plan.end_s):
        level = level_before(track_of(state), plan.end_s, over_s)
    moved = doubt.rest_has_moved(state, plan, level)
    released = None
    if level is not None and not moved:
        released = level <= settings.verdicts.released_below_percent_mvc
    _lengthen_rest(state, released)
    now = set_under_way(state)
    last = now.results[-1]
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
    now, rest = set_under_way(state), state.context.settings.rest
    if not state.context.adaptive_rest or released is None:
        return
    if released:
        state.change_set(unreleased_at_cap=0)
    elif now.rest_extra_s < rest.longer_at_most_s:
        longer_s = min(now.rest_extra_s + rest.longer_by_s, rest.longer_at_most_s)
        state.change_set(rest_extra_s=longer_s)
    else:
        state.change_set(unreleased_at_cap=now.unreleased_at_cap + 1)


def count_signs(state: SessionState) -> None:
    """Warn or establish fatigue where enough signs stand."""
    now, settings = set_under_way(state), state.context.settings.fatigue
    signs = signs_after(now.results, state.effort, settings)
    if now.established_round is not None:
        return
    if len(signs) >= settings.established_by:
        establish_fatigue(state, signs, now.rounds)
    elif len(signs) >= settings.warned_by and now.warned_round is None:
        state.change_set(signs=signs, warned_round=now.rounds)
        state.tell(FatigueWarned(state.now_s, now.rounds, signs))


def establish_fatigue(
    state: SessionState, signs: tuple[FatigueSign, ...], round_number: int
) -> None:
    """Fatigue stands from this round on; `past_fatigue` allows one more."""
    now = set_under_way(state)
    past = now.rule is not None and now.rule.kind == "past_fatigue"
    state.change_set(
        signs=signs,
        established_round=round_number,
        warned_round=now.warned_round if now.warned_round is not None else round_number,
        last_round=round_number + 1 if past else now.last_round,
    )
    state.tell(FatigueEstablished(state.now_s, round_number, signs))


def track_of(state: SessionState) -> Track:
    """Return the primary level as the scores see it."""
    primary = state.primary
    delay, over = int(primary.use.filter.delay_s * state.fs + 0.5), 1
    if is_activity(primary.channel, primary.use.filter):
        over = index_at(state.context.settings.verdicts.activity_mean_s, state.fs)
    return Track(primary.tape, state.fs, delay, state.position, over)


def effort_after(now: SetState, plan: Plan) -> Seconds:
    """Return the effort time of the set once a round is done, seconds."""
    return now.effort_s + plan.pattern.effort_s
