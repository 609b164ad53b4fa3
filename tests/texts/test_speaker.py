"""One voice: numbers, plurals, dates and what the pages take from it."""

import json
from datetime import UTC, date, datetime
from math import inf, nan

import pytest

from levator.errors import CallerError
from levator.texts import LANGUAGES, for_script, speaker

NL, EN, FR, DE = (speaker(one) for one in LANGUAGES)


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        (5.0, "5", "5"),
        (4.62, "4,6", "4.6"),
        (-0.04, "0", "0"),
        (-12.5, "-12,5", "-12.5"),
        (1250, "1250", "1250"),
        (99.96, "100", "100"),
    ],
)
def test_numbers_as_people_write_them(value: float, dutch: str, english: str) -> None:
    assert (NL.number(value), EN.number(value)) == (dutch, english)


@pytest.mark.parametrize(
    ("value", "dutch"),
    [
        (-999999999999999.5, "-999999999999999,5"),
        (1e27, "1 \N{MULTIPLICATION SIGN} 10^27"),
        (-1.7e308, "-2 \N{MULTIPLICATION SIGN} 10^308"),
        (10**400, "\N{INFINITY}"),
        (-inf, "-\N{INFINITY}"),
        (nan, "\N{EN DASH}"),
    ],
)
def test_a_number_that_no_one_measured_is_written_too(value: float, dutch: str) -> None:
    assert NL.number(value, 1) == dutch
    assert NL.fixed(value, 1) == dutch
    assert NL.error(CallerError("%(value)s", value=float(min(value, 1e308)))) != ""


def test_a_number_of_decimals() -> None:
    assert NL.number(3.14159, 3) == "3,142"
    assert NL.number(2.5, 0) == "2"


def test_a_count_takes_its_form() -> None:
    text = ("%(count)s round", "%(count)s rounds")
    assert NL.say_count(*text, 1) == "1 ronde"
    assert NL.say_count(*text, 3) == "3 rondes"
    assert EN.say_count("%(count)s second", "%(count)s seconds", 1.5) == "1.5 seconds"


@pytest.mark.parametrize(
    ("count", "french", "german"),
    [(0, "0 répétition", "0 Runden"), (1, "1 répétition", "1 Runde"),
     (1.5, "1,5 répétition", "1,5 Runden"), (2, "2 répétitions", "2 Runden"),
     (inf, "\N{INFINITY} répétitions", "\N{INFINITY} Runden")],
)  # fmt: skip
def test_each_language_counts_in_its_own_way(count: float, french: str, german: str) -> None:
    text = ("%(count)s round", "%(count)s rounds")
    assert (FR.say_count(*text, count), DE.say_count(*text, count)) == (french, german)


def test_a_text_without_a_translation_is_spoken_as_it_is() -> None:
    assert NL.say("Nobody translated 50 %% of %(what)s.", what="this") == (
        "Nobody translated 50 % of this."
    )


def test_an_empty_text_stays_empty() -> None:
    assert NL.gettext("") == ""


def test_dates_and_listings() -> None:
    assert NL.date(date(2026, 11, 23)) == "23 november 2026"
    assert speaker("en").date(date(2026, 11, 29)) == "29 November 2026"
    assert FR.date(date(2026, 11, 23)) == "23 novembre 2026"
    assert DE.date(date(2026, 11, 23)) == "23. November 2026"
    assert (FR.number(-12.5), DE.number(-12.5)) == ("-12,5", "-12,5")
    assert "2026" in EN.moment(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    listed = [one.listing(["a", "b", "c"]) for one in (NL, FR, DE)]
    assert listed == ["a, b en c", "a, b et c", "a, b und c"]


def test_a_german_noun_keeps_its_capital_within_a_line() -> None:
    assert [one.within("Zange") for one in (NL, EN, FR, DE)] == ["zange"] * 3 + ["Zange"]
    assert EN.within("Birth by MRI") == "birth by MRI"


def test_french_sets_a_space_before_its_colon() -> None:
    assert [one.colon for one in (NL, EN, FR, DE)] == [": ", ": ", "\u00a0: ", ": "]


def test_it_fits_jinja() -> None:
    from jinja2 import Environment

    pages = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    pages.install_gettext_callables(
        NL.gettext, NL.ngettext, newstyle=True, pgettext=NL.pgettext, npgettext=NL.npgettext
    )
    page = '{{ _("Well done.") }} {{ ngettext("%(num)s x", "%(num)s y", 2) }}'
    assert pages.from_string(page).render() == "Goed gedaan. 2 y"
    assert NL.pgettext("nowhere", "Rest") == "Rest"
    assert NL.npgettext("nowhere", "one", "more", 2) == "more"


def test_texts_for_a_script() -> None:
    texts = json.loads(for_script("nl", ["Rest", "%(force)s %%", "</script>"]))
    assert texts["Rest"] == "Rust"
    assert texts["%(force)s %%"] == "%(force)s %"
    assert "<" not in for_script("nl", ["</script>"])


def test_a_script_gets_all_that_scripts_say() -> None:
    texts = json.loads(for_script("nl"))
    assert texts["Hold"] == "Vasthouden"
    assert texts["for %(count)s more second"] == ["nog %(count)s seconde", "nog %(count)s seconden"]


def test_one_voice_for_each_language() -> None:
    assert speaker("nl-BE") is NL
    assert NL.language == "nl"
