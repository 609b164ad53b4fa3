"""What the made-up woman of `levator demo` does at home: what is prescribed, and a week of it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from levator.clinic.acting import Acts
from levator.clinic.home import prescribing
from levator.clinic.home.doses import all_exercises
from levator.clinic.home.keeping import ToldSession
from levator.clinic.home.planning import look
from levator.clinic.home.prescribing import HomeWanted
from levator.clinic.home.syncing import FromPhone, sync
from levator.errors import mark
from levator.records.access import Actor

#: Why it is prescribed, as it stands in her record.
WHY = mark("To practise between the sessions; made up for the demonstration.")
#: How often she did each exercise on the days before yesterday, the oldest first, and yesterday.
_DONE = ((2, 1), (3, 2), (1, 0), (2, 3), (3, 1), (0, 2))


def begin_at_home(acts: Acts, therapist: Actor, her: Actor, because: str) -> None:
    """Prescribe two exercises a week ago and let her have done some of it; once in a folder."""
    record = her.patient_id or ""
    if look(acts, her, record).history.home_prescriptions:
        return
    chosen = [one for one in all_exercises() if one.kind in ("endurance", "relaxation")]
    for exercise in chosen:
        wanted = HomeWanted(exercise=exercise.id, because=because)
        begun = _ago(acts, len(_DONE))
        prescribing.prescribe(begun, therapist, record, uuid.uuid4().hex, wanted)
    for place, times in enumerate(_DONE):
        then = _ago(acts, len(_DONE) - place)
        done = [
            _session(then, exercise.id, exercise.repetitions)
            for exercise, count in zip(chosen, times, strict=True)
            for _ in range(count)
        ]
        # It lends the day alone: her own phone is free to take those to come.
        told = FromPhone(
            phone=uuid.uuid4().hex,
            phone_name="",
            is_shared=True,
            now=then.now(),
            take_over=True,
            sessions=done,
        )
        sync(then, her, told, "en", _nothing_runs)


def _session(acts: Acts, exercise: str, repetitions: int) -> ToldSession:
    return ToldSession(
        id=uuid.uuid4().hex,
        exercise=exercise,
        on_day=acts.now()[:10],
        started_at=acts.now(),
        repetitions=repetitions,
        lasted_s=0.0,
        ended_by="tapped",
    )


def _ago(acts: Acts, days: int) -> Acts:
    """Return acts as they would have been some days ago."""
    then = datetime.fromisoformat(acts.now()) - timedelta(days=days)
    return replace(acts, now=then.isoformat)


def _nothing_runs(patient_id: str) -> None:
    """Stop nothing: there is no room yet."""
