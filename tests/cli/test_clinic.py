"""`levator clinic` as a program: a clinic, links that work, certificates, and the service unit."""

from __future__ import annotations

import configparser
import ipaddress
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from levator.cli.main import main
from levator.clinic import Clinic
from levator.clinic.certificates import TLS_FOLDER, make_authority
from levator.clinic.invitations import Invitations
from levator.records.people import Tenant, User
from levator.storage import open_repository
from tests.cli.test_serving import links_in, running
from tests.clinic import desk

NAME = "levator.test"
INIT = ("--clinic", "Praktijk Bos", "--name", "Anke Bos", "--email", "anke@bos.example")


def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/levator.db"


def roles_of(tmp_path: Path, printed: str) -> list[str]:
    """The roles of those whose links were printed."""
    with open_repository(database(tmp_path), create=False) as repository:
        invitations = Invitations(Clinic(repository).accounts)
        tokens = re.findall(r"/invitation/([\w-]+)", printed)
        return [invitations.invited(token).role for token in tokens]


def test_init_makes_a_clinic_and_prints_links_that_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path), "--therapist-email", "anke.t@bos.example")
    assert main(["clinic", "init", *INIT, *words]) == 0
    printed = capsys.readouterr().out
    assert "http://127.0.0.1:8321/invitation/" in printed
    assert roles_of(tmp_path, printed) == ["clinic_admin", "therapist"]
    assert main(["clinic", "init", *INIT, *words]) == 1
    assert "a clinic in this database already" in capsys.readouterr().err
    with running("serve", "--database", database(tmp_path), "--port", "0") as lines:
        [address] = links_in(lines)
        token = re.findall(r"/invitation/[\w-]+", printed)[0]
        assert httpx.get(address).headers["location"] == "/sign-in"
        assert "anke@bos.example" in httpx.get(address + token).text


def test_invite_lets_a_lost_admin_in_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path))
    main(["clinic", "init", *INIT, *words])
    first = capsys.readouterr().out
    assert main(["clinic", "invite", *words, "--email", "ANKE@bos.example", "--port", "99"]) == 0
    second = capsys.readouterr().out
    assert "http://127.0.0.1:99/invitation/" in second
    assert roles_of(tmp_path, second) == ["clinic_admin"]
    with pytest.raises(Exception, match="does not hold any more"):
        roles_of(tmp_path, first)
    assert main(["clinic", "invite", *words, "--email", "nobody@bos.example"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_key_file_is_exchanged_while_no_server_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path))
    main(["clinic", "init", *INIT, *words])
    before = (tmp_path / "levator-key").read_bytes()
    with open_repository(words[1]) as serving:
        serving.recover_interrupted("2026-11-29T10:00:00+00:00")
        assert main(["clinic", "key", "exchange", *words]) == 1
        assert "Another levator is recording" in capsys.readouterr().err
    assert (tmp_path / "levator-key").read_bytes() == before
    assert main(["clinic", "key", "exchange", *words]) == 0
    assert "apps for codes go on as they are: 0." in capsys.readouterr().out
    assert (tmp_path / "levator-key").read_bytes() != before


def test_with_a_host_name_it_serves_over_tls_under_that_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path))
    assert main(["clinic", "init", *INIT, *words, "--host-name", NAME]) == 0
    printed = capsys.readouterr().out
    assert "the page /authority of the address that is served" in printed
    assert f"https://{NAME}:8321/invitation/" in printed
    [fingerprint] = re.findall(r"(?:[0-9A-F]{4} ){15}[0-9A-F]{4}", printed)
    trusts = ssl.create_default_context(cafile=str(tmp_path / TLS_FOLDER / "authority.crt"))
    with running("serve", *words, "--port", "0", "--host", "127.0.0.1") as lines:
        said = "\n".join(lines)
        [port] = re.findall(rf"https://{NAME}:(\d+)", said)
        assert "this computer only" not in said
        answer = httpx.get(f"https://127.0.0.1:{port}/authority", verify=trusts)
        assert fingerprint in answer.text
    assert main(["clinic", "certificate", *words]) == 0
    again = capsys.readouterr().out
    assert fingerprint in again
    assert "8321" not in again  # on which port it will be served is not known here


