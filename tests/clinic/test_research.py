"""Who agreed to research is in the file, in numbers; who did not is not; and nobody by her name."""

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from levator.cli.main import main
from levator.clinic import research
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.research_file import _age_band
from levator.clinic.results import with_results
from levator.clinic.told_elsewhere import as_told
from levator.course.facts import StartFacts
from levator.formats.research_recording import FACTS, KEPT
from levator.formats.research_tables import LISTED, TABLES
from levator.formats.session_file import read_session
from levator.records.access import ROLES, Actor
from levator.records.audit import AuditSearch, find_break
from levator.records.entity import fields_of
from levator.records.kinds import of_patient
from levator.records.model import Batch
from levator.records.people import Birth, Patient, Role, Tenant
from levator.records.replay import StoredSession, load_session
from levator.records.treatment import Consent, Note, PainScore, Session, Trained
from levator.records.work import where
from levator.signals.samples import Samples
from levator.storage import open_repository
from levator.testing.repository import LATER, a_block, a_header
from levator.training.context import SessionContext
from levator.training.events import Event, RepetitionScored
from levator.training.inputs import Command, Tick
from tests.clinic import desk
from tests.clinic.desk import TENANT, TODAY, actor, new_id
from tests.clinic.erasable import WAVE, a_woman
from tests.docs.pages import ROOT
from tests.postgresql import Cluster
from tests.reports.recording import Live, eventful
from tests.storage.test_conformance import migrated

HERS, NOT_HERS = "c" * 32, "d" * 32
SHE = actor("9" * 32, "researcher")
CANARY = "Kanarievogel"
#: Days of her record, as they are kept.
BORN, GAVE_BIRTH, CAME = "1991-03-12", "2026-10-01", "2026-11-20"


#: Where what is asked may depend on what keeps it.
EVERYWHERE = pytest.mark.parametrize("acts", ["memory", "postgresql"], indirect=True)


