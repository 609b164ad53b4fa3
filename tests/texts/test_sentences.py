"""Every code that the engine can utter is spoken, calmly, in both languages."""

import re
from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from levator.course.prescription import DoseRefused, OutOfRange, Setting
from levator.library import load_protocol, protocol_ids
from levator.signals import phases
from levator.signals.reference import Reference, ReferenceKind
from levator.texts import LANGUAGES, answers, citing, guiding, reasons, sentences, speaker, words
from levator.training import events
from levator.training.dose import Dose, Mode, RoundsRule
from levator.training.inputs import Mark
from levator.training.limits import Breach, LimitCode, Limits
from levator.training.pattern import Pattern
from levator.training.states import State

NL, EN = speaker("nl"), speaker("en")
DOSE = Dose(
    "advanced",
    70.0,
    Pattern(3.0, 3.0, 3.0, 4.0),
    80.0,
    RoundsRule("past_fatigue", 15, 240.0),
)
LIMITS = Limits(30.0, 3.0, 120.0, 15, 240.0, "hard-limits; step-5; until-week-3-after-birth; mine")
REPETITION = events.RepetitionScored(
    at_s=15.0,
    set_number=1,
    round=3,
    verdict="good",
    reasons=("good", "breath_held: not known"),
    valid=True,
    start_s=0.0,
    verdict_at_s=13.0,
    force_percent_mvc=60.0,
    hold_asked_s=5.0,
    onset_s=0.2,
    held_s=5.0,
    time_in_band_percent=71.2,
    rmse_percent_mvc=5.0,
    rmse_lag_removed_percent_mvc=4.0,
    lag_s=0.2,
    hold_mean_percent_mvc=43.4,
    hold_cv_percent=3.0,
    rise_rate_percent_mvc_per_s=12.0,
    rise_rate_asked_percent_mvc_per_s=20.0,
    rise_rate_of_own_best_percent=None,
    release_rate_of_own_best_percent=None,
    release_rate_percent_mvc_per_s=-30.0,
    judged_level_percent_mvc=18.3,
)
CONTRACTION = events.ContractionEnded(
    at_s=9.0,
    kind="lift",
    reasons=("co_contraction: not known",),
    onset_s=1.0,
    end_s=4.2,
    peak_percent_mvc=42.3,
    mean_percent_mvc=30.1,
    duration_s=3.24,
    level_after_percent_mvc=18.2,
    released=False,
)
SET_ENDED = events.SetEnded(60.0, 1, 5, "rounds", 4, 5, 80.0, 75.0, 55.0, ("unsteady",), None, None)
ONE_OF_EACH: list[events.Event] = [
    REPETITION,
    CONTRACTION,
    SET_ENDED,
    events.StateChanged(1.0, "paused", "patient"),
    events.SetStarted(0.0, 1, DOSE, LIMITS, 4.0),
    events.RestScored(15.0, 1, 3, 18.0, False, ("moved",), 5.0),
    events.FatigueWarned(60.0, 4, ("unsteady", "rest_not_released")),
    events.FatigueEstablished(75.0, 5, ("tired",)),
    events.EffortAsked(80.0, 1),
    events.EffortNoted(81.0, 6),
    events.QualityFlagged(5.0, "seat", "force", "noise", 3.0, 3.5),
    events.GapFound(5.0, "seat", 500, 20),
    events.SignalLost(5.0, "seat", "silence"),
    events.SignalReturned(7.5, "seat", 2.5, True),
    events.Tared(12.5, 3.1),
    events.DoseAccepted(20.0, "therapist", DOSE, 3),
    events.LimitsChanged(20.0, LIMITS),
    events.CommandRefused(20.0, "dose", "patient", "over_limits", (Breach("force", 80.0, 70.0),)),
    events.Marked(21.0, "cough", "therapist"),
    events.SessionEnded(90.0, "stop", 1, 5, 4, 5, 55.0),
]
#: Drawn, not said.
SILENT = {"TargetSet", "ContractionFound"}


