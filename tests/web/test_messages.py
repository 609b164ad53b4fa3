"""What a screen may say is read strictly."""

import json

import pytest

from levator.web.messages import CommandMessage, Hello, Present, Sync, read, rescued, unreadable

COMMAND = {"type": "command", "id": "12345678", "kind": "stop"}


def test_each_kind_is_read() -> None:
    assert isinstance(read('{"type": "hello", "generation": -1, "cursor": []}'), Hello)
    assert isinstance(read('{"type": "sync", "at_s": 1}'), Sync)
    assert isinstance(read('{"type": "present", "drawn_index": 3, "age_ms": null}'), Present)
    assert isinstance(read(json.dumps(COMMAND)), CommandMessage)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"type": "other"}',
        '{"type": "sync", "at_s": NaN}',
        '{"type": "sync", "at_s": "1"}',
        '{"type": "sync", "at_s": 1, "more": 2}',
        '{"type": "hello", "generation": 0, "cursor": [-1]}',
        '{"type": "hello", "generation": 0, "cursor": [false]}',
        json.dumps(COMMAND | {"kind": "reboot"}),
        json.dumps(COMMAND | {"kind": "effort", "effort": 11}),
        json.dumps(COMMAND | {"kind": "effort", "effort": True}),
        json.dumps(COMMAND | {"kind": "effort", "effort": 5.5}),
        json.dumps(COMMAND | {"id": "x" * 65}),
        json.dumps(COMMAND | {"dose": {"force_percent_mvc": False}}),
        json.dumps(COMMAND | {"role": "boss"}),
        json.dumps(COMMAND | {"drawn_index": 2**54}),
        json.dumps({"type": "present", "drawn_index": 3, "age_ms": 10**300}),
        json.dumps({"type": "present", "drawn_index": 3, "age_ms": -1001}),
        json.dumps({"type": "present", "drawn_index": -2, "age_ms": 9}),
        json.dumps({"type": "present", "drawn_index": 2**54, "age_ms": 9}),
        json.dumps({"type": "hello", "generation": 2**16, "cursor": []}),
        json.dumps({"type": "hello", "generation": -2, "cursor": []}),
    ],
)
def test_anything_else_is_nothing(text: str) -> None:
    assert read(text) is None


def test_a_dose_keeps_its_numbers() -> None:
    dose = {"force_percent_mvc": 60, "rise_s": 3, "hold_s": 5, "fall_s": 3, "rest_s": 4.5}
    message = read(json.dumps(COMMAND | {"kind": "dose", "dose": dose}))
    assert isinstance(message, CommandMessage)
    asked = message.asked().dose
    assert asked is not None
    assert (asked.force_percent_mvc, asked.rest_s, asked.tangent_percent) == (60.0, 4.5, None)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "[" * 3000, '{"type": "sync"}', '{"type": "command", "id": "short"}', "x" * 5000],
)
def test_only_a_command_with_an_id_can_be_answered(text: str) -> None:
    assert unreadable(text) is None
    assert rescued(text) is None


def test_what_is_longer_than_any_message_is_not_read_for_a_stop() -> None:
    stop = COMMAND | {"mark": "nonsense"}
    assert rescued(json.dumps(stop)) is not None
    assert rescued(json.dumps(stop | {"mark": "x" * 4096})) is None
