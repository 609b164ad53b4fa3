"""What every back end's transactions over entities and audit must do, clause by clause.

class TestMine(RepositorySuite, WorkSuite):
    def opened(self, folder: Path) -> Repository:
        return open_repository(f"sqlite:///{folder}/levator.db")
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from levator.errors import CallerError, RecordingError
from levator.records.entity import Entity
from levator.records.kinds import name_of
from levator.records.model import Batch, EventRecord, InputRecord
from levator.records.people import Patient, User
from levator.records.treatment import Note
from levator.records.work import ConflictError, NotThereError, Work, where
from levator.testing.entities import (
    HERE,
    THERE,
    a_dose,
    a_note,
    a_pain,
    a_passkey,
    a_patient,
    a_user,
    an_entry,
    at_once,
    error,
    found,
    id_of,
    put,
    put_every_kind,
)
from levator.testing.looking import LookingSuite
from levator.testing.repository import LATER, a_block, a_header, refusal


class WorkSuite(LookingSuite):
    """The contract of `levator.records.work`."""

    # --- One entity

    def test_every_kind_comes_back_as_it_was(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            with repository.work(writes=True) as work:
                kept = put_every_kind(work)
            with repository.work(writes=False) as work:
                for entity in kept:
                    back = work.get(type(entity), entity.id, HERE)
                    assert repr(back) == repr(entity), name_of(type(entity))
                    assert work.count(type(entity), None) == 2

    def test_a_version_counts_the_changes(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            [first] = put(repository, a_patient())
            [second] = put(repository, replace(first, number="7"))
            assert (first.version, second.version) == (1, 2)
            assert found(repository, Patient) == [second]

    def test_a_change_of_an_old_version_is_refused_with_the_difference(
        self, tmp_path: Path
    ) -> None:
        with self.opened(tmp_path) as repository:
            [read] = put(repository, a_patient())
            [now] = put(repository, replace(read, number="7", email="a"))
            conflict = error(
                ConflictError,
                lambda: put(repository, a_note(), replace(read, number="8", email="a")),
            )
            assert (conflict.kept, conflict.differs) == (now, {"number": ("7", "8")})
            refusal(ConflictError, lambda: put(repository, replace(a_patient(), number="8")))
            assert found(repository, Patient) == [now]
            assert found(repository, Note) == []

    def test_the_same_write_again_has_no_second_effect(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            for _ in range(2):
                assert put(repository, a_patient()) == [replace(a_patient(), version=1)]
            change = replace(a_patient(), version=1, number="7")
            for _ in range(2):
                assert put(repository, change) == [replace(change, version=2)]
            assert found(repository, Patient) == [replace(change, version=2)]

    def test_a_change_of_what_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            refusal(NotThereError, lambda: put(repository, replace(a_patient(), version=1)))
            assert found(repository, Patient) == []

    def test_what_no_database_holds_is_refused(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient())
            wrong: list[Entity] = [
                *(a_patient(1, given_name=text) for text in ("\0", "a\0b", "\ud800")),
                a_patient(1, treated_by=("x", "\0")),
                replace(a_patient(1), id="\0"),
                *(a_pain(1, number) for number in (2**63, -(2**63) - 1)),
                *(a_dose(number) for number in (math.nan, math.inf, -math.inf)),
            ]
            for entity in wrong:
                assert "cannot be kept" in refusal(CallerError, partial(put, repository, entity))
            with repository.work(writes=False) as work:
                for text in ("\0", "\ud800"):
                    refusal(NotThereError, partial(work.get, Patient, text, HERE))
                    terms = where(number=text)
                    refusal(CallerError, partial(work.find, Patient, HERE, terms))
                    refusal(CallerError, partial(work.count, Patient, HERE, terms))

    # --- What belongs together

    def test_a_reference_leads_to_something_of_the_same_tenant(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(0, THERE))
            for note in (a_note(), a_note(patient=1)):
                assert "belongs to" in refusal(CallerError, partial(put, repository, note))
            assert found(repository, Note) == []
            put(repository, a_patient(1), a_note(patient=1))
            put(repository, replace(a_note(patient=1), version=1, session_id=None, text="b"))

    def test_what_is_unique_is_so_over_all_tenants(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_user(), a_user(1, HERE, "bea"), a_user(1, THERE, "bea"))
            put(repository, a_passkey(), replace(a_passkey(), version=1, name="Telephone"))
            for other in (a_passkey(1), a_passkey(1, THERE)):
                assert "already" in refusal(CallerError, partial(put, repository, other))

    def test_what_is_unique_in_a_clinic_tells_nothing_of_another(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_user())
            assert "already" in refusal(CallerError, partial(put, repository, a_user(1)))
            put(repository, a_user(1, THERE), replace(a_user(), version=1, name="Anna"))
            assert len(found(repository, User)) == 1
            with repository.work(writes=False) as work:
                assert len(work.find(User, None, where(email_key=a_user().email_key))) == 2

    def test_what_is_erased_is_gone(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(), a_patient(1), a_note())
            with repository.work(writes=True) as work:
                assert "erase those first" in refusal(
                    CallerError, lambda: work.erase(Patient, id_of("patient"), HERE)
                )
                work.erase(Note, id_of("note"), HERE)
                work.erase(Patient, id_of("patient"), HERE)
                refusal(NotThereError, lambda: work.erase(Patient, id_of("patient"), HERE))
            assert found(repository, Note) == []
            assert [one.id for one in found(repository, Patient)] == [id_of("patient", 1)]
            put(repository, a_patient())

    def test_a_recording_is_erased_whole(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            for name in ("one", "two"):
                repository.append(
                    Batch(
                        begun=(a_header(name),),
                        blocks=(a_block(0, name),),
                        inputs=(InputRecord(name, 1, 0, {}),),
                        events=(EventRecord(name, 2, {}),),
                    )
                )
            with repository.work(writes=True) as work:
                work.erase_recording("one")
                work.erase_recording("never")
            assert repository.recordings() == [a_header("two")]
            assert list(repository.blocks("two")) == [a_block(0, "two")]

    def test_recordings_are_found_by_whose_they_are(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            her = id_of("patient")
            whose = {"one": (HERE, her), "two": (THERE, her), "three": ("", "")}
            for name, (tenant_id, patient_id) in (*whose.items(), ("four", (HERE, her))):
                begun = replace(a_header(name), tenant_id=tenant_id, patient_id=patient_id)
                repository.begin_recording(begun)
                assert repository.header(name) == begun
            repository.close_recording("one", LATER, "calibrated")
            with repository.work(writes=True) as work:
                assert work.recordings_of(HERE, her) == ["four", "one"]
                assert work.recordings_of("", "") == []
                assert work.whose_recording("one") == (HERE, her)
                assert work.whose_recording("three") == ("", "")
                assert work.whose_recording("never") is None
                named = [name for name in whose if work.is_recording_of(name, HERE, her)]
                assert named == ["one", "three"]
                assert not work.is_recording_of("one", HERE, id_of("patient", 1))
                assert not work.is_recording_of("never", HERE, her)
                assert work.is_recording()
                for name in ("two", "three", "four"):
                    work.erase_recording(name)
            with repository.work(writes=False) as work:
                assert work.recordings_of(HERE, her) == ["one"]
                assert not work.is_recording()

    def test_nothing_is_recorded_of_a_patient_who_is_gone(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(), a_patient(1, THERE))
            begun = replace(a_header("one"), tenant_id=HERE, patient_id=id_of("patient"))
            live = Batch(begun=(begun,), blocks=(a_block(0),), is_live=True)
            with repository.work(writes=True) as work:
                work.erase(Patient, id_of("patient"), HERE)
            there = replace(begun, patient_id=id_of("patient", 1))
            for batch in (live, replace(live, begun=(there,))):
                refusal(RecordingError, partial(repository.append, batch))
            assert repository.recordings() == []
            put(repository, a_patient())
            repository.append(live)
            nobodys = replace(a_header("two"), tenant_id=HERE)
            repository.append(replace(live, begun=(nobodys,), blocks=()))
            # What is taken in out of a file comes before the patient herself.
            repository.append(Batch(begun=(replace(there, id="three"),)))
            assert len(repository.recordings()) == 3

    def test_they_are_counted_by_whose_they_are(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            far = replace(a_note(), tenant_id=THERE)
            put(repository, a_patient(), a_patient(1), a_patient(0, THERE), far)
            put(repository, a_note(0), a_note(1), a_note(2, patient=1), a_note(3))
            with repository.work(writes=True) as work:
                work.erase(Note, id_of("note", 3), HERE)
                counted = work.counts(Note, HERE, "patient_id")
                assert counted == {id_of("patient"): 2, id_of("patient", 1): 1}
                assert work.counts(Note, HERE, "on_day") == {a_note().on_day: 3}

    def test_another_tenant_is_not_there(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient())
            her = id_of("patient")
            with repository.work(writes=True) as work:
                work.audit(an_entry())
                refusal(NotThereError, lambda: work.get(Patient, her, THERE))
                refusal(NotThereError, lambda: work.erase(Patient, her, THERE))
                foreign = replace(a_patient(0, THERE), version=1)
                refusal(NotThereError, partial(work.put, foreign))
                assert work.find(Patient, THERE, where(id=her)) == []
                assert work.count(Patient, THERE) == 0
                assert work.audit_lines(THERE) == []
                assert work.audit(an_entry(tenant_id=THERE)).number == 1
                assert len(work.find(Patient, None)) == 1

    def test_an_id_is_a_clinics_own(self, tmp_path: Path) -> None:
        """What another keeps under an id shows in nothing: not in a put, a change, an erasure."""
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(), a_note())
            put(repository, a_patient(0, THERE), replace(a_note(), tenant_id=THERE, text="far"))
            her, note = id_of("patient"), id_of("note")
            with repository.work(writes=True) as work:
                far = work.get(Patient, her, THERE)
                assert work.put(replace(far, number="17")).version == 2
                work.erase(Note, note, THERE)
                work.erase(Patient, her, THERE)
            with repository.work(writes=False) as work:
                refusal(NotThereError, lambda: work.get(Patient, her, THERE))
                assert replace(work.get(Patient, her, HERE), version=0) == a_patient()
                assert work.get(Note, note, HERE).text == a_note().text

    # --- All or nothing, one after the other

    def test_an_exception_undoes_everything(self, tmp_path: Path) -> None:
        def spoiled(work: Work) -> None:
            work.put(a_patient(1))
            work.put(replace(a_patient(), version=1, number="7"))
            work.erase(Note, id_of("note"), HERE)
            work.erase_recording("one")
            work.audit(an_entry())
            assert work.count(Patient, HERE) == 2
            raise KeyError

        with self.opened(tmp_path) as repository:
            put(repository, a_patient(), a_note())
            repository.begin_recording(a_header())
            try:
                with repository.work(writes=True) as work:
                    spoiled(work)
            except KeyError:
                pass
            assert found(repository, Patient) == [replace(a_patient(), version=1)]
            assert len(found(repository, Note)) == 1
            assert repository.recordings() == [a_header()]
            with repository.work(writes=True) as work:
                assert work.audit(an_entry()).number == 1

    def test_a_work_sees_what_it_has_done(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository, repository.work(writes=True) as work:
            kept = work.put(a_patient())
            assert work.put(replace(kept, number="7")).version == 2
            assert [one.number for one in work.find(Patient, HERE)] == ["7"]
            work.erase(Patient, kept.id, HERE)
            refusal(NotThereError, lambda: work.get(Patient, kept.id, HERE))
            assert work.audit(an_entry()).number == 1
            assert [line.number for line in work.audit_lines(HERE)] == [1]

    def test_a_work_that_reads_changes_nothing(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient())
            with repository.work(writes=False) as work:
                for change in (
                    lambda: work.put(a_patient(1)),
                    lambda: work.audit(an_entry()),
                    lambda: work.erase(Patient, id_of("patient"), HERE),
                    lambda: work.erase_recording("one"),
                ):
                    error(AssertionError, change)
            assert len(found(repository, Patient)) == 1

    def test_a_work_that_reads_sees_one_state(self, tmp_path: Path) -> None:
        is_written = Event()
        with self.opened(tmp_path) as repository:
            put(repository, a_patient())

            def write() -> None:
                put(repository, replace(a_patient(), version=1, number="7"), a_patient(1))
                is_written.set()

            writer = Thread(target=write)
            with repository.work(writes=False) as work:
                before = work.find(Patient, HERE)
                writer.start()
                # A back end may let the writer through or hold it; either way nothing shows.
                is_written.wait(0.5)
                assert work.find(Patient, HERE) == before
                assert work.get(Patient, id_of("patient"), HERE) == before[0]
            writer.join()
            assert [one.number for one in found(repository, Patient)] == ["7", ""]

    def test_no_update_is_lost_however_many_change_it_at_once(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(number="0"))

            def add_one(name: str) -> None:
                with repository.work(writes=False) as work:
                    read = work.get(Patient, id_of("patient"), HERE)
                put(repository, replace(read, number=str(int(read.number) + 1), email=name))

            def add_five(name: str) -> None:
                done = 0
                while done < 5:
                    try:
                        add_one(name)
                    except ConflictError:
                        continue
                    done += 1

            at_once(*(partial(add_five, name) for name in "abcd"))
            [kept] = found(repository, Patient)
            assert (kept.number, kept.version) == ("20", 21)


class PersistentWorkSuite(WorkSuite):
    """And for storage that outlives the process."""

    def test_entities_and_audit_are_there_after_opening_again(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository, repository.work(writes=True) as work:
            kept = put_every_kind(work)
            line = work.audit(an_entry())
        with self.opened(tmp_path) as repository, repository.work(writes=False) as work:
            assert [repr(work.get(type(one), one.id, HERE)) for one in kept] == list(
                map(repr, kept)
            )
            assert work.audit_lines(HERE) == [line]