def test_where_there_is_a_certificate_the_link_of_a_new_clinic_is_over_tls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--database", database(tmp_path)]
    assert main(["clinic", "certificate", *where, "--host-name", NAME]) == 0
    capsys.readouterr()
    assert main(["clinic", "init", *INIT, *where]) == 0
    assert f"https://{NAME}:8321/invitation/" in capsys.readouterr().out


def test_a_certificate_needs_a_name_the_first_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clinic", "certificate", "--database", database(tmp_path)]) == 1
    assert "Name at least one host" in capsys.readouterr().err
    assert main(["clinic", "certificate", "--database", "memory://"]) == 1
    assert "A clinic needs a database that stays" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("made", "words", "sentence"),
    [
        (-timedelta(days=500), (), "has expired on"),
        (timedelta(days=30), (), "look at this computer's clock"),
        (timedelta(0), ("--host-name", "other.test"), "not for other.test; choose one"),
    ],
)
def test_a_certificate_that_does_not_hold_is_said_at_the_start(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    made: timedelta,
    words: tuple[str, ...],
    sentence: str,
) -> None:
    make_authority(tmp_path, "Bos", [NAME], datetime.now(UTC) + made)
    folder = tmp_path / TLS_FOLDER
    given = ("--certificate", f"{folder}/server.crt", "--key", f"{folder}/server.key")
    command = ["serve", "--database", database(tmp_path), "--port", "0", *given, *words]
    assert main(command) == 1
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
    assert not (tmp_path / "levator.db").exists()


class Unit(configparser.ConfigParser):
    """A unit of systemd, whose names keep their capitals."""

    def optionxform(self, optionstr: str) -> str:
        """Return the name as it is written."""
        return optionstr


def test_the_unit_of_a_server_with_postgresql_and_backups(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("--database-file", "/etc/levator.env", "--backups", "/mnt/backups")
    assert main(["clinic", "service", *words]) == 0
    unit = Unit(strict=True, interpolation=None)
    unit.read_string(capsys.readouterr().out)
    service = unit["Service"]
    assert service["EnvironmentFile"] == "/etc/levator.env"
    assert service["ExecStart"].endswith(" serve --backups /mnt/backups --port 8321")
    assert service["ReadWritePaths"] == "/var/lib/levator /mnt/backups"
    assert service["WorkingDirectory"] == "/var/lib/levator"


def test_the_service_unit_runs_this_levator_and_may_write_its_folder_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["clinic", "service", "--folder", "/srv/levator", "--user", "care"]) == 0
    unit = Unit(strict=True, interpolation=None)
    unit.read_string(capsys.readouterr().out)
    service = unit["Service"]
    program, *words = service["ExecStart"].split()
    assert Path(program) == Path(sys.executable).with_name("levator")
    assert words == ["serve", "--database", "sqlite:////srv/levator/levator.db", "--port", "8321"]
    assert (service["User"], service["ReadWritePaths"]) == ("care", "/srv/levator")
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["KillSignal"] == "SIGINT"
    assert (service["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("on-failure", "0")
    assert "postgresql.service" in unit["Unit"]["After"].split()
    assert (service["CapabilityBoundingSet"], service["SystemCallFilter"]) == (
        "",
        "@system-service",
    )
    assert service["IPAddressDeny"] == "any"
    allowed = service["IPAddressAllow"].split()
    assert allowed[:2] == ["localhost", "link-local"]
    assert all(ipaddress.ip_network(one).is_private for one in allowed[2:])
    assert shutil.which("levator", path=str(Path(program).parent))


@pytest.mark.parametrize(
    "words",
    [
        ("--folder", "levator"),
        ("--folder", "/a b"),
        ("--user", "x%n"),
        ("--user", ""),
        ("--backups", "b"),
    ],
)
def test_what_does_not_fit_a_unit_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clinic", "service", *words]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1


def test_a_protocol_begins_under_a_name_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "after-a-prolapse.toml"
    assert main(["clinic", "protocol", str(mine)]) == 0
    assert main(["check", str(mine)]) == 0
    assert "after-a-prolapse.toml: in order" in capsys.readouterr().out
    for name, sentence in (
        (str(mine), "there is a file of that name"),
        ("Prolaps.toml", "Prolaps.toml is no name for a protocol"),
        ("prolapse.txt", "prolapse.txt is no name for a protocol"),
        (str(tmp_path / "gone" / "mine.toml"), "it is not there"),
    ):
        assert main(["clinic", "protocol", name]) == 1
        err = capsys.readouterr().err
        assert sentence in err
        assert err.count("\n") == 1


def test_a_protocol_of_the_clinics_own_from_its_first_line_to_the_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path))
    main(["clinic", "init", *INIT, *words])
    capsys.readouterr()
    assert main(["clinic", "protocol"]) == 0
    printed = capsys.readouterr().out
    mine = tmp_path / "our-clinic.toml"
    assert main(["clinic", "protocol", str(mine)]) == 0
    assert mine.read_text("utf-8") == printed
    assert main(["check", str(mine)]) == 0
    settle = ["clinic", "settings", *words]
    assert main([*settle, "--protocol", str(mine), "--retention-years", "25"]) == 0
    capsys.readouterr()
    assert main(settle) == 0
    told = capsys.readouterr().out
    assert "protocol our-clinic." in told
    assert "25 years." in told
    kept = tmp_path / "levator-protocols/our-clinic.toml"
    with running("serve", *words, "--port", "0") as lines:
        assert links_in(lines)
    kept.write_text(kept.read_text("utf-8").replace("pattern_unit", "unit"), "utf-8")
    assert main(["serve", *words, "--port", "0"]) == 1
    assert "our-clinic.toml line" in capsys.readouterr().err
    assert main([*settle, "--protocol", "gone.toml"]) == 1
    assert capsys.readouterr().err.count("\n") >= 1


