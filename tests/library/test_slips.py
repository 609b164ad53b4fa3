"""Slips of writing in a library file: a comma, a curly quote, a forgotten bracket, each named."""

from pathlib import Path

import pytest

from levator.cli.settled import EXAMPLE
from levator.library import check_file, read_protocol
from levator.texts import speaker

TEXT = EXAMPLE.read_text("utf-8")
LINES = TEXT.split("\n")


def told(folder: Path, content: str | bytes, language: str = "en") -> list[str]:
    mine = folder / "our-clinic.toml"
    mine.write_bytes(content.encode() if isinstance(content, str) else content)
    return [speaker(language).error(one.phrase) for one in check_file(mine)]


def line_with(words: str) -> int:
    """The line (from 1) of the example that begins with some words."""
    return next(number for number, line in enumerate(LINES, 1) if line.startswith(words))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("step = 5.0", "step = 5,0", "write 5.0 with a point, not 5,0."),
        ("{ value = 75.0,", "{ value = 75,5,", "write 75.5 with a point, not 75,5."),
        ('year = "2026"', "year = “2026”", "write straight quotes"),
        ('year = "2026"', 'year = "2026', "this must be text in quotes"),
        ('mode = "open"', "mode = open", "this must be text in quotes"),
        ('pages = "page 1"', 'pages: "page 1"', "write = between a name and its value"),
        ("mvc_in_pregnancy = false", "mvc_in_pregnancy = Nee", "write true or false"),
        ("highest = 60.0", "highest = 60.0 %", "write the number alone, without %."),
        ("value = 2\n", "value = 2 keer\n", "write the number alone, without keer."),
        ("[document]", "[document", "every [ needs its ]"),
        ("[2.0, 5.0, 2.0, 10.0]", "(2; 5; 2; 10)", "a list stands in square brackets"),
        ("[2.0, 5.0, 2.0, 10.0]", "2,0; 5,0; 2,0; 10", "a list stands in square brackets"),
        ("[2.0, 5.0, 2.0, 10.0]", "(2.0, 5.0, 2.0, 10.0)", "a list stands in square brackets"),
        ("step = 5.0", "step = 05.", "write the number in full, such as 0.5 or 5.0."),
        ('order = ["hold", "rounds", "force"]', 'order = [hold, "rounds", "force"]',
         "this must be text in quotes"),
        ('{ value = "always", source', "{ value = always, source", "this must be text in quotes"),
        ('pain_at_most = 2, source = "our notes, page 1" }',
         'pain_at_most = 2, source = "our notes, page 1"', "every { its }"),
        ("[stages.dose]", "[stages.dose\u200b]", "a space here is none to a computer"),
    ],
)  # fmt: skip
def test_a_slip_is_named_in_plain_words_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    wrong = next(
        n for n, (a, b) in enumerate(zip(LINES, text.split("\n"), strict=True), 1) if a != b
    )
    [one] = told(tmp_path, text)
    assert one.startswith(f"our-clinic.toml line {wrong}: ")
    assert sentence in one
    [dutch] = told(tmp_path, text, "nl")
    assert f" regel {wrong}: " in dutch
    assert sentence not in dutch


def test_one_slip_hides_no_other_mistake(tmp_path: Path) -> None:
    text = TEXT.replace("step = 5.0", "step = 5,0").replace('year = "2026"', "year = “2026”")
    text = text.replace("sittings_up", "sitings_up").replace("value = 40.0", "value = 400.0")
    found = told(tmp_path, text)
    assert [int(one.split(" line ")[1].partition(":")[0]) for one in found] == [
        line_with(words) for words in ("year", "sittings_up", "force_percent_mvc", "step = 5.0")
    ]
    assert "is sittings_up meant?" in found[1]


def test_a_missing_line_in_brackets_hides_no_other_mistake(tmp_path: Path) -> None:
    begin, _, rest = TEXT.rpartition("[[stages]]\n")
    text = begin + rest.replace("step = 5.0", "step = 5,0")
    missing, comma = told(tmp_path, text)
    at = begin.count("\n")
    sentence = "write [[stages]] here; without it [stages.window] below stands twice."
    assert missing == f"our-clinic.toml line {at}: {sentence}"
    assert "write 5.0 with a point" in comma
    dutch = told(tmp_path, text, "nl")[0]
    assert "[[stages]]" in dutch
    assert sentence not in dutch


def test_a_list_that_is_named_once_too_little_is_found_by_its_own_names(tmp_path: Path) -> None:
    gates = '[[cautions]]\ncode = "a"\n\ncode = "b"\n'
    found = [one for one in told(tmp_path, f"{gates}step = 5,0\n") if " line 1: " not in one]
    assert "line 3: write [[cautions]] here; without it code below stands twice." in found[0]
    assert any("line 5: write 5.0 with a point" in one for one in found)
    close = told(tmp_path, gates.replace("\n\n", "\n"))
    assert any("line 3: code stands here twice; take one out" in one for one in close)


