"""Exercise files: in four languages, sourced, and within the hard limits."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from levator.course.exercise import Exercise, Passage
from levator.errors import CallerError, LibraryError
from levator.library import check_file, exercise_ids, load_exercise, load_hard_limits, read_exercise
from levator.library.loader import FOLDER
from tests.library.readability import COSTS, ease, longest, words_a_sentence
from tests.library.test_readability import EASE_AT_LEAST, WORDS_AT_MOST, WORDS_ON_AVERAGE

OURS = "project default, to be reviewed by a pelvic physiotherapist"
LANGUAGES = {"nl", "en", "fr", "de"}
DOCUMENTS = (
    "Perinatale kinesitherapie, patient leaflet, page ",
    "Bekken Zwanger Fit, © Msys AG",
)
ENDURANCE = (FOLDER / "exercises" / "endurance.toml").read_text("utf-8")


def told_by(exercise: Exercise) -> Iterator[Passage]:
    yield from (one.told for one in exercise.postures)
    yield from (one.told for one in exercise.cues)
    for one in exercise.disagreements:
        yield from (one.leads, one.other, one.because)


def texts_of(exercise: Exercise, language: str) -> list[str]:
    words = exercise.words[language]
    own = [words.title, words.short, words.goal, words.how, words.how_gently or ""]
    return [*filter(None, own), *(one.words[language] for one in told_by(exercise))]


def sources_of(exercise: Exercise) -> list[str]:
    found = [*exercise.sources.values(), *exercise.entry.sources.values()]
    found += [one.source for one in told_by(exercise)]
    ranges = (exercise.hold_range_s, exercise.repetitions_range, exercise.times_range)
    return found + [one.source for one in ranges if one is not None]


def reasons(path: Path, text: str) -> list[str]:
    path.write_text(text, "utf-8")
    return [str(problem) for problem in check_file(path)]


def test_the_exercises_that_come_with_levator() -> None:
    assert exercise_ids() == (
        "back",
        "coordination",
        "deep-abdomen",
        "endurance",
        "relaxation",
        "strength",
    )
    with pytest.raises(CallerError, match="no 'yoga' in exercises; it has back, coordination"):
        load_exercise("yoga")


@pytest.mark.parametrize("name", exercise_ids())
def test_every_exercise_says_who_reviewed_it(name: str) -> None:
    exercise = load_exercise(name)
    assert (exercise.id, exercise.picture) == (name, name)
    assert exercise.version
    assert exercise.reviewed_by == "not yet reviewed by a pelvic physiotherapist"


@pytest.mark.parametrize("name", exercise_ids())
def test_every_text_is_there_in_four_languages(name: str) -> None:
    exercise = load_exercise(name)
    assert exercise.words.keys() == LANGUAGES
    assert all(one.words.keys() == LANGUAGES for one in told_by(exercise))
    by_language = [texts_of(exercise, language) for language in sorted(LANGUAGES)]
    for same in zip(*by_language, strict=True):
        assert len(set(same)) >= 3, same  # a word may be the same in two languages


@pytest.mark.parametrize("name", exercise_ids())
def test_every_source_is_a_place_in_a_document_or_ours(name: str) -> None:
    for source in sources_of(load_exercise(name)):
        assert source.startswith(DOCUMENTS) or source == OURS, source
        assert re.search(r"section \w|pages? \d", source) or source == OURS


@pytest.mark.parametrize("name", exercise_ids())
def test_a_patient_can_read_it(name: str) -> None:
    """As easy as a page of advice: the bar and its sources are in `test_readability`."""
    for language in ("nl", "en", "fr", "de"):
        texts = texts_of(load_exercise(name), language)
        assert longest(texts) <= WORDS_AT_MOST
        assert words_a_sentence(texts) <= WORDS_ON_AVERAGE
        if language in COSTS:
            assert ease(texts, language) >= EASE_AT_LEAST


@pytest.mark.parametrize("name", exercise_ids())
def test_the_longest_series_stays_within_the_hard_limits(name: str) -> None:
    exercise, hard = load_exercise(name), load_hard_limits()
    pattern, most = exercise.pattern, exercise.repetitions_range.highest
    hold_s = exercise.hold_range_s.highest if exercise.hold_range_s else pattern.hold_s
    assert hold_s <= hard.hold_s
    assert most <= hard.max_rounds
    assert most * (pattern.rise_s + hold_s + pattern.fall_s) <= hard.max_effort_s


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "endurance"', 'kind = "yoga"', "kind: this must be one of 'strength'"),
        ('picture = "endurance"', 'picture = "En durance"', "picture: this text does not fit"),
        ('title = "Tenir plus longtemps"\n', "", "texts.fr.title: title is missing"),
        ("[texts.de]", "[texts.pl]", "texts.de: the German text is missing"),
        ('texts.fr = "Relâchez', '# "', "cues.3.texts.fr: the French text is missing"),
        ('part = "fall"', 'part = "sneeze"', "cues.3.part: this must be one of 'rise'"),
        ('id = "standing"', 'id = "sitting"', "postures.2.id: sitting is written twice"),
        ('part = "rise"\nsource = "', 'part = "rise"\n# "', "cues.0.source: this number has no"),
        ("rest_s = { value = 20.0, source", "rest_s = 20.0 # {", "pattern.rest_s: this has no"),
        ("hold_s = { value = 3.0", "hold_s = { value = 0.0", "hold_s.value: this must be above 0"),
        ("hold_s = { value = 3.0", "hold_s = { value = 31.0", "pattern: a hold of 31 s is over"),
        ("rest_s = { value = 20.0", "rest_s = { value = 116.0", "a cycle of 121 s is over"),
        ("hold_s = { value = 3.0", "hold_s = { value = 2.0", "hold_range_s: hold_s 2 is outside"),
        ("highest = 10.0", "highest = 31.0", "hold_range_s.highest: hold_range goes over"),
        ("highest = 15.0", "highest = 101.0", "101 repetitions are over the hard limit of 100"),
        ("highest = 15.0", "highest = 76.0", "76 repetitions with the longest hold are 912 s"),
        ("value = 10\n", "value = 16\n", "repetitions.value: value 16 is outside its own range"),
        ("value = 10\n", "value = 10.5\n", "repetitions.value: this must be a whole number"),
        ("value = 3\n", "value = 1\n", "times_a_day.value: value 1 is outside its own range"),
        ("lowest = 2.0", "lowest = 0.0", "times_a_day.range: this counts; write whole numbers"),
        ('["pregnancy", "after_birth"]', "[]", "phases.value: this list is too short"),
        ('["pregnancy", "after_birth"]', '["birth"]', "phases.value.0: this must be one of"),
        (
            '["pregnancy", "after_birth"]',
            '["pregnancy"]',
            "gentle_until_week_after_birth needs the phase after_birth",
        ),
        (
            '["pregnancy", "after_birth"]',
            '["after_birth"]',
            "clearance_in_pregnancy needs the phase pregnancy",
        ),
        (
            "clearance = {",
            'until_week_after_birth = { value = 0.0, source = "x" }\nclearance = {',
            "until_week_after_birth 0 is not after week 0",
        ),
        ('value = "always"', 'value = "never"', "clearance.value: this must be one of 'always'"),
        ("gentle_until_week_after_birth", "# x", "how_gently belongs to gentle_until"),
        ('how_gently = "Fermez', '# "', "texts.fr.how_gently: how_gently belongs to"),
        ("[disagreements.because]", "[because]", "because is missing"),
        ("[disagreements.other]", "[disagreements.third]", "is other meant?"),
        ('version = "1"\n', "", "version: version is missing"),
        ("reviewed_by", "# x", "reviewed_by is missing; name the reviewer"),
        ("[entry]", "[entrance]", "entrance is not a known name here; is entry meant?"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in ENDURANCE
    found = reasons(tmp_path / "mine.toml", ENDURANCE.replace(old, new, 1))
    assert [one for one in found if sentence in one], found
    assert all(re.match(r"mine.toml line \d+: ", one) for one in found)


def test_a_disagreement_stands_once(tmp_path: Path) -> None:
    again = ENDURANCE[ENDURANCE.index("[[disagreements]]") :]
    [one] = reasons(tmp_path / "mine.toml", f"{ENDURANCE}\n{again}")
    assert "disagreements.1.code: A15 is written twice; take one out." in one


def test_the_line_is_that_of_the_mistake(tmp_path: Path) -> None:
    text = ENDURANCE.replace("highest = 10.0", "highest = 31.0", 1)
    line = text[: text.index("highest = 31.0")].count("\n") + 1
    [one] = reasons(tmp_path / "mine.toml", text)
    assert one.startswith(f"mine.toml line {line}: hold_range_s.highest: ")


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = ENDURANCE.replace('kind = "endurance"', 'kind = "yoga"')
    text = text.replace('texts.fr = "Relâchez', '# "', 1).replace("value = 10\n", "value = 16\n")
    assert len(reasons(tmp_path / "mine.toml", text)) == 3


def test_a_clinic_reads_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(ENDURANCE.replace("value = 20.0", "value = 25.0", 1), "utf-8")
    exercise = read_exercise(mine)
    assert (exercise.id, exercise.pattern.rest_s) == ("mine", 25.0)


@pytest.mark.parametrize("other", ["limits.toml", "protocols/dutch-evidence.toml"])
def test_what_is_something_else_is_no_exercise(other: str) -> None:
    with pytest.raises(LibraryError, match="this is not an exercise"):
        read_exercise(FOLDER / other)


@pytest.mark.parametrize("absurd", ["nan", "inf", "1e300", "1e-300", "-1.0", "9" * 400])
def test_no_number_is_too_absurd_for_a_sentence(tmp_path: Path, absurd: str) -> None:
    numbers = list(re.finditer(r"(?<== )[0-9][0-9.]*(?=$|,)", ENDURANCE, re.MULTILINE))
    assert len(numbers) > 14
    for number in numbers:
        text = ENDURANCE[: number.start()] + absurd + ENDURANCE[number.end() :]
        assert all(reasons(tmp_path / "mine.toml", text))


def test_the_file_has_every_name_of_its_values() -> None:
    data = tomllib.loads(ENDURANCE)
    exercise = load_exercise("endurance")
    assert exercise.sources["rest_s"] == data["pattern"]["rest_s"]["source"]
    assert exercise.sources["exercise"] == data["source"]
    assert exercise.entry.sources.keys() == data["entry"].keys()
