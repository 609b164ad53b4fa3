"""The catalogues: nothing missing, nothing stale, the same placeholders in every language."""

import io
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import Catalog

from levator.errors import CallerError
from levator.texts import update
from levator.texts.catalogue import (
    LANGUAGES,
    ORIGINAL,
    catalogue,
    compiled_path_of,
    language_for,
    path_of,
    translations,
)
from levator.texts.update import (
    compiled,
    messages_in_code,
    text_of,
    texts_in_script,
    untranslated,
    updated,
)

#: Texts of Python's own argparse, in its own form.
OF_ARGPARSE = "cli/speaking.py"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sr]|%%|%")


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.fixture(scope="module")
def said() -> Catalog:
    return messages_in_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_code_is_there_and_no_other(language: str, said: Catalog) -> None:
    new = updated(language, said)
    assert [message.id for message in untranslated(new)] == []
    written = path_of(language).read_text("utf-8")
    assert written == text_of(new), "run: python -m levator.texts.update"


def test_no_sentence_holds_the_end_of_a_scale_itself(said: Catalog) -> None:
    """How far pain and effort go is said by `library/scales.toml` and `training/inputs.py`."""
    texts = [text for message in said for text in forms(message.id)]
    assert [text for text in texts if re.search(r"\b10\b(?!\.\d)", text)] == []


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != ORIGINAL])
def test_what_a_program_reads_is_what_people_edit(language: str) -> None:
    edited = catalogue(language)
    held = compiled_path_of(language).read_bytes()
    assert held == compiled(edited), "run: python -m levator.texts.update"
    spoken = translations(language)
    for message in edited:
        if isinstance(message.id, str) and message.id and not message.context:
            assert spoken.gettext(message.id) == message.string
        elif message.id and not message.context:
            assert [spoken.ngettext(*message.id, n) for n in (1, 2)] == list(message.string)


def test_compiling_keeps_context_and_forms_and_leaves_out_what_is_not_translated() -> None:
    new = Catalog(locale="nl")
    new.add("Rest", "Rust", context="phase")
    new.add(("%(count)s round", "%(count)s rounds"), ("%(count)s ronde", "%(count)s rondes"))
    new.add("Not yet.")
    spoken = GNUTranslations(io.BytesIO(compiled(new)))
    assert spoken.pgettext("phase", "Rest") == "Rust"
    assert spoken.ngettext("%(count)s round", "%(count)s rounds", 7) == "%(count)s rondes"
    assert spoken.gettext("Not yet.") == "Not yet."
    assert compiled(new) == compiled(new)


