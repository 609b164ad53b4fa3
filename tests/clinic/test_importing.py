"""What is taken in is looked at whole before anything is kept, and opens nothing by itself."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.clinic import courses, patients, todo
from levator.clinic.acting import Acts
from levator.clinic.courses import Wanted
from levator.clinic.ending import end_course
from levator.clinic.erasing import erase
from levator.clinic.exporting import export
from levator.clinic.importing import take_in
from levator.clinic.seats import used
from levator.clinic.terminal import at_terminal
from levator.errors import CallerError, ContentError, RecordingError
from levator.formats.patient_file import MOST_MEMBERS
from levator.records.model import Batch
from levator.records.people import Patient
from levator.records.treatment import Clearance, Session
from levator.storage import open_repository
from levator.testing.repository import LATER, a_block, a_header
from tests.clinic import desk
from tests.clinic.test_courses import born, cleared, decide, on, pain

ADMIN = desk.actor(desk.ADMIN, "clinic_admin")
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a woman with one thing of most kinds, and one recording."""
    acts = desk.clinic(open_repository("memory://"))
    hers = desk.made(acts).id
    birth = born(on(acts, "2026-09-01"), hers, "2026-09-01", "operative_delivery")
    assert birth.complications
    cleared(acts, hers, "2026-10-01")
    pain(acts, hers)
    decide(acts, hers, Wanted(kind="overrule", stage="step-6", because="as elsewhere", seen=""))
    acts.repository.append(Batch(begun=(a_header("wave"),)))
    acts.repository.append(Batch(blocks=(a_block(0, "wave"), a_block(1, "wave"))))
    acts.repository.close_recording("wave", LATER, "stop")
    with acts.repository.work(writes=True) as work:
        work.put(
            Session(
                id=desk.new_id(),
                tenant_id=desk.TENANT,
                patient_id=hers,
                recording_id="wave",
                on_day=desk.TODAY,
                started_at=desk.NOW,
                stage="step-6",
                state="ended",
            )
        )
    made = tmp_path_factory.mktemp("hers") / "hers.zip"
    export(acts, desk.actor(), hers, made)
    return made


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Acts]:
    """Another clinic, in which the same therapist works and she is not known."""
    with open_repository("memory://") as repository:
        yield desk.clinic(repository)


def members_of(file: Path) -> Members:
    with zipfile.ZipFile(file) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def written(members: Members, into: Path, about: dict[str, Any] | None = None) -> Path:
    """Write members with a list of checksums that fits, unless another is given."""
    held = dict(members)
    told = json.loads(held.pop("about.json"))
    told["files"] = {name: hashlib.sha256(body).hexdigest() for name, body in held.items()}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in held.items():
            out.writestr(name, body)
        out.writestr("about.json", json.dumps(told | (about or {})))
    return into


