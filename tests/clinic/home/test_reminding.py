"""She alone chooses when she is reminded; until then nothing does."""

from dataclasses import replace
from typing import Any

import pytest

from levator.clinic.acting import Acts, RefusedError
from levator.clinic.home import reminding
from levator.clinic.home.reminding import Reminded, RemindersWanted
from levator.errors import CallerError
from levator.library import load_home
from levator.records.reminders import HomeReminders
from levator.records.work import NotThereError
from tests.clinic.desk import actor
from tests.clinic.home.test_syncing import lines_of
from tests.clinic.home.women import woman


def wanted(*times: str, **other: Any) -> RemindersWanted:
    given = {"is_on": True, "quiet_begins": "21:00", "quiet_ends": "08:00", **other}
    return RemindersWanted(times=times, **given)


def test_before_she_chooses_nothing_reminds_her_and_hours_are_proposed(anywhere: Acts) -> None:
    patient, she = woman(anywhere)
    found = reminding.read(anywhere, she)
    rules = load_home()
    assert found == Reminded(
        is_on=False,
        times=rules.reminder_times,
        quiet_begins=rules.quiet_hours.begins,
        quiet_ends=rules.quiet_hours.ends,
        feed_made_at=None,
    )
    assert lines_of(anywhere, patient.id)[-1] == ("home.read", "done")
    with anywhere.repository.work(writes=False) as work:
        assert work.find(HomeReminders, None) == []


def test_what_she_chooses_is_kept_once_in_order_and_told_once_each(anywhere: Acts) -> None:
    patient, she = woman(anywhere)
    before = len(lines_of(anywhere, patient.id))
    for times in (("14:00",), ("19:30", "09:00", "19:30")):
        chosen = reminding.choose(anywhere, she, wanted(*times))
    assert (chosen.is_on, chosen.times) == (True, ("09:00", "19:30"))
    assert reminding.read(anywhere, she) == chosen
    with anywhere.repository.work(writes=False) as work:
        [kept] = work.find(HomeReminders, None)
    assert kept.version == 2
    told = lines_of(anywhere, patient.id)[before:]
    assert told == [("home.keep", "done")] * 2 + [("home.read", "done")]


def test_the_proposed_times_may_be_taken_as_they_are(acts: Acts) -> None:
    _, she = woman(acts)
    found = reminding.read(acts, she)
    hours = {"quiet_begins": found.quiet_begins, "quiet_ends": found.quiet_ends}
    assert reminding.choose(acts, she, wanted(*found.times, **hours)).is_on


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (wanted(), "Choose a time"),
        (wanted("21:00"), "21:00 is in your quiet hours"),
        (wanted("07:59"), "07:59 is in your quiet hours"),
        (wanted("13:15", quiet_begins="13:00", quiet_ends="14:00"), "13:15 is in your quiet"),
        (wanted("9:00"), "no time of the day"),
        (wanted("09:00", quiet_ends="24:00"), "no time of the day"),
        (wanted(*(f"{hour:02}:{part}" for hour in (9, 10) for part in range(10, 17))), "at most"),
    ],
)
def test_what_could_not_remind_her_is_refused(
    acts: Acts, asked: RemindersWanted, sentence: str
) -> None:
    _, she = woman(acts)
    with pytest.raises(CallerError, match=sentence):
        reminding.choose(acts, she, asked)
    assert not reminding.read(acts, she).is_on


@pytest.mark.parametrize("is_on", [True, False])
def test_she_is_reminded_outside_her_quiet_hours_while_it_is_on(acts: Acts, is_on: bool) -> None:
    patient, she = woman(acts)
    reminding.choose(acts, she, wanted("09:00", "20:59", is_on=is_on))
    with acts.on_patient(she, "home.read", patient.id) as act:
        kept = reminding.reminders_of(act)
    assert reminding.times_of(kept) == (("09:00", "20:59") if is_on else ())
    # As another clinic may have kept it.
    assert "09:00" not in reminding.times_of(replace(kept, quiet_ends="09:01"))


def test_hours_that_begin_when_they_end_are_never_quiet(acts: Acts) -> None:
    _, she = woman(acts)
    night = wanted("03:00", quiet_begins="00:00", quiet_ends="00:00")
    assert reminding.choose(acts, she, night).times == ("03:00",)


def test_who_treats_her_neither_reads_nor_chooses_it(acts: Acts) -> None:
    patient, _ = woman(acts)
    with pytest.raises(NotThereError):
        reminding.read(acts, actor())
    for role in ("therapist", "clinic_admin"):
        who = replace(actor(), role=role, patient_id=patient.id)
        with pytest.raises(RefusedError):
            reminding.choose(acts, who, wanted("09:00"))
