"""Exercises as values: which words she reads, and who must have agreed."""

from levator.library import load_exercise


def test_until_the_gentle_week_other_words_are_read() -> None:
    words = load_exercise("strength").words_in("en")
    assert "very lightly" in words.how_to(is_gentle=True)
    assert "strongly" in words.how_to(is_gentle=False)


def test_what_is_always_gentle_has_one_set_of_words() -> None:
    words = load_exercise("relaxation").words_in("en")
    assert words.how_gently is None
    assert words.how_to(is_gentle=True) == words.how_to(is_gentle=False) == words.how


def test_a_language_that_is_not_there_is_english() -> None:
    exercise = load_exercise("back")
    assert exercise.words_in("pl").title == exercise.words_in("en").title == "A quiet back"
    told = exercise.postures[0].told
    assert told.words_in("pl") == told.words["en"] != told.words_in("nl")


def test_a_clearance_is_asked_by_phase() -> None:
    entry = load_exercise("strength").entry
    assert entry.clearance_in("after_birth") == "always"
    assert entry.clearance_in("pregnancy") == "after_complications"
    assert load_exercise("relaxation").entry.clearance_in("pregnancy") == "after_complications"
