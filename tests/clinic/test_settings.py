"""What a clinic settles for itself, with its line in the audit; courses that run keep theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.cli.settled import EXAMPLE
from levator.clinic import courses, settings, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.courses import Wanted
from levator.errors import CallerError, LibraryError
from levator.library import take_in_protocols
from levator.records.access import Actor
from levator.records.people import Tenant
from tests.clinic.desk import ADMIN, TENANT, actor, made, new_id
from tests.clinic.test_courses import pain

SEVEN = "bekken-zwanger-fit"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the clinic keeps its own; nothing of it is known to the next test."""
    yield tmp_path / "own"
    take_in_protocols(tmp_path / "nowhere")


@pytest.fixture
def admin() -> Actor:
    return actor(ADMIN, "clinic_admin")


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    file = tmp_path / "our-clinic.toml"
    file.write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    return file


def test_years_and_protocol_are_settled_and_told(acts: Acts, admin: Actor) -> None:
    settings.change(acts, admin, retention_years=25)
    settings.change(acts, admin, protocol="dutch-evidence")
    kept = settings.read(acts, admin)
    assert (kept.protocol, kept.retention_years) == ("dutch-evidence", 25)
    with acts.repository.work(writes=False) as work:
        lines = [line.entry for line in work.audit_lines(TENANT)]
    assert [one.action for one in lines] == ["tenant.change", "tenant.change", "tenant.read"]
    assert lines[0].detail == f"protocol={SEVEN} retention_years=25"


def test_only_the_admin_settles_it(acts: Acts) -> None:
    with pytest.raises(RefusedError):
        settings.change(acts, actor(), retention_years=25)
    assert settings.read(acts, actor()).retention_years == 20


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [({"protocol": "yoga"}, "no protocol 'yoga'"), ({"retention_years": 0}, "1 to 200 years")],
)
def test_what_cannot_be_settled_changes_nothing(
    acts: Acts, admin: Actor, wish: dict[str, int], sentence: str
) -> None:
    with pytest.raises(CallerError, match=sentence):
        settings.change(acts, admin, **wish)
    assert settings.read(acts, admin).version == 1


def woman_with_a_course(acts: Acts) -> str:
    patient_id = made(acts).id
    treatment.keep_birth(
        acts, actor(), patient_id, new_id(), born_on="2026-11-20", mode="vaginal", complications=()
    )
    treatment.answer_red_flags(acts, actor(), patient_id, new_id(), (), lambda _: None)
    pain(acts, patient_id)
    seen = courses.view(acts, actor(), patient_id).seen
    wish = Wanted(kind="overrule", because="felt by hand", stage="begin", seen=seen)
    courses.decided(acts, actor(), patient_id, new_id(), wish)
    return patient_id


def test_a_new_course_begins_with_the_clinics_own_protocol(
    acts: Acts, admin: Actor, ours: Path, folder: Path
) -> None:
    before = made(acts, given_name="Ada").id
    assert courses.view(acts, actor(), before).protocol.id == SEVEN
    settings.change(acts, admin, file=ours, folder=folder)
    assert (folder / ours.name).read_bytes() == ours.read_bytes()
    patient_id = woman_with_a_course(acts)
    view = courses.view(acts, actor(), patient_id)
    assert (view.protocol.id, view.chart.stage) == ("our-clinic", "begin")
    settings.change(acts, admin, protocol=SEVEN)
    assert courses.view(acts, actor(), patient_id).protocol.id == "our-clinic"


def test_a_step_at_which_a_course_runs_stays(
    acts: Acts, admin: Actor, ours: Path, folder: Path
) -> None:
    settings.change(acts, admin, file=ours, folder=folder)
    woman_with_a_course(acts)
    kept = (folder / ours.name).read_bytes()
    ours.write_text(ours.read_text("utf-8").replace('id = "begin"', 'id = "feel"'), "utf-8")
    with pytest.raises(CallerError, match=r"does not have \(begin\); keep the step"):
        settings.change(acts, admin, file=ours, folder=folder)
    assert (folder / ours.name).read_bytes() == kept


def test_a_file_with_a_mistake_or_a_name_of_levators_is_not_taken_in(
    acts: Acts, admin: Actor, ours: Path, folder: Path
) -> None:
    text = ours.read_text("utf-8")
    ours.write_text(text.replace('mode = "open"', 'mode = "opened"'), "utf-8")
    with pytest.raises(LibraryError, match=r"our-clinic.toml line \d+: stage begin.mode"):
        settings.change(acts, admin, file=ours, folder=folder)
    theirs = ours.with_name(f"{SEVEN}.toml")
    theirs.write_text(text.replace("our-clinic", SEVEN), "utf-8")
    with pytest.raises(LibraryError, match="give yours another name and id"):
        settings.change(acts, admin, file=theirs, folder=folder)
    assert not folder.exists()
    with acts.repository.work(writes=False) as work:
        assert work.get(Tenant, TENANT, TENANT).protocol == SEVEN
