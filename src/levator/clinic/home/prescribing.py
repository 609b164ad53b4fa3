"""What a therapist prescribes for at home, from the library and within its ranges."""

from __future__ import annotations

from dataclasses import dataclass

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.courses import view_of
from levator.clinic.hers import all_of_hers, patient_of, put_once
from levator.clinic.home.doses import all_exercises, dose_of
from levator.course.chart import Chart
from levator.course.home_dose import HomeRefused, OutsideLibrary, home_item
from levator.errors import CallerError, Phrase
from levator.library import load_hard_limits
from levator.records.access import Actor
from levator.records.home import HomePrescription
from levator.records.work import ConflictError


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeWanted:
    """What is prescribed; None is as the library says. from_on : None is today.

    last : the prescription of this exercise that was shown, "" where there was none; None asks
    nothing of it.
    """

    exercise: str
    because: str
    from_on: str | None = None
    until_on: str | None = None
    posture: str | None = None
    hold_s: float | None = None
    repetitions: int | None = None
    times_a_day: int | None = None
    is_withdrawn: bool = False
    last: str | None = None


def prescribe(
    acts: Acts, actor: Actor, patient_id: str, prescription_id: str, wanted: HomeWanted
) -> HomePrescription:
    """Prescribe an exercise, change its dose or take it away; sent twice it is kept once.

    Raises CallerError with every reason for which library or limits do not allow it, and
    ConflictError where another dose was prescribed since the one that was shown.
    """
    with acts.on_patient(actor, "home.prescribe", patient_id) as act:
        made = _made(act, prescription_id, wanted)
        found = _refused(made, view_of(act).chart)
        if found is not None and not made.is_withdrawn:
            raise CallerError("This is not prescribed: %(reasons)s", reasons=_reasons(found))
        _refuse_unseen(act, made, wanted.last)
        return put_once(act, made)


def _refuse_unseen(act: Act, made: HomePrescription, last: str | None) -> None:
    """Raise ConflictError where somebody prescribed this exercise after `last`."""
    every = all_of_hers(act, HomePrescription, "made_at")
    kept = [one for one in every if one.exercise == made.exercise]
    is_sent_again = made.id in {one.id for one in kept}
    if kept and last not in (None, kept[-1].id) and not is_sent_again:
        raise ConflictError(kept[-1], made)


def _made(act: Act, prescription_id: str, wanted: HomeWanted) -> HomePrescription:
    patient, today = patient_of(act), act.at[:10]
    begins = checking.day("from_on", wanted.from_on or today)
    ends = checking.day("until_on", wanted.until_on) if wanted.until_on else None
    if begins < today:
        raise CallerError("What is prescribed begins today or later; correct “From”.")
    if ends is not None and ends < begins:
        raise CallerError("“Until” lies before “From”; correct one of them.")
    return HomePrescription(
        id=checking.checked_id(prescription_id),
        tenant_id=patient.tenant_id,
        patient_id=patient.id,
        exercise=checking.line("exercise", wanted.exercise, is_needed=True),
        from_on=begins,
        until_on=ends,
        posture=wanted.posture,
        hold_s=wanted.hold_s,
        repetitions=wanted.repetitions,
        times_a_day=wanted.times_a_day,
        is_withdrawn=wanted.is_withdrawn,
        because=checking.longer("because", wanted.because, is_needed=True),
        made_by=act.actor.user_id,
        made_at=act.at,
    )


def _refused(made: HomePrescription, chart: Chart) -> HomeRefused | None:
    exercise = next((one for one in all_exercises() if one.id == made.exercise), None)
    if exercise is None:
        return HomeRefused(made.exercise, (OutsideLibrary("exercise", made.exercise),))
    found = home_item(exercise, dose_of(made), chart, load_hard_limits())
    return found if isinstance(found, HomeRefused) else None


def _reasons(found: HomeRefused) -> list[Phrase]:
    over = [
        Phrase("A set like this is over the limits that hold for everybody; lower hold or number.")
    ]
    return [_outside(one) for one in found.outside] + (over if found.breaches else [])


def _outside(one: OutsideLibrary) -> Phrase:
    asked, lowest, highest = one.asked, one.lowest or 0.0, one.highest or 0.0
    match one.setting:
        case "exercise":
            return Phrase("The library has no exercise %(asked)s.", asked=asked)
        case "posture":
            return Phrase("%(asked)s is no posture of this exercise.", asked=asked)
        case "hold":
            return Phrase(
                "A hold of %(asked)s s is outside %(lowest)s to %(highest)s s of this exercise.",
                asked=asked,
                lowest=lowest,
                highest=highest,
            )
        case "repetitions":
            return Phrase(
                "%(asked)s repetitions are outside %(lowest)s to %(highest)s of this exercise.",
                asked=asked,
                lowest=lowest,
                highest=highest,
            )
        case "times":
            return Phrase(
                "%(asked)s times a day are outside %(lowest)s to %(highest)s times of this "
                "exercise.",
                asked=asked,
                lowest=lowest,
                highest=highest,
            )
