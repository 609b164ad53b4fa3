"""What is prescribed for at home stays within library and limits; a newer one takes its place."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from levator.clinic import history
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.home import doses, planning, prescribing
from levator.clinic.home.doses import asked_on, doses_of, standing, times_on
from levator.course.chart import Day
from levator.course.home_told import HomeDone
from levator.errors import CallerError
from tests.clinic.desk import BO, TODAY, actor
from tests.clinic.home.women import Phone, at, day, days_later, prescribed, woman

LATER = f"{TODAY}T10:30:00+01:00"


def ordinal(days: int) -> Day:
    return date.fromisoformat(day(days)).toordinal()


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"exercise": "yoga"}, "no exercise yoga"),
        ({"posture": "flying"}, "flying is no posture"),
        ({"hold_s": 60.0}, "A hold of 60 s is outside 3 to 10 s"),
        ({"repetitions": 99}, "99 repetitions are outside"),
        ({"times_a_day": 40}, "40 times a day are outside"),
        ({"hold_s": 60.0, "times_a_day": 40}, "hold of 60.*\n.*40 times"),
        ({"because": " "}, "empty"),
        ({"from_on": "2026-11-28"}, "today or later"),
        ({"from_on": "2026-12-10", "until_on": "2026-12-01"}, "lies before"),
    ],
)
def test_what_cannot_be_prescribed_is_refused_with_every_reason(
    acts: Acts, wanted: dict[str, Any], why: str
) -> None:
    patient, _ = woman(acts)
    with pytest.raises(CallerError, match=why):
        prescribed(acts, patient, **wanted)
    assert history.read(acts, actor(), patient.id).home_prescriptions == ()


def test_only_who_treats_her_prescribes(acts: Acts) -> None:
    patient, she = woman(acts)
    for who in (she, actor(BO)):
        with pytest.raises(RefusedError):
            prescribing.prescribe(
                acts,
                who,
                patient.id,
                "0" * 32,
                prescribing.HomeWanted(exercise="endurance", because="so"),
            )


def test_a_newer_one_of_the_exercise_takes_the_place_from_its_first_day_on(acts: Acts) -> None:
    patient, _ = woman(acts)
    first = prescribed(acts, patient, times_a_day=2)
    second = prescribed(acts, patient, times_a_day=4, from_on=day(3), until_on=day(5))
    doses = doses_of([first, second])
    found = [asked_on(doses, ordinal(n)).get("endurance") for n in range(8)]
    assert found == [2, 2, 2, 4, 4, 4, None, None]
    earlier = prescribed(at(acts, days_later(0)), patient, times_a_day=3, from_on=day(1))
    doses = doses_of([first, second, earlier])
    assert [asked_on(doses, ordinal(n)).get("endurance") for n in range(4)] == [2, 3, 3, 3]


def test_a_newer_one_never_makes_an_older_one_longer(acts: Acts) -> None:
    patient, _ = woman(acts)
    first = prescribed(acts, patient, until_on=day(1))
    second = prescribed(acts, patient, times_a_day=4, from_on=day(5))
    doses = doses_of([first, second])
    assert [bool(asked_on(doses, ordinal(n))) for n in (0, 1, 2, 4, 5)] == [1, 1, 0, 0, 1]


def test_what_a_newer_one_took_every_day_of_stands_nowhere(acts: Acts) -> None:
    patient, _ = woman(acts)
    first = prescribed(acts, patient, from_on=day(3))
    second = prescribed(acts, patient, from_on=day(3), times_a_day=4)
    assert [kept for kept, _ in standing([first, second], ordinal(0))] == [second]
    ended = prescribed(acts, patient, until_on=day(0), exercise="strength")
    assert [kept for kept, _ in standing([ended], ordinal(0))] == [ended]
    assert [kept for kept, _ in standing([ended], ordinal(1))] == []


def test_what_was_taken_in_from_elsewhere_asks_nothing(acts: Acts) -> None:
    patient, _ = woman(acts)
    kept = replace(prescribed(acts, patient), made_by="")
    assert not asked_on(doses_of([kept]), ordinal(0))


def test_what_the_library_no_more_allows_can_still_be_taken_away(acts: Acts) -> None:
    patient, _ = woman(acts)
    assert prescribed(acts, patient, times_a_day=40, is_withdrawn=True).is_withdrawn


def test_broken_off_is_counted_by_the_dose_of_its_own_day(acts: Acts) -> None:
    patient, _ = woman(acts)
    first = prescribed(acts, patient, repetitions=5)
    second = prescribed(acts, patient, repetitions=15, from_on=day(1))
    broken = HomeDone(ordinal(0), "endurance", "stopped", 5, is_over_limit=False)
    assert times_on(doses_of([first, second]), [broken], ordinal(0)) == {"endurance": 1}


def test_what_is_taken_away_is_in_no_plan_from_that_day_on(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    prescribed(acts, patient, exercise="strength")
    prescribed(at(acts, LATER), patient, is_withdrawn=True, from_on=day(2))
    days = Phone(acts, she).sync().plan.days
    assert [len(one.items) for one in days[:4]] == [2, 2, 1, 1]
    later = at(acts, days_later(3))
    assert [len(one.items) for one in Phone(later, she).sync().plan.days[:2]] == [1, 1]


def test_what_the_library_does_not_have_any_more_is_told_as_such(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, _ = woman(acts)
    prescribed(acts, patient)

    monkeypatch.setattr(doses, "exercise_ids", lambda: ("strength",))
    plan, _ = planning.read(acts, actor(), patient.id, "nl")
    [key] = plan.days[0].shut
    assert plan.shut[key].why == ("Je therapeut kijkt eerst naar deze oefening.",)
    assert plan.shut[key].title == "endurance"


def test_her_therapist_reads_the_plan_in_her_own_language(acts: Acts) -> None:
    patient, she = woman(acts)
    prescribed(acts, patient)
    for language, who in (("nl", actor()), ("de", she)):
        plan, kept = planning.read(acts, who, patient.id, language)
        assert plan.days[0].on_day == TODAY
        assert [one.exercise for one in kept.home_prescriptions] == ["endurance"]
    assert [one.ask for one in plan.questions][1] == "Wie stark sind Ihre Schmerzen jetzt?"