def names_in(text: str) -> set[str]:
    return {match[1] for match in PLACEHOLDER.finditer(text) if match[1]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same_and_percent_signs_are_doubled(language: str) -> None:
    for message in catalogue(language):
        if not message.id or {name for name, _ in message.locations} == {OF_ARGPARSE}:
            continue
        originals, translated = forms(message.id), forms(message.string)
        for text in [*originals, *translated]:
            assert "%" not in [one[0] for one in PLACEHOLDER.finditer(text)], f"write %%: {text!r}"
        assert names_in(translated[-1]) == names_in(originals[-1]), originals
        assert names_in(translated[0]) <= names_in(originals[0]) | names_in(originals[-1])


def test_dutch_says_je() -> None:
    for message in catalogue("nl"):
        for text in forms(message.string):
            assert not re.search(r"\b(u|uw)\b", text, re.IGNORECASE), text


def test_french_has_one_apostrophe() -> None:
    for message in catalogue("fr"):
        for text in forms(message.string):
            assert not re.search(r"[^\W\d_]'[^\W\d_]", text), text


def test_the_patient_is_never_blamed() -> None:
    blame = re.compile(r"\b(fout|verkeerd|mislukt|wrong|bad|failed|mistake)\b", re.IGNORECASE)
    for language in LANGUAGES:
        for message in catalogue(language):
            files = {name for name, _ in message.locations}
            if files & {"texts/sentences.py", "texts/guiding.py"}:
                assert not any(blame.search(text) for text in forms(message.string)), message.id


def test_a_language_tag_finds_its_language() -> None:
    assert [language_for(tag) for tag in ("nl-BE", "nl_NL", "EN", "en-GB")] == [
        "nl",
        "nl",
        "en",
        "en",
    ]
    with pytest.raises(CallerError, match="no texts in 'xx'; there are nl, en"):
        language_for("xx")


def test_texts_are_found_in_code_templates_and_scripts(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "static").mkdir()
    code = """speaker.say("One.")\nT = mark("Two.")\nx = f"{voice.say('In it.')}"\nsay(T["key"])"""
    (tmp_path / "a.py").write_text(code, "utf-8")
    (tmp_path / "templates/b.html").write_text(
        '<p>{{ _("Three.") }}</p>{% trans %}Four.{% endtrans %}', "utf-8"
    )
    (tmp_path / "static/c.js").write_text(
        'write(say("Five \\"5\\".")); this.say("wire"); sayCount("a", "b", n)', "utf-8"
    )
    found = {message.id: message.locations for message in messages_in_code(tmp_path) if message.id}
    assert set(found) == {"One.", "Two.", "Three.", "Four.", "In it.", 'Five "5".', ("a", "b")}
    assert found["a", "b"] == [("static/c.js", 0)]


def test_what_nobody_says_is_dropped_and_what_is_new_is_listed() -> None:
    said = Catalog()
    said.add("Well done.", None, [("a.py", 0)])
    said.add("A brand new text.", None, [("a.py", 0)])
    dutch, english = updated("nl", said), updated("en", said)
    assert dutch["Well done."].string == "Goed gedaan."
    assert [message.id for message in untranslated(dutch)] == ["A brand new text."]
    assert english["A brand new text."].string == "A brand new text."
    assert len(list(dutch)) == 3  # the header and two texts


def test_a_catalogue_file_holds_no_dates() -> None:
    for language in LANGUAGES:
        text = path_of(language).read_text("utf-8")
        assert "Date" not in text.split("\n\n")[0]
        assert f'"Language: {language}\\n"' in text


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("reeks", r"\bsets?\b"),
        ("ijking", r"kalibr|calibr"),
        ("reservekopie", r"\bback-?ups?\b(?!-)"),
        ("inloggen, login", r"aanmeld|aangemeld|meldt? zich .*aan\b"),
        ("toestemming, akkoord", r"instem|ingestem|\bstemt\b"),
        ("alarmsignaal", r"rode vlag"),
        ("praktijk", r"kliniek"),
        ("beheerder", r"\badmin"),
        ("verslag", r"rapport"),
    ],
)
def test_dutch_has_one_word_for_one_meaning(word: str, others: str) -> None:
    for message in catalogue("nl"):
        forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        for form in forms:
            bare = re.sub(r"%\(\w+\)s|--\S+", "", str(form))
            assert not re.search(others, bare, re.IGNORECASE), f"{word}: {form}"


def test_a_script_without_texts_has_none(tmp_path: Path) -> None:
    script = tmp_path / "x.js"
    script.write_text("const say = (text) => text; say(name);", "utf-8")
    with script.open("rb") as file:
        assert list(texts_in_script(file)) == []


def test_the_command_writes_and_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Catalog()
    said.add("Well done.", None, [("a.py", 0)])
    said.add("A brand new text.", None, [("a.py", 0)])
    monkeypatch.setattr(update, "messages_in_code", lambda: said)
    monkeypatch.setattr(update, "path_of", lambda language: tmp_path / language / "levator.po")
    monkeypatch.setattr(update, "compiled_path_of", lambda language: tmp_path / f"{language}.mo")
    others = [one for one in LANGUAGES if one != ORIGINAL]
    for language in others:
        (tmp_path / language).mkdir()
        (tmp_path / language / "levator.po").write_text("", "utf-8")
    assert update.main() == 1
    told = [f"{one}: no translation of 'A brand new text.'\n" for one in others]
    assert capsys.readouterr().out == "".join(told)
    assert (tmp_path / "nl.mo").exists()
    assert 'msgstr "A brand new text."' in (tmp_path / "en/levator.po").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_in_a_row(language: str) -> None:
    said_again = re.compile(r"(.{12,}?)\s*\1", re.DOTALL)
    texts = [text for message in catalogue(language) for text in forms(message.string)]
    assert [text for text in texts if said_again.search(text)] == []


#: One word for one thing: what a person reads never calls a session otherwise, and in Dutch the
#: seat is what one sits on.
NOT_SAID = {
    "en": re.compile(r"(?<!shown_in and )\bsittings?\b(?! still)", re.IGNORECASE),
    "nl": re.compile(r"\b(?:trainingen|zittingen|(?:een|één) training)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:sessions?(?!-ID)|(?:un|des) entraînements?)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:Sessions?(?!-ID)|Trainings|(?:ein|eine) Einheit)\b"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_has_one_word(language: str) -> None:
    said = [
        text
        for message in catalogue(language)
        if message.id
        for text in forms(message.string or message.id)
        if NOT_SAID[language].search(text)
    ]
    assert said == []
