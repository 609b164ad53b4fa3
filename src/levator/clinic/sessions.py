"""One session of the record with what its recording tells."""

from __future__ import annotations

from dataclasses import dataclass, replace

from levator.clinic.acting import Acts
from levator.clinic.courses import View, view_of
from levator.clinic.hers import all_of_hers, one_of_hers
from levator.errors import RecordingError
from levator.library import load_settings
from levator.quantities import PercentMvc
from levator.records.access import Actor
from levator.records.treatment import Session
from levator.reports.stored import stored_event
from levator.training.events import RepetitionScored


@dataclass(frozen=True, slots=True)
class Told:
    """A session and its rounds as they were scored, and the course that it stands in."""

    view: View
    session: Session
    rounds: tuple[RepetitionScored, ...]
    band_percent_mvc: PercentMvc


def all_of(acts: Acts, actor: Actor, patient_id: str) -> list[Session]:
    """Return her sessions, oldest first."""
    with acts.on_patient(actor, "session.read", patient_id) as act:
        return all_of_hers(act, Session, "started_at")


def told(
    acts: Acts, actor: Actor, patient_id: str, session_id: str, action: str = "session.read"
) -> Told:
    """Return one session of hers; without rounds where its recording is gone, and without a
    recording where the one that it names is another's."""
    with acts.on_patient(actor, action, patient_id) as act:
        session, now = one_of_hers(act, Session, session_id), view_of(act)
        recording, hers = session.recording_id or "", (actor.tenant_id, patient_id)
        if not act.work.is_recording_of(recording, *hers):
            session, recording = replace(session, recording_id=None), ""
    try:
        kept = acts.repository.events(recording)
    except RecordingError:
        kept = []
    events = (stored_event(one.data).value for one in kept)
    rounds = tuple(one for one in events if isinstance(one, RepetitionScored))
    return Told(now, session, rounds, load_settings().verdicts.band_percent_mvc)


def noted(acts: Acts, actor: Actor, patient_id: str, recording: str) -> None:
    """Note that the report of a recording of hers is read; refused as the table says."""
    with acts.on_patient(actor, "session.report", patient_id) as act:
        act.detail = recording


def look_at_board(acts: Acts, actor: Actor) -> None:
    """Note that somebody looks at the running rooms of her clinic; refused as the table says."""
    with acts.in_tenant(actor, "board.read"):
        pass
