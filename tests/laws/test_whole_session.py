"""Law 2, replay: a whole session through storage and through files gives the same events.

The golden sessions go through a database, through CSV with its companion and through EDF+ with
annotations, and replay to the bytes that lie beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levator.cli.main import main
from levator.errors import CallerError, RecordingError
from levator.formats.beside import path_beside
from levator.formats.recording import open_recording
from levator.formats.session_file import read_session, write_session
from levator.records.model import Batch, Block, EventRecord, InputRecord, RecordingHeader
from levator.records.replay import StoredSession, load_session
from levator.records.values import block_of
from levator.reports.stored import context_in, inputs_in
from levator.signals.samples import Samples, Stream
from levator.storage import open_repository
from levator.training.plain import event_to_plain, from_plain
from levator.training.replay import run
from tests.golden import stored
from tests.golden.play import read_input

STARTED_AT = "2026-01-05T09:45:00.250+01:00"
#: Which form keeps every bit of which session: a CSV holds one stream, an EDF+ 16-bit integers.
KEEPS = {
    ".csv": ("guided-force", "guided-emg", "interrupted"),
    ".edf": ("guided-force", "guided-emg"),
}
PAIRS = [(ending, name) for ending, names in KEEPS.items() for name in names]


def told_of(name: str) -> list[dict[str, Any]]:
    """The stored events of a golden session; its summary is none of them."""
    return [json.loads(line) for line in stored.told_of(name).splitlines()][:-1]


def batch_of(name: str) -> Batch:
    """A golden session as a recorder stores it."""
    plain = json.loads(stored.text_of(name))
    header = RecordingHeader(name, STARTED_AT, "seat 1", plain["context"], {"levator": "golden"})
    streams = {one["name"]: from_plain(Stream, one) for one in plain["context"]["streams"]}
    blocks, inputs = list[Block](), list[InputRecord]()
    for sequence, one in enumerate(plain["inputs"]):
        given = read_input(one)
        if isinstance(given, Samples):
            blocks.append(block_of(name, sequence, given, streams[given.stream]))
        else:
            inputs.append(InputRecord(name, sequence, given.at_index, one))
    count = len(plain["inputs"])
    events = [EventRecord(name, count + at, event) for at, event in enumerate(told_of(name))]
    return Batch((header,), tuple(blocks), tuple(inputs), tuple(events))


def session_of(name: str) -> StoredSession:
    repository = open_repository("memory://")
    repository.append(batch_of(name))
    return load_session(repository, name)


def replayed(session: StoredSession) -> list[dict[str, Any]]:
    context = context_in(session.context)
    return [event_to_plain(event) for event in run(context, inputs_in(session.inputs))]


def comparable(inputs: Iterator[Samples | dict[str, Any]]) -> list[str]:
    """Inputs as text: a block by its values, so that nan equals nan and a bit is a digit."""
    return [
        repr((one.stream, one.first_index, [list(column) for column in one.values]))
        if isinstance(one, Samples)
        else repr(one)
        for one in inputs
    ]


@pytest.mark.parametrize("name", stored.NAMES)
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_through_storage_the_whole_session(name: str, kind: str, tmp_path: Path) -> None:
    url = "memory://" if kind == "memory" else f"sqlite:///{tmp_path / 'clinic.db'}"
    with open_repository(url) as repository:
        repository.append(batch_of(name))
        session = load_session(repository, name)
        assert session.events == told_of(name)
        assert replayed(session) == told_of(name)


@pytest.mark.parametrize(("ending", "name"), PAIRS)
def test_through_a_file_the_whole_session(ending: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"session{ending}"
    write_session(path, session_of(name))
    found, asked = read_session(path), session_of(name)
    assert found is not None
    assert found.header == asked.header
    assert comparable(found.inputs) == comparable(asked.inputs)
    again = read_session(path)
    assert again is not None
    assert replayed(again) == again.events == told_of(name)


@pytest.mark.parametrize(("ending", "name"), PAIRS)
def test_the_samples_alone_are_an_ordinary_recording(
    ending: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / f"session{ending}"
    write_session(path, session_of(name))
    path_beside(path).unlink(missing_ok=True)
    count = sum(len(one) for one in session_of(name).inputs if isinstance(one, Samples))
    assert sum(len(run) for run in open_recording(path).runs) == count
    assert (read_session(path) is None) is (ending == ".csv")


def two_streams() -> StoredSession:
    """The golden session of two streams, its values as 16-bit integers."""
    session = session_of("two-streams")
    context = json.loads(json.dumps(session.context))
    for stream in context["streams"]:
        stream["sample_format"] = "int16"
        for channel in stream["channels"]:
            channel["scale"] = 1.0 / 256.0
    whole = [
        replace(one, values=tuple([round(v * 256) for v in column] for column in one.values))
        if isinstance(one, Samples)
        else one
        for one in session.inputs
    ]
    made = replace(session, header=replace(session.header, context=context), inputs=iter(whole))
    events = replayed(replace(made, inputs=iter(whole)))
    return replace(made, events=events)


def test_two_streams_with_a_late_one_through_edf(tmp_path: Path) -> None:
    """A block that came too late for a verdict comes too late again."""
    path = tmp_path / "two.edf"
    write_session(path, two_streams())
    found = read_session(path)
    assert found is not None
    assert replayed(found) == found.events == two_streams().events
    assert any("breath_held: not known" in event.get("reasons", ()) for event in found.events)


@pytest.mark.parametrize(
    ("name", "ending", "why"),
    [
        ("two-streams", ".csv", "choose one stream"),
        ("interrupted", ".edf", "16-bit"),
        ("guided-force", ".xdf", r"\.csv or \.edf"),
    ],
)
def test_a_form_that_cannot_keep_every_bit_is_refused(
    name: str, ending: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(CallerError, match=why):
        write_session(tmp_path / f"session{ending}", session_of(name))


def test_a_scale_that_a_csv_would_round_is_refused(tmp_path: Path) -> None:
    session = session_of("interrupted")
    context = json.loads(json.dumps(session.context))
    context["streams"][0]["channels"][0].update(scale=1e-9, offset=1e9)
    changed = replace(session, header=replace(session.header, context=context))
    with pytest.raises(CallerError, match="loses bits in a CSV"):
        write_session(tmp_path / "session.csv", changed)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": None},
        {"events": 3},
        {"header": {"id": "one"}},
        {"inputs": [[0, 10]]},
        {"inputs": [[0, 10_000_000]]},
        {"inputs": [[7, 1]]},
        {"inputs": [["a"]]},
    ],
)
def test_a_companion_of_other_samples_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "session.csv"
    write_session(path, session_of("guided-force"))
    beside = path_beside(path)
    beside.write_text(json.dumps({**json.loads(beside.read_text("utf-8")), **change}), "utf-8")
    with pytest.raises(RecordingError, match="can still be replayed alone"):
        read_session(path)


def test_a_companion_of_another_rate_is_refused(tmp_path: Path) -> None:
    path, other = tmp_path / "session.csv", tmp_path / "other.csv"
    write_session(path, session_of("guided-force"))
    write_session(other, session_of("guided-emg"))
    path_beside(other).replace(path_beside(path))
    with pytest.raises(RecordingError, match="not of these samples"):
        read_session(path)


def test_a_lost_annotation_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "session.edf"
    write_session(path, session_of("guided-force"))
    data = path.read_bytes()
    assert data.count(b"levator.session 7/") == 1
    path.write_bytes(data.replace(b"levator.session 7/", b"levator.sessiox 7/"))
    with pytest.raises(RecordingError, match="damaged"):
        read_session(path)


@pytest.mark.parametrize(("ending", "name"), [PAIRS[0], PAIRS[3]])
def test_levator_check_replays_it(
    ending: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"session{ending}"
    write_session(path, session_of(name))
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"replay is identical to its {len(told_of(name))} events" in said
    assert "annotations" not in said
    changed = session_of(name)
    write_session(path, replace(changed, events=changed.events[:-1]))
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr()
    assert "the replay of its session is not what is stored" in said.err
    assert "in order" not in said.out
