"""A place that cannot be used: each command says in one sentence what is really in the way."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from levator.cli.main import main
from levator.storage.folder import check_folder

NOBODY = 65_534
INIT = ("clinic", "init", "--clinic", "Bos", "--name", "Anke", "--email", "anke@bos.example")
#: Longer than the name of a file can be.
TOO_LONG = "n" * 300
ON_A_DATABASE = {
    "init": INIT,
    "invite": ("clinic", "invite", "--email", "anke@bos.example"),
    "make": ("clinic", "key", "make"),
    "exchange": ("clinic", "key", "exchange"),
    "certificate": ("clinic", "certificate", "--host-name", "levator.test"),
    "settings": ("clinic", "settings"),
    "backup": ("backup", "new.backup"),
    "export": ("export", "1042", "new.zip"),
    "import": ("import", "a-file"),
    "erase": ("erase", "1042", "--yes"),
    "audit": ("audit", "verify"),
    "retention": ("retention",),
}
MAY_BE_FIRST = {"init", "certificate"}


@pytest.fixture(scope="module")
def clinic() -> Iterator[Path]:
    """A folder that everybody may look into, with a clinic, a backup, a file and a folder."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        folder.chmod(0o777)
        patch.chdir(folder)
        (folder / "a-file").write_text("hello")
        (folder / "shut").mkdir()
        assert main([*INIT, "--database", "sqlite:///shut/levator.db"]) == 0
        assert main(["backup", "shut/one.backup", "--database", "sqlite:///shut/levator.db"]) == 0
        shutil.copy("shut/one.backup", "one.backup")
        yield folder


def made() -> list[Path]:
    """Every file, the empty one of a lock apart."""
    return sorted(one for one in Path.cwd().rglob("*") if not one.name.endswith("-recorder"))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command that is refused says; one line, and nothing is made."""
    before = made()
    capsys.readouterr()
    assert main(list(words)) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1), told
    assert made() == before
    return told.err.partition(": ")[2].strip()


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Be somebody for whom a folder is shut."""
    is_root = os.geteuid() == 0
    folder.chmod(0o700 if is_root else 0)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///nowhere/levator.db", "nowhere is not there; make it"),
        ("sqlite:///a-file/levator.db", "a-file is a file, not a folder"),
        ("sqlite:///a-file", "a-file is not a database"),
        ("sqlite:///shut", "shut is a folder; name a file in it"),
        ("sqlite:///none.db", "There is no database none.db"),
        ("sqlite:///", "This names no file"),
        ("nonsense", "Storage 'nonsense' is not known"),
        ("mysql://here/there", "Storage 'mysql' is not known"),
        ("memory://", "There is no clinic in this database yet"),
    ],
)
@pytest.mark.parametrize("name", ON_A_DATABASE)
def test_a_database_that_cannot_be(
    clinic: Path, capsys: pytest.CaptureFixture[str], name: str, url: str, sentence: str
) -> None:
    words = ON_A_DATABASE[name]
    is_only_a_folder = url in ("sqlite:///none.db", "sqlite:///a-file", "sqlite:///shut")
    if name in MAY_BE_FIRST and is_only_a_folder and not (name == "init" and "none" not in url):
        return  # it makes what is not there, or stands in the folder beside it
    if url == "memory://" and (words[0] in ("clinic", "backup", "audit")):
        return  # each has words of its own for what does not stay
    assert sentence in said(capsys, *words, "--database", url)


@pytest.mark.parametrize("name", ON_A_DATABASE)
def test_a_folder_of_somebody_else_is_named(
    clinic: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words = (*ON_A_DATABASE[name], "--database", "sqlite:///shut/levator.db")
    main([*words[:-1], "sqlite:///none-such.db"]) if name not in MAY_BE_FIRST else None
    with without_rights(clinic / "shut"):
        assert main(list(words)) == 1
    told = capsys.readouterr().err
    assert f"no right to look into the folder {clinic.resolve()}/shut;" in told, told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("restore", "none", "sqlite:///n.db"), "backup none cannot be read (it is not there)"),
        (("restore", "shut", "sqlite:///n.db"), "backup shut cannot be read (it is a folder)"),
        (("restore", "a-file", "sqlite:///n.db"), "a-file is no backup of levator"),
        (("restore", "one.backup", "sqlite:///no/n.db"), "The folder no is not there"),
        (("restore", "one.backup", "sqlite:///a-file/n.db"), "a-file is a file, not a folder"),
        (("restore", "one.backup", "sqlite:///"), "This names no file"),
        (("import", "none"), "none cannot be read (it is not there)"),
        (("import", "shut"), "shut cannot be read (it is a folder)"),
        (("import", "a-file"), "it is no export of a patient"),
        (("backup", "no/new.backup"), "/no is not there; make it"),
        (("backup", "a-file/new.backup"), "a-file is a file, not a folder"),
        (("backup", "a-file"), "a-file is there already"),
        (("backup", TOO_LONG), "cannot be written (the computer refuses it)"),
        (("backup", "n", "--passphrase-file", "shut"), "shut cannot be read (it is a folder)"),
        (("audit", "verify", "--head", "none"), "none cannot be read (it is not there)"),
        (("audit", "verify", "--head", "one.backup"), "cannot be read (it is not text)"),
        (("audit", "head", "--keep", "a-file"), "(there is a file of that name)"),
        (("audit", "head", "--keep", "no/head"), "no/head cannot be written (it is not there)"),
        (("clinic", "settings", "--protocol", "no/p.toml"), "The folder no is not there"),
        (("clinic", "invite", "--email", "a@b.nl", "--clinic", "Zz"), "There is no clinic 'Zz'"),
        (("serve", "--recordings", "a-file", "--port", "0"), "a-file is a file, not a folder"),
        (("serve", "--backups", "no", "--port", "0"), "/no is not there; make it"),
    ],
)
def test_a_file_that_cannot_be(
    clinic: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    on = () if words[0] == "restore" else ("--database", "sqlite:///shut/levator.db")
    assert sentence in said(capsys, *words, *on)


def test_a_key_is_made_once_and_only_beside_a_database(
    clinic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--database", "sqlite:///shut/levator.db")
    key = clinic / "shut" / "levator-key"
    before = key.read_bytes()
    assert main(["clinic", "key", "make", *words]) == 0
    assert "is there already; nothing was made" in capsys.readouterr().out
    key.rename(clinic / "away")
    assert "There is no key file" in said(capsys, "clinic", "key", "exchange", *words)
    assert main(["clinic", "key", "make", *words]) == 0
    assert "keep a copy of it" in capsys.readouterr().out
    assert key.read_bytes() != before


def test_the_part_of_a_path_that_is_in_the_way_is_named(clinic: Path) -> None:
    check_folder(clinic)
    (clinic / "shut" / "inner").mkdir(exist_ok=True)
    with (
        without_rights(clinic / "shut"),
        pytest.raises(Exception, match=r"look into the folder \S+/shut;"),
    ):
        check_folder(clinic / "shut" / "inner")
    check_folder(clinic / "shut" / "inner")
