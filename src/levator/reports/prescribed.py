"""How the dose came about, in words: scheme, step, pattern, rounds, bounds, and their sources.

The numbers are those of the stored context; the scheme's file only adds titles and sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from levator.course.facts import StartFacts
from levator.course.prescription import dose_for
from levator.course.protocol import Protocol, RoundsPlan, Stage, StageDose
from levator.errors import CallerError
from levator.library.loader import load_protocol
from levator.reports.session_report import SessionReport
from levator.texts import words
from levator.texts.answers import limit_rules
from levator.texts.citing import cited
from levator.texts.speaker import Speaker, mark
from levator.training.context import SessionContext
from levator.training.dose import Dose, RoundsKind, RoundsRule
from levator.training.limits import Limits
from levator.training.pattern import Pattern

_RULES = {
    "number": mark("a fixed number of rounds"),
    "past_fatigue": mark("one round past fatigue"),
    "before_fatigue": mark("until just before fatigue"),
}


_WRITTEN = {
    "s": mark("the scheme writes (%(numbers)s) in seconds: %(pattern)s"),
    "0.1s": mark("the scheme writes (%(numbers)s) in tenths of a second: %(pattern)s"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list: what it is, its value, and where that comes from."""

    label: str
    value: str
    note: str = ""


def scheme_of(context: SessionContext) -> tuple[Protocol | None, Stage | None]:
    """Return the scheme and step of a session as this library has them; None where it has not."""
    if context.protocol is None:
        return None, None
    try:
        protocol = load_protocol(context.protocol)
    except CallerError:
        return None, None
    stages = {stage.id: stage for stage in protocol.stages}
    return protocol, stages.get(context.stage or "")


def dose_facts(speaker: Speaker, report: SessionReport) -> list[Fact]:
    """Return how the dose of this sitting came about, a line each."""
    context = report.context
    if context is None:
        return []
    protocol, stage = scheme_of(context)
    facts = list(_scheme(speaker, context, protocol, stage))
    facts += _typed(speaker, report)
    dose = context.dose
    if dose is None:
        return [*facts, Fact(speaker.say("Dose"), speaker.say("none: the session only listened"))]
    facts.append(Fact(speaker.say("Mode"), speaker.say(words.MODES[dose.mode])))
    facts += _asked(speaker, dose, stage, context.limits)
    facts += _bounds(speaker, context.limits, protocol)
    facts.append(_adaptive(speaker, context))
    return facts


def _scheme(
    speaker: Speaker, context: SessionContext, protocol: Protocol | None, stage: Stage | None
) -> Iterator[Fact]:
    if context.protocol is None:
        yield Fact(speaker.say("Scheme"), speaker.say("none: a dose of its own"))
        return
    title = protocol.title.get(speaker.language, context.protocol) if protocol else context.protocol
    version = speaker.say("version %(version)s", version=context.protocol_version or "–")
    note = f"{cited(speaker, protocol.document)}; {version}" if protocol else version
    if protocol is not None and protocol.version != context.protocol_version:
        note += "; " + speaker.say(
            "texts and sources below are of version %(version)s", version=protocol.version
        )
    yield Fact(speaker.say("Scheme"), title, note)
    if protocol is not None:
        yield Fact(speaker.say("Reviewed by"), cited(speaker, protocol.reviewed_by))
    name = stage.words_in(speaker.language).title if stage else ""
    value = f"{context.stage}: {name}" if name else context.stage or "–"
    yield Fact(speaker.say("Step"), value, cited(speaker, stage.source) if stage else "")


def _typed(speaker: Speaker, report: SessionReport) -> Iterator[Fact]:
    """What was typed on the start page: why this step was open that day."""
    typed = report.header.facts
    pregnant, born = typed.get("weeks_pregnant"), typed.get("weeks_since_birth")
    if isinstance(pregnant, float):
        yield Fact(speaker.say("Week"), speaker.say("%(weeks)s weeks pregnant", weeks=pregnant))
    if isinstance(born, float):
        yield Fact(speaker.say("Week"), speaker.say("%(weeks)s weeks since birth", weeks=born))
    cleared_by = typed.get("cleared_by")
    if isinstance(cleared_by, str) and cleared_by:
        yield Fact(speaker.say("Cleared by"), cleared_by, speaker.say("typed, not signed"))
    for name, label in (
        ("complications", speaker.say("Complications at birth")),
        ("pain_now", speaker.say("Pain today")),
    ):
        if isinstance(typed.get(name), bool):
            yield Fact(label, speaker.say("yes") if typed[name] else speaker.say("no"))


