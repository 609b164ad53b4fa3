"""A stored recording comes back as the session met it."""

import pytest

from levator.errors import RecordingError
from levator.records.model import Batch, EventRecord, InputRecord
from levator.records.replay import load_session
from levator.records.values import samples_of
from levator.storage import open_repository
from levator.testing.repository import a_block, a_header


def test_blocks_and_inputs_come_in_the_order_in_which_they_were_put() -> None:
    repository = open_repository("memory://")
    blocks = (a_block(0, first_index=0), a_block(2, first_index=10), a_block(5, first_index=20))
    inputs = tuple(InputRecord("one", place, 10, {"place": place}) for place in (1, 4))
    events = (EventRecord("one", 3, {"type": "SetStarted"}),)
    repository.append(Batch((a_header(),), blocks, inputs, events))

    session = load_session(repository, "one")

    assert session.context == a_header().context
    assert session.events == [{"type": "SetStarted"}]
    expected = [blocks[0], inputs[0], blocks[1], inputs[1], blocks[2]]
    assert list(session.inputs) == [
        record.data if isinstance(record, InputRecord) else samples_of(record)
        for record in expected
    ]


def test_an_unknown_recording_is_refused_at_once() -> None:
    with pytest.raises(RecordingError, match="no recording 'gone'"):
        load_session(open_repository("memory://"), "gone")
