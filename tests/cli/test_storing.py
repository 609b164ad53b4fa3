"""Which database is meant, and what of its address may be shown."""

import pytest

from levator.cli.storing import how_to_start, without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://levator:se@cret@host:5433/clinic", "postgresql://host:5433/clinic"),
        ("postgresql://host/clinic", "postgresql://host/clinic"),
        ("sqlite:////srv/me@home/clinic.db", "sqlite:////srv/me@home/clinic.db"),
        ("memory://", "memory://"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
    assert ("se@cret" in how_to_start(url), "LEVATOR_DATABASE" in how_to_start(url)) == (
        False,
        url != shown,
    )
