"""An error in words: English by itself, in another language through a voice."""

import pickle

import pytest

from levator.errors import (
    CallerError,
    DeviceError,
    Exact,
    LibraryError,
    Phrase,
    RecordingError,
    UnitError,
    system_reason,
)
from levator.quantities import parse_quantity
from levator.texts import speaker

NL, EN = speaker("nl"), speaker("en")


def test_an_error_is_english_by_itself_and_dutch_by_a_voice() -> None:
    with pytest.raises(UnitError) as raised:
        parse_quantity("3,1N")
    assert str(raised.value) == "'3,1N' has a decimal comma; write a point, as in 3.1N."
    assert EN.error(raised.value) == str(raised.value)
    assert NL.error(raised.value) == (
        "'3,1N' heeft een decimale komma; schrijf een punt, zoals in 3.1N."
    )
    assert raised.value.values == {"text": "3,1N"}


def test_numbers_are_written_as_people_write_them_there() -> None:
    sentence = "%(text)s is no rate of a sensor; use %(lowest)s to %(highest)s Hz."
    error = CallerError(sentence, text="7Hz", lowest=0.5, highest=10_000)
    assert str(error) == "7Hz is no rate of a sensor; use 0.5 to 10000 Hz."
    assert NL.error(error).endswith("gebruik 0,5 tot 10000 Hz.")


def test_a_breach_says_enough_digits_to_be_one() -> None:
    error = CallerError("%(asked)s over %(allowed)s", asked=Exact(100.0001), allowed=100.0)
    assert str(error) == "100.0001 over 100"
    assert speaker("nl").error(error) == "100,0001 over 100"
    assert str(CallerError("%(asked)s", asked=Exact(110.0))) == "110"


def test_a_part_of_a_sentence_is_said_in_the_same_language() -> None:
    what = Phrase("%(what)s is %(text)r", what=Phrase("the header's length"), text="x")
    sentence = "%(file)s is damaged: %(what)s; take the file from its source again."
    error = RecordingError(sentence, file="a.edf", what=what)
    assert "the header's length is 'x'" in str(error)
    assert "de lengte van de kop is 'x'" in NL.error(error)
    inner = LibraryError("%(reason)s", reason=CallerError("The force must be above 0 %%."))
    assert str(inner) == "The force must be above 0 %."
    assert NL.error(inner) == "De kracht moet boven 0 % zijn."


def test_words_stand_in_a_row_and_phrases_below_each_other() -> None:
    sentence = "There are no texts in %(wanted)r; there are %(languages)s."
    error = CallerError(sentence, wanted="xx", languages=("nl", "en"))
    assert str(error) == "There are no texts in 'xx'; there are nl, en."
    lines = LibraryError("%(problems)s", problems=[Phrase("no unit"), Phrase("goes back")])
    assert str(lines) == "no unit\ngoes back"
    assert NL.error(lines) == "geen eenheid\ngaat terug"


def test_a_sentence_of_somebody_else_is_never_in_the_way() -> None:
    for text in ("50% of the blocks are gone", "%(nothing)s given", "100 %"):
        assert str(DeviceError(text)) == NL.error(DeviceError(text)) == text


def test_an_error_is_the_same_after_pickling() -> None:
    sentence = "Pattern %(text)r must be four numbers: rise;hold;fall;rest."
    again = pickle.loads(pickle.dumps(CallerError(sentence, text="1;2")))
    assert (again.sentence, again.values) == (sentence, {"text": "1;2"})


@pytest.mark.parametrize(
    ("error", "dutch"),
    [
        (PermissionError(), "je hebt er geen recht op"),
        (FileNotFoundError(), "het is er niet"),
        (OSError(), "de computer weigert het"),
    ],
)
def test_the_operating_system_is_said_in_words(error: OSError, dutch: str) -> None:
    assert NL.error(system_reason(error)) == dutch
