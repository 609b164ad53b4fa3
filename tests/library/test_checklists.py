"""Checklists: what is asked and told around a birth, each item with words and source."""

from pathlib import Path

import pytest

from levator.errors import CallerError, LibraryError
from levator.library import check_file, checklist_ids, load_checklist, read_checklist
from levator.library.loader import FOLDER
from levator.texts import LANGUAGES

OURS = "project default, to be reviewed by a pelvic physiotherapist"
RED_FLAGS = (FOLDER / "checklists" / "red-flags.toml").read_text("utf-8")


def test_the_checklists_that_come_with_levator() -> None:
    assert checklist_ids() == (
        "caesarean",
        "complications",
        "course-ends",
        "erasure-grounds",
        "pregnancy-complications",
        "red-flags",
    )
    with pytest.raises(CallerError, match="no 'yoga' in checklists; it has caesarean"):
        load_checklist("yoga")


@pytest.mark.parametrize("name", checklist_ids())
def test_every_item_has_every_language_and_a_source(name: str) -> None:
    checklist = load_checklist(name)
    assert (checklist.id, bool(checklist.version)) == (name, True)
    for item in checklist.items:
        assert len({item.words_in(language) for language in LANGUAGES}) == len(LANGUAGES)
        assert item.source


@pytest.mark.parametrize("name", ["complications", "course-ends", "pregnancy-complications"])
def test_a_list_that_nobody_published_says_so(name: str) -> None:
    assert all(OURS in item.source for item in load_checklist(name).items)


def test_only_what_ends_in_a_week_is_a_caution() -> None:
    assert [one.code for one in load_checklist("caesarean").cautions] == ["lifting", "scar"]
    assert load_checklist("red-flags").cautions == ()


def test_the_red_flags_are_those_of_the_safety_page() -> None:
    safety = (FOLDER.parents[2] / "SAFETY.md").read_text("utf-8").lower().replace("\n", " ")
    for words in ("bleeding", "fainting", "fever", "headache", "calf", "chest pain", "wound"):
        assert words in safety
        assert any(
            words in item.words_in("en").lower() for item in load_checklist("red-flags").items
        )


def test_of_several_red_flags_the_most_urgent_is_told_first() -> None:
    """First those that call 112 before all, last the one that may wait until later today."""
    checklist = load_checklist("red-flags")
    first = [one.act_in("en").startswith("Call 112 now") for one in checklist.by_urgency]
    assert first == [True, True, *(len(first) - 2) * [False]]
    assert [one.code for one in checklist.by_urgency][-1] == "open_wound"
    assert {one.code for one in checklist.by_urgency} == {one.code for one in checklist.items}
    assert load_checklist("complications").by_urgency == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "fever"', 'code = "calf"', "item calf is written twice"),
        ('texts.nl = "Koorts', '# "', "the Dutch text is missing"),
        ('code = "fever"', 'code = "Fever!"', "this text does not fit"),
        ('source = "NICE CG37', '# "NICE CG37', "this number has no source"),
        ("act.urgency = 2", "act.urgency = 0", "urgency: this must be at least 1"),
        ('code = "fever"', 'code = "fever"\nbirth = "home"', "this must be one of 'vaginal'"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    mine = tmp_path / "ours.toml"
    mine.write_text(RED_FLAGS.replace(old, new, 1), "utf-8")
    (problem,) = check_file(mine)
    assert sentence in str(problem)
    assert problem.line is not None


def test_a_protocol_is_no_checklist() -> None:
    with pytest.raises(LibraryError, match="this is not a checklist"):
        read_checklist(FOLDER / "limits.toml")
