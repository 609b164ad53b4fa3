"""What was done of the dose is a share of it, over the days of the library; no streak breaks."""

from levator.clinic.acting import Acts
from levator.clinic.home.plan import Share
from levator.library import load_scales
from tests.clinic.home.women import Phone, at, day, days_later, prescribed, session, woman

DAYS = load_scales().adherence_days


def test_a_share_over_the_days_before_today(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    later = Phone(at(acts, days_later(DAYS)), she)
    assert later.sync().plan.adherence == Share(0, 2 * DAYS, DAYS)
    done = [session(day(0)), session(day(0)), session(day(3)), session(day(DAYS))]
    broken = [session(day(2), ended_by="stopped"), session(day(4), ended_by="tapped")]
    assert later.sync(*done, *broken).plan.adherence == Share(4, 2 * DAYS, DAYS)


def test_more_than_was_asked_counts_as_what_was_asked(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient, times_a_day=2)
    prescribed(acts, patient, exercise="strength", times_a_day=2)
    later = Phone(at(acts, days_later(1)), she)
    told = later.sync(*(session(day(0)) for _ in range(5)))
    assert told.plan.adherence == Share(2, 4, 1)


def test_before_the_first_whole_day_there_is_none(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    assert Phone(acts, she).sync(session()).plan.adherence is None
