"""The second screen: right code, wrong code, too many guesses, a yes and a no."""

from itertools import count, cycle

import pytest

from levator.live.joining import (
    CODE_LASTS_S,
    GUESSES,
    Door,
    JoinRefusedError,
    shown_name,
)

HERE = "127.0.0.1"


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Door:
    signs, numbers = cycle("ABCDEFGHJKMNPQRSTUVWXYZ"), count()
    return Door(clock, lambda _: next(signs), lambda: f"token{next(numbers)}")


def refusal(door: Door, code: str, name: str = "Mia", guesser: str = HERE) -> str:
    with pytest.raises(JoinRefusedError) as refused:
        door.ask(code, name, "patient", "nl", guesser)
    return refused.value.code


def test_the_right_code_waits_for_a_yes(door: Door) -> None:
    code, _ = door.open("room")
    request = door.ask(f" {code[:3].lower()}-{code[3:]} ", " Mia ", "patient", "nl", HERE)
    assert (request.room, request.name, request.answer) == ("room", "Mia", "waiting")
    assert door.waiting("room") == [request]
    request.settle(True, "ticket")
    assert (request.answer, request.ticket) == ("yes", "ticket")
    assert door.waiting("room") == []


def test_a_no_gives_no_ticket(door: Door) -> None:
    code, _ = door.open("room")
    request = door.ask(code, "Mia", "patient", "nl", HERE)
    request.settle(False)
    assert (request.answer, request.ticket) == ("no", "")


def test_another_room_cannot_answer_and_nobody_answers_twice(door: Door) -> None:
    code, _ = door.open("room")
    request = door.ask(code, "Mia", "patient", "nl", HERE)
    assert door.who_waits(request.number, "other") is None
    assert door.who_waits(request.number, "room") is request
    request.settle(False)
    assert door.who_waits(request.number, "room") is None


def test_a_wrong_code_is_refused(door: Door) -> None:
    door.open("room")
    assert refusal(door, "ZZZZZZ") == "wrong_code"
    assert refusal(door, "") == "wrong_code"


def test_a_code_works_once(door: Door) -> None:
    code, _ = door.open("room")
    door.ask(code, "Mia", "patient", "nl", HERE)
    assert refusal(door, code) == "wrong_code"


def test_a_new_code_voids_the_old_one(door: Door) -> None:
    old, _ = door.open("room")
    new, _ = door.open("room")
    assert refusal(door, old) == "wrong_code"
    assert door.ask(new, "Mia", "patient", "nl", HERE).room == "room"


def test_a_code_lasts_five_minutes(door: Door, clock: Clock) -> None:
    code, until_s = door.open("room")
    assert until_s - clock.now_s == CODE_LASTS_S == 300.0
    clock.now_s = until_s + 0.1
    assert refusal(door, code) == "wrong_code"


def test_without_a_name_nobody_comes_in_and_the_code_still_works(door: Door) -> None:
    code, _ = door.open("room")
    assert refusal(door, code, name="  ") == "name_missing"
    assert door.ask(code, "Mia", "patient", "nl", HERE).room == "room"


def test_guesses_are_counted_and_forgotten_after_a_minute(door: Door, clock: Clock) -> None:
    code, _ = door.open("room")
    for _ in range(GUESSES):
        assert refusal(door, "ZZZZZZ") == "wrong_code"
    assert refusal(door, code) == "too_many_guesses"
    assert door.ask(code, "Mia", "patient", "nl", "127.0.0.2").room == "room"
    code, _ = door.open("room")
    clock.now_s += 61.0
    assert door.ask(code, "Mia", "patient", "nl", HERE).room == "room"


def test_many_guessers_keep_nobody_else_out(door: Door, clock: Clock) -> None:
    code, _ = door.open("room")
    for number in range(100):
        refusal(door, "ZZZZZZ", guesser=str(number))
    assert door.ask(code, "Mia", "patient", "nl", "new").room == "room"
    clock.now_s += 61.0
    refusal(door, "ZZZZZZ")
    assert len(door._guesses) == 1


def test_a_forgotten_room_keeps_nobody_waiting(door: Door) -> None:
    code, _ = door.open("room")
    door.ask(code, "Mia", "patient", "nl", HERE)
    door.forget("room")
    assert door.waiting("room") == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("\u200b\u202e", ""), ("\x00 \n", ""), ("x" * 300, "x" * 80), (" Mia\u202e J ", "Mia J")],
)
def test_a_name_is_what_can_be_seen_of_it(typed: str, shown: str) -> None:
    assert shown_name(typed) == shown