def spoken(text: str | None) -> str:
    """A sentence that is whole: no placeholder left, no code in it, no stray words."""
    assert text
    assert "%(" not in text
    assert not re.search(r"[a-z]_[a-z]|None|\bnan\b", text), text
    return text


def test_there_is_one_of_each_event_here() -> None:
    names = {kind.__name__ for kind in get_args(events.Event)}
    assert {type(event).__name__ for event in ONE_OF_EACH} == names - SILENT


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_the_therapist_reads_every_event_in_both_languages(event: events.Event) -> None:
    dutch, english = (spoken(reasons.for_therapist(voice, event)) for voice in (NL, EN))
    assert dutch != english


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_the_patient_hears_short_sentences_or_nothing(event: events.Event) -> None:
    for voice in (NL, EN):
        text = sentences.for_patient(voice, event)
        if text is not None:
            assert all(len(one.split()) <= 14 for one in re.split(r"[.:;?]\s", spoken(text))), text


def test_targets_are_drawn_and_not_said() -> None:
    found = events.ContractionFound(1.0, 0.9)
    assert reasons.for_therapist(NL, found) is sentences.for_patient(NL, found) is None


# --- The patient


@pytest.mark.parametrize(
    ("verdict", "held_s", "dutch", "english"),
    [
        ("good", 5.0, "Je hield het 5 van de 5 seconden vast. Goed gedaan.", None),
        ("good", None, "Goed gedaan.", "Well done."),
        (
            "not_released",
            4.62,
            "Je hield het 4,6 van de 5 seconden vast. Laat straks iets eerder los.",
            "Held 4.6 of 5 seconds. Let go a little sooner.",
        ),
        ("weak", 0.0, "Straks iets sterker, tot in de band.", None),
        ("strained", None, "Dat was persen. Sluit en trek op, richting je hoofd.", None),
    ],
)
def test_after_a_round_one_plain_sentence(
    verdict: Any, held_s: float | None, dutch: str, english: str | None
) -> None:
    event = replace(REPETITION, verdict=verdict, held_s=held_s)
    assert sentences.for_patient(NL, event) == dutch
    assert english is None or sentences.for_patient(EN, event) == english


@pytest.mark.parametrize("verdict", get_args(events.VerdictCode))
def test_every_verdict_is_spoken(verdict: Any) -> None:
    event = replace(REPETITION, verdict=verdict, reasons=(verdict,))
    for voice in (NL, EN):
        spoken(sentences.for_patient(voice, event))
        spoken(reasons.for_therapist(voice, event))


@pytest.mark.parametrize("ended_by", get_args(events.SetEnd))
def test_every_end_of_a_set_is_spoken(ended_by: Any) -> None:
    for voice in (NL, EN):
        spoken(sentences.for_patient(voice, replace(SET_ENDED, ended_by=ended_by)))
        spoken(reasons.for_therapist(voice, replace(SET_ENDED, ended_by=ended_by)))
        end = events.SessionEnded(90.0, ended_by, 1, 5, 4, 5, 55.0)
        spoken(reasons.for_therapist(voice, end))


@pytest.mark.parametrize("code", get_args(State))
def test_every_state_is_spoken(code: str) -> None:
    event = events.StateChanged(1.0, code, "patient")
    for voice in (NL, EN):
        spoken(sentences.for_patient(voice, event))
        spoken(reasons.for_therapist(voice, event))


def test_an_unknown_state_is_not_guessed() -> None:
    event = events.StateChanged(1.0, "elsewhere", "patient")
    assert sentences.for_patient(NL, event) is None
    assert reasons.for_therapist(NL, event) == "elsewhere."


