"""How the server is set up: nobody before it, and no values of a patient in its log."""

import asyncio

import pytest
import structlog

from levator.live.recorder import Recorder
from levator.web.server import config, plain_log
from tests.live.seats import clinic_in_memory


def test_no_proxy_speaks_for_a_browser() -> None:
    async def app(*_: object) -> None:
        """Answer nothing."""

    assert config(app).proxy_headers is False


def test_a_logged_fault_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    plain_log()
    name = "".join(["Patient", "Janssen"])
    try:
        raise ValueError("a fault")
    except ValueError:
        structlog.get_logger().exception("it failed")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().out
    assert "a fault" in said
    assert name not in said


def test_the_storage_is_let_go_of_even_if_recording_does_not_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clinic, closed = clinic_in_memory(), []
    stop = Recorder.stop

    def fails(self: Recorder) -> None:
        stop(self)
        raise OSError("the disk is gone")

    monkeypatch.setattr(Recorder, "stop", fails)
    monkeypatch.setattr(clinic.repository, "close", lambda: closed.append(True))

    async def running() -> None:
        async with clinic.running():
            pass

    with pytest.raises(OSError, match="disk is gone"):
        asyncio.run(running())
    assert closed == [True]