def test_a_name_that_is_none_is_said_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", database(tmp_path), "--host-name")
    assert main(["clinic", "init", *INIT, *words, "bad name!"]) == 1
    assert "is no name of a host" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    make_authority(tmp_path, "Bos", [NAME], datetime.now(UTC))
    assert main(["clinic", "init", *INIT, *words, "other.test"]) == 1
    assert "not for other.test; move that folder" in capsys.readouterr().err
    assert main(["clinic", "init", *INIT, *words, NAME]) == 0


def test_a_folder_that_is_not_there_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", f"sqlite:///{tmp_path}/typo/levator.db")
    for command in (["init", *INIT], ["certificate", "--host-name", NAME], ["key", "make"]):
        assert main(["clinic", *command, *words]) == 1
        assert "typo is not there; make it" in capsys.readouterr().err
    assert main(["serve", *words, "--port", "0"]) == 1
    assert "typo is not there; make it" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--host-name", NAME), "--host-name belongs to a certificate or to --proxy"),
        (("--host-name", NAME, "--proxy", "nonsense"), "--proxy 'nonsense' is no address"),
    ],
)
def test_a_word_of_serve_that_would_do_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert main(["serve", "--database", database(tmp_path), "--port", "0", *words]) == 1
    assert sentence in capsys.readouterr().err


def test_a_lock_that_cannot_be_opened_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["clinic", "init", *INIT, "--database", database(tmp_path)])
    (tmp_path / "levator.db-recorder").unlink(missing_ok=True)
    (tmp_path / "levator.db-recorder").mkdir()
    capsys.readouterr()
    assert main(["serve", "--database", database(tmp_path), "--port", "0"]) == 1
    assert "levator.db-recorder cannot be opened (" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["backup", "a.backup", "--encrypt"], ["erase", "1042"]], ids=lambda words: words[0]
)
def test_where_nobody_is_at_a_terminal_the_word_for_it_is_said(
    tmp_path: Path, words: list[str]
) -> None:
    with open_repository(database(tmp_path)) as repository:
        desk.made(desk.clinic(repository), number="1042")
        with repository.work(writes=True) as work:
            work.erase(User, desk.FAR, desk.OTHER)
            work.erase(Tenant, desk.OTHER, desk.OTHER)
    program = [sys.executable, "-m", "levator.cli.main", *words, "--database", database(tmp_path)]
    done = subprocess.run(
        program,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Nobody is at a terminal to ask; give --yes" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_what_is_not_there_or_somebody_elses_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["clinic", "init", *INIT])
    with closing(sqlite3.connect("other.db")) as other:
        other.execute("CREATE TABLE x (a)")
    capsys.readouterr()
    assert main(["import", "gone.zip"]) == 1
    assert "gone.zip cannot be read (it is not there)" in capsys.readouterr().err
    assert main(["backup", "o.backup", "--database", "sqlite:///other.db"]) == 1
    assert "other.db is a database of another program" in capsys.readouterr().err


def test_what_to_do_must_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["clinic"])
    assert ended.value.code == 2
    assert "WHAT" in capsys.readouterr().err
