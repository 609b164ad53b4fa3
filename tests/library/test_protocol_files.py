"""Protocol files: what is wrong in one is said with file, line and reason, all at once."""

import re
from pathlib import Path

import pytest

from levator.cli.settled import EXAMPLE
from levator.errors import CallerError, LibraryError
from levator.library import check_file, load_protocol, protocol_ids, read_protocol
from levator.library.loader import FOLDER
from levator.library.problems import line_of
from levator.texts import speaker

SEED = (FOLDER / "protocols" / "bekken-zwanger-fit.toml").read_text("utf-8")


_BEGINS = "is not after week"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return tmp_path / "bekken-zwanger-fit.toml"


def reasons(path: Path, text: str) -> list[str]:
    path.write_text(text, "utf-8")
    return [str(problem) for problem in check_file(path)]


def test_the_protocols_that_come_with_levator() -> None:
    assert "bekken-zwanger-fit" in protocol_ids()
    for name in protocol_ids():
        assert load_protocol(name).id == name


def test_an_unknown_protocol_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CallerError, match="no protocol 'yoga'; there is bekken-zwanger-fit"):
        load_protocol("yoga")


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CallerError, match="no stage 'step-9'; it has step-1, step-2"):
        load_protocol("bekken-zwanger-fit").stage("step-9")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('pattern_unit = "0.1s"\npattern', "pattern", "dose.pattern_unit: the pattern has no unit"),
        ('pattern_unit = "0.1s"', 'pattern_unit = "ms"', "this must be one of 's', '0.1s'"),
        ("value = 40.0", "value = 400.0", "a force of 400 % is over the hard limit of 100 %"),
        ("[40.0, 20.0, 40.0, 60.0]", "[40.0, 500.0, 40.0, 60.0]", "a hold of 50 s is over"),
        ("[40.0, 20.0, 40.0, 60.0]", "[400.0, 200.0, 400.0, 600.0]", "a cycle of 160 s is over"),
        ("[40.0, 20.0, 40.0, 60.0]", "[40.0, 20.0, 40.0, 0.0]", "a rest longer than zero"),
        ("[40.0, 20.0, 40.0, 60.0]", '["40", 20.0, 40.0, 60.0]', "this must be a number"),
        ('mode = "endurance"', 'mode = "stamina"', "stage step-5.mode: this must be one of 'open'"),
        ('short = "ontspannen"\n', "", "texts.nl.short: short is missing"),
        ("[stages.texts.nl]", "[stages.texts.de]", "texts.nl: the Dutch text is missing"),
        ("value = 15,", "value = 500,", "500 rounds are over the hard limit of 100"),
        ("value = 240.0,", "value = 2400.0,", "2400 s of effort are over the hard limit of 900 s"),
        ("highest = 70.0", "highest = 40.0", "lowest 50 is above highest 40"),
        ("highest = 70.0", "highest = 130.0", "a force of 130 % is over the hard limit"),
        ("lowest = 60.0", "lowest = 70.0", "rest 60 is outside its own range"),
        ("highest = 90.0\nstep = 10.0", "highest = 900.0\nstep = 10.0", "hold_range goes over"),
        ("tangent_percent = {", "# {", "a Tangent belongs to mode advanced, always and only"),
        ('kind = "number"\n', 'kind = "past_fatigue"\n', 'a count belongs to kind = "number"'),
        ("seed_rounds_from_week_after_birth", "# x", "where kind and seed_rounds differ"),
        ('id = "step-2"', 'id = "step-3"', "stage step-3 is written twice"),
        ('id = "bekken-zwanger-fit"', 'id = "mine"', "the file is named bekken-zwanger-fit.toml"),
        ('mode = "open"', 'mode = "endurance"', "mode endurance needs a dose and rounds"),
        ('mode = "basic_strength"', 'mode = "open"', "mode open has no dose and no rounds"),
        ('hold = 30.0\npattern_unit = "0.1s"\n', "hold = 30.0\n", "a hold needs its unit"),
        (
            "force_percent_mvc = { value = 40.0, source",
            "force_percent_mvc = 40.0 # {",
            'this has no source; write { value = 40.0, source = "..." }.',
        ),
        ("from_week = 0.0\nuntil_week = 43.0", "from_week = 9.0\nuntil_week = 9.0", _BEGINS),
        ("from_week_after_birth = 6.0\nuntil", "from_week_after_birth = 20.0\nuntil", _BEGINS),
        (
            "from_week = 0.0\nuntil_week = 43.0",
            "from_week = 40.0\nuntil_week = 43.0",
            "from_week 40 begins after a pregnancy of 40 weeks",
        ),
        ("[40.0, 20.0, 40.0, 60.0]", "[4.0, 2.0, 4.0, 6.0]", "a phase of 0.4 s is over before"),
        ("[40.0, 20.0, 40.0, 60.0]", "[40.0, 4.9, 40.0, 60.0]", "a phase of 0.49 s is over"),
        (
            "lowest = 30.0\nhighest = 50.0\nstep = 5.0",
            "lowest = 30.0\nhighest = 50.0\nstep = 20.1",
            "a step of 20.1 is larger than its whole range",
        ),
        ('hold = 30.0\npattern_unit = "0.1s"\n', "", "this cap bounds nothing"),
        ("while_pain = true\nforce_percent_mvc = 30.0", "while_pain = true", "bounds nothing"),
        ("start_hold = { value = 10.0", "start_hold = { value = 90.1", "start_hold 90.1 is above"),
        ("early = 1\n", "early = 9\n", "early 9 is above value"),
        ("early = 1\n", "", "early and early_until_week_after_birth belong together"),
        (
            "early_until_week_after_birth = 1.0\n",
            "",
            "early_until_week_after_birth belong together",
        ),
        (
            "max_effort_s = { value = 240.0",
            "max_effort_s = { value = 9.9",
            "rounds.max_effort_s: max_effort_s 9.9 is shorter than one round of 10 s",
        ),
    ],
)
def test_a_mistake_is_named_in_a_plain_sentence(
    broken: Path, old: str, new: str, sentence: str
) -> None:
    assert old in SEED
    found = reasons(broken, SEED.replace(old, new, 1))
    assert [one for one in found if sentence in one], found


