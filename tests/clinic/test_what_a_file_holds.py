"""What is taken in is looked at whole before anything is kept."""

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from levator.clinic import courses
from levator.clinic.acting import Acts
from levator.clinic.importing import take_in, take_in_from
from levator.errors import ContentError
from levator.formats.patient_file import MOST_MEMBERS
from tests.clinic import desk
from tests.clinic.elsewhere import (
    ADMIN,
    Members,
    changed,
    file,
    is_empty,
    members_of,
    there,
    with_lines,
    written,
)

__all__ = ["file", "there"]


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
    ("home_reminders", "times", ["9:00"]),
    ("home_reminders", "quiet_begins", "24:00"),
    ("home_reminders", "quiet_ends", ""),
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


def test_a_long_recording_is_taken_in(file: Path, there: Acts, tmp_path: Path) -> None:
    """Longer than the list of members may be, also as it is packed."""
    long = {"recordings/wave.edf": os.urandom(2_500_000)}
    done = take_in(there, ADMIN, written(members_of(file) | long, tmp_path / "long.zip"))
    assert done.recordings > 0
    assert not is_empty(there)


def test_a_member_that_says_it_is_short_is_not_unpacked_whole(there: Acts) -> None:
    """What its list says is checked before; what it unpacks to is read in small pieces."""
    made, size = io.BytesIO(), 64_000_000
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("about.json", b" " * size)
        out.getinfo("about.json").file_size = 1000
    tracemalloc.start()
    try:
        with pytest.raises(ContentError, match="no export of a patient"):
            take_in_from(there, ADMIN, made, "short")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < size / 4


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
