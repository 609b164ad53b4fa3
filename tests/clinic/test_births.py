"""Pregnancies and births: what of them is kept, what cannot be, and what asks for a clearance."""

from dataclasses import replace

import pytest

from levator.clinic import courses, patients, treatment
from levator.clinic.acting import Acts
from levator.clinic.charts import TOLD_LATER, chart_of
from levator.clinic.history import History
from levator.course.clearance import open_flag
from levator.course.gates import shut
from levator.errors import CallerError
from levator.records.people import Birth, Pregnancy
from levator.records.work import ConflictError
from tests.clinic import desk
from tests.clinic.desk import TENANT, TODAY, actor, born, cleared, is_cleared, made, new_id, of


def test_a_birth_ends_the_pregnancy(acts: Acts) -> None:
    patient = made(acts)
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2026-10-01")
    birth = born(acts, patient.id, complications=["haemorrhage", "haemorrhage"], child_grams=3400)
    kept = of(acts, patient.id)
    assert kept.pregnancy is None
    assert kept.birth == birth
    assert kept.pregnancies[0].ended_on == "2026-10-04"
    assert birth.pregnancy_id == kept.pregnancies[0].id
    assert birth.complications == ("haemorrhage",)


def test_what_nobody_asked_is_not_known_and_asks_for_a_clearance(acts: Acts) -> None:
    patient = made(acts)
    birth = born(acts, patient.id, mode="vaginal", tear="not_known")
    assert birth.complications is None
    asked = chart_of(of(acts, patient.id), TODAY)
    assert (asked.is_complicated, chart_of(none_of(acts), TODAY).is_complicated) == (None, False)
    view = courses.view(acts, actor(), patient.id)
    first = view.protocol.stages_of("after_birth")[0]
    assert "cleared" in {gate.code for gate in shut(view.protocol, first, view.chart)}


def none_of(acts: Acts) -> History:
    patient = made(acts, family_name="De Vries")
    born(acts, patient.id, mode="vaginal", complications=[])
    return of(acts, patient.id)


def test_a_deep_tear_is_known_also_where_nothing_else_is(acts: Acts) -> None:
    patient = made(acts)
    born(acts, patient.id, mode="vaginal", tear="third")
    chart = chart_of(of(acts, patient.id), TODAY)
    assert chart.birth is not None
    assert chart.birth.complications == ("tear_3_or_4",)


@pytest.mark.parametrize("mode", ["vacuum", "forceps"])
def test_a_birth_with_help_asks_for_a_clearance_whatever_was_ticked(acts: Acts, mode: str) -> None:
    patient = made(acts)
    born(acts, patient.id, mode=mode, tear="none", complications=[])
    view = courses.view(acts, actor(), patient.id)
    assert view.chart.is_complicated
    first = view.protocol.stages_of("after_birth")[0]
    assert "cleared" in {gate.code for gate in shut(view.protocol, first, view.chart)}


@pytest.mark.parametrize("code", ["a", "", "Infection", "x" * 10_000])
def test_only_codes_of_the_checklists_are_kept(acts: Acts, code: str) -> None:
    patient = made(acts)
    with pytest.raises(CallerError, match="from the list"):
        born(acts, patient.id, complications=["infection", code])
    with pytest.raises(CallerError, match="from the list"):
        treatment.report_red_flag(
            acts, actor(), patient.id, new_id(), on_day=TODAY, code=code, stop=lambda _: None
        )
    assert not of(acts, patient.id).red_flags


def test_a_corrected_birth_moves_the_end_of_its_pregnancy(acts: Acts) -> None:
    patient = made(acts)
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2026-10-01")
    birth = born(acts, patient.id)
    treatment.keep_birth(
        acts, actor(), patient.id, birth.id, born_on="2026-10-05", mode="vaginal", version=1
    )
    kept = of(acts, patient.id)
    assert kept.pregnancies[0].ended_on == kept.births[0].born_on == "2026-10-05"
    with pytest.raises(ConflictError):
        treatment.keep_birth(
            acts, actor(), patient.id, birth.id, born_on="2026-10-06", mode="vaginal", version=1
        )


@pytest.mark.parametrize("later_id", ["0" * 32, "f" * 32])
@pytest.mark.parametrize("was_entered", [True, False])
def test_an_old_birth_is_corrected_without_ending_the_pregnancy_that_goes_on(
    acts: Acts, later_id: str, was_entered: bool
) -> None:
    patient = made(acts)
    if was_entered:
        earlier = "8" * 32
        treatment.keep_pregnancy(acts, actor(), patient.id, earlier, expected_on="2026-03-01")
    birth = treatment.keep_birth(
        acts, actor(), patient.id, new_id(), born_on="2026-03-04", mode="vaginal"
    )
    treatment.keep_pregnancy(acts, actor(), patient.id, later_id, expected_on="2027-01-01")
    corrected = treatment.keep_birth(
        acts, actor(), patient.id, birth.id, born_on="2026-03-05", mode="vaginal", version=1
    )
    assert corrected.pregnancy_id == birth.pregnancy_id == (earlier if was_entered else None)
    ends = {one.id: one.ended_on for one in of(acts, patient.id).pregnancies}
    assert ends.pop(later_id) is None
    assert set(ends.values()) == ({"2026-03-05"} if was_entered else set())


