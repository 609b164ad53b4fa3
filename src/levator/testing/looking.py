"""What every back end must find among entities and lines of the audit; part of `WorkSuite`."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from pathlib import Path

from levator.records.audit import AuditSearch, find_break
from levator.records.people import Patient
from levator.records.repository import Repository
from levator.records.treatment import PainScore
from levator.records.work import Term, where
from levator.testing.entities import (
    HERE,
    THERE,
    a_pain,
    a_patient,
    an_entry,
    at_once,
    found,
    put,
)

#: In the order of code points, which is not that of any language.
IN_ORDER = ["", " ", "B", "Z", "_", "a", "b", "é", "漢", "\uffff", "𝄞"]


class LookingSuite:
    """Terms, order, parts, and the audit."""

    @abstractmethod
    def opened(self, folder: Path) -> Repository:
        """Return an open repository that keeps whatever it keeps in `folder`."""

    # --- Looking

    def test_every_comparison_finds_what_it_says(self, tmp_path: Path) -> None:
        numbers = ["", "a", "A", "ab", "a%b", "a_b", "b"]
        patients = [
            a_patient(place, number=number, born_on=None if place % 3 else f"2026-0{place + 1}")
            for place, number in enumerate(numbers)
        ]
        expected = {
            Term("number", "is", "a"): ["a"],
            Term("number", "is_not", "a"): ["", "A", "ab", "a%b", "a_b", "b"],
            Term("number", "from", "a_b"): ["ab", "a_b", "b"],
            Term("number", "below", "a"): ["", "A"],
            Term("number", "contains", "a"): ["a", "ab", "a%b", "a_b"],
            Term("number", "contains", "%"): ["a%b"],
            Term("number", "contains", "_"): ["a_b"],
            Term("number", "contains", ""): numbers,
            Term("born_on", "is", None): ["a", "A", "a%b", "a_b"],
            Term("born_on", "is_not", None): ["", "ab", "b"],
            Term("born_on", "is_not", "2026-01"): numbers[1:],
            Term("born_on", "from", "2026-04"): ["ab", "b"],
            Term("born_on", "below", "2026-04"): [""],
            Term("born_on", "contains", "-04"): ["ab"],
            Term("born_on", "from", None): [],
            Term("born_on", "below", None): [],
        }
        with self.opened(tmp_path) as repository:
            put(repository, *patients)
            for term, answer in expected.items():
                assert [one.number for one in found(repository, Patient, term)] == answer, term
            both = (Term("number", "from", "a"), Term("born_on", "is_not", None))
            assert [one.number for one in found(repository, Patient, *both)] == ["ab", "b"]

    def test_a_list_is_searched_by_whole_members(self, tmp_path: Path) -> None:
        lists = [("ab", "c"), ("a",), ('x"a"', "b"), ("[", ", "), ("é", "漢\n"), ()]
        with self.opened(tmp_path) as repository:
            put(repository, *(a_patient(n, treated_by=one) for n, one in enumerate(lists)))
            for member in ("a", "ab", "b", '"', "", "[", ", ", '", "', "é", "漢\n", "\n", "a,"):
                term = Term("treated_by", "contains", member)
                answer = [one.treated_by for one in found(repository, Patient, term)]
                assert answer == [one for one in lists if member in one], member
            [one] = found(repository, Patient, *where(treated_by=("a",)))
            assert one.treated_by == ("a",)

    def test_text_is_ordered_by_code_point_and_nothing_comes_last(self, tmp_path: Path) -> None:
        values = [None, *reversed(IN_ORDER), None]
        patients = [a_patient(n, born_on=value) for n, value in enumerate(values)]
        with self.opened(tmp_path) as repository:
            put(repository, *patients)

            def order(*, descending: bool) -> list[tuple[str | None, str]]:
                listed = found(repository, Patient, order="born_on", descending=descending)
                return [(one.born_on, one.id) for one in listed]

            nothing = [(None, patients[0].id), (None, patients[-1].id)]
            texts = [(one.born_on, one.id) for one in reversed(patients[1:-1])]
            assert order(descending=False) == texts + nothing
            assert order(descending=True) == nothing + texts[::-1]

    def test_equals_are_ordered_by_id_and_parts_fit_together(self, tmp_path: Path) -> None:
        scores = [a_pain(number, number % 3) for number in (5, 2, 8, 1, 0, 7)]
        in_order = sorted((one.score, one.id) for one in scores)
        with self.opened(tmp_path) as repository:
            put(repository, a_patient(), *scores)
            parts = [
                one
                for offset in range(0, 8, 2)
                for one in found(repository, PainScore, order="score", limit=2, offset=offset)
            ]
            assert [(one.score, one.id) for one in parts] == in_order
            last = found(repository, PainScore, order="score", descending=True, limit=2)
            assert [(one.score, one.id) for one in last] == sorted(
                in_order, key=lambda pair: -pair[0]
            )[:2]
            assert found(repository, PainScore, limit=0) == []

    # --- The audit

    def test_lines_are_chained_and_found_again(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            with repository.work(writes=True) as work:
                told = [work.audit(an_entry(patient_id=who)) for who in ("p", None, "p", "q")]
            with repository.work(writes=False) as work:
                assert work.audit_lines(HERE) == told
                assert work.audit_lines(HERE, patient_id="p") == [told[0], told[2]]
                assert work.audit_lines(HERE, after=1, limit=2) == told[1:3]
                assert work.audit_lines(HERE, patient_id="p", after=1) == [told[2]]
                hers = AuditSearch(patient_id="p")
                assert work.audit_count(HERE, hers) == 2
                for offset, line in enumerate((told[2], told[0])):
                    page = work.newest_audit_lines(HERE, hers, limit=1, offset=offset)
                    assert page == [line]
                assert work.newest_audit_lines(HERE, hers, limit=9, offset=0) == [told[2], told[0]]
                assert work.newest_audit_lines(THERE, hers, limit=9, offset=0) == []
            assert find_break(told) is None

    def test_lines_are_found_by_who_what_and_when(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:
            with repository.work(writes=True) as work:
                for user_id, role, action, day in (
                    ("a", "therapist", "note.write", "2026-03-28"),
                    ("b", "patient", "note.write", "2026-03-29"),
                    ("a", "therapist", "session.read", "2026-03-29"),
                    ("", "", "session.close", "2026-03-30"),
                ):
                    at = f"{day}T23:59:59.999+02:00"
                    work.audit(an_entry(user_id=user_id, role=role, action=action, at=at))
            with repository.work(writes=False) as work:
                for search, numbers in (
                    (AuditSearch(), [4, 3, 2, 1]),
                    (AuditSearch(user_id="a"), [3, 1]),
                    (AuditSearch(user_id=""), [4]),
                    (AuditSearch(role="patient"), [2]),
                    (AuditSearch(actions=("note.write", "session.close")), [4, 2, 1]),
                    (AuditSearch(from_day="2026-03-29"), [4, 3, 2]),
                    (AuditSearch(below_day="2026-03-29"), [1]),
                    (AuditSearch(from_day="2026-03-29", below_day="2026-03-30"), [3, 2]),
                    (AuditSearch(user_id="a", actions=("note.write",)), [1]),
                    (AuditSearch(user_id="b", from_day="2026-03-30"), []),
                ):
                    lines = work.newest_audit_lines(HERE, search, limit=9, offset=0)
                    assert [line.number for line in lines] == numbers, search
                    assert work.audit_count(HERE, search) == len(numbers), search
                    assert work.audit_count(THERE, search) == 0

    def test_numbers_have_no_gap_however_many_write_at_once(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as repository:

            def audit_ten(tenant_id: str) -> None:
                for number in range(10):
                    try:
                        with repository.work(writes=True) as work:
                            work.audit(an_entry(tenant_id=tenant_id, detail=str(number)))
                            if number % 3 == 2:
                                raise KeyError
                    except KeyError:
                        pass

            at_once(*(partial(audit_ten, place) for place in (HERE, THERE) * 3))
            with repository.work(writes=False) as work:
                for tenant_id in (HERE, THERE):
                    lines = work.audit_lines(tenant_id)
                    assert [line.number for line in lines] == list(range(1, 22))
                    assert find_break(lines) is None
