"""The made-up woman has a week at home behind her, and her own phone is free to go on."""

from levator.clinic import history
from levator.clinic.acting import Acts
from levator.clinic.home.demonstration import begin_at_home
from tests.clinic.desk import TODAY, actor
from tests.clinic.home.women import Phone, woman


def test_a_week_at_home_is_begun_once_and_leaves_today_to_her_phone(acts: Acts) -> None:
    patient, she = woman(acts)
    for _ in range(2):
        begin_at_home(acts, actor(), she, "made up")
    kept = history.read(acts, actor(), patient.id)
    assert len(kept.home_prescriptions) == 2
    assert not [one for one in kept.home_sessions if one.is_clock_unsure or one.is_over_limit]
    told = Phone(acts, she).sync()
    assert (told.lease.is_here, told.lease.days[0]) == (True, TODAY)
    assert told.plan.adherence is not None
    assert 0 < told.plan.adherence.done < told.plan.adherence.asked
    assert len(told.plan.days[0].items) == 2