def test_who_has_given_birth_is_not_taken_for_pregnant_still(acts: Acts) -> None:
    """Whatever is filled in after it: strength would open without a clearance."""
    patient = made(acts)
    birth = born(acts, patient.id, mode="forceps", tear="third")
    keep = treatment.keep_pregnancy
    with pytest.raises(CallerError, match="began before her last birth"):
        keep(acts, actor(), patient.id, new_id(), expected_on="2026-12-10", complications=())
    assert of(acts, patient.id).pregnancies == ()
    # As a file may bring it.
    left = Pregnancy(
        id=new_id(),
        tenant_id=TENANT,
        patient_id=patient.id,
        expected_on="2026-12-10",
        complications=(),
        made_at=acts.now(),
    )
    with acts.repository.work(writes=True) as work:
        work.put(left)
    now = courses.view(acts, actor(), patient.id)
    assert (now.history.pregnancy, now.history.birth) == (None, birth)
    assert "cleared" in {one.code for one in shut(now.protocol, now.protocol.stages[4], now.chart)}
    # The next one began later, and a birth is not moved into it.
    keep(acts, actor(), patient.id, "7" * 32, expected_on="2027-08-20")
    assert of(acts, patient.id).birth is None
    with pytest.raises(CallerError, match="pregnant again"):
        born(acts, patient.id, born_on="2026-11-29")
    with pytest.raises(CallerError, match="began before her last birth"):
        keep(acts, actor(), patient.id, "7" * 32, expected_on="2027-07-01", version=1)


def test_a_birth_that_two_people_tell_of_is_kept_once(acts: Acts) -> None:
    patient = made(acts)
    first = born(acts, patient.id, mode="forceps", complications=["haemorrhage"])
    with pytest.raises(ConflictError) as found:
        born(acts, patient.id, mode="vaginal", complications=[])
    assert found.value.kept == first
    with pytest.raises(ConflictError):
        born(acts, patient.id, born_on="2026-03-01")
    # Earlier children are others.
    born(acts, patient.id, born_on="2024-05-01")
    assert [one.born_on for one in of(acts, patient.id).births] == ["2024-05-01", "2026-10-04"]


def test_a_better_due_date_changes_the_pregnancy_and_there_is_one_at_a_time(acts: Acts) -> None:
    patient = made(acts)
    first = treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2027-03-01")
    treatment.keep_pregnancy(
        acts, actor(), patient.id, first.id, expected_on="2027-03-04", version=first.version
    )
    assert [one.expected_on for one in of(acts, patient.id).pregnancies] == ["2027-03-04"]
    with pytest.raises(CallerError, match="already"):
        treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2027-03-01")


def test_complications_of_a_pregnancy_are_kept_and_ask_for_a_clearance(acts: Acts) -> None:
    patient = made(acts)

    def keep(version: int, complications: list[str] | None) -> list[str]:
        treatment.keep_pregnancy(
            acts,
            actor(),
            patient.id,
            "6" * 32,
            expected_on="2027-03-01",
            complications=complications,
            version=version,
        )
        now = courses.view(acts, actor(), patient.id)
        closed = shut(now.protocol, now.protocol.stage("step-1"), now.chart)
        return [one.code for one in closed if one.code == "cleared"]

    assert keep(0, None) == ["cleared"]
    assert keep(1, []) == []
    assert keep(2, ["placenta_praevia", "bleeding"]) == ["cleared"]
    kept = of(acts, patient.id).pregnancies[0]
    assert kept.complications == ("bleeding", "placenta_praevia")
    with pytest.raises(CallerError, match="from the list"):
        keep(3, ["haemorrhage"])


