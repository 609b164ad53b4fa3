"""From a checked protocol file to `course.Protocol`; numbers get their seconds here."""

from __future__ import annotations

from typing import Any, TypeVar

from levator.course.protocol import (
    Cap,
    CautionRule,
    Judged,
    Milestone,
    PainRule,
    ProgressionRule,
    Protocol,
    Range,
    RedFlagRule,
    ReferenceRule,
    RoundsPlan,
    Stage,
    StageDose,
    TimesADay,
    Window,
    Wording,
)
from levator.library import protocol_model as model
from levator.library import range_model, stage_model
from levator.library.kinds import seconds_of
from levator.library.models import Sourced, Strict
from levator.training.pattern import Pattern, PatternUnit
from levator.training.settings import RestSettings

Number = TypeVar("Number", int, float)


def protocol_of(file: model.ProtocolFile, rest: RestSettings, red_flags: RedFlagRule) -> Protocol:
    """Return the protocol that a checked file describes.

    rest : says what share of its rounds a sitting lets go at least. red_flags : how long an
        answer counts.
    """
    document = file.document
    return Protocol(
        id=file.id,
        version=file.version,
        reviewed_by=file.reviewed_by,
        title=_texts(file.texts),
        about=_texts(file.about),
        document=f"{document.name}, {document.publisher} {document.year}, {document.pages}",
        reference=ReferenceRule(
            file.reference.mvc_from_week_after_birth.value,
            file.reference.mvc_in_pregnancy,
            file.reference.source,
        ),
        pain=PainRule(**_values(file.pain), sources=_sources(file.pain)),
        red_flags=red_flags,
        progression=_progression(file.progression, rest),
        caps=tuple(map(_cap, file.caps)),
        cautions=tuple(map(_caution, file.cautions)),
        milestones=tuple(map(_milestone, file.milestones)),
        stages=tuple(map(_stage, file.stages)),
    )


def _texts(text: stage_model.Text) -> dict[str, str]:
    return text.model_dump(exclude_none=True)


def _value(number: Sourced[Number] | None) -> Number | None:
    return None if number is None else number.value


def _values(table: Strict) -> dict[str, Any]:
    """Return the plain numbers of a table of sourced ones."""
    parts = ((name, getattr(table, name)) for name in type(table).model_fields)
    return {name: part.value for name, part in parts if isinstance(part, Sourced)}


def _progression(rule: model.ProgressionModel, rest: RestSettings) -> ProgressionRule:
    sources = _sources(rule) | {"released_percent": "measures/rest.toml, session_released_percent"}
    return ProgressionRule(
        **_values(rule), released_percent=rest.session_released_percent, sources=sources
    )


def _caution(caution: model.CautionModel) -> CautionRule:
    return CautionRule(
        caution.code,
        caution.birth,
        caution.until_week_after_birth,
        _texts(caution.texts),
        caution.source,
    )


def _cap(cap: stage_model.CapModel) -> Cap:
    hold_s = None
    if cap.hold is not None and cap.pattern_unit is not None:
        hold_s = seconds_of(cap.hold, cap.pattern_unit)
    return Cap(
        cap.name,
        cap.until_week_after_birth,
        cap.while_pain,
        cap.force_percent_mvc,
        hold_s,
        _texts(cap.texts),
        cap.source,
    )


def _milestone(milestone: model.MilestoneModel) -> Milestone:
    return Milestone(
        milestone.from_week_after_birth,
        milestone.until_week_after_birth,
        _texts(milestone.texts),
        milestone.source,
    )


def _stage(stage: stage_model.StageModel) -> Stage:
    texts = {name: getattr(stage.texts, name) for name in type(stage.texts).model_fields}
    return Stage(
        id=stage.id,
        window=Window(**stage.window.model_dump()),
        clearance=stage.clearance.value,
        locked_by_pain=stage.locked_by_pain.value,
        locked_by_tone=stage.locked_by_tone.value,
        optional=stage.optional,
        mode=stage.mode,
        dose=_dose(stage),
        times_a_day=_times(stage.times_a_day),
        caps=tuple(map(_cap, stage.caps)),
        judged=tuple(map(_judged, stage.judged)),
        order=() if stage.progression is None else stage.progression.order,
        words={name: Wording(**one.model_dump()) for name, one in texts.items() if one},
        source=stage.source,
        sources=_sources(stage),
    )


def _judged(judged: stage_model.JudgedModel) -> Judged:
    hold_s = None
    if judged.hold is not None and judged.pattern_unit is not None:
        hold_s = seconds_of(judged.hold, judged.pattern_unit)
    return Judged(
        code=judged.code,
        source=judged.source,
        force_percent_mvc=judged.force_percent_mvc,
        shown_in=judged.shown_in,
        sittings=judged.sittings or 1,
        hold_s=hold_s,
        in_band_percent=judged.in_band_percent,
        rounds=judged.rounds,
        pain_at_most=judged.pain_at_most,
    )


def _times(times: stage_model.TimesModel | None) -> TimesADay | None:
    if times is None:
        return None
    return TimesADay(
        times.value,
        _range(times.range, "s"),
        times.early,
        times.early_until_week_after_birth,
        times.source,
    )


def _dose(stage: stage_model.StageModel) -> StageDose | None:
    dose, rounds = stage.dose, stage.rounds
    if dose is None or rounds is None:
        return None
    unit, numbers = dose.pattern_unit, dose.pattern.value
    pattern = Pattern(*(seconds_of(number, unit) for number in numbers))
    tangent, start_hold = _value(dose.tangent_percent), _value(dose.start_hold)
    start_tangent = _value(dose.start_tangent_percent)
    return StageDose(
        mode=stage.mode,
        force_percent_mvc=dose.force_percent_mvc.value,
        pattern_numbers=numbers,
        pattern_unit=unit,
        pattern=pattern,
        tangent_percent=tangent,
        start_hold_s=pattern.hold_s if start_hold is None else seconds_of(start_hold, unit),
        start_tangent_percent=tangent if start_tangent is None else start_tangent,
        force_range=_range(dose.force_range, "s"),
        hold_range_s=_range(dose.hold_range, unit),
        rest_range_s=_range(dose.rest_range, unit),
        tangent_range=_range(dose.tangent_range, "s"),
        rounds=_rounds(rounds),
        sources=_sources(dose),
    )


def _range(allowed: range_model.RangeModel | None, unit: PatternUnit) -> Range | None:
    if allowed is None:
        return None
    return Range(
        seconds_of(allowed.lowest, unit),
        seconds_of(allowed.highest, unit),
        seconds_of(allowed.step, unit),
        allowed.source,
    )


def _rounds(rounds: stage_model.RoundsModel) -> RoundsPlan:
    return RoundsPlan(
        kind=rounds.kind,
        count=_value(rounds.count),
        count_range=_range(rounds.count_range, "s"),
        max_rounds=rounds.max_rounds.value,
        max_effort_s=rounds.max_effort_s.value,
        seed_rounds=rounds.seed_rounds,
        seed_rounds_from_week_after_birth=_value(rounds.seed_rounds_from_week_after_birth),
        source=rounds.source,
        seed_source=rounds.seed_source,
    )


def _sources(table: Strict) -> dict[str, str]:
    parts = ((name, getattr(table, name)) for name in type(table).model_fields)
    return {name: part.source for name, part in parts if hasattr(part, "source")}