@pytest.mark.parametrize("kind", get_args(events.ContractionKind))
@pytest.mark.parametrize(("after", "released"), [(18.2, False), (1.0, True), (None, None)])
def test_open_mode_says_what_how_strong_how_long_and_how_let_go(
    kind: Any, after: float | None, released: bool | None
) -> None:
    event = replace(CONTRACTION, kind=kind, level_after_percent_mvc=after, released=released)
    for voice, duration in ((NL, "3,2 seconden"), (EN, "3.2 seconds")):
        said = spoken(sentences.for_patient(voice, event))
        assert "42 %" in said
        assert duration in said
        assert ("18 %" in said) == (released is False)
        spoken(reasons.for_therapist(voice, event))


def test_a_release_that_was_not_read_is_not_claimed() -> None:
    event = replace(CONTRACTION, level_after_percent_mvc=None, released=False)
    assert "Nog niet helemaal losgelaten." in spoken(sentences.for_patient(NL, event))
    assert "Loslaten onbekend." in spoken(reasons.for_therapist(NL, event))


def test_the_patient_hears_of_a_refusal_that_was_hers_only() -> None:
    for reason in get_args(events.RefusalCode):
        hers = events.CommandRefused(1.0, "start", "patient", reason)
        spoken(sentences.for_patient(NL, hers))
        spoken(reasons.for_therapist(EN, hers))
        assert sentences.for_patient(NL, replace(hers, by="therapist")) is None


def test_variants_of_an_event() -> None:
    assert sentences.for_patient(NL, events.SetStarted(0.0, 1, Dose("open"), LIMITS, 0.0)) == (
        "Er is nu geen doel. Span aan en laat los, en kijk naar je eigen lijn."
    )
    released = events.RestScored(15.0, 1, 3, 2.0, True, (), 4.0)
    assert sentences.for_patient(NL, released) is None
    assert "(" not in spoken(reasons.for_therapist(NL, released))
    unknown = replace(released, rest_percent_mvc=None, released=None)
    assert reasons.for_therapist(EN, unknown) == "The rest was not measured."
    back = events.SignalReturned(1.0, "seat", 0.8, False)
    assert sentences.for_patient(NL, back) == "De sensor is terug."
    assert reasons.for_therapist(NL, back) == "seat is terug na 0,8 s."
    gone = events.SignalLost(1.0, "seat", "driver")
    assert reasons.for_therapist(EN, gone) == "seat: the sensor is gone. Paused."
    marked = events.Marked(1.0, "hiccup", "therapist")
    assert reasons.for_therapist(EN, marked) == "Marked: hiccup."


@pytest.mark.parametrize(
    ("rounds", "good", "dutch"),
    [
        (0, 0, "Deze sessie is voorbij."),
        (1, 1, "Deze sessie is voorbij: 1 ronde. Die ging goed."),
        (5, 0, "Deze sessie is voorbij: 5 rondes."),
        (5, 4, "Deze sessie is voorbij: 5 rondes. 4 daarvan gingen goed."),
    ],
)
def test_the_end_of_a_session_names_what_went_well(rounds: int, good: int, dutch: str) -> None:
    end = events.SessionEnded(90.0, "stop", 1, rounds, good, rounds, 55.0)
    assert sentences.for_patient(NL, end) == dutch


# --- The therapist


@pytest.mark.parametrize(("rounds", "dutch"), [(1, "1 ronde"), (5, "5 rondes")])
def test_one_round_is_no_rounds(rounds: int, dutch: str) -> None:
    end = events.SessionEnded(90.0, "stop", 1, rounds, 1, rounds, 55.0)
    assert reasons.for_therapist(NL, end).endswith(f"beoordeeld, {dutch}.")
    done = events.SetEnded(90.0, 1, rounds, "stop", 1, rounds, None, None, 0.0, (), None, None)
    assert f" na {dutch}: " in reasons.for_therapist(NL, done)


def test_reasons_carry_their_numbers() -> None:
    codes = ("too_strong", "not_released", "weak", "slow", "short")
    event = replace(REPETITION, verdict="too_strong", reasons=codes)
    assert reasons.for_therapist(EN, event) == (
        "Too strong: held at 43 %, asked 60 %, but for a while more than two bands above; "
        "18 % when judged at rest; reached 43 of 60 %; "
        "rose at 12 of 20 % per second; 71 % of the hold in the band."
    )