def test_what_nobody_told_of_a_pregnancy_asks_for_a_clearance(acts: Acts) -> None:
    now = courses.view(acts, actor(), made(acts).id)
    closed = shut(now.protocol, now.protocol.stage("step-1"), now.chart)
    assert "cleared" in [one.code for one in closed]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"born_on": "2026-11-30"}, "after today"),
        ({"born_on": "2026-02-30"}, "no day of the calendar"),
        ({"born_on": "2025-12-24"}, "before the pregnancy"),
        ({"born_on": "1991-03-12"}, "before the pregnancy"),
        ({"mode": "by stork"}, "from the list"),
        ({"tear": "fifth"}, "from the list"),
        ({"child_grams": -1}, "from 1 to"),
    ],
)
def test_an_impossible_birth_is_one_sentence(
    acts: Acts, changes: dict[str, object], sentence: str
) -> None:
    patient = made(acts)
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2026-10-01")
    with pytest.raises(CallerError, match=sentence):
        born(acts, patient.id, **changes)
    assert of(acts, patient.id).births == ()


def test_a_birth_before_her_own_is_refused(acts: Acts) -> None:
    patient = made(acts)
    with pytest.raises(CallerError, match="her own date of birth"):
        born(acts, patient.id, born_on="1990-01-01")


def test_her_own_date_of_birth_is_not_moved_behind_that_of_her_child(acts: Acts) -> None:
    patient = made(acts)
    born(acts, patient.id)
    details = desk.jansen(born_on="2026-10-15")
    with pytest.raises(CallerError, match="her own date of birth"):
        patients.change(acts, actor(), patient.id, 1, details)


def test_a_due_date_further_ahead_than_a_pregnancy_lasts_is_refused(acts: Acts) -> None:
    patient = made(acts)
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2027-09-05")
    other = made(acts, given_name="Ria")
    with pytest.raises(CallerError, match="further ahead"):
        treatment.keep_pregnancy(acts, actor(), other.id, new_id(), expected_on="2027-09-06")


def test_a_due_date_that_is_long_past_is_refused(acts: Acts) -> None:
    with pytest.raises(CallerError, match="too long ago"):
        treatment.keep_pregnancy(acts, actor(), made(acts).id, new_id(), expected_on="2025-09-01")


@pytest.mark.parametrize("mode", ["vaginal", "emergency_caesarean"])
def test_a_clearance_that_was_signed_before_a_birth_says_nothing_of_it(
    acts: Acts, mode: str
) -> None:
    patient, before = made(acts), replace(acts, now=lambda: "2026-10-03T10:00:00+02:00")
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), expected_on="2026-10-10")
    cleared(before, patient.id, from_on="2026-11-20")
    assert is_cleared(acts, patient.id)
    born(acts, patient.id, born_on="2026-10-04", mode=mode, tear="none", complications=[])
    assert not is_cleared(acts, patient.id)
    cleared(acts, patient.id, from_on="2026-11-20")
    assert is_cleared(acts, patient.id)


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ({}, True),
        ({"tear": "first", "child_grams": 3400}, True),
        ({"complications": ["infection"]}, True),
        ({"complications": []}, True),
        ({"complications": ["infection", "wound_trouble"]}, False),
        ({"tear": "third"}, False),
        ({"mode": "forceps"}, False),
        ({"mode": "planned_caesarean"}, False),
    ],
)
def test_a_complication_that_is_told_later_takes_a_clearance_away(
    acts: Acts, changes: dict[str, object], stays: bool
) -> None:
    patient, number = made(acts), new_id()
    told = {"born_on": "2026-10-04", "mode": "vaginal", "complications": ["infection"]}
    treatment.keep_birth(acts, actor(), patient.id, number, **told)
    cleared(acts, patient.id)
    treatment.keep_birth(acts, actor(), patient.id, number, **told)
    assert is_cleared(acts, patient.id)
    treatment.keep_birth(acts, actor(), patient.id, number, **told | changes, version=1)
    assert is_cleared(acts, patient.id) is stays
    (one,) = of(acts, patient.id).clearances
    assert one.revoked_because == ("" if stays else TOLD_LATER)
    cleared(acts, patient.id)
    assert is_cleared(acts, patient.id)


def test_what_a_complication_ended_answers_no_red_flag_that_is_told_after_it(acts: Acts) -> None:
    patient, number = made(acts), new_id()
    told = {"born_on": "2026-10-04", "mode": "vaginal", "complications": []}
    treatment.keep_birth(acts, actor(), patient.id, number, **told)
    cleared(acts, patient.id)
    worse = {"complications": ["infection"], "version": 1}
    treatment.keep_birth(acts, actor(), patient.id, number, **told | worse)
    for day in ("2026-10-05", "2026-10-06"):
        flag = {"on_day": day, "code": "fever", "stop": print}
        treatment.report_red_flag(acts, actor(), patient.id, new_id(), **flag)
        assert open_flag(chart_of(of(acts, patient.id), TODAY)) is not None
    (one,) = of(acts, patient.id).clearances
    assert one.revoked_because == "fever"