def changed(file: Path, into: Path, kind: str, **values: object) -> Path:
    members, name = members_of(file), f"entities/{kind}.jsonl"
    rows = [json.loads(line) | values for line in members[name].splitlines()]
    members[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return written(members, into)


def with_lines(file: Path, into: Path, change: Callable[[list[Any]], object]) -> Path:
    members, name = members_of(file), "recordings/wave.jsonl"
    rows = [json.loads(line) for line in members[name].splitlines()]
    change(rows)
    members[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return written(members, into)


def is_empty(acts: Acts) -> bool:
    with acts.repository.work(writes=False) as work:
        patients = work.count(Patient, desk.TENANT)
    return not patients and not acts.repository.recordings()


VALUES: list[tuple[str, str, object]] = [
    ("birth", "mode", "xyz"),
    ("birth", "born_on", "not a day"),
    ("birth", "born_on", "20260901"),
    ("birth", "complications", ["nonsense"]),
    ("birth", "child_grams", 2**60),
    ("pain_score", "score", 999),
    ("pain_score", "score", -1),
    ("pain_score", "moment", "never"),
    ("decision", "proposal", "{"),
    ("decision", "proposal", '{"settings": {"shoes": 4}}'),
    ("decision", "proposal", '{"opens": "cleared"}'),
    ("decision", "choice", "all"),
    ("clearance", "from_on", "0001-01-01"),
    ("clearance", "until_on", "9999-12-31"),
    ("clearance", "entered_at", "later"),
    ("clearance", "entered_at", "2026-11-29T10:00:00"),
    ("patient", "made_at", "2026-11-29T10:00:00"),
    ("patient", "family_name", "x" * 10_000),
    ("patient", "family_name", "\u202eevil"),
    ("patient", "given_name", "a\x07"),
    ("patient", "language", "xx"),
    ("patient", "treated_by", ["../x"]),
    ("course", "protocol", "../../../etc/passwd"),
    ("course", "stage", "step-99"),
    ("prescription", "force_percent_mvc", 9999.0),
    ("prescription", "hold_s", -1.0),
    ("session", "state", "gone"),
    ("session", "good_rounds", 2**70),
]


@pytest.mark.parametrize(("kind", "field", "value"), VALUES)
def test_a_value_that_cannot_be_is_named_with_its_place(
    file: Path, there: Acts, tmp_path: Path, kind: str, field: str, value: object
) -> None:
    wrong = changed(file, tmp_path / "wrong.zip", kind, **{field: value})
    with pytest.raises(ContentError) as refused:
        take_in(there, ADMIN, wrong)
    assert f"{field} in entities/{kind}.jsonl:1 cannot be" in str(refused.value)
    assert is_empty(there)


def test_who_came_without_the_moment_at_which_she_was_made_can_be_erased(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    came = take_in(there, ADMIN, changed(file, tmp_path / "plain.zip", "patient", made_at=""))
    backup = tmp_path / "one.backup"
    backup.touch()
    with there.in_installation(at_terminal(), "backup.make") as act:
        act.detail = f"file={backup}"
    assert erase(there, ADMIN, came.patient.id, "her-request").backups == (backup,)
    assert is_empty(there)


def header(**changes: object) -> Callable[[list[Any]], object]:
    return lambda rows: rows[0]["header"].update(changes)


def block(**changes: object) -> Callable[[list[Any]], object]:
    return lambda rows: rows[1]["block"].update(changes)


def stream(**changes: object) -> Callable[[list[Any]], object]:
    return lambda rows: rows[0]["header"]["context"]["streams"][0].update(changes)


LINES = {
    "the end is no moment": header(closed_at="x"),
    "the start is a number": header(started_at=5),
    "the context is a list": header(context=[]),
    "the title has no end": header(title="x" * 10**6),
    "no such state": header(state="lost"),
    "a negative frequency": stream(sampling_frequency_hz=-1),
    "more samples than bytes": block(n_samples=10**9),
    "no channel": block(n_channels=-1),
    "no base64": block(values="!!"),
    "no such format": block(sample_format="object"),
    "a place that is text": block(sequence="1"),
    "a place beyond any number": block(sequence=2**70),
    "an index that no replay reaches": block(first_index=2**62),
    "more than a day": block(first_index=100 * 86_400),
    "no moment": block(arrived_s="x"),
    "no such stream": block(stream="other"),
    "another's": block(recording_id="other"),
    "an event without data": lambda rows: rows.append(
        {"event": {"recording_id": "wave", "sequence": 9, "data": []}}
    ),
    "an input out of order": lambda rows: rows.extend(
        {"input": {"recording_id": "wave", "sequence": at, "at_index": 0, "data": {}}}
        for at in (9, 9)
    ),
}


@pytest.mark.parametrize("wrong", LINES)
def test_a_recording_that_nobody_recorded_leaves_nothing(
    file: Path, there: Acts, tmp_path: Path, wrong: str
) -> None:
    with pytest.raises(ContentError, match=r"recordings/wave.jsonl is not readable"):
        take_in(there, ADMIN, with_lines(file, tmp_path / "wrong.zip", LINES[wrong]))
    assert is_empty(there)


def test_what_the_storage_refuses_leaves_nothing_either(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    """Her clearance has the id of another woman's: found once the recordings are put."""
    other = patients.make(there, desk.actor(), desk.new_id(), desk.jansen(given_name="Zoë")).id
    with there.repository.work(writes=True) as work:
        work.put(
            Clearance(
                id=json.loads(members_of(file)["entities/clearance.jsonl"])["id"],
                tenant_id=desk.TENANT,
                patient_id=other,
                signed_by="dr. Bos",
                profession="doctor",
                from_on=desk.TODAY,
                entered_by=desk.ANKE,
                entered_at=desk.NOW,
            )
        )
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, file)
    assert there.repository.recordings() == []
    with there.repository.work(writes=False) as work:
        assert [one.id for one in work.find(Patient, desk.TENANT)] == [other]


def test_a_recording_that_a_power_cut_left_half_taken_in_comes_whole(
    file: Path, there: Acts
) -> None:
    hers = json.loads(members_of(file)["about.json"])["patient"]
    begun = replace(a_header("wave"), title="", tenant_id=desk.TENANT, patient_id=hers)
    there.repository.append(Batch(begun=(begun,)))
    there.repository.append(Batch(blocks=(a_block(0, "wave"),)))
    there.repository.recover_interrupted(LATER)
    assert take_in(there, ADMIN, file).recordings == 1
    assert len(list(there.repository.blocks("wave"))) == 2
    assert there.repository.header("wave").state == "closed"


def test_who_was_quicker_keeps_what_she_took_in(
    file: Path, there: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(there, ADMIN, file)
    # As it looked a moment before the other one began.
    monkeypatch.setattr("levator.clinic.importing._not_here", lambda *_: frozenset({"wave"}))
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, file)
    assert len(list(there.repository.blocks("wave"))) == 2


def test_a_kept_recording_does_not_change(file: Path, there: Acts, tmp_path: Path) -> None:
    take_in(there, ADMIN, file)

    def more(rows: list[Any]) -> None:
        rows.append({"event": {"recording_id": "wave", "sequence": 99, "data": {"type": "x"}}})

    with pytest.raises(RecordingError, match="has ended"):
        take_in(there, ADMIN, with_lines(file, tmp_path / "more.zip", more))
    assert len(there.repository.recordings()) == 1


def test_a_recording_that_no_sitting_names_is_nobodys(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    unnamed = changed(file, tmp_path / "unnamed.zip", "session", recording_id=None)
    with pytest.raises(CallerError, match="in another record"):
        take_in(there, ADMIN, unnamed)
    assert is_empty(there)


def shut(acts: Acts, patient_id: str) -> list[str]:
    now = courses.view(acts, desk.actor(), patient_id)
    return [gate.code for gate in now.gates["step-6"] if not gate.is_open]


def test_nothing_taken_in_opens_a_gate_until_her_therapist_signs(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    bare = members_of(file)
    for kind in ("clearance", "decision", "prescription", "course", "session"):
        bare.pop(f"entities/{kind}.jsonl")
    for name in [name for name in bare if name.startswith("recordings/")]:
        bare.pop(name)
    hers = take_in(there, ADMIN, written(bare, tmp_path / "bare.zip")).patient.id
    before = shut(there, hers)
    assert "cleared" in before
    take_in(there, ADMIN, file)
    now = courses.view(there, desk.actor(), hers)
    assert shut(there, hers) == before
    assert (now.chart.clearances, now.chart.decisions) == ((), ())
    assert now.chart.settings.force_percent_mvc is None
    assert not any(courses.is_current(now.chart, one) for one in now.history.clearances)
    cleared(there, hers, "2026-10-01")
    assert "cleared" not in shut(there, hers)


def test_a_running_course_stays_the_one_that_runs(file: Path, there: Acts, tmp_path: Path) -> None:
    hers = take_in(there, ADMIN, file).patient.id
    [kept] = courses.view(there, desk.actor(), hers).history.courses
    with there.repository.work(writes=True) as work:
        work.put(replace(kept, stage="step-1"))
    another = {"id": desk.new_id(), "begun_on": "2026-11-29"}
    take_in(there, ADMIN, course_alone(file, tmp_path / "course.zip", another))
    assert courses.view(there, desk.actor(), hers).chart.stage == "step-1"


def course_alone(file: Path, into: Path, *courses: Mapping[str, object]) -> Path:
    """The file with these courses, and nothing that belongs to one."""
    members = members_of(file)
    for kind in ("decision", "prescription", "session"):
        members.pop(f"entities/{kind}.jsonl")
    for name in [name for name in members if name.startswith("recordings/")]:
        members.pop(name)
    row = json.loads(members["entities/course.jsonl"])
    rows = [json.dumps(row | dict(one)) + "\n" for one in courses]
    members["entities/course.jsonl"] = "".join(rows).encode()
    return written(members, into)


def test_a_course_that_was_ended_here_is_not_begun_again_by_a_file(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    hers = take_in(there, ADMIN, file).patient.id
    [kept] = courses.view(there, desk.actor(), hers).history.courses
    given = {"ended_on": desk.TODAY, "ended_ground": "goals_reached", "version": kept.version}
    end_course(there, desk.actor(), hers, kept.id, **given)
    another = {"id": desk.new_id(), "begun_on": desk.TODAY}
    take_in(there, ADMIN, course_alone(file, tmp_path / "course.zip", another))
    now = courses.view(there, desk.actor(), hers)
    assert len(now.history.courses) == 2
    assert (now.history.course, now.chart.has_ended) == (None, True)


def test_of_two_courses_that_run_in_a_file_one_goes_on(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    both = [{"id": desk.new_id()}, {"id": desk.new_id()}]
    hers = take_in(there, ADMIN, course_alone(file, tmp_path / "two.zip", *both)).patient.id
    kept = courses.view(there, desk.actor(), hers).history.courses
    assert [one.ended_on for one in kept].count(None) == 1


def test_a_file_puts_nobodys_name_to_anything(file: Path, there: Acts, tmp_path: Path) -> None:
    members, whose = members_of(file), json.loads(members_of(file)["about.json"])["patient"]
    note = {"id": desk.new_id(), "patient_id": whose, "on_day": desk.TODAY, "text": "May train."}
    told = note | {"written_by": desk.ANKE, "written_at": desk.NOW, "tenant_id": desk.TENANT}
    members["entities/note.jsonl"] = json.dumps(told).encode()
    led = {"led_by": desk.ANKE, "device": "simulator://?seed=9", "on_day": "2099-01-01"}
    forged = changed(written(members, tmp_path / "a.zip"), tmp_path / "b.zip", "session", **led)
    hers = take_in(there, ADMIN, forged).patient.id
    kept = courses.view(there, desk.actor(), hers).history
    assert [one.written_by for one in kept.notes] == [""]
    assert {one.entered_by for one in kept.pains} == {""}
    assert [one.led_by for one in kept.sessions] == [""]
    assert used(there, desk.actor()) == []


def test_what_a_file_says_of_a_session_is_shown_and_judged_by_nobody(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    told = {"rounds": 10, "valid_rounds": 10, "in_band_percent": 99.0, "released_percent": 99.0}
    forged = changed(file, tmp_path / "forged.zip", "session", **told, stage="step-3")
    hers = take_in(there, ADMIN, forged).patient.id
    now = courses.view(there, desk.actor(), hers)
    assert [one.in_band_percent for one in now.history.sessions] == [99.0]
    [judged] = now.chart.sittings
    assert (judged.rounds, judged.valid, judged.fatigue_round) == (0, 0, None)
    assert (judged.in_band_percent, judged.released_percent) == (None, None)


def test_pain_that_is_asked_here_comes_after_all_that_a_file_says(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    told = {"on_day": desk.TODAY, "entered_at": f"{desk.TODAY}T23:59:59+01:00", "score": 0}
    late = changed(file, tmp_path / "late.zip", "pain_score", **told)
    hers = take_in(there, ADMIN, late).patient.id
    clock = replace(there, now=lambda: f"{desk.TODAY}T14:00:00.000+01:00")
    pain(clock, hers, score=8)
    now = courses.view(clock, desk.actor(), hers)
    assert now.chart.pain_today == 8
    assert "below_stop" in shut(clock, hers)


def test_only_who_works_here_treats_her(file: Path, there: Acts, tmp_path: Path) -> None:
    named = [desk.ANKE, desk.FAR, desk.ADMIN, "9" * 32]
    hers = take_in(
        there, ADMIN, changed(file, tmp_path / "named.zip", "patient", treated_by=named)
    ).patient.id
    with there.repository.work(writes=False) as work:
        assert work.get(Patient, hers, desk.TENANT).treated_by == (desk.ANKE,)
    assert todo.of_today(there, desk.actor()).patients == 1


def test_one_line_of_the_audit_names_all(file: Path, there: Acts) -> None:
    done = take_in(there, ADMIN, file)
    with there.repository.work(writes=False) as work:
        lines = work.audit_lines(desk.TENANT, patient_id=done.patient.id)
    [line] = [one.entry for one in lines if one.entry.action == "patient.import"]
    named = line.detail.split(" ")
    assert len(named) == done.entities
    for kind in ("clearance", "decision", "birth", "session"):
        number = json.loads(members_of(file)[f"entities/{kind}.jsonl"].splitlines()[0])["id"]
        assert f"{kind}={number}" in named


BOMBS: dict[str, tuple[Members, dict[str, Any], str]] = {
    "a long line": (
        {
            "entities/note.jsonl": b'{"a": [' + b"{}," * 900_000 + b"{}]}\n",
            "pad": os.urandom(40_000),
        },
        {},
        "readable",
    ),
    "many members": ({f"x/{at}": b"" for at in range(MOST_MEMBERS)}, {}, "too many files"),
    "zeros": ({"pad": b"\0" * 30_000_000}, {}, "grows too much"),
    "files is a list": ({}, {"files": ["a"]}, "no export of a patient"),
    "files is nothing": ({}, {"files": None}, "no export of a patient"),
    "a digest is a number": ({}, {"files": {"a": 1}}, "no export of a patient"),
    "her id climbs": ({}, {"patient": "../../x"}, "no export of a patient"),
    "a recording climbs": ({"recordings/../../x.jsonl": b"{}\n"}, {}, "not hers"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_costs_anything(
    file: Path, there: Acts, tmp_path: Path, bomb: str
) -> None:
    more, about, reason = BOMBS[bomb]
    made = written(members_of(file) | more, tmp_path / "bomb.zip", about)
    with pytest.raises(ContentError, match=reason):
        take_in(there, ADMIN, made)
    assert is_empty(there)


OLDER = Path(__file__).parents[1] / "golden" / "older" / "patient-record.zip"


def test_an_export_from_before_a_field_there_was_is_taken_in(there: Acts) -> None:
    """As it was written then, with fields that are no more and without newer ones."""
    lines = [json.loads(line) for line in members_of(OLDER)["entities/course.jsonl"].splitlines()]
    assert not {"ended_ground", "ended_by", "ended_at"} & {*lines[0]}
    taken = take_in(there, ADMIN, OLDER)
    kept = courses.view(there, desk.actor(), taken.patient.id).history
    assert kept.course is not None
    assert (kept.course.ended_ground, kept.course.ended_by, kept.course.ended_at) == (
        "",
        None,
        None,
    )
    kinds = (kept.pains, kept.symptoms, kept.assessments, kept.notes, kept.consents, kept.sessions)
    assert [len(one) for one in kinds] == [1] * len(kinds)
    assert taken.recordings == 1


@pytest.mark.parametrize("number", ["2", "1.1"])
def test_a_newer_form_of_export_says_to_update(
    file: Path, there: Acts, tmp_path: Path, number: str
) -> None:
    newer = written(
        members_of(file), tmp_path / "newer.zip", {"format": f"levator patient {number}"}
    )
    with pytest.raises(ContentError) as refused:
        take_in(there, ADMIN, newer)
    assert str(refused.value) == (
        "newer.zip was made by a newer levator; update this one, then take it in."
    )
    assert is_empty(there)


def test_a_session_that_was_under_way_there_holds_up_nothing_here(
    file: Path, there: Acts, tmp_path: Path
) -> None:
    under_way = changed(file, tmp_path / "open.zip", "session", state="open", recording_id="gone")
    members = {
        name: body for name, body in members_of(under_way).items() if "recordings/" not in name
    }
    patient_id = take_in(there, ADMIN, written(members, tmp_path / "left_out.zip")).patient.id
    (kept,) = courses.view(there, desk.actor(), patient_id).history.sessions
    assert kept.state == "interrupted"
    assert erase(there, ADMIN, patient_id, "trial-record").entities
