"""What of her past counts: vacuum, forceps and a deep tear, and what a new pregnancy ends."""

from dataclasses import replace
from typing import get_args

import pytest

from levator.course.chart import (
    DAYS_TO_EXPECTED,
    Birth,
    BirthMode,
    Chart,
    Clearance,
    Decision,
    PainReport,
    RedFlag,
)
from levator.course.past import (
    DEEP_TEARS,
    HELPED,
    Tear,
    complications_of,
    first_day,
    in_this_pregnancy,
)
from levator.library import load_checklist
from levator.records import people
from tests.course.women import after_birth, pregnant, sitting

NOW = pregnant(20)
assert NOW.expected_on is not None
BEGIN = NOW.expected_on - DAYS_TO_EXPECTED


@pytest.mark.parametrize(
    ("mode", "complications", "reasons"),
    [
        ("vaginal", (), set()),
        ("vaginal", None, set()),
        ("vaginal", ("infection",), {"infection"}),
        ("caesarean", None, {"caesarean"}),
        ("instrumental", ("operative_delivery",), {"instrumental", "operative_delivery"}),
    ],
)
def test_the_reasons_to_ask_a_doctor_first_are_those_that_are_known(
    mode: BirthMode, complications: tuple[str, ...] | None, reasons: set[str]
) -> None:
    assert Birth(0, mode, complications).reasons == reasons


@pytest.mark.parametrize(
    ("tear", "ticked", "known"),
    [
        ("third", None, ("tear_3_or_4",)),
        ("fourth", [], ("tear_3_or_4",)),
        ("third", ["infection", "tear_3_or_4"], ("infection", "tear_3_or_4")),
        ("second", None, None),
        ("second", [], ()),
        ("not_known", ["infection"], ("infection",)),
    ],
)
def test_a_deep_tear_is_a_complication_by_itself(
    tear: Tear, ticked: list[str] | None, known: tuple[str, ...] | None
) -> None:
    assert complications_of("vaginal", tear, ticked) == known


@pytest.mark.parametrize("ticked", [None, [], ["operative_delivery"]])
def test_vacuum_and_forceps_are_a_complication_by_themselves(ticked: list[str] | None) -> None:
    assert complications_of("instrumental", "none", ticked) == ("operative_delivery",)
    assert complications_of("caesarean", "none", []) == ()


def test_the_tears_are_those_of_the_record_and_the_list() -> None:
    assert get_args(Tear) == get_args(people.Tear)
    by_themselves = {*DEEP_TEARS.values(), *HELPED.values()}
    assert by_themselves <= {one.code for one in load_checklist("complications").items}


def test_only_who_gave_birth_before_has_a_past_that_ends() -> None:
    assert first_day(NOW.expected_on, has_given_birth=True) == BEGIN
    assert first_day(NOW.expected_on, has_given_birth=False) == 0
    assert first_day(None, has_given_birth=True) == 0


def full(day: int) -> Chart:
    return replace(
        NOW,
        clearances=(Clearance("dr. Maes", day),),
        pains=(PainReport(day, 2),),
        sittings=(sitting("step-2", day),),
        decisions=(Decision(day, "one", "accept"),),
    )


def test_a_new_pregnancy_ends_what_was_before_it() -> None:
    before, since = full(BEGIN - 1), full(BEGIN)
    assert in_this_pregnancy(since, has_given_birth=True) == since
    assert in_this_pregnancy(before, has_given_birth=False) == before
    ended = in_this_pregnancy(before, has_given_birth=True)
    assert (ended.clearances, ended.pains, ended.sittings, ended.decisions) == ((), (), (), ())


def test_after_a_birth_the_whole_past_is_there() -> None:
    chart = after_birth(6)
    assert in_this_pregnancy(chart, has_given_birth=True) == chart


@pytest.mark.parametrize(
    ("clearance", "is_open"),
    [
        (Clearance("dr. Maes", BEGIN - 10), False),
        (Clearance("dr. Maes", BEGIN - 20), True),
        (Clearance(" ", BEGIN - 10), True),
        (Clearance("dr. Maes", BEGIN - 10, revoked_on=BEGIN - 5), True),
        (Clearance("dr. Maes", NOW.today + 1), True),
    ],
)
def test_a_flag_that_nobody_answered_outlives_a_birth(clearance: Clearance, is_open: bool) -> None:
    flag = RedFlag(BEGIN - 20, "fever")
    chart = replace(NOW, red_flags=(flag,), clearances=(clearance,))
    assert (flag in in_this_pregnancy(chart, has_given_birth=True).red_flags) == is_open