def _asked(speaker: Speaker, dose: Dose, stage: Stage | None, limits: Limits) -> Iterator[Fact]:
    """Force, pattern, Tangent and rounds; a source stands only beside what is the source's."""
    written = stage.dose if stage else None
    made = dose_for(stage, StartFacts(), limits) if stage else None
    scheme = made if isinstance(made, Dose) else None
    if dose.pattern is None or dose.force_percent_mvc is None or dose.rounds is None:
        return
    force = speaker.say("%(force)s %% of the reference", force=dose.force_percent_mvc)
    source = cited(speaker, written.sources.get("force_percent_mvc", "")) if written else ""
    told = scheme.force_percent_mvc if scheme is not None else None
    if told is not None and told != dose.force_percent_mvc:
        source = _chosen(speaker, speaker.say("%(force)s %%", force=told))
    yield Fact(speaker.say("Force"), force, source)
    note = _as_written(speaker, written) if written else ""
    if scheme is not None and scheme.pattern is not None and scheme.pattern != dose.pattern:
        note = f"{_chosen(speaker, pattern(speaker, scheme.pattern))}; {note}"
    yield Fact(speaker.say("Rise, hold, fall, rest"), pattern(speaker, dose.pattern), note)
    yield from _tangent(speaker, dose, scheme)
    yield from _rounds(speaker, dose.rounds, written.rounds if written else None)


def _chosen(speaker: Speaker, said: str) -> str:
    """Say whose number it is where it is not the scheme's, and what the scheme says."""
    return speaker.say("chosen by the therapist; the scheme says %(said)s", said=said)


def _tangent(speaker: Speaker, dose: Dose, scheme: Dose | None) -> Iterator[Fact]:
    if dose.tangent_percent is None or dose.asked_pattern is None:
        return
    tangent = speaker.say("%(tangent)s %%", tangent=dose.tangent_percent)
    note = speaker.say("as shown: %(pattern)s", pattern=pattern(speaker, dose.asked_pattern))
    told = scheme.tangent_percent if scheme is not None else None
    if told is not None and told != dose.tangent_percent:
        note = f"{_chosen(speaker, speaker.say('%(tangent)s %%', tangent=told))}; {note}"
    yield Fact(speaker.say("Tangent"), tangent, note)


def pattern(speaker: Speaker, phases: Pattern) -> str:
    """Return the four phases in seconds."""
    numbers = (phases.rise_s, phases.hold_s, phases.fall_s, phases.rest_s)
    return speaker.say("%(phases)s s", phases=" · ".join(map(speaker.number, numbers)))


def _as_written(speaker: Speaker, written: StageDose) -> str:
    said = speaker.say(
        _WRITTEN[written.pattern_unit],
        numbers="; ".join(map(speaker.number, written.pattern_numbers)),
        pattern=pattern(speaker, written.pattern),
    )
    source = cited(speaker, written.sources.get("pattern", ""))
    return f"{said}; {source}" if source else said


def _rounds(speaker: Speaker, rule: RoundsRule, plan: RoundsPlan | None) -> Iterator[Fact]:
    caps = speaker.say(
        "at most %(rounds)s rounds and %(effort)s s of effort",
        rounds=rule.max_rounds,
        effort=rule.max_effort_s,
    )
    note = f"{caps}; {cited(speaker, plan.source)}" if plan and plan.kind == rule.kind else caps
    if rule.last_known_fatigue_round is not None:
        note += "; " + speaker.say(
            "last known fatigue in round %(round)s", round=rule.last_known_fatigue_round
        )
    yield Fact(speaker.say("Rounds"), words.rounds(speaker, rule), note)
    if plan is not None and plan.seed_rounds != rule.kind:
        yield Fact(
            speaker.say("Rounds in the source"),
            _rule(speaker, plan.seed_rounds),
            cited(speaker, plan.seed_source),
        )


def _rule(speaker: Speaker, kind: RoundsKind) -> str:
    return speaker.say(_RULES[kind])


def _bounds(speaker: Speaker, limits: Limits, protocol: Protocol | None) -> Iterator[Fact]:
    rules = speaker.listing(limit_rules(speaker, limits.label, protocol))
    cycle = speaker.say("a round at most %(cycle)s s", cycle=limits.cycle_s)
    effort = speaker.say("effort at most %(effort)s s", effort=limits.max_effort_s)
    value = ", ".join([words.limits(speaker, limits), cycle, effort])
    yield Fact(speaker.say("Limits"), value, speaker.say("from: %(rules)s", rules=rules))


def _adaptive(speaker: Speaker, context: SessionContext) -> Fact:
    rest = context.settings.rest
    if not context.adaptive_rest:
        return Fact(speaker.say("Longer rests"), speaker.say("off: the rests stay as they are"))
    value = speaker.say(
        "an unreleased rest makes the next %(by)s s longer, at most %(most)s s in all",
        by=rest.longer_by_s,
        most=rest.longer_at_most_s,
    )
    return Fact(speaker.say("Longer rests"), value)
