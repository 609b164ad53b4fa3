"""What came of a sitting is told dose by dose: no round stands under a dose it did not have."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from levator.clinic import courses
from levator.clinic.acting import Acts
from levator.clinic.kept_values import wrong_field
from levator.clinic.results import trained_in, with_results
from levator.records.model import Batch, EventRecord
from levator.records.treatment import Session
from levator.testing.repository import LATER, a_header
from levator.training.dose import Dose, RoundsRule
from levator.training.events import DoseAccepted, Event, RestScored, SetStarted
from levator.training.inputs import Command
from levator.training.pattern import Pattern
from levator.training.plain import event_to_plain
from tests.clinic import desk
from tests.clinic.test_courses import pregnant
from tests.sitting import context
from tests.texts.test_sentences import LIMITS, REPETITION, SET_ENDED
from tests.training.followed import DOSE, START, at, sit


def dose(force: float, hold_s: float = 5.0) -> Dose:
    rule = RoundsRule("number", 15, 240.0, 3)
    return Dose("basic_strength", force, Pattern(3.0, hold_s, 3.0, 4.0), None, rule)


def rounds(set_number: int, *numbers: int, in_band: float, released: bool) -> Iterator[Event]:
    for number in numbers:
        yield replace(REPETITION, set_number=set_number, round=number, time_in_band_percent=in_band)
        yield RestScored(15.0, set_number, number, 1.0, released, (), 4.0)


def a_set(number: int, asked: Dose, *, in_band: float, released: bool = True) -> list[Event]:
    return [
        SetStarted(0.0, number, asked, LIMITS, 4.0),
        *rounds(number, 1, 2, 3, in_band=in_band, released=released),
        replace(SET_ENDED, set_number=number),
    ]


def session_of(acts: Acts, events: list[Event]) -> Session:
    """A session that was opened at 40 %, with what its recording tells."""
    records = tuple(
        EventRecord("told", place, event_to_plain(one)) for place, one in enumerate(events)
    )
    acts.repository.append(Batch(begun=(a_header("told"),)))
    acts.repository.append(Batch(events=records))
    acts.repository.close_recording("told", LATER, "stop")
    begun = Session(
        id=desk.new_id(),
        tenant_id=desk.TENANT,
        patient_id=pregnant(acts),
        recording_id="told",
        on_day=desk.TODAY,
        started_at=desk.NOW,
        stage="step-3",
        led_by=desk.ANKE,
        force_percent_mvc=40.0,
    )
    ended = with_results(begun, acts.repository)
    assert wrong_field(ended) is None
    return ended


def test_each_dose_has_its_own_rounds(acts: Acts) -> None:
    ended = session_of(
        acts,
        [
            *a_set(1, dose(50.0), in_band=90.0),
            *a_set(2, dose(70.0, 3.0), in_band=20.0, released=False),
        ],
    )
    first, second = trained_in(ended)
    assert (first.first_set, first.last_set, first.rounds) == (1, 1, 3)
    assert (first.force_percent_mvc, first.hold_s, first.in_band_percent) == (50.0, 5.0, 90.0)
    assert (second.force_percent_mvc, second.hold_s, second.in_band_percent) == (70.0, 3.0, 20.0)
    assert (first.released_percent, second.released_percent) == (100.0, 0.0)
    assert (ended.rounds, ended.force_percent_mvc, ended.released_percent) == (6, 70.0, 50.0)


@pytest.mark.parametrize("text", ['""', "{}", "null", "3", '"[]"', "[null]", '{"rounds": 3}'])
def test_what_is_no_list_of_doses_is_refused(acts: Acts, text: str) -> None:
    ended = session_of(acts, a_set(1, dose(50.0), in_band=90.0))
    assert wrong_field(replace(ended, trained="[]")) is None
    assert wrong_field(replace(ended, trained=text)) == "trained"


FIVE = RoundsRule("number", 15, 240.0, 5)
LIGHTER, BETWEEN = (replace(DOSE, force_percent_mvc=force, rounds=FIVE) for force in (30.0, 35.0))


def trained_at(
    acts: Acts, commands: list[Command], count: int = 5
) -> list[tuple[float | None, int]]:
    """What is kept of a sitting as the engine tells it: each force, and how many rounds it had."""
    begun = replace(DOSE, rounds=replace(FIVE, count=count))
    told = sit(commands, replace(context(DOSE), dose=begun), lasts_s=80.0)
    return [(one.force_percent_mvc, one.rounds) for one in trained_in(session_of(acts, told))]


def test_a_dose_that_changes_within_a_set_parts_it(acts: Acts) -> None:
    assert trained_at(acts, [START, at("dose", 9.5, dose=LIGHTER)]) == [(40.0, 2), (30.0, 3)]


def test_a_round_that_a_second_change_came_into_has_the_first_one(acts: Acts) -> None:
    """The second was accepted while a round at the first was under way."""
    commands = [START, at("dose", 9.5, dose=LIGHTER), at("dose", 17.0, dose=BETWEEN)]
    assert trained_at(acts, commands) == [(40.0, 2), (30.0, 1), (35.0, 2)]


def test_a_dose_that_is_accepted_in_the_last_round_is_that_of_the_next_set(acts: Acts) -> None:
    commands = [START, at("dose", 11.0, dose=LIGHTER), at("start", 30.0)]
    assert trained_at(acts, commands, count=2) == [(40.0, 2), (30.0, 5)]


def test_a_dose_that_was_accepted_for_rounds_that_never_came_is_that_of_no_later_set(
    acts: Acts,
) -> None:
    ended = session_of(
        acts,
        [
            SetStarted(0.0, 1, dose(50.0), LIMITS, 4.0),
            *rounds(1, 1, in_band=80.0, released=True),
            DoseAccepted(20.0, "therapist", dose(60.0), 2),
            replace(SET_ENDED, set_number=1),
            *a_set(2, dose(40.0), in_band=90.0),
        ],
    )
    told = [(one.force_percent_mvc, one.rounds) for one in trained_in(ended)]
    assert told == [(50.0, 1), (40.0, 3)]


def test_sets_that_follow_each_other_at_one_dose_are_one(acts: Acts) -> None:
    ended = session_of(
        acts,
        [
            *a_set(1, dose(50.0), in_band=90.0),
            *a_set(2, dose(50.0), in_band=80.0),
            # Accepted for a third set of which no round was done.
            DoseAccepted(60.0, "therapist", dose(60.0), 1),
            SetStarted(0.0, 3, dose(60.0), LIMITS, 4.0),
        ],
    )
    (one,) = trained_in(ended)
    assert (one.first_set, one.last_set, one.rounds, one.in_band_percent) == (1, 2, 6, 85.0)
    assert (ended.force_percent_mvc, ended.in_band_percent) == (50.0, 85.0)


def test_the_course_judges_a_dose_by_its_own_rounds(acts: Acts) -> None:
    """Five good rounds at 50 % say nothing of the 70 % at which she then failed."""
    ended = session_of(
        acts, [*a_set(1, dose(50.0), in_band=95.0), *a_set(2, dose(70.0), in_band=20.0)]
    )
    with acts.repository.work(writes=True) as work:
        work.put(ended)
    (judged,) = courses.view(acts, desk.actor(), ended.patient_id).chart.sittings
    assert (judged.asked.force_percent_mvc, judged.rounds) == (70.0, 3)
    assert judged.in_band_percent == 20.0


def test_what_is_no_list_of_doses_cannot_be_kept(acts: Acts) -> None:
    ended = session_of(acts, a_set(1, dose(50.0), in_band=90.0))
    below_nothing = ended.trained.replace('"rounds": 3', '"rounds": -3')
    assert below_nothing != ended.trained
    for text in ("", "{}x", "[1]", '[{"rounds": 1}]', "[" * 100_000, below_nothing):
        assert wrong_field(replace(ended, trained=text)) == "trained"