def test_every_name_that_stands_twice_is_told(tmp_path: Path) -> None:
    text = TEXT.replace("step = 5.0", "step = 5,0").replace("[stages.texts.en]\n", "", 1)
    found = told(tmp_path, text)
    twice = [one.split(": ")[1].split(" ")[0] for one in found if "stands here twice" in one]
    assert twice == ["title", "short", "goal", "instruction"]
    assert "write 5.0 with a point" in found[-1]


@pytest.mark.parametrize("end", ["", "\n[texts]\nen = 'x'\n"])
def test_a_table_that_stands_twice_is_told_once(tmp_path: Path, end: str) -> None:
    found = told(tmp_path, f"[about]\nnote = [\n1,\n]\n\n[about]\nnote = 2\nmore = 3\n{end}")
    [twice] = [one for one in found if "twice" in one]
    assert "line 6: [about] stands here twice; take one out" in twice
    [name] = [one for one in told(tmp_path, "a = 1\na = [\n1,\n]\n") if "twice" in one]
    assert "line 2: a stands here twice" in name


def test_what_nobody_can_guess_is_told_last_with_what_stands_there(tmp_path: Path) -> None:
    [one] = told(tmp_path, TEXT.replace("[texts]\nnl", "[texts]\n]nl"))
    assert "mend what stands at column 1, or the quote" in one


@pytest.mark.parametrize(
    "header", ["[stages.rounds.count_range]\n", "[pain]\n", "[stages.dose]\n", "[[stages]]\n"]
)
def test_a_header_that_is_missing_is_asked_for(tmp_path: Path, header: str) -> None:
    found = told(tmp_path, TEXT.replace(header, "", 1))
    asked = "or write the line in square brackets that is missing above it."
    assert [one for one in found if one.endswith(asked)], found


def test_a_list_of_tables_in_another_spelling_is_found_at_its_first(tmp_path: Path) -> None:
    [one] = told(tmp_path, TEXT.replace("[[cautions]]", "[[cautoins]]"))
    assert one == (
        f"our-clinic.toml line {line_with('[[cautions]]')}: cautoins: cautoins is not a known name "
        "here; is cautions meant?"
    )


def test_each_ability_of_a_list_has_its_own_line(tmp_path: Path) -> None:
    second = line_with('    { code = "releases_well"')
    [one] = told(tmp_path, TEXT.replace('code = "releases_well"', 'code = "releases"'))
    assert f"line {second}: stage stronger.judged.1.code:" in one


def test_no_slip_is_seen_in_what_may_be_written(tmp_path: Path) -> None:
    """Curly quotes, colons and decimal commas are at home in a text."""
    text = TEXT.replace("Je voelt de juiste spier.", "Je voelt: “ja”, 2,5 keer. True?")
    assert told(tmp_path, text) == []
    mine = read_protocol(tmp_path / "our-clinic.toml")
    assert mine.stages[0].words_in("nl").goal == "Je voelt: “ja”, 2,5 keer. True?"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_editors_of_windows_are_read(tmp_path: Path, encoding: str, ends: str) -> None:
    """A mark before the text, two bytes a letter, and the line ends of Windows."""
    text = TEXT.replace("\n", ends)
    content = text.encode(encoding)
    if encoding == "utf-16-le":
        [one] = told(tmp_path, content)
        assert "save it with that encoding" in one or "line 1" in one
        return
    assert told(tmp_path, content) == []
    wrong = text.replace("step = 5.0", "step = 5,0").replace('id = "begin"', 'id = "Begin"')
    found = told(tmp_path, wrong.encode(encoding))
    assert [one.partition(":")[0] for one in found] == [
        f"our-clinic.toml line {line_with(words)}" for words in ('id = "begin"', "step = 5.0")
    ]


def test_each_line_wrong_in_a_few_ways_gets_a_line_and_no_trace(tmp_path: Path) -> None:
    """Every third line of the example without its last sign, or with a sign that is not its own."""
    for number, line in list(enumerate(LINES))[::3]:
        for wrong in (line[:-1], f"{line},", line.replace("=", ":", 1)):
            if wrong == line or line.startswith("#"):
                continue
            text = "\n".join([*LINES[:number], wrong, *LINES[number + 1 :]])
            for one in told(tmp_path, text):
                assert " line " in one, one


def test_whoever_makes_very_many_slips_is_told_of_the_first(tmp_path: Path) -> None:
    lines = told(tmp_path, "".join(f"a{number} = 1,5\n" for number in range(300)))
    assert len([one for one in lines if "with a point" in one]) == 200
    assert any("line 201: this is not TOML" in one for one in lines)
