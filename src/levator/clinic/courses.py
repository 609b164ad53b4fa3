"""A course: what the system proposes, with its reasons, and what the therapist makes of it.

Plain functions over `Acts`, called in threads. What was proposed and what was decided are both
kept, with the versions that proposed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from levator import __version__
from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.charts import chart_of, clearance_of, day_of, is_of_here
from levator.clinic.hers import one_of_hers, put_once
from levator.clinic.history import History, of
from levator.clinic.kept_values import DAMAGED, wrong_field
from levator.course import chart as course
from levator.course.caution import Caution, cautions
from levator.course.chart import Chart, Prescribed
from levator.course.clearance import holds
from levator.course.daily import Adherence, adherence
from levator.course.deciding import Decided, DecisionRefused, decide
from levator.course.gates import Gate, gates
from levator.course.prescription import DoseRefused
from levator.course.progression import Proposal, propose
from levator.course.protocol import Protocol, Stage
from levator.course.reasons import Reason
from levator.course.today import in_force
from levator.errors import CallerError, ContentError, RecordingError, mark
from levator.library import (
    library_version,
    load_checklist,
    load_hard_limits,
    load_protocol,
    load_scales,
)
from levator.records.access import Actor
from levator.records.entity import Entity, Plain
from levator.records.kinds import name_of
from levator.records.people import Patient, Tenant
from levator.records.treatment import Choice, Clearance, Course, Decision, Prescription
from levator.records.work import where

_CHOICES: dict[course.DecisionKind, Choice] = {
    "accept": "accepted",
    "overrule": "overruled",
    "release": "released",
}


class UndecidedError(CallerError):
    """A decision is not taken over. `reasons`: why, in the words of the course. `dose`: the
    settings among them, with their ranges."""

    def __init__(self, reasons: Sequence[Reason], dose: DoseRefused | None = None) -> None:
        """Keep them; the page says each."""
        super().__init__(mark("This cannot be decided now; the reasons stand below."))
        self.reasons, self.dose = reasons, dose


class UnreadableRecordError(ContentError):
    """Her record holds a value that cannot be, so that nothing can be said of her course."""

    def __init__(self, history: History | None) -> None:
        """Name the first such value: its kind and its field, never what it holds."""
        known = () if history is None else _entities(history)
        wrong = next(filter(None, map(_place, known)), name_of(Patient))
        super().__init__(
            mark(
                "Her record cannot be read: what is kept in %(place)s cannot be. Nothing is lost; "
                "let who keeps the clinic's computer see to it."
            ),
            place=wrong,
        )


def _entities(history: History) -> Iterator[Entity]:
    for field in fields(history):
        held = getattr(history, field.name)
        yield from held if isinstance(held, tuple) else (held,)


def _place(entity: Entity) -> str | None:
    field = wrong_field(entity)
    return None if field is None else f"{name_of(type(entity))}, {field}"


class ChangedMeanwhileError(CallerError):
    """The course is not as it was seen. seen : of how it is now. decisions : on it, in order.

    differs : field -> (how it is now, what was to be decided).
    """

    def __init__(self, now: View, wanted: Wanted) -> None:
        """Keep both sides; the page shows the difference."""
        super().__init__(
            mark("The course has changed since you saw it; look at the difference, then decide.")
        )
        self.seen = now.seen
        self.decisions = now.history.decisions
        self.differs = _differing(now, wanted)


@dataclass(frozen=True, slots=True)
class View:
    """A course as one looks at it today.

    gates : of every stage, by its id. seen : a digest of the proposal, the step and the dose in
        force, and the last decision, so that nobody decides on another course than was shown.
    """

    history: History
    protocol: Protocol
    chart: Chart
    proposal: Proposal
    gates: dict[str, tuple[Gate, ...]]
    cautions: tuple[Caution, ...]
    in_force: Prescribed
    adherence: Adherence | None
    seen: str

    @property
    def stage(self) -> Stage | None:
        """Where the course stands."""
        return self.protocol.stage(self.chart.stage) if self.chart.stage else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the therapist decides. settings : where she decides otherwise, None as proposed.

    seen : that of the view on which she decides.
    """

    kind: course.DecisionKind
    seen: str
    because: str = ""
    stage: str | None = None
    settings: Prescribed | None = None


def view(acts: Acts, actor: Actor, patient_id: str) -> View:
    """Return her course with today's proposal and its reasons."""
    with acts.on_patient(actor, "treatment.read", patient_id) as act:
        return view_of(act)


def view_of(act: Act) -> View:
    """Return the course of the patient on whom somebody acts."""
    history = None
    try:
        history = of(act)
        return look(history, _protocol(act, history), act.at)
    except (CallerError, RecordingError, *DAMAGED) as at:
        raise UnreadableRecordError(history) from at


def look_at(act: Act, patient: Patient) -> View:
    """Return the course of one of several patients on whom somebody acts at once."""
    return view_of(replace(act, patient=patient))


def look(history: History, protocol: Protocol, today: str) -> View:
    """Return a course as it stands on a day."""
    chart = chart_of(history, today)
    stage = protocol.stage(chart.stage) if chart.stage else None
    proposed, prescribed = propose(protocol, chart), Prescribed()
    if stage is not None:
        prescribed = in_force(stage, chart.settings)
    rules = (*protocol.cautions, *load_checklist("caesarean").cautions)
    return View(
        history=history,
        protocol=protocol,
        chart=chart,
        proposal=proposed,
        gates={one.id: gates(protocol, one, chart) for one in protocol.stages},
        cautions=cautions(rules, chart),
        in_force=prescribed,
        adherence=adherence(stage, chart, load_scales().adherence_days) if stage else None,
        seen=_digest(
            proposed, chart.stage, asdict(prescribed), [one.id for one in history.decisions]
        ),
    )