def test_what_several_tables_say_together_is_named_with_its_line(tmp_path: Path) -> None:
    """Every stage optional, and a caution that is written twice for the same births."""
    ours = tmp_path / "our-clinic.toml"
    text = EXAMPLE.read_text("utf-8")
    [one] = reasons(ours, re.sub(r"^(mode = .*)$", r"\1\noptional = true", text, flags=re.M))
    assert one.startswith("our-clinic.toml line 58: stage begin.optional: every stage is optional")
    begins, ends = text.index("[[cautions]]"), text.index("# --- The first stage")
    again = text[:ends] + text[begins:ends] + text[ends:]
    [one] = reasons(ours, again)
    assert re.match(r"our-clinic.toml line 5\d: cautions.1.code: caution lifting is written", one)
    assert reasons(ours, again.replace('birth = "caesarean"', 'birth = "vaginal"', 1)) == []


def test_all_mistakes_are_named_at_once_with_their_lines(broken: Path) -> None:
    text = SEED.replace("value = 40.0, source", "value = 400.0, sauce", 1)
    text = text.replace('mode = "endurance"', 'mode = "stamina"')
    found = reasons(broken, text)
    assert len(found) == 3  # force, a name that is no source, unknown mode
    lines = text.splitlines()
    for one in found:
        [number] = re.findall(r" line (\d+): ", one)
        assert "400.0" in lines[int(number) - 1] or "stamina" in lines[int(number) - 1]


def test_reading_a_wrong_file_raises_with_every_mistake(broken: Path) -> None:
    broken.write_text(SEED.replace('mode = "endurance"', 'mode = "stamina"'), "utf-8")
    with pytest.raises(LibraryError, match=r"bekken-zwanger-fit.toml line \d+: stage step-5.mode"):
        read_protocol(broken)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    assert "cannot be read" in str(check_file(tmp_path / "gone.toml")[0])
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "this is not TOML" in str(check_file(binary)[0])


@pytest.mark.parametrize("hostile", ["a = " + "[" * 3000 + "]" * 3000, "a = " + "9" * 5000])
def test_a_file_that_is_made_to_hurt_gets_a_sentence(tmp_path: Path, hostile: str) -> None:
    (tmp_path / "hostile.toml").write_text(hostile)
    with pytest.raises(LibraryError, match="too long to be read; shorten it"):
        read_protocol(tmp_path / "hostile.toml")


@pytest.mark.parametrize("absurd", ["nan", "inf", "1e300", "1e-300", "9" * 400])
def test_no_number_of_a_protocol_is_too_absurd_for_a_sentence(broken: Path, absurd: str) -> None:
    """Every number of the file, one after the other, said in both languages."""
    numbers = list(re.finditer(r"(?<== )[0-9][0-9.]*$", SEED, re.MULTILINE))
    assert len(numbers) > 50
    for number in numbers:
        broken.write_text(SEED[: number.start()] + absurd + SEED[number.end() :], "utf-8")
        for problem in check_file(broken):
            assert str(problem)
            assert speaker("nl").error(problem.phrase)


def test_measures_are_not_a_protocol() -> None:
    with pytest.raises(LibraryError, match="this is not a protocol"):
        read_protocol(FOLDER / "measures" / "rest.toml")


def test_a_stage_that_is_no_table_is_named_by_its_number(broken: Path) -> None:
    assert reasons(broken, 'stages = ["step-1"]')[-1].startswith("bekken-zwanger-fit.toml line 1")


def test_a_clinic_writes_its_own_file_without_python(tmp_path: Path) -> None:
    mine = tmp_path / "ours.toml"
    changes = {
        'id = "bekken-zwanger-fit"': 'id = "ours"',
        'pattern_unit = "0.1s"\npattern = { value = [40.0, 20.0, 40.0, 60.0]': (
            'pattern_unit = "s"\npattern = { value = [3.0, 2.0, 3.0, 6.0]'
        ),
        "lowest = 60.0\nhighest = 110.0\nstep = 10.0": "lowest = 6.0\nhighest = 9.0\nstep = 1.0",
    }
    text = SEED
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    mine.write_text(text, "utf-8")
    dose = read_protocol(mine).stage("step-2").dose
    assert dose is not None
    assert (dose.pattern.rise_s, dose.pattern.rest_s) == (3.0, 6.0)
    assert dose.rest_range_s is not None
    assert dose.rest_range_s.highest == 9.0


def test_a_line_is_found_in_nested_tables() -> None:
    text = 'a = 1\n[[stages]]\nid = "x"\n[[stages]]\n[stages.dose]\nforce.value = 3\n'
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("stages", 0, "id")) == 3
    assert line_of(text, ("stages", 1, "dose", "force", "value")) == 6
    assert line_of(text, ("stages", 1, "dose", "missing")) == 5
    assert line_of(text, ("nowhere",)) is None
