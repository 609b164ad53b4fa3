"""A record that another clinic exported, changed as a test wants it."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from levator.clinic.acting import Acts
from levator.clinic.courses import Wanted
from levator.clinic.exporting import export
from levator.records.model import Batch
from levator.records.people import Patient
from levator.records.reminders import CalendarFeed, HomeReminders, PushSubscription
from levator.records.treatment import Session
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
        work.put(sitting(hers, "wave"))
        told = {"tenant_id": desk.TENANT, "patient_id": hers}
        hours = {"quiet_begins": "21:00", "quiet_ends": "08:00", "changed_at": desk.NOW}
        work.put(HomeReminders(id=desk.new_id(), **told, is_on=True, times=("09:00",), **hours))
        work.put(CalendarFeed(id=desk.new_id(), **told, secret_digest="d" * 64, made_at=desk.NOW))
        place = {"endpoint": "https://a.example/1", "service": "a.example", "made_at": desk.NOW}
        work.put(PushSubscription(id=desk.new_id(), **told, **place))
    made = tmp_path_factory.mktemp("hers") / "hers.zip"
    export(acts, desk.actor(), hers, made)
    return made


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Acts]:
    """Another clinic, in which the same therapist works and she is not known."""
    with open_repository("memory://") as repository:
        yield desk.clinic(repository)


def sitting(patient_id: str, recording_id: str) -> Session:
    """A sitting of today that is over and names a recording."""
    return Session(
        id=desk.new_id(),
        tenant_id=desk.TENANT,
        patient_id=patient_id,
        recording_id=recording_id,
        on_day=desk.TODAY,
        started_at=desk.NOW,
        stage="step-6",
        state="ended",
    )


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