def test_a_cough_is_said_once() -> None:
    event = replace(REPETITION, verdict="coughed", reasons=("coughed",))
    assert reasons.for_therapist(NL, event) == "Gehoest: deze ronde telt niet mee."
    doubted = replace(REPETITION, verdict="no_signal", reasons=("no_signal", "coughed"))
    assert reasons.for_therapist(EN, doubted) == "No signal: signal missing; a cough."


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Fit, page 8; the step of 5", "Fit, bladzijde 8; de stap van 5"),
        ("pages 3 and 7 (30 %)", "bladzijden 3 en 7 (30 %)"),
        ("pages 2-8", "bladzijden 2-8"),
        ("doi:10.1055/s-0038-1668289", "doi:10.1055/s-0038-1668289"),
    ],
)
def test_a_source_keeps_its_title_and_says_its_page(source: str, said: str) -> None:
    assert citing.cited(NL, source) == said
    assert citing.cited(EN, source) == source


def test_what_could_not_be_looked_at_is_said() -> None:
    event = replace(REPETITION, reasons=("breath_held: not known", "co_contraction: not known"))
    assert reasons.for_therapist(NL, event) == (
        "Goed: ademhaling niet gemeten; geen tweede spier gemeten."
    )


def test_a_number_that_is_not_known_is_a_dash() -> None:
    event = replace(REPETITION, verdict="weak", reasons=("weak",), hold_mean_percent_mvc=None)
    assert reasons.for_therapist(EN, event) == "Weak: reached – of 60 %."


def test_a_reason_without_words_is_shown_as_it_is() -> None:
    assert reasons.reason(NL, "something new", {}) == "something new"


def test_every_table_has_every_code() -> None:
    tables: list[tuple[Any, Any]] = [
        (words.VERDICTS, events.VerdictCode),
        (words.STATES, State),
        (words.MODES, Mode),
        (words.REFERENCES, ReferenceKind),
        (words.FATIGUE_SIGNS, events.FatigueSign),
        (words.QUALITIES, events.QualityCode),
        (words.CONTRACTIONS, events.ContractionKind),
        (words.MARKS, Mark),
        (words.LIMITS, LimitCode),
        (words.SETTINGS, Setting),
    ]
    for table, codes in tables:
        assert set(table) == set(get_args(codes))
        for text in table.values():
            spoken(NL.say(text, force=70.0))


def test_a_dose_in_one_line() -> None:
    assert words.dose(NL, DOSE) == (
        "70 %; 3 · 3 · 3 · 4 s; Tangent 80 %; één ronde voorbij vermoeidheid"
    )
    assert words.dose(EN, Dose("open")) == "Open training"
    number = replace(DOSE, rounds=RoundsRule("number", 15, 240.0, count=1))
    assert words.dose(EN, number).endswith("1 round")
    careful = replace(DOSE, rounds=RoundsRule("before_fatigue", 15, 240.0))
    assert words.dose(EN, careful).endswith("until just before fatigue")


# --- Refusals


def test_every_setting_and_limit_is_spoken() -> None:
    ranges = tuple(OutOfRange(one, 80.0, 50.0, 70.0) for one in get_args(Setting))
    passed = tuple(Breach(one, 80.0, 70.0) for one in get_args(LimitCode))
    said = answers.dose_refused(EN, DoseRefused(ranges, passed))
    assert said[0] == "Force 80 % is outside 50 to 70 % of this step."
    assert said[len(ranges)] == "Force 80 % is over the limit of 70 %."
    assert len([spoken(one) for one in said]) == len(ranges) + len(passed)


