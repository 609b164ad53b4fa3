"""Clearances and red flags: who signed, what ends them, and that what runs stops first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from levator.clinic import treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.treatment import StoppedNotKeptError
from levator.errors import CallerError, StorageError
from levator.records.access import Actor
from levator.records.work import NotThereError, Work
from levator.storage.memory import MemoryRepository
from tests.clinic import desk
from tests.clinic.desk import ANKE, BO, TENANT, TODAY, actor, born, cleared, made, new_id, of


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