def address(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return an empty repository of the kind that the test is about; memory where none is."""
    match getattr(request, "param", "memory"):
        case "postgresql":
            cluster: Cluster = request.getfixturevalue("postgresql")
            return cluster.database(f"research_{new_id()}", migrated(cluster))
        case "sqlite":
            return f"sqlite:///{folder}/levator.db"
        case _:
            return "memory://"


@pytest.fixture(scope="module")
def real() -> Live:
    return eventful("real")


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return address(request, tmp_path)


@pytest.fixture
def acts(request: pytest.FixtureRequest, tmp_path: Path, real: Live) -> Iterator[Acts]:
    """A clinic with a woman who agreed, whose every text is a canary, and one who did not."""
    with open_repository(address(request, tmp_path)) as repository:
        acts = desk.clinic(repository)
        a_woman(acts, HERS, CANARY, WAVE)
        a_woman(acts, NOT_HERS, f"{CANARY}twee", WAVE[::-1])
        fill(acts, real)
        agree(acts)
        yield acts


def fill(acts: Acts, live: Live) -> None:
    """Give her a sitting with a real recording, one in a form of bits alone, a birth and a note."""
    repository = acts.repository
    real = live.stored(repository)
    odd = a_header("odd")
    repository.begin_recording(replace(odd, title=CANARY))
    repository.append(Batch(blocks=(replace(a_block(0, "odd"), values=WAVE),)))
    repository.close_recording("odd", LATER, CANARY)
    scored = with_results(a_session("s1", real), repository)
    told = {"tenant_id": TENANT, "patient_id": HERS}
    with repository.work(writes=True) as work:
        kept = work.get(Patient, HERS, TENANT)
        work.put(replace(kept, born_on=BORN, number=CANARY))
        for one in work.find(Birth, TENANT, where(patient_id=HERS)):
            work.put(replace(one, born_on=GAVE_BIRTH, mode="vacuum", complications=(CANARY,)))
        work.put(scored)
        work.put(a_session("s2", "odd"))
        entered = {"entered_by": desk.ANKE, "entered_at": desk.NOW}
        work.put(PainScore(id="p", **told, on_day=CAME, score=3, moment="after", **entered))
        note = {"text": CANARY, "written_by": desk.ANKE, "written_at": desk.NOW}
        work.put(Note(id="n", **told, on_day=CAME, **note))


def a_session(number: str, recording: str) -> Session:
    trained = [{"first_set": 1, "last_set": 1, "rounds": 3, "valid_rounds": 3, "good_rounds": 2}]
    return Session(
        id=number,
        tenant_id=TENANT,
        patient_id=HERS,
        recording_id=recording,
        on_day=CAME,
        started_at=f"{CAME}T10:00:00+01:00",
        stage="step-3",
        state="ended",
        ended_by=CANARY,
        device=f"replay:///{CANARY}.edf",
        led_by=desk.ANKE,
        rounds=3,
        good_rounds=2,
        trained=json.dumps(trained),
    )


def agree(acts: Acts, patient_id: str = HERS, **changes: str | None) -> Consent:
    consent = Consent(
        id=new_id(),
        tenant_id=TENANT,
        patient_id=patient_id,
        what="Research ",
        given_on="2026-11-01",
        entered_by=desk.ANKE,
        entered_at=desk.NOW,
    )
    with acts.repository.work(writes=True) as work:
        return work.put(replace(consent, **changes))


def exported(acts: Acts, who: Actor = SHE, language: str = "en") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(research.export(acts, who, language).pieces)))


def table(file: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read(f"{name}.csv").decode())))


def unpacked(file: zipfile.ZipFile) -> bytes:
    """Every byte of it, and the names of its files."""
    return b"\n".join([*map(file.read, file.namelist()), "\n".join(file.namelist()).encode()])


@EVERYWHERE
def test_her_numbers_go_out_by_her_own_days_and_nobody_elses(acts: Acts) -> None:
    file = exported(acts)
    [woman] = table(file, "woman")
    assert (woman["age_band"], woman["day_0"]) == ("", "birth")
    sessions = {one["session"]: one for one in table(file, "session")}
    assert {one["day"] for one in sessions.values()} >= {"50"}
    known = [one for one in sessions.values() if one["day"] == "50"]
    assert {one["stage"] for one in known} == {"step-3"}
    assert {one["device"] for one in known} == {"replay"}
    assert {one["ended_by"] for one in known} == {"other", "round_limit"}
    trained = table(file, "trained")
    assert sum(int(one["rounds"]) for one in trained) == 3 + len(table(file, "round"))
    assert {one["session"] for one in trained} == {one["session"] for one in known}
    [birth] = table(file, "birth")
    assert (birth["born_day"], birth["mode"], birth["complications"]) == ("0", "vacuum", "other")
    assert ("3", "after", "50") in {
        (one["score"], one["moment"], one["day"]) for one in table(file, "pain_score")
    }
    everybody = {one["woman"] for name in LISTED for one in table(file, name)}
    assert everybody == {woman["woman"]}


@EVERYWHERE
def test_every_round_goes_out_as_it_was_scored(acts: Acts) -> None:
    file = exported(acts)
    scored = [one.data for one in acts.repository.events("real")
              if one.data["type"] == "RepetitionScored"]  # fmt: skip
    rounds = table(file, "round")
    assert [one["verdict"] for one in rounds] == [one["verdict"] for one in scored]
    assert [one["reasons"].split(";") for one in rounds] == [one["reasons"] for one in scored]
    means = [one["hold_mean_percent_mvc"] for one in rounds]
    assert means == [str(one["hold_mean_percent_mvc"] or "") for one in scored]
    assert len(scored) > 1


@EVERYWHERE
def test_no_byte_tells_who_she_is(acts: Acts) -> None:
    found = unpacked(exported(acts)).lower()
    with acts.repository.work(writes=False) as work:
        key = work.get(Tenant, TENANT, TENANT).research_key
    hidden = [CANARY.lower(), BORN, GAVE_BIRTH, CAME, "2026-1", key, HERS, TENANT, desk.ANKE]
    hidden += [
        "therapist 1",
        "clinic a",
        "example.org",
        "midwife",
        '"share"',
        '"real"',
        ".edf/",
        "10:00",
    ]
    assert [one for one in hidden if one.encode() in found] == []
    assert CANARY.encode() in acts.repository.header("odd").title.encode()


def test_what_a_recording_from_elsewhere_holds_neither_goes_out_nor_stops_it(acts: Acts) -> None:
    """A file that is taken in may say anything of what was known, and of its channels."""
    facts = {"complications": CANARY, "pain_now": [CANARY], "weeks_pregnant": {"who": CANARY}}
    channels = [{"x": 1}, 1, {"name": [], "kind": 3}, {"name": CANARY}]
    made = a_header("elsewhere")
    streams = [{**made.context["streams"][0], "channels": channels}]
    acts.repository.begin_recording(
        replace(made, context={"streams": streams}, facts=facts, tenant_id=TENANT, patient_id=HERS)
    )
    acts.repository.close_recording("elsewhere", LATER, "stop")
    file = exported(acts)
    assert len(table(file, "recording")) == len(table(file, "session")) + 1
    assert CANARY.encode() not in unpacked(file)


@pytest.mark.parametrize("kept", ["[null]", "["])
def test_a_session_whose_doses_cannot_be_read_hides_no_other(acts: Acts, kept: str) -> None:
    whole = table(exported(acts), "trained")
    with acts.repository.work(writes=True) as work:
        work.put(replace(work.get(Session, "s2", TENANT), trained=kept))
    file = exported(acts)
    assert 0 < len(table(file, "trained")) < len(whole)
    assert CANARY.encode() not in unpacked(file)


def test_a_recording_keeps_every_bit_and_replays_the_same(
    acts: Acts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = exported(acts)
    by_file = {Path(one["file"]).suffix: one for one in table(file, "recording")}
    [name] = [one for one in file.namelist() if one.endswith((".edf", ".csv")) and "/" in one]
    file.extractall(tmp_path)
    assert main(["check", str(tmp_path / name)]) == 0
    assert "identical" in capsys.readouterr().out
    assert by_file[Path(name).suffix]["recording"] == Path(name).stem
    read = read_session(tmp_path / name)
    assert read is not None
    assert samples(read) == samples(load_session(acts.repository, "real"))
    exact = [file.read(one).splitlines() for one in file.namelist() if one.endswith(".jsonl")]
    blocks = [json.loads(lines[1])["block"] for lines in exact]
    assert {base64.b64decode(one["values"]) for one in blocks} == {WAVE}


def samples(session: StoredSession) -> list[list[float]]:
    """Every sample of every stream, in the order in which they came."""
    found: dict[str, list[float]] = {}
    for one in session.inputs:
        if isinstance(one, Samples):
            found.setdefault(one.stream, []).extend(x for row in one.values for x in row)
    return list(found.values())


@EVERYWHERE
def test_a_consent_counts_while_it_stands_and_was_entered_here(acts: Acts) -> None:
    def women() -> int:
        return research.given(acts, SHE).women

    assert women() == 1
    agree(acts, NOT_HERS, what="photographs")
    agree(acts, NOT_HERS, what="no research")
    agree(acts, NOT_HERS, entered_by="")
    agree(acts, NOT_HERS, entered_by=desk.FAR)
    assert women() == 1
    told = agree(acts, NOT_HERS, what="ONDERZOEK", given_on="2026-11-10")
    assert women() == 2
    other = agree(acts, NOT_HERS, given_on="2026-11-12")
    with acts.repository.work(writes=True) as work:
        work.put(replace(told, withdrawn_on="2026-11-12"))
    assert women() == 1
    assert other.withdrawn_on is None
    agree(acts, NOT_HERS, given_on="2026-11-13")
    assert women() == 2


def test_a_consent_that_comes_from_another_clinic_is_entered_by_nobody(acts: Acts) -> None:
    consent = agree(acts)
    with acts.in_tenant(actor(desk.ADMIN, "clinic_admin"), "patient.import") as act:
        taken = as_told(act, consent, has_course=False)
    assert isinstance(taken, Consent)
    assert (taken.entered_by, taken.what) == ("", consent.what)


def test_who_withdraws_while_it_is_made_is_not_in_it(acts: Acts) -> None:
    agree(acts, NOT_HERS)
    pieces = research.export(acts, SHE, "en").pieces
    with acts.repository.work(writes=True) as work:
        for one in work.find(Consent, TENANT, where(patient_id=NOT_HERS)):
            work.put(replace(one, withdrawn_on=TODAY))
    file = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert len(table(file, "woman")) == 1


@EVERYWHERE
def test_each_download_is_told_once_in_the_record_of_each_woman(acts: Acts) -> None:
    def told(patient_id: str | None = HERS) -> int:
        with acts.repository.work(writes=False) as work:
            search = AuditSearch(patient_id=patient_id, user_id=SHE.user_id)
            return work.audit_count(TENANT, search)

    exported(acts)
    assert (told(), told(NOT_HERS), told(None)) == (1, 0, 2)
    exported(acts)
    assert (told(), told(NOT_HERS), told(None)) == (2, 0, 4)
    research.given(acts, SHE)
    assert (told(), told(None)) == (2, 5)
    with acts.repository.work(writes=False) as work:
        whole = find_break(work.audit_lines(TENANT))
    assert whole is None


@EVERYWHERE
def test_a_woman_has_one_pseudonym_in_a_clinic_and_another_elsewhere(acts: Acts) -> None:
    names = {table(exported(acts), "woman")[0]["woman"] for _ in range(2)}
    with acts.repository.work(writes=True) as work:
        kept = work.get(Tenant, TENANT, TENANT)
        work.put(replace(kept, research_key="0" * 64))
    names |= {table(exported(acts), "woman")[0]["woman"]}
    assert len(names) == 2
    assert len(kept.research_key) == 64


def test_the_first_export_makes_a_key_that_no_other_clinic_has(acts: Acts) -> None:
    def keys() -> list[str]:
        with acts.repository.work(writes=False) as work:
            return [work.get(Tenant, one, one).research_key for one in (TENANT, desk.OTHER)]

    research.given(acts, SHE)
    assert keys() == ["", ""]
    for clinic in (TENANT, desk.OTHER):
        exported(acts, actor("9" * 32, "researcher", clinic))
    first = keys()
    assert len({"", *first}) == 3
    exported(acts)
    assert keys() == first
    with acts.repository.work(writes=True) as work:
        work.put(replace(work.get(Tenant, TENANT, TENANT), research_key=""))
    exported(acts)
    assert keys()[0] not in ("", first[0])


@EVERYWHERE
def test_two_first_exports_at_once_give_her_one_pseudonym(acts: Acts) -> None:
    def woman(_: int) -> str:
        return table(exported(acts), "woman")[0]["woman"]

    with ThreadPoolExecutor(4) as at_once:
        assert len(set(at_once.map(woman, range(4)))) == 1


@pytest.mark.parametrize("role", [one for one in ROLES if one != "researcher"])
def test_nobody_but_a_researcher_is_given_any_of_it(acts: Acts, role: Role) -> None:
    who = actor(desk.ANKE, role)
    for act in (lambda: research.given(acts, who), lambda: research.export(acts, who, "en")):
        with pytest.raises(RefusedError):
            act()


def test_ages_go_out_in_bands_and_only_of_many_women(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert research.given(acts, SHE).is_few
    monkeypatch.setattr(research, "FEWEST", 1)
    assert table(exported(acts), "woman")[0]["age_band"] == "35-39"
    assert not research.given(acts, SHE).is_few


@pytest.mark.parametrize(
    ("born_on", "band"),
    [
        (None, ""),
        ("2006-11-30", "under 20"),
        ("2006-11-29", "20-24"),
        ("1981-11-30", "40-44"),
        ("1981-11-29", "45 and over"),
    ],
)
def test_rare_ages_are_one_band(born_on: str | None, band: str) -> None:
    assert _age_band(born_on, date.fromisoformat(TODAY)) == band


def test_without_a_consent_the_tables_are_empty_and_it_is_said_so(acts: Acts) -> None:
    with acts.repository.work(writes=True) as work:
        for one in work.find(Consent, TENANT):
            work.put(replace(one, withdrawn_on=TODAY))
    file = exported(acts)
    assert all(table(file, name) == [] for name in TABLES)
    assert "Nobody here has agreed" in file.read("README.txt").decode()
    assert research.given(acts, SHE) == research.InResearch(0, 0, "")


def test_the_whole_is_never_in_memory(acts: Acts) -> None:
    """No piece holds more than one recording."""
    pieces = list(research.export(acts, SHE, "en").pieces)
    assert len(pieces) > len(table(exported(acts), "recording"))


def test_every_column_says_what_it_is(acts: Acts) -> None:
    file = exported(acts)
    said = {(one["table"], one["column"]): one for one in table(file, "fields")}
    for name in TABLES:
        [head] = csv.reader(file.read(f"{name}.csv").decode().splitlines()[:1])
        assert [(f"{name}.csv", column) for column in head] == [
            key for key in said if key[0] == f"{name}.csv"
        ]
    assert said["session.csv", "day"]["unit"] == "days from day 0"
    assert said["pain_score.csv", "score"]["what it is"] == "pain, 0 to 10"
    assert said["prescription.csv", "times_a_day"]["unit"] == ""
    assert said["round.csv", "held_s"]["unit"] == "s"
    assert all(one["what it is"] for one in said.values())


def test_what_a_column_is_is_said_in_the_readers_language_and_its_name_is_the_same(
    acts: Acts,
) -> None:
    english, dutch = (table(exported(acts, language=one), "fields") for one in ("en", "nl"))
    names = [[(one["table"], one["column"], one["unit"]) for one in said]
             for said in (english, dutch)]  # fmt: skip
    assert names[0] == names[1]
    pairs = zip(english, dutch, strict=True)
    assert [one for one, other in pairs if one["what it is"] == other["what it is"]] == []


AT_HOME = "of what is done at home nothing goes out: she was asked about her sessions"
#: What stays in the clinic, and why. A new field of a record is listed here or goes out.
STAYS = {
    "user": "an account",
    "symptom_score": "its code is typed",
    "assessment": "its code and answers are typed",
    "note": "typed",
    "consent": "its words are typed",
    "pregnancy": "patient_id made_at",
    "birth": "patient_id pregnancy_id child_grams made_by made_at",
    "clearance": "patient_id birth_id signed_by profession what entered_by entered_at revoked_by "
    "revoked_because",
    "red_flag": "patient_id remark entered_by entered_at",
    "red_flag_answer": "patient_id list_version entered_by entered_at",
    "course": "patient_id ended_because ended_by ended_at",
    "prescription": "patient_id because decision_id made_by made_at",
    "decision": "patient_id proposal because made_by made_at",
    "session": "patient_id started_at led_by trained",
    "pain_score": "patient_id entered_by entered_at",
    "home_prescription": AT_HOME,
    "phone": AT_HOME,
    "home_lease": AT_HOME,
    "home_session": AT_HOME,
    "habit": AT_HOME,
    "habit_mark": AT_HOME,
    "diary_entry": AT_HOME,
    "home_reminders": AT_HOME,
    "calendar_feed": AT_HOME,
    "push_subscription": AT_HOME,
}


def test_each_field_of_a_record_goes_out_or_stays_by_decision() -> None:
    for name, kind in of_patient().items():
        if name in LISTED:
            known = {one.name for one in fields_of(kind)} - {"id", "tenant_id", "version"}
            assert known - {*LISTED[name]} == {*STAYS[name].split()}, name
        else:
            assert name in STAYS, name
    assert {one.name for one in fields(Trained)} == {*LISTED["trained"]}
    rates = {"rise_rate_of_own_best_percent", "release_rate_of_own_best_percent"}
    scored = {one.name for one in fields(RepetitionScored)}
    assert scored - {*LISTED["round"]} == {"at_s", "verdict_at_s", *rates}


def test_each_field_of_a_recording_goes_out_or_stays_by_decision() -> None:
    found = {name for kind in (SessionContext, Command, Tick, *get_args(Event))
             for name in within(kind)}  # fmt: skip
    assert found | {"type"} == KEPT
    assert {one.name for one in fields(StartFacts)} - FACTS == {"cleared_by"}


def within(kind: Any) -> Iterator[str]:
    """Every field of a class, and of the classes in it."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        for one in fields(kind):
            yield one.name
            yield from within(hints[one.name])
    for part in get_args(kind):
        yield from within(part)


def test_the_program_of_the_manual_recomputes_a_number(
    acts: Acts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs/how-to/hand-data-to-research.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    made = b"".join(research.export(acts, SHE, "en").pieces)
    (tmp_path / "research.zip").write_bytes(made)
    monkeypatch.chdir(tmp_path)
    exec(program, {})
    pairs = [line.split()[1:] for line in capsys.readouterr().out.splitlines()]
    assert all(kept == again for kept, again in pairs)
    assert [kept for kept, _ in pairs if kept != "None"] != []
    assert len(program.splitlines()) <= 15


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_the_command_writes_the_file_whole_or_says_why_not(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_repository(url) as repository:
        desk.clinic(repository)
    file = tmp_path / "research.zip"
    asked = ["research", "export", str(file), "--database", url, "--clinic", TENANT]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "Nobody here has agreed to research yet" in said
    assert str(file) in said
    assert table(zipfile.ZipFile(file), "woman") == []
    assert main(asked) == 1
    assert "is there already" in capsys.readouterr().err