def decided(
    acts: Acts, actor: Actor, patient_id: str, decision_id: str, wanted: Wanted
) -> Decision:
    """Take a decision over into the record; sent twice it is taken over once.

    Raises UndecidedError with the reasons, and ChangedMeanwhileError where another was seen.
    """
    with acts.on_patient(actor, "course.decide", patient_id) as act:
        number = checking.checked_id(decision_id)
        before = act.work.find(Decision, actor.tenant_id, where(id=number))
        if before:
            return one_of_hers(act, Decision, number)
        now = view_of(act)
        if wanted.seen != now.seen:
            raise ChangedMeanwhileError(now, wanted)
        answer = decide(now.protocol, now.chart, _asked(act, wanted), load_hard_limits())
        if isinstance(answer, DecisionRefused):
            raise UndecidedError(answer.reasons, answer.dose)
        return _keep(act, now, answer, number)


def _asked(act: Act, wanted: Wanted) -> course.Decision:
    return course.Decision(
        day=day_of(act.at),
        by=act.actor.user_id,
        kind=wanted.kind,
        reason=checking.longer("because", wanted.because),
        stage=wanted.stage,
        settings=wanted.settings,
    )


def _keep(act: Act, now: View, answer: Decided, decision_id: str) -> Decision:
    told = answer.decision
    is_release = told.kind == "release"
    running = _held(now) if is_release else _moved(act, now, answer, decision_id)
    decision = put_once(
        act,
        Decision(
            id=decision_id,
            tenant_id=act.actor.tenant_id,
            patient_id=now.history.patient.id,
            course_id=None if running is None else running.id,
            on_day=act.at[:10],
            proposal=json.dumps(_told(now, answer), ensure_ascii=False),
            choice=_CHOICES[told.kind],
            because=told.reason,
            made_by=act.actor.user_id,
            made_at=act.at,
        ),
    )
    if running is not None and not is_release:
        _prescribe(act, now, answer, decision, running)
    return decision


def _held(now: View) -> Course | None:
    """Return the course that pain held; None where it holds the first: it could not begin."""
    return now.history.course or now.history.ended


def _moved(act: Act, now: View, answer: Decided, decision_id: str) -> Course:
    """Return the course at the stage that was decided; a new one where none runs."""
    running, stage = now.history.course, answer.stage
    if stage is None:
        raise CallerError("No course runs yet; begin it with a step.")
    if running is not None:
        return running if running.stage == stage else act.put(replace(running, stage=stage))
    return act.put(
        Course(
            id=hashlib.sha256(f"course {decision_id}".encode()).hexdigest()[:32],
            tenant_id=act.actor.tenant_id,
            patient_id=now.history.patient.id,
            protocol=now.protocol.id,
            protocol_version=now.protocol.version,
            stage=stage,
            begun_on=act.at[:10],
        )
    )


def _prescribe(act: Act, now: View, answer: Decided, decision: Decision, running: Course) -> None:
    """Keep the whole dose that holds from now on, not only what changed."""
    stage = now.protocol.stage(answer.stage or "")
    whole = in_force(stage, answer.settings)
    act.put(
        Prescription(
            id=hashlib.sha256(f"prescription {decision.id}".encode()).hexdigest()[:32],
            tenant_id=decision.tenant_id,
            patient_id=decision.patient_id,
            course_id=running.id,
            stage=stage.id,
            from_on=decision.on_day,
            force_percent_mvc=whole.force_percent_mvc,
            hold_s=whole.hold_s,
            rest_s=whole.rest_s,
            tangent_percent=whole.tangent_percent,
            rounds=whole.rounds_rule or stage.dose.rounds.kind if stage.dose else None,
            rounds_count=whole.rounds,
            times_a_day=whole.times_a_day,
            because=decision.because,
            decision_id=decision.id,
            made_by=decision.made_by,
            made_at=decision.made_at,
        )
    )


def _told(now: View, answer: Decided) -> dict[str, Any]:
    settings = answer.decision.settings
    return {
        "proposal": plain(now.proposal),
        "stage": answer.stage,
        "settings": asdict(settings) if settings is not None else None,
        "opens": list(answer.decision.opens),
        "levator": __version__,
        "library": library_version(),
    }


def plain(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as plain data."""
    return {"kind": type(proposal).__name__, **asdict(proposal)}


def _differing(now: View, wanted: Wanted) -> dict[str, tuple[Plain, Plain]]:
    """Return what differs between a course and what was to be decided on it."""
    asked = asdict(wanted.settings) if wanted.settings is not None else {}
    kept = {"stage": now.chart.stage} | asdict(now.in_force)
    given = {"stage": wanted.stage} | asked
    return {
        name: (kept[name], value)
        for name, value in given.items()
        if value is not None and value != kept[name]
    }


def _digest(proposal: Proposal, *more: Any) -> str:
    text = json.dumps([plain(proposal), *more], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _protocol(act: Act, history: History) -> Protocol:
    running = history.course
    if running is not None:
        return load_protocol(running.protocol)
    return load_protocol(act.work.get(Tenant, act.actor.tenant_id, act.actor.tenant_id).protocol)


def is_current(chart: Chart, kept: Clearance) -> bool:
    """Return whether a clearance of the record holds today."""
    return is_of_here(kept) and holds(clearance_of(kept), chart)
