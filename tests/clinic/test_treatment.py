"""Pregnancy, birth, clearance, red flags: right days only, and no clearance after a red flag."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from levator.clinic import courses, history, patients, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.charts import chart_of
from levator.clinic.history import History
from levator.clinic.treatment import StoppedNotKeptError
from levator.course.gates import shut
from levator.errors import CallerError, StorageError
from levator.records.access import Actor
from levator.records.people import Birth, Pregnancy
from levator.records.treatment import Clearance
from levator.records.work import ConflictError, NotThereError, Work
from levator.storage.memory import MemoryRepository
from tests.clinic import desk
from tests.clinic.desk import ANKE, BO, TENANT, TODAY, actor, made, new_id


def of(acts: Acts, patient_id: str) -> History:
    return history.read(acts, actor(), patient_id)


def born(acts: Acts, patient_id: str, **changes: object) -> Birth:
    fields: dict[str, object] = {"born_on": "2026-10-04", "mode": "vacuum", "tear": "second"}
    return treatment.keep_birth(acts, actor(), patient_id, new_id(), **fields | changes)


def cleared(acts: Acts, patient_id: str, **changes: str) -> Clearance:
    fields = {"signed_by": "Dr. B. Smit", "profession": "gynaecologist", "from_on": "2026-11-10"}
    return treatment.sign_clearance(acts, actor(), patient_id, new_id(), **fields | changes)


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


def test_a_clearance_says_who_what_from_and_until(acts: Acts) -> None:
    patient = made(acts)
    birth = born(acts, patient.id)
    signed = cleared(acts, patient.id, until_on="2027-02-10", what="training under guidance")
    assert (signed.birth_id, signed.entered_by) == (birth.id, ANKE)
    assert of(acts, patient.id).clearances == (signed,)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signed_by": " "}, "empty"),
        ({"profession": ""}, "empty"),
        ({"until_on": "2026-11-09"}, "before “From”"),
        ({"from_on": "2026-10-03"}, "day of the birth or later"),
        ({"from_on": "soon"}, "no day of the calendar"),
    ],
)
def test_a_clearance_that_cannot_be_is_one_sentence(
    acts: Acts, changes: dict[str, str], sentence: str
) -> None:
    patient = made(acts)
    born(acts, patient.id)
    with pytest.raises(CallerError, match=sentence):
        cleared(acts, patient.id, **changes)


def test_a_revoked_clearance_stops_what_runs_before_it_is_kept_and_after(acts: Acts) -> None:
    patient = made(acts)
    signed = cleared(acts, patient.id)
    stopped = []

    def stop(patient_id: str) -> None:
        stopped.append((patient_id, of(acts, patient_id).clearances[0].revoked_on))

    for _ in range(2):
        treatment.revoke_clearance(acts, actor(), patient.id, signed.id, "fever", stop)
    assert stopped == [(patient.id, None), *[(patient.id, TODAY)] * 3]
    kept = of(acts, patient.id).clearances[0]
    assert (kept.revoked_by, kept.revoked_because, kept.version) == (ANKE, "fever", 2)


def test_a_red_flag_revokes_every_clearance_and_stops_what_runs(acts: Acts) -> None:
    patient, stopped = made(acts), list[str]()
    cleared(acts, patient.id)
    treatment.report_red_flag(
        acts, actor(), patient.id, new_id(), on_day=TODAY, code="fever", stop=stopped.append
    )
    kept = of(acts, patient.id)
    assert [one.revoked_because for one in kept.clearances] == ["fever"]
    assert set(stopped) == {patient.id}


def test_what_comes_later_is_later_in_the_hour_that_the_clocks_show_twice(acts: Acts) -> None:
    """Half an hour after a clearance, though the clock on the wall shows less."""
    patient = made(acts)
    summer, winter = (
        replace(acts, now=lambda at=at: f"2026-10-25T{at}")
        for at in ("02:50:00+02:00", "02:20:00+01:00")
    )
    cleared(summer, patient.id, from_on="2026-10-25", what="first")
    cleared(winter, patient.id, from_on="2026-10-25", what="second")
    assert [one.what for one in of(acts, patient.id).clearances] == ["first", "second"]
    treatment.report_red_flag(
        winter,
        actor(),
        patient.id,
        new_id(),
        on_day="2026-10-25",
        code="fever",
        stop=lambda _: None,
    )
    assert [one.revoked_because for one in of(acts, patient.id).clearances] == ["fever"] * 2


class FullDisk(MemoryRepository):
    """Storage that can be read, and takes nothing more once it is full."""

    is_full = False

    @contextmanager
    def work(self, *, writes: bool) -> Iterator[Work]:
        """Fail where it would be written."""
        with super().work(writes=writes) as work:
            yield work
            if writes and self.is_full:
                raise StorageError("The disk is full; make room on it.")


@pytest.mark.parametrize("what", ["clearance", "red flag", "answer"])
def test_what_cannot_be_kept_stops_her_all_the_same_and_says_so(what: str) -> None:
    repository, stopped = FullDisk(), list[str]()
    acts = desk.clinic(repository)
    patient = made(acts)
    signed = cleared(acts, patient.id)
    repository.is_full = True
    stop = stopped.append
    tell: dict[str, Callable[[], object]] = {
        "clearance": lambda: treatment.revoke_clearance(
            acts, actor(), patient.id, signed.id, "fever", stop
        ),
        "red flag": lambda: treatment.report_red_flag(
            acts, actor(), patient.id, new_id(), on_day=TODAY, code="fever", stop=stop
        ),
        "answer": lambda: treatment.answer_red_flags(
            acts, actor(), patient.id, new_id(), ["calf"], stop
        ),
    }
    with pytest.raises(StoppedNotKeptError, match=r"stopped, but this could not be kept.*full"):
        tell[what]()
    assert set(stopped) == {patient.id}
    repository.is_full = False
    assert of(acts, patient.id).red_flags == ()


def test_a_clearance_that_is_signed_while_a_red_flag_waits_for_its_turn_is_revoked(
    acts: Acts,
) -> None:
    patient, times = made(acts), iter(range(60))
    clocked = replace(acts, now=lambda: f"{TODAY}T10:00:{next(times):02}+01:00")
    signed: list[str] = []

    def sign(_: str) -> None:
        if not signed:
            signed.append(cleared(clocked, patient.id, from_on=TODAY).id)

    treatment.report_red_flag(
        clocked, actor(), patient.id, new_id(), on_day="2026-11-28", code="fever", stop=sign
    )
    assert [one.revoked_because for one in of(acts, patient.id).clearances] == ["fever"]


def test_who_may_not_tell_of_it_stops_nobody(acts: Acts) -> None:
    patient, stopped = made(acts), list[str]()
    for who in (actor(BO), Actor("9" * 32, TENANT, "patient", patient_id="8" * 32)):
        with pytest.raises((RefusedError, NotThereError)):
            treatment.report_red_flag(
                acts, who, patient.id, new_id(), on_day=TODAY, code="fever", stop=stopped.append
            )
    assert stopped == []


def test_the_answer_about_red_flags_is_kept_once_however_often_it_is_sent(acts: Acts) -> None:
    patient, stopped, number = made(acts), list[str](), new_id()
    for _ in range(2):
        treatment.answer_red_flags(acts, actor(), patient.id, number, (), stopped.append)
    kept = of(acts, patient.id)
    assert [one.on_day for one in kept.red_flag_answers] == [TODAY]
    assert (kept.red_flags, stopped) == ((), [])
    for _ in range(2):
        there = ("fever", "calf")
        treatment.answer_red_flags(acts, actor(), patient.id, number, there, stopped.append)
    kept = of(acts, patient.id)
    assert sorted(one.code for one in kept.red_flags) == ["calf", "fever"]
    assert len(kept.red_flag_answers) == 1
    assert set(stopped) == {patient.id}


def test_an_answer_that_is_none_is_refused_whole(acts: Acts) -> None:
    patient = made(acts)
    for number, codes in (("short", ["fever"]), (new_id(), ["fever", "yoga"])):
        with pytest.raises(CallerError):
            treatment.answer_red_flags(acts, actor(), patient.id, number, codes, print)
    assert of(acts, patient.id).red_flags == ()


def test_she_may_tell_of_a_red_flag_herself_but_clear_herself_never(acts: Acts) -> None:
    patient = made(acts)
    she = Actor("9" * 32, TENANT, "patient", patient_id=patient.id)
    treatment.report_red_flag(
        acts, she, patient.id, new_id(), on_day=TODAY, code="fever", stop=lambda _: None
    )
    with pytest.raises(RefusedError):
        treatment.sign_clearance(
            acts, she, patient.id, new_id(), signed_by="me", profession="me", from_on=TODAY
        )


def test_what_is_anothers_is_not_there(acts: Acts) -> None:
    one, other = made(acts), made(acts, given_name="Ria")
    signed = cleared(acts, one.id)
    with pytest.raises(NotThereError):
        treatment.revoke_clearance(
            acts, actor(), other.id, signed.id, "mistake", stop=lambda _: None
        )