def test_the_rules_behind_the_limits() -> None:
    protocol = load_protocol("bekken-zwanger-fit")
    assert answers.limit_rules(NL, LIMITS.label, protocol) == [
        "grenzen die voor iedereen gelden",
        "Balans tussen aanspannen en loslaten",
        "heel licht, tot drie weken na de bevalling",
        "mine",
    ]
    assert answers.limit_rules(EN, "mine", None) == ["mine"]


# --- Calibration


def test_every_instruction_and_failure_is_spoken() -> None:
    for instruction in get_args(phases.Instruction):
        phase = phases.Phase(instruction, 5.0, "rest")
        spoken(guiding.guiding(NL, phases.PhaseStarted(0.0, phase, 5.0)))
    for failure in get_args(phases.Failure):
        spoken(guiding.guiding(EN, phases.CalibrationFailed(0.0, failure)))


def test_every_step_of_a_calibration_is_spoken() -> None:
    reference = Reference("comfortable_max", 3.0, 40.0, "N")
    for event in (
        phases.RestMeasured(60.0, 3.0, 0.1),
        phases.PolarityMeasured(76.0, False, 20.0, -5.0),
        phases.TrialMeasured(90.0, 2, 20.0),
        phases.Calibrated(120.0, reference),
    ):
        for voice in (NL, EN):
            spoken(guiding.guiding(voice, event))
    assert guiding.guiding(NL, phases.Calibrated(1.0, reference)) == (
        "Alles is gemeten. 100 % is je eigen comfortabele maximum."
    )
    kinds = {type(event) for event in ONE_OF_EACH}
    assert not kinds & set(get_args(phases.CalibrationEvent))


@pytest.mark.parametrize(
    ("language", "to_her"), [("en", r"\b(you|your|we)\b"), ("nl", r"\b(je|jij|jouw|we)\b")]
)
def test_the_therapist_reads_a_calibration_in_the_third_person(language: str, to_her: str) -> None:
    said = [
        guiding.guided(speaker(language), one)
        for one in [
            *(
                phases.PhaseStarted(0.0, phases.Phase(name, 5.0, "rest"), 5.0)
                for name in get_args(phases.Instruction)
            ),
            *(
                phases.CalibrationFailed(0.0, failure, is_last=is_last)
                for failure in get_args(phases.Failure)
                for is_last in (False, True)
            ),
            phases.RestMeasured(60.0, 3.0, 0.1),
            phases.PolarityMeasured(76.0, False, 20.0, -5.0),
            phases.TrialMeasured(90.0, 2, 20.0),
            phases.Calibrated(120.0, Reference("mvc", 3.0, 40.0, "N")),
        ]
    ]
    assert all(said)
    assert [one for one in said if re.search(to_her, str(one), re.IGNORECASE)] == []


@pytest.mark.parametrize("name", protocol_ids())
def test_protocol_texts_are_in_every_language(name: str) -> None:
    for stage in load_protocol(name).stages:
        said = [stage.words_in(language) for language in LANGUAGES]
        for field in fields(said[0]):
            texts = [getattr(one, field.name) for one in said]
            assert texts.count(None) in (0, len(LANGUAGES))
        assert len({one.goal for one in said}) == len(LANGUAGES)


def test_a_round_broken_off_is_not_one_in_doubt() -> None:
    broken = replace(REPETITION, verdict="unsure", reasons=("unsure", "interrupted"), valid=False)
    said = reasons.for_therapist(EN, broken)
    assert said == "Broken off: this round does not count."
    assert sentences.for_patient(EN, broken) == "Broken off. This round does not count."


@pytest.mark.parametrize(("mean", "is_whole"), [(55.0, False), (68.0, False), (72.0, True)])
def test_too_strong_for_a_while_is_not_told_as_a_hold_above_the_target(
    mean: float, is_whole: bool
) -> None:
    event = replace(
        REPETITION, verdict="too_strong", reasons=("too_strong",), hold_mean_percent_mvc=mean
    )
    said = reasons.repetition_reasons(EN, event, band_percent_mvc=10.0)
    assert ("for a while more than two bands above" not in said) == is_whole
