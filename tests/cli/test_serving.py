"""`levator serve` and `levator demo` as programs: start, answer, stop, and what they refuse."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import httpx
import pytest

from levator.cli.main import main
from levator.clinic import demonstration
from levator.clinic.home import demonstration as at_home
from levator.records.home import HomePrescription
from levator.records.treatment import Decision
from levator.storage import open_repository
from levator.texts import speaker

PROGRAM = (sys.executable, "-m", "levator.cli.main")


@contextmanager
def running(*words: str, program: tuple[str, ...] = PROGRAM) -> Iterator[list[str]]:
    """Run a server, yield the lines up to the one that says how to stop it, then stop it so."""
    command = [*program, *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        lines = []
        for line in server.stdout:
            lines.append(line.rstrip())
            if "Ctrl-C" in line:
                break
        try:
            yield lines
        finally:
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=30)
            lines += out.splitlines()
        assert (server.returncode, err) == (0, ""), "\n".join(lines)


#: A program whose disk fills up once a file is there; nobody waits long for it.
FULL = """
import sys
from pathlib import Path
from levator.cli.main import main
from levator.errors import StorageError
from levator.live import rooms, writer
from levator.storage.sql.repository import SqlRepository

append, is_full, stop = SqlRepository.append, Path(sys.argv[1]).exists, writer.Writer.stop

def may_append(self, batch):
    if is_full():
        raise StorageError("The disk is full; make room on it.")
    append(self, batch)

SqlRepository.append = may_append
rooms.SAVED_WITHIN_S = 0.5
writer.Writer.stop = lambda self, patience_s: stop(self, 0.5)
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_with_a_full_disk_it_ends_and_says_what_was_not_saved(
    sign: signal.Signals, tmp_path: Path
) -> None:
    is_full = tmp_path / "full"
    command = [sys.executable, "-c", FULL, str(is_full), "demo", "--fast", "--port", "0"]
    command += ["--language", "en", "--folder", str(tmp_path / "demo")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        while "Ctrl-C" not in server.stdout.readline():
            assert server.poll() is None
        is_full.touch()
        server.send_signal(sign)
        try:
            out, err = server.communicate(timeout=25)
        finally:
            server.kill()
    assert server.returncode == 1, err
    assert "records could not be saved before stopping; check the disk." in err
    assert "Traceback" not in err
    assert "what was recorded is kept" not in out


def links_in(lines: list[str]) -> list[str]:
    return [link for line in lines for link in re.findall(r"http://\S+", line)]


def test_the_demonstration_opens_both_screens_and_keeps_the_recording(tmp_path: Path) -> None:
    with running("demo", "--fast", "--folder", str(tmp_path), "--language", "de") as lines:
        links = links_in(lines)
        assert len(links) == 4
        for link in links:
            assert link.startswith("http://127.0.0.1:")
            with build_opener(HTTPCookieProcessor()).open(link) as answer:
                assert answer.status == 200
                assert b'lang="de"' in answer.read()
    assert any(str(tmp_path / "levator.db") in line for line in lines)
    assert lines[-1].startswith("The report: levator report --last --database")
    url = f"sqlite:///{tmp_path}/levator.db"
    with open_repository(url, create=False) as repository:
        [header] = repository.recordings()
        [use] = [one for one in header.context["uses"] if one["role"] == "primary"]
        assert use["reference"]["kind"] == "mvc"
        assert use["reference"]["best_rise_rate_percent_mvc_per_s"] > 0
        assert repository.spans(header.id)
        with repository.work(writes=False) as work:
            said = {one.because for one in work.find(Decision, None)}
            said |= {one.because for one in work.find(HomePrescription, None)}
    assert said == {speaker("de").say(why) for why in (demonstration.WHY, at_home.WHY)}
    file = tmp_path / "report.html"
    assert main(["report", "--last", "--database", url, "-o", str(file)]) == 0
    assert "identical" in file.read_text("utf-8")


def test_one_database_has_one_recorder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/levator.db"
    with running("serve", "--database", url, "--port", "0") as lines:
        address, set_up = links_in(lines)
        assert set_up.startswith(f"{address}/set-up?code=")
        with urlopen(f"{address}/health") as answer:
            assert b"saving" in answer.read()
        assert "this computer only" in " ".join(lines)
        assert main(["serve", "--database", url, "--port", "0"]) == 1
    err = capsys.readouterr().err
    assert "Another levator is recording into" in err
    assert err.count("\n") == 1


def test_the_first_run_is_not_in_a_browser_while_a_proxy_may_stand_before_it(
    tmp_path: Path,
) -> None:
    """Its word `localhost`, without a word of who asks, is that of anybody."""
    url = f"sqlite:///{tmp_path}/levator.db"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ("--port", str(port), "--proxy", "127.0.0.1", "--host-name", "levator.test")
    with running("serve", "--database", url, *words) as lines:
        assert any("levator clinic init" in line for line in lines)
        page = f"http://localhost:{port}/set-up"
        assert httpx.get(page, trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("serve", "--host", "0.0.0.0"),
            "Without a certificate levator answers on this computer only (127.0.0.1), not on",
        ),
        (("serve", "--port", "70000"), "--port 70000 is no port"),
        (("demo", "--port", "70000"), "--port 70000 is no port"),
        (("serve", "--certificate", "a.crt"), "--certificate and --key belong together"),
        (("serve", "--proxy", "10.0.0.1"), "say with --host-name under which name"),
    ],
)
def test_an_open_door_is_refused_with_the_reason(
    words: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(list(words)) == 1
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1


def test_a_port_that_is_taken_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        url = f"sqlite:///{tmp_path}/levator.db"
        assert main(["serve", "--database", url, "--port", port]) == 1
    err = capsys.readouterr().err
    assert f"Port {port} cannot be used" in err
    assert err.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--folder", str(tmp_path / "file" / "in")]) == 1
    assert "cannot be made" in capsys.readouterr().err


def test_what_is_wrong_with_the_database_is_not_told_of_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "junk.db").write_bytes(b"no database at all" * 99)
    for name, said in (
        ("no/such/a.db", "The folder"),
        ("junk.db", "is not a database"),
    ):
        assert main(["serve", "--database", f"sqlite:///{tmp_path}/{name}", "--port", "0"]) == 1
        words = capsys.readouterr().err
        assert said in words
        assert "key" not in words
    assert [one.name for one in tmp_path.iterdir()] == ["junk.db"]
