"""What holds at home whatever is prescribed."""

import pytest

from levator.course.home_rules import QuietHours


@pytest.mark.parametrize(
    ("begins", "ends", "quiet", "loud"),
    [
        ("21:00", "08:00", ("21:00", "23:59", "00:00", "07:59"), ("08:00", "12:00", "20:59")),
        ("13:00", "14:00", ("13:00", "13:59"), ("12:59", "14:00", "00:00")),
        ("09:00", "09:00", (), ("09:00", "08:59", "21:00")),
    ],
)
def test_quiet_hours_go_over_midnight_and_end_when_they_say(
    begins: str, ends: str, quiet: tuple[str, ...], loud: tuple[str, ...]
) -> None:
    hours = QuietHours(begins, ends)
    assert [hours.has(at) for at in quiet] == [True] * len(quiet)
    assert [hours.has(at) for at in loud] == [False] * len(loud)
