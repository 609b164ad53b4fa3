"""Which devices somebody may name on a page: all that there are, but of recordings only those
in the folder that was set for them. Who types on a page reads no other file of this computer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from levator.clinic.acting import Acts
from levator.clinic.checking import LONGEST_LINE
from levator.clinic.hers import place_of
from levator.clinic.kept_values import is_line
from levator.devices.device import Device, open_device
from levator.errors import CallerError
from levator.records.access import Actor
from levator.records.treatment import Session
from levator.records.work import Term

#: What is offered: of the newest sessions their devices, and so many recordings.
NEWEST_SESSIONS = 50
MOST_RECORDINGS = 200
_ENDINGS = (".csv", ".edf")
_SCHEME = "replay://"


def device_within(folder: Path | None) -> Callable[[str], Device]:
    """Return what makes a device of its URL; recordings are of `folder`, or there are none.

    A path that is not absolute begins there. Raises CallerError for any other file, whether it
    is there or not, and as `open_device` does.
    """

    def make(url: str) -> Device:
        device = open_device(url)
        return _replay(url, folder) if urlsplit(url).scheme == "replay" else device

    return make


def used(acts: Acts, actor: Actor) -> list[str]:
    """Return the devices of the newest sessions led here, the last one first; of no patient."""
    led = (Term("led_by", "is_not", ""),)
    with acts.repository.work(writes=False) as work:
        newest = work.find(
            Session, actor.tenant_id, led, order="on_day", descending=True, limit=NEWEST_SESSIONS
        )
    newest.sort(key=lambda one: place_of(one.started_at), reverse=True)
    return list(dict.fromkeys(one.device for one in newest if one.device))


def kept_address(url: str) -> str:
    """Return the address of a sensor; raises CallerError where no session could be kept with it."""
    if not is_line(url):
        raise CallerError(
            "The address of the sensor cannot be kept; write at most %(longest)s signs that can "
            "be seen.",
            longest=LONGEST_LINE,
        )
    return url


def recordings_in(folder: Path | None) -> list[tuple[str, str]]:
    """Return (URL, path within the folder) of what can be replayed out of it, by name."""
    paths = _paths_in(folder)
    return [(url, path) for path in paths if (url := _url(path))]


def has_left_out(folder: Path | None) -> bool:
    """Whether recordings are not offered as their names are too long, or cannot be written."""
    return not all(map(_url, _paths_in(folder)))


def _paths_in(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    found = islice(_found_in(folder), MOST_RECORDINGS)
    return sorted(one.relative_to(folder).as_posix() for one in found)


def _url(path: str) -> str:
    """Return the URL of a recording; empty where no session could be kept with it.

    Encoded, spaces and the letters of a name that is not English are several times as long: where
    that is too much they stand in it as they are.
    """
    url = _SCHEME + quote(path, errors="replace")
    if not is_line(url):
        signs = (
            one if one.isalnum() or one == " " else quote(one, errors="replace") for one in path
        )
        url = _SCHEME + "".join(signs)
    return url if is_line(url) and unquote(url) == _SCHEME + path else ""


def _found_in(folder: Path) -> Iterator[Path]:
    """Yield the recordings of a folder and those in it, each by name; a shut one has none."""
    for place, inner, names in os.walk(folder):
        inner.sort()
        files = (Path(place, name) for name in sorted(names))
        yield from (one for one in files if one.suffix.lower() in _ENDINGS and os.path.isfile(one))


def _replay(url: str, folder: Path | None) -> Device:
    from levator.devices.replay.driver import Replay, read_options

    if folder is None:
        raise CallerError(
            "No folder of recordings is set; whoever runs levator names one with --recordings."
        )
    asked = read_options(url)
    try:
        # Links are followed here, so that what is opened is what was looked at.
        home = folder.resolve()
        path = (home / asked.path).resolve()
    except (OSError, ValueError):
        raise _outside() from None
    if not path.is_relative_to(home):
        raise _outside()
    return Replay(url, replace(asked, path=path))


def _outside() -> CallerError:
    return CallerError("This recording is not in the folder of recordings; put it there first.")
