"""Of recordings a page opens those in one folder, and no other file of the computer."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from levator.clinic import Clinic
from levator.clinic.checking import LONGEST_LINE
from levator.clinic.seats import (
    MOST_RECORDINGS,
    device_within,
    has_left_out,
    kept_address,
    recordings_in,
    used,
)
from levator.devices.device import Device, open_device
from levator.errors import CallerError, DeviceNotFoundError
from levator.records.treatment import Session
from levator.storage.memory import MemoryRepository
from tests.cli.test_places import without_rights
from tests.clinic import desk
from tests.clinic.sitting_down import SEAT, after_birth, opened, run, sessions
from tests.live.seats import until

ROWS = "time_s,force_percent_mvc\n" + "".join(f"{index / 100:.2f},1\n" for index in range(50))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of recordings with one in it, and one beside it."""
    folder = tmp_path / "recordings"
    (folder / "of today").mkdir(parents=True)
    for file in (folder / "monday.csv", folder / "of today/one.csv", tmp_path / "secret.csv"):
        file.write_text(ROWS)
    (tmp_path / "recordings-old").mkdir()
    (tmp_path / "recordings-old/x.csv").write_text(ROWS)
    return folder


def replayed(folder: Path | None, url: str) -> int:
    device = device_within(folder)(url)
    return len(asyncio.run(device.open()))


def test_what_is_in_the_folder_is_replayed(folder: Path) -> None:
    for url in (
        f"replay://{folder}/monday.csv?speed=max",
        "replay://monday.csv",
        "replay://of%20today/one.csv",
        "replay://of%20today/../monday.csv",
        "REPLAY://monday.csv",
    ):
        assert replayed(folder, url) == 1


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "..%2fsecret.csv",
        "of%20today/../../secret.csv",
        "/etc/passwd",
        "/",
        "{folder}/../secret.csv",
        "{folder}-old/x.csv",
        "{folder}%00.csv",
        "/proc/self/environ",
        "~/x.csv",
    ],
)
def test_no_path_leads_out_of_the_folder(folder: Path, path: str) -> None:
    with pytest.raises((CallerError, DeviceNotFoundError)) as refused:
        replayed(folder, f"replay://{path.format(folder=folder)}")
    is_told_apart = isinstance(refused.value, DeviceNotFoundError)
    assert is_told_apart is (path == "~/x.csv")


def test_what_is_outside_is_refused_in_the_same_words_whether_it_is_there(folder: Path) -> None:
    said = set()
    for path in ("../secret.csv", "../nothing.csv"):
        with pytest.raises(CallerError) as refused:
            replayed(folder, f"replay://{path}")
        said.add(str(refused.value))
    assert said == {"This recording is not in the folder of recordings; put it there first."}


def test_no_link_leads_out_of_the_folder(folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
    (folder / "within.csv").symlink_to(folder / "monday.csv")
    for path in ("link.csv", "linked/secret.csv", f"{folder}/linked/recordings-old/x.csv"):
        with pytest.raises(CallerError, match="not in the folder"):
            replayed(folder, f"replay://{path}")
    assert replayed(folder, "replay://within.csv") == 1


def test_a_link_that_is_bent_afterwards_leads_nowhere_else(folder: Path) -> None:
    link = folder / "link.csv"
    link.symlink_to(folder / "monday.csv")
    device = device_within(folder)("replay://link.csv")
    link.unlink()
    link.symlink_to(folder.parent / "secret.csv")
    os.remove(folder / "monday.csv")
    with pytest.raises(DeviceNotFoundError):
        asyncio.run(device.open())


def test_without_a_folder_nothing_is_replayed(folder: Path) -> None:
    for make in (device_within(None), Clinic(MemoryRepository()).make_device):
        with pytest.raises(CallerError, match="No folder of recordings is set"):
            make(f"replay://{folder}/monday.csv")
        assert make("simulator://?seed=7").url == "simulator://?seed=7"


def test_the_recordings_of_the_folder_are_offered_and_no_other_file(folder: Path) -> None:
    (folder / "notes.txt").write_text("no recording")
    offered = recordings_in(folder)
    assert offered == [
        ("replay://monday.csv", "monday.csv"),
        ("replay://of%20today/one.csv", "of today/one.csv"),
    ]
    assert all(replayed(folder, url) == 1 for url, _ in offered)
    assert recordings_in(None) == []


def test_of_very_many_recordings_the_first_by_name_are_offered(folder: Path) -> None:
    for number in range(MOST_RECORDINGS + 20):
        (folder / f"{number:03}.csv").touch()
    paths = [path for _, path in recordings_in(folder)]
    assert paths == [f"{number:03}.csv" for number in range(MOST_RECORDINGS)]


def test_what_is_offered_can_be_kept_with_a_session_and_a_name_too_long_is_left_out(
    folder: Path, tmp_path: Path
) -> None:
    long = "Übungsgerät %41 " + "größere Räume? #1 äöü " * 5 + ".csv"
    (folder / long).write_text(ROWS)
    offered = recordings_in(folder)
    assert {path for _, path in offered} == {long, "monday.csv", "of today/one.csv"}
    assert not has_left_out(folder)
    for url, _ in offered:
        assert kept_address(url) == url
        assert replayed(folder, url) == 1
    (folder / f"{'x' * 200}.csv").write_text(ROWS)
    assert recordings_in(folder) == offered
    assert has_left_out(folder)
    assert not has_left_out(None)


def test_a_name_that_is_no_text_is_left_out(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.csv")).write_text(ROWS)
    assert [path for _, path in recordings_in(folder)] == ["monday.csv", "of today/one.csv"]
    assert has_left_out(folder)


@pytest.mark.parametrize("more", ["x" * 200, "\n", "\x00"])
def test_an_address_that_cannot_be_kept_opens_no_sensor(more: str, tmp_path: Path) -> None:
    async def test(clinic: Clinic) -> None:
        patient_id, _ = after_birth(clinic.acts)
        asked: list[str] = []

        def make(url: str) -> Device:
            asked.append(url)
            return open_device(SEAT.device_url)

        clinic.make_device = make
        bad = replace(SEAT, device_url=SEAT.device_url + more)
        with pytest.raises(CallerError, match="The address of the sensor cannot be kept"):
            await clinic.open_for(desk.actor(), patient_id, bad)
        assert (asked, clinic.rooms.rooms) == ([], {})
        # The longest that can be kept is kept.
        most = replace(SEAT, device_url=SEAT.device_url.ljust(LONGEST_LINE, "&"))
        await opened(clinic, patient_id, most)
        await until(lambda: [one.device for one in sessions(clinic, patient_id)] == asked)

    run(test, tmp_path)


def test_a_folder_that_was_shut_since_offers_nothing(folder: Path) -> None:
    with without_rights(folder):
        assert recordings_in(folder) == []


def test_the_sensor_that_was_used_last_stands_first_in_the_hour_that_clocks_show_twice() -> None:
    repository = MemoryRepository()
    acts = desk.clinic(repository)
    patient = desk.made(acts)
    begun = {"02:30:00+02:00": "simulator://?seed=1", "02:10:00+01:00": "simulator://?seed=2"}
    with repository.work(writes=True) as work:
        for moment, device in begun.items():
            work.put(
                Session(
                    id=desk.new_id(),
                    tenant_id=desk.TENANT,
                    patient_id=patient.id,
                    on_day="2026-10-25",
                    started_at=f"2026-10-25T{moment}",
                    stage="step-1",
                    device=device,
                    led_by=desk.ANKE,
                )
            )
    assert used(acts, desk.actor()) == ["simulator://?seed=2", "simulator://?seed=1"]
