"""What the log and the audit hold, and what they never hold."""

import ast
import re
from datetime import datetime, timedelta

import pytest
import structlog

from levator.clinic import Clinic
from levator.storage.memory import MemoryRepository
from levator.web.server import config, plain_log
from tests.security.sources import calls, imports, trees


@pytest.fixture
def logged() -> structlog.BoundLogger:
    before = structlog.get_config()
    plain_log()
    yield structlog.get_logger()
    structlog.configure(**before)


def test_a_line_is_one_line_whatever_is_in_its_values(
    logged: structlog.BoundLogger, capsys: pytest.CaptureFixture[str]
) -> None:
    logged.warning("it failed", reason="a\n2026-01-01 [info] nothing happened\r\n\x1b[31mred")
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "\r" not in said
    assert "\x1b" not in said


def test_a_line_begins_with_its_moment_in_utc(
    logged: structlog.BoundLogger, capsys: pytest.CaptureFixture[str]
) -> None:
    logged.warning("it failed")
    first = capsys.readouterr().out.split()[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", first)


def test_the_audit_tells_moments_with_their_offset() -> None:
    clinic = Clinic(MemoryRepository())
    told = clinic.accounts.logins.told(None, "login.fail", address="")
    offset = datetime.fromisoformat(told.at).utcoffset()
    assert offset is not None
    assert abs(offset) <= timedelta(hours=14)


def test_requests_are_not_logged_so_no_address_with_a_secret_is() -> None:
    async def app(*_: object) -> None:
        """Answer nothing."""

    settings = config(app)
    assert settings.access_log is False
    assert settings.log_level == "warning"


def test_nothing_is_logged_to_anywhere_but_the_output_of_the_program() -> None:
    roots = {(path, module) for path, module in imports() if module.startswith("logging")}
    assert {path for path, _ in roots} <= set()
    assert not [
        name
        for _, name, _ in calls()
        if name.endswith(("FileHandler", "SysLogHandler", "HTTPHandler", "WriteLoggerFactory"))
    ]


def test_the_event_of_a_line_is_written_out_and_never_made_of_data() -> None:
    made = [
        (path, ast.unparse(call))
        for path, name, call in calls()
        if name.startswith("_log.")
        and not isinstance(call.args[0], ast.Constant)
        and not path.startswith("live/writer")
    ]
    assert made == []
    assert [path for path in trees() if path == "live/writer.py"]


def test_no_line_is_given_a_password_a_token_or_a_name_of_hers() -> None:
    given = {
        (path, one.arg)
        for path, name, call in calls()
        if name.startswith("_log.")
        for one in call.keywords
    }
    assert given
    assert {name for _, name in given} <= {
        *("room", "session", "recording", "task", "reason", "route", "address", "login", "count"),
        None,
    }


def test_a_server_is_not_in_debug_mode() -> None:
    debug = [
        (path, name)
        for path, name, call in calls()
        if name in ("FastAPI", "Starlette", "uvicorn.Config")
        for one in call.keywords
        if one.arg in ("debug", "reload")
    ]
    assert debug == []
