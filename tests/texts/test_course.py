"""Gates, proposals and reasons as a therapist reads them, in both languages."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from levator.course.chart import PainReport
from levator.course.gates import Gate, gates
from levator.course.progression import Advance, Change, Hold, Refuse, StepBack, propose
from levator.course.protocol import Parameter
from levator.course.reasons import Reason, ReasonCode
from levator.course.today import Lowered
from levator.texts import course
from levator.texts.speaker import speaker
from tests.course.women import BORN, PROTOCOL, after_birth, stage_of


def codes_of(kind: Any) -> set[str]:
    """Every text inside a union of Literals."""
    return {kind} if isinstance(kind, str) else set().union(*map(codes_of, get_args(kind)))


ALL = sorted(codes_of(ReasonCode))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", ALL)
def test_every_reason_has_a_sentence_with_and_without_numbers(language: str, code: str) -> None:
    voice = speaker(language)
    for needed, given in ((90.0, 80.0), (90.0, None), (None, None)):
        said = course.reason(voice, Reason(code, needed, given, "a-cap"))
        assert said[0].isupper() or said[0].isdigit() or said[0] == "–"
        assert "%(" not in said
        assert "None" not in said


def test_every_code_is_spoken() -> None:
    assert set(ALL) == set(course._REASONS)


def test_numbers_are_written_as_the_language_does() -> None:
    one = Reason("out_of_band", 80.0, 72.5)
    assert course.reason(speaker("nl"), one) == (
        "72,5 % van het vasthouden in de band; nodig: 80 %."
    )
    assert course.reason(speaker("en"), one) == "72.5 % of the hold in the band; needed: 80 %."


def test_a_gate_is_said_as_what_keeps_it_shut() -> None:
    english = speaker("en")
    shut = [one for one in gates(PROTOCOL, stage_of(6), after_birth(5)) if not one.is_open]
    assert [course.reason(english, one) for one in shut] == [
        "Not before week 6; it is now week 5.",
        "Not shown yet: a hold of 5 s in the band.",
        "Not shown yet: letting go after 90 % of the rounds.",
        "Not shown yet: no fatigue before round 5.",
    ]
    phase = Gate("time", "right_phase", False, "pregnancy", "after_birth")
    assert course.reason(english, phase) == (
        "Only for the time before birth; she is in the time after birth."
    )
    judged = Gate("performance", "holds_long", False)
    assert course.reason(english, judged).startswith("You judge this yourself")


@pytest.mark.parametrize("parameter", [*get_args(Parameter), "rest"])
def test_every_change_says_from_and_to(parameter: Parameter) -> None:
    english = speaker("en")
    said = course.change(english, PROTOCOL, Change(parameter, 3.0, 4.0))
    assert "from 3 to 4" in said.lower()


def test_proposals() -> None:
    english, dutch = speaker("en"), speaker("nl")
    stage = Change("stage", None, "step-5")
    assert course.proposal(english, PROTOCOL, propose(PROTOCOL, after_birth(1))) == (
        "Next step: Balance between tightening and letting go."
    )
    assert course.proposal(dutch, PROTOCOL, StepBack(stage, ())).startswith("Een stap lichter: ")
    assert course.proposal(english, PROTOCOL, Hold(())) == "The same once more."
    assert course.proposal(english, PROTOCOL, Refuse(())) == "No training yet."
    assert isinstance(propose(PROTOCOL, after_birth(1)), Advance)


def test_what_is_lowered_or_capped_names_the_rule_in_words() -> None:
    english = speaker("en")
    cap = "until-week-3-after-birth"
    assert course.lowered(english, PROTOCOL, Lowered("force", 40.0, 30.0, cap)) == (
        "Force is 30 % today in place of 40 %: very light, until three weeks after birth."
    )
    assert course.reason(english, Reason("force_capped", 30.0, 35.0, cap), PROTOCOL) == (
        "Force 35 % would be over today's limit of 30 %: very light, until three weeks after birth."
    )
    hold = Reason("hold_capped", 3.0, 4.0, "first-week-after-birth")
    assert course.reason(speaker("nl"), hold, PROTOCOL) == (
        "4 s vasthouden zou over de grens van vandaag gaan, 3 s: kort vasthouden, in de eerste "
        "week na de bevalling."
    )


def test_pain_that_holds_the_programme_names_its_limit_and_its_days() -> None:
    reports = tuple(PainReport(BORN + 40, score) for score in (6, 7))
    chart = after_birth(6, pains=reports)
    [held] = [one for one in gates(PROTOCOL, stage_of(6), chart) if one.code == "not_held"]
    assert course.reason(speaker("en"), held, PROTOCOL) == (
        "2 times pain was over 5; 2 times within 14 days hold the programme, until the "
        "therapist has talked it over and lets it go on."
    )
    assert "over the limit 2 times" in course.reason(speaker("en"), held)


def test_what_was_not_kept_in_the_band_is_told_as_not_shown() -> None:
    """She did not hold for 0 seconds: she held, beside the band."""
    gate = Gate("performance", "holds_long", False, 5.0, 0.0)
    assert course.reason(speaker("en"), gate) == "Not shown yet: a hold of 5 s in the band."
    assert course.reason(speaker("en"), replace(gate, given=3.0)) == (
        "She holds for 3 s in the band; 5 s are needed."
    )