def test_a_complication_of_an_earlier_birth_takes_no_clearance_of_now_away(acts: Acts) -> None:
    patient, number = made(acts), new_id()
    earlier = {"born_on": "2024-10-04", "mode": "vaginal"}
    treatment.keep_birth(acts, actor(), patient.id, number, **earlier, complications=[])
    born(acts, patient.id)
    cleared(acts, patient.id)
    more = {"complications": ["infection"], "version": 1}
    treatment.keep_birth(acts, actor(), patient.id, number, **earlier, **more)
    assert is_cleared(acts, patient.id)


def test_a_complication_of_a_pregnancy_that_is_told_later_takes_a_clearance_away(
    acts: Acts,
) -> None:
    patient, number = made(acts), new_id()
    cleared(acts, patient.id)
    told = {"expected_on": "2027-03-01", "complications": ["cervix"]}
    treatment.keep_pregnancy(acts, actor(), patient.id, number, **told)
    assert not is_cleared(acts, patient.id)
    cleared(acts, patient.id)
    treatment.keep_pregnancy(acts, actor(), patient.id, number, **told)
    for version, complications, stays in (
        (1, ["cervix"], True),
        (2, [], True),
        (3, None, False),
        (4, [], True),
        (5, ["bleeding"], False),
    ):
        changed = told | {"complications": complications, "version": version}
        treatment.keep_pregnancy(acts, actor(), patient.id, number, **changed)
        assert is_cleared(acts, patient.id) is stays
        cleared(acts, patient.id)


def test_a_correction_of_a_pregnancy_that_is_over_takes_no_clearance_away(acts: Acts) -> None:
    patient, number = made(acts), new_id()
    treatment.keep_pregnancy(acts, actor(), patient.id, number, expected_on="2026-10-10")
    born(acts, patient.id)
    cleared(acts, patient.id)
    changed = {"expected_on": "2026-10-10", "complications": ["bleeding"], "version": 2}
    treatment.keep_pregnancy(acts, actor(), patient.id, number, **changed)
    assert is_cleared(acts, patient.id)


@pytest.mark.parametrize("complications", [None, []])
def test_a_birth_or_a_pregnancy_that_is_told_takes_away_what_was_signed_before(
    acts: Acts, complications: list[str] | None
) -> None:
    patient = made(acts)
    cleared(acts, patient.id)
    for again in range(2):
        born(acts, patient.id, born_on=f"202{4 + 2 * again}-10-04", mode="vaginal", tear="none")
        assert not is_cleared(acts, patient.id)
        cleared(acts, patient.id)
        assert is_cleared(acts, patient.id)
    due = {"expected_on": "2027-07-20", "complications": complications}
    treatment.keep_pregnancy(acts, actor(), patient.id, new_id(), **due)
    assert not is_cleared(acts, patient.id)


def test_a_year_that_was_mistyped_leads_past_no_clearance(acts: Acts) -> None:
    patient, number = made(acts), new_id()
    easy = {"mode": "vaginal", "complications": []}
    treatment.keep_birth(acts, actor(), patient.id, number, born_on="2024-03-05", **easy)
    last = new_id()
    treatment.keep_birth(acts, actor(), patient.id, last, born_on="2026-10-05", **easy)
    cleared(acts, patient.id)
    grave = {"mode": "forceps", "complications": ["infection"], "version": 1}
    with pytest.raises(CallerError, match="not her last; correct the day"):
        treatment.keep_birth(acts, actor(), patient.id, last, born_on="2023-10-05", **grave)
    assert is_cleared(acts, patient.id)
    # The older one, told of as older still, and then as the last.
    treatment.keep_birth(acts, actor(), patient.id, number, born_on="2023-03-05", **grave)
    assert is_cleared(acts, patient.id)
    now = grave | {"born_on": "2026-10-07", "version": 2}
    treatment.keep_birth(acts, actor(), patient.id, number, **now)
    assert not is_cleared(acts, patient.id)


@pytest.mark.parametrize(("day", "is_grave"), [("2026-10-04", True), ("2025-12-28", False)])
def test_a_birth_that_is_kept_twice_is_as_grave_as_the_graver(
    acts: Acts, day: str, is_grave: bool
) -> None:
    """Such as by two clinics, one of which knew no more than the day."""
    patient = made(acts)
    kept = {"tenant_id": TENANT, "patient_id": patient.id}
    with acts.repository.work(writes=True) as work:
        for number, mode, on, codes in (
            ("1" * 32, "forceps", day, None),
            ("2" * 32, "vaginal", "2026-10-04", ()),
        ):
            one = Birth(id=number, **kept, born_on=on, mode=mode, complications=codes)
            work.put(one)
    birth = chart_of(of(acts, patient.id), TODAY).birth
    assert birth is not None
    assert birth.is_complicated is is_grave
    assert birth.complications == (("operative_delivery",) if is_grave else ())
