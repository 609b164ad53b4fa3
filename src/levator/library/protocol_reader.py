"""From a checked protocol file to `course.Protocol`; numbers get their seconds here."""

from __future__ import annotations

from typing import TypeVar

from levator.course.protocol import (
    Cap,
    Judged,
    Milestone,
    Protocol,
    Range,
    ReferenceRule,
    RoundsPlan,
    Stage,
    StageDose,
    TimesADay,
    Window,
    Wording,
)
from levator.library import protocol_model as model
from levator.library.kinds import seconds_of
from levator.library.models import Sourced
from levator.training.pattern import Pattern, PatternUnit

Number = TypeVar("Number", int, float)


def protocol_of(file: model.ProtocolFile) -> Protocol:
    """Return the protocol that a checked file describes."""
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
        caps=tuple(map(_cap, file.caps)),
        milestones=tuple(map(_milestone, file.milestones)),
        stages=tuple(map(_stage, file.stages)),
    )


def _texts(text: model.Text) -> dict[str, str]:
    return text.model_dump(exclude_none=True)


def _value(number: Sourced[Number] | None) -> Number | None:
    return None if number is None else number.value


def _cap(cap: model.CapModel) -> Cap:
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


def _stage(stage: model.StageModel) -> Stage:
    texts = {name: getattr(stage.texts, name) for name in type(stage.texts).model_fields}
    return Stage(
        id=stage.id,
        window=Window(**stage.window.model_dump()),
        clearance=stage.clearance.value,
        locked_by_pain=stage.locked_by_pain.value,
        optional=stage.optional,
        mode=stage.mode,
        dose=_dose(stage),
        times_a_day=_times(stage.times_a_day),
        caps=tuple(map(_cap, stage.caps)),
        judged=tuple(Judged(**one.model_dump()) for one in stage.judged),
        words={name: Wording(**one.model_dump()) for name, one in texts.items() if one},
        source=stage.source,
    )


def _times(times: model.TimesModel | None) -> TimesADay | None:
    if times is None:
        return None
    return TimesADay(times.value, times.early, times.early_until_week_after_birth, times.source)


def _dose(stage: model.StageModel) -> StageDose | None:
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


def _range(allowed: model.RangeModel | None, unit: PatternUnit) -> Range | None:
    if allowed is None:
        return None
    return Range(
        seconds_of(allowed.lowest, unit),
        seconds_of(allowed.highest, unit),
        seconds_of(allowed.step, unit),
        allowed.source,
    )


def _rounds(rounds: model.RoundsModel) -> RoundsPlan:
    return RoundsPlan(
        kind=rounds.kind,
        count=_value(rounds.count),
        max_rounds=rounds.max_rounds.value,
        max_effort_s=rounds.max_effort_s.value,
        seed_rounds=rounds.seed_rounds,
        seed_rounds_from_week_after_birth=_value(rounds.seed_rounds_from_week_after_birth),
        source=rounds.source,
        seed_source=rounds.seed_source,
    )


def _sources(dose: model.StageDoseModel) -> dict[str, str]:
    parts = ((name, getattr(dose, name)) for name in type(dose).model_fields)
    return {name: part.source for name, part in parts if hasattr(part, "source")}
