"""Finding a driver by the scheme of a URL."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from levator.devices import device
from levator.devices.device import known_devices, open_device
from levator.errors import CallerError, DeviceNotFoundError


def test_the_shipped_drivers_are_known() -> None:
    assert [scheme for scheme, _, _ in known_devices()] == ["replay", "simulator"]
    for scheme, description, example in known_devices():
        assert description
        assert open_device(example).url.startswith(f"{scheme}://")


@pytest.mark.parametrize("url", ["seat+ble://aa:bb", "simulator", "", "/dev/ttyUSB0", "http:x"])
def test_an_unknown_scheme_is_no_device(url: str) -> None:
    with pytest.raises(DeviceNotFoundError, match="begins with one of replay://, simulator://"):
        open_device(url)


def registered(monkeypatch: pytest.MonkeyPatch, value: str) -> list[str]:
    """Install a driver; return the groups that were looked for among the packages."""
    entry, looked = EntryPoint("pty-seat", value, device.GROUP), list[str]()

    def found(group: str) -> EntryPoints:
        looked.append(group)
        return EntryPoints([entry])

    monkeypatch.setattr(device, "entry_points", found)
    monkeypatch.setattr(device, "_registered", cache(device._registered.__wrapped__))
    assert metadata.entry_points is not device.entry_points
    return looked


def test_a_third_party_driver_needs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, "tests.devices.pty_seat:DRIVER")
    assert open_device("pty-seat:///dev/null").name == "Seat on a serial line"
    assert known_devices()[0][0] == "pty-seat"


def test_the_packages_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = registered(monkeypatch, "tests.devices.pty_seat:DRIVER")
    for _ in range(3):
        open_device("pty-seat:///dev/null")
    assert looked == [device.GROUP]


def test_an_entry_point_that_is_no_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, "tests.devices.pty_seat:RATE_HZ")
    with pytest.raises(CallerError, match="'pty-seat'"):
        open_device("pty-seat:///dev/null")
