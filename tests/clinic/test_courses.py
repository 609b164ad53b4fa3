"""A course in the record: proposed with reasons, accepted or decided otherwise, kept with both."""

import json
from dataclasses import replace
from datetime import date

import pytest

from levator.clinic import courses, telling, treatment
from levator.clinic.acting import Acts, RefusedError
from levator.clinic.courses import ChangedMeanwhileError, UndecidedError, View, Wanted
from levator.course.chart import Prescribed
from levator.course.progression import Advance, Hold, Refuse
from levator.course.today import TodaysDose, dose_today
from levator.library import load_hard_limits
from levator.records.people import Birth
from levator.records.treatment import Session
from tests.clinic.desk import ANKE, BO, PASSED, TENANT, actor, made, new_id

#: On the course as it stands.
ACCEPT = Wanted(kind="accept", seen="")


def on(acts: Acts, day: str) -> Acts:
    """The same record on another day."""
    return Acts(acts.repository, lambda: f"{day}T10:00:00+01:00")


def view(acts: Acts, patient_id: str) -> View:
    return courses.view(acts, actor(), patient_id)


def pain(acts: Acts, patient_id: str, score: int = 0, **more: str) -> None:
    telling.report_pain(acts, actor(), patient_id, new_id(), score=score, **more)


def pregnant(acts: Acts) -> str:
    """A woman in week 24 of her pregnancy, on 29 November 2026."""
    patient = made(acts)
    treatment.keep_pregnancy(
        acts, actor(), patient.id, new_id(), expected_on="2027-03-21", complications=()
    )
    return patient.id


def born(acts: Acts, patient_id: str, day: str, *complications: str) -> Birth:
    return treatment.keep_birth(
        acts,
        actor(),
        patient_id,
        new_id(),
        born_on=day,
        mode="vaginal",
        complications=complications,
    )


def cleared(acts: Acts, patient_id: str, day: str) -> None:
    treatment.sign_clearance(
        acts, actor(), patient_id, new_id(), signed_by="dr. Bos", profession="doctor", from_on=day
    )


def decide(acts: Acts, patient_id: str, wanted: Wanted = ACCEPT) -> None:
    seen = wanted.seen or view(acts, patient_id).seen
    courses.decided(acts, actor(), patient_id, new_id(), replace(wanted, seen=seen))


def trained(acts: Acts, patient_id: str, **changes: object) -> None:
    """Keep a sitting that passed, at the settings in force, pain asked before and after."""
    now = view(acts, patient_id)
    force = now.in_force
    pain(acts, patient_id, 0, moment="before")
    session = Session(
        id=new_id(),
        tenant_id=TENANT,
        patient_id=patient_id,
        on_day=acts.now()[:10],
        started_at=acts.now(),
        stage=now.chart.stage or "",
        led_by="somebody",
        force_percent_mvc=force.force_percent_mvc,
        hold_s=force.hold_s,
        rest_s=force.rest_s,
        tangent_percent=force.tangent_percent,
        **PASSED,
    )
    with acts.repository.work(writes=True) as work:
        work.put(replace(session, **changes))
    telling.report_pain(
        acts, actor(), patient_id, new_id(), score=0, moment="after", session_id=session.id
    )


def test_a_course_begins_with_the_step_that_is_accepted(acts: Acts) -> None:
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    before = view(acts, patient_id)
    assert isinstance(before.proposal, Advance)
    decide(acts, patient_id, Wanted(kind="accept", seen=before.seen))
    now = view(acts, patient_id)
    assert (now.chart.stage, now.history.course.begun_on) == ("step-1", "2026-11-29")
    (kept,) = now.history.decisions
    assert json.loads(kept.proposal)["proposal"]["kind"] == "Advance"
    assert (kept.choice, kept.made_by) == ("accepted", ANKE)


def test_pain_before_the_first_course_is_released_and_the_course_begins(acts: Acts) -> None:
    """A release had needed a course to stand in, so that she could never begin."""
    patient_id = pregnant(acts)
    for day in ("2026-11-26", "2026-11-27", "2026-11-28"):
        pain(acts, patient_id, 9, on_day=day)
    assert [one.code for one in view(acts, patient_id).proposal.reasons] == ["not_held"]
    with pytest.raises(UndecidedError) as why:
        decide(acts, patient_id, Wanted(kind="release", seen=""))
    assert [one.code for one in why.value.reasons] == ["reason_needed"]
    decide(acts, patient_id, Wanted(kind="release", seen="", because="her hip, seen"))
    pain(acts, patient_id)
    now = view(acts, patient_id)
    (kept,) = now.history.decisions
    assert (kept.choice, kept.course_id, kept.because) == ("released", None, "her hip, seen")
    assert json.loads(kept.proposal)["proposal"]["kind"] == "Refuse"
    assert now.history.prescriptions == ()
    decide(acts, patient_id)
    assert view(acts, patient_id).chart.stage == "step-1"
    with acts.repository.work(writes=False) as work:
        told = [one.entry for one in work.audit_lines(TENANT, patient_id=patient_id)]
    released = [one for one in told if one.entity_id == kept.id]
    assert [one.action for one in released] == ["course.decide"]


def test_a_decision_sent_twice_is_taken_over_once(acts: Acts) -> None:
    patient_id, number = pregnant(acts), new_id()
    pain(acts, patient_id)
    wanted = replace(ACCEPT, seen=view(acts, patient_id).seen)
    for _ in range(2):
        courses.decided(acts, actor(), patient_id, number, wanted)
    now = view(acts, patient_id)
    assert (len(now.history.decisions), len(now.history.prescriptions)) == (1, 1)


def test_what_was_not_seen_is_not_accepted(acts: Acts) -> None:
    patient_id = pregnant(acts)
    seen = view(acts, patient_id).seen
    decide(acts, patient_id)
    with pytest.raises(ChangedMeanwhileError):
        decide(acts, patient_id, Wanted(kind="accept", seen=seen))


def test_of_two_who_decide_on_the_same_course_the_second_is_told_what_the_first_did(
    acts: Acts,
) -> None:
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    seen = view(acts, patient_id).seen
    first, second = Prescribed(force_percent_mvc=60.0), Prescribed(force_percent_mvc=55.0)
    wanted = Wanted(kind="overrule", seen=seen, stage="step-3", settings=first, because="strong")
    decide(acts, patient_id, wanted)
    with pytest.raises(ChangedMeanwhileError) as changed:
        decide(acts, patient_id, replace(wanted, settings=second, because="tired"))
    assert changed.value.differs == {"force_percent_mvc": (60.0, 55.0)}
    assert changed.value.seen == view(acts, patient_id).seen
    assert len(view(acts, patient_id).history.decisions) == 1


def test_nothing_is_accepted_where_the_same_dose_goes_on(acts: Acts) -> None:
    patient_id = pregnant(acts)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-2", because="seen"))
    assert isinstance(view(acts, patient_id).proposal, Hold)
    with pytest.raises(UndecidedError) as refused:
        decide(acts, patient_id)
    assert refused.value.reasons[0].code == "nothing_proposed"


def test_two_passed_sittings_raise_one_parameter_and_the_whole_dose_is_prescribed(
    acts: Acts,
) -> None:
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-3", because="long hold"))
    for day in ("2026-11-30", "2026-12-01"):
        trained(on(acts, day), patient_id)
    later = on(acts, "2026-12-01")
    now = view(later, patient_id)
    assert isinstance(now.proposal, Advance)
    assert (now.proposal.change.parameter, now.proposal.change.becomes) == ("force", 55.0)
    decide(later, patient_id)
    newest = view(later, patient_id).history.prescriptions[-1]
    assert (newest.force_percent_mvc, newest.hold_s, newest.times_a_day) == (55.0, 5.0, 3)


def test_after_a_birth_with_a_complication_nothing_is_trained_before_a_clearance(
    acts: Acts,
) -> None:
    patient_id = pregnant(acts)
    decide(acts, patient_id)
    later = on(acts, "2027-03-23")
    born(later, patient_id, "2027-03-20", "haemorrhage")
    pain(later, patient_id, 2)
    refused = view(later, patient_id).proposal
    assert isinstance(refused, Refuse)
    assert "cleared" in {one.code for one in refused.reasons}
    with pytest.raises(UndecidedError):
        decide(
            later,
            patient_id,
            Wanted(kind="overrule", seen="", stage="step-5", because="she wants it"),
        )
    cleared(later, patient_id, "2027-03-23")
    assert view(later, patient_id).proposal.change.becomes == "step-5"


def test_a_deep_tear_is_a_complication_whether_or_not_its_box_is_ticked(acts: Acts) -> None:
    patient_id = pregnant(acts)
    later = on(acts, "2027-03-23")
    treatment.keep_birth(
        later,
        actor(),
        patient_id,
        new_id(),
        born_on="2027-03-20",
        mode="vaginal",
        tear="third",
    )
    assert view(later, patient_id).chart.is_complicated


def test_a_red_flag_shuts_every_step_until_a_clearance_of_a_later_day(acts: Acts) -> None:
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    treatment.report_red_flag(
        acts,
        actor(),
        patient_id,
        new_id(),
        on_day="2026-11-29",
        code="fever",
        stop=lambda _: None,
    )
    assert isinstance(view(acts, patient_id).proposal, Refuse)
    later = on(acts, "2026-11-30")
    cleared(later, patient_id, "2026-11-30")
    pain(later, patient_id)
    assert isinstance(view(later, patient_id).proposal, Advance)


def test_otherwise_is_decided_with_a_reason_and_within_the_ranges(acts: Acts) -> None:
    patient_id = pregnant(acts)
    force = Prescribed(force_percent_mvc=60.0)
    with pytest.raises(UndecidedError) as nameless:
        decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-3", settings=force))
    assert nameless.value.reasons[0].code == "reason_needed"
    too_much = Prescribed(force_percent_mvc=95.0)
    with pytest.raises(UndecidedError):
        decide(
            acts,
            patient_id,
            Wanted(kind="overrule", seen="", stage="step-3", settings=too_much, because="strong"),
        )
    pain(acts, patient_id)
    wanted = Wanted(
        kind="overrule", seen="", stage="step-3", settings=force, because="strong and skilled"
    )
    decide(acts, patient_id, wanted)
    now = view(acts, patient_id)
    assert now.in_force.force_percent_mvc == 60.0
    assert now.history.decisions[-1].because == "strong and skilled"


def test_pregnant_again_what_was_done_before_no_longer_counts(acts: Acts) -> None:
    patient_id = pregnant(acts)
    pain(acts, patient_id)
    decide(acts, patient_id, Wanted(kind="overrule", seen="", stage="step-3", because="long hold"))
    trained(on(acts, "2026-11-30"), patient_id)
    born(on(acts, "2027-03-20"), patient_id, "2027-03-20")
    much_later = on(acts, "2029-01-01")
    treatment.keep_pregnancy(
        much_later, actor(), patient_id, new_id(), expected_on="2029-06-01", complications=()
    )
    chart = view(much_later, patient_id).chart
    assert (chart.birth, chart.sittings, chart.decisions) == (None, (), ())


def test_the_rounds_rule_of_the_document_is_chosen_kept_and_trained(acts: Acts) -> None:
    """Step 5 stops before fatigue in week 2; her therapist may take the document's own rule."""
    patient_id = made(acts).id
    born(acts, patient_id, "2026-11-15")
    cleared(acts, patient_id, "2026-11-29")
    pain(acts, patient_id)
    decide(acts, patient_id)
    before = view(acts, patient_id)
    assert (before.chart.stage, before.chart.settings.rounds_rule) == ("step-5", None)
    rule = Prescribed(rounds_rule="past_fatigue")
    later = Acts(acts.repository, lambda: "2026-11-29T12:00:00+01:00")
    decide(
        later,
        patient_id,
        Wanted(kind="overrule", seen="", settings=rule, because="no pain, little effort"),
    )
    now = view(later, patient_id)
    assert now.chart.settings.rounds_rule == "past_fatigue"
    assert now.history.prescriptions[-1].rounds == "past_fatigue"
    stage = now.protocol.stage("step-5")
    made_today = dose_today(now.protocol, stage, now.chart, load_hard_limits())
    assert isinstance(made_today, TodaysDose)
    assert made_today.dose.rounds is not None
    assert made_today.dose.rounds.kind == "past_fatigue"
    number = Prescribed(rounds_rule="number")
    with pytest.raises(UndecidedError) as refused:
        decide(acts, patient_id, Wanted(kind="overrule", seen="", settings=number, because="five"))
    assert [one.code for one in refused.value.reasons] == ["other_rounds_rule"]


def test_a_second_pregnancy_within_a_year_begins_without_the_first(acts: Acts) -> None:
    """A fever that a doctor answered is over; one that nobody answered still shuts everything."""
    patient_id = pregnant(acts)
    born(on(acts, "2027-03-20"), patient_id, "2027-03-20")
    for day, answered in (("2027-03-25", "2027-03-26"), ("2027-05-10", None)):
        treatment.report_red_flag(
            on(acts, day), actor(), patient_id, new_id(), on_day=day, code="fever", stop=print
        )
        if answered is not None:
            cleared(on(acts, answered), patient_id, answered)
    later = on(acts, "2027-07-01")
    treatment.keep_pregnancy(
        later, actor(), patient_id, new_id(), expected_on="2028-02-20", complications=()
    )
    pain(later, patient_id)
    now = view(later, patient_id)
    assert (now.chart.birth, now.chart.clearances) == (None, ())
    assert now.chart.red_flags[-1].day == date(2027, 5, 10).toordinal()
    assert [one.code for one in now.proposal.reasons] == ["no_red_flag", "cleared"]
    cleared(on(acts, "2027-07-02"), patient_id, "2027-07-02")
    pain(on(acts, "2027-07-02"), patient_id)
    assert isinstance(view(on(acts, "2027-07-02"), patient_id).proposal, Advance)


def test_an_answered_red_flag_of_before_asks_for_nothing_in_the_next_pregnancy(
    acts: Acts,
) -> None:
    patient_id = pregnant(acts)
    born(on(acts, "2027-03-20"), patient_id, "2027-03-20")
    treatment.report_red_flag(
        on(acts, "2027-03-25"),
        actor(),
        patient_id,
        new_id(),
        on_day="2027-03-25",
        code="fever",
        stop=print,
    )
    cleared(on(acts, "2027-03-26"), patient_id, "2027-03-26")
    later = on(acts, "2027-07-01")
    treatment.keep_pregnancy(
        later, actor(), patient_id, new_id(), expected_on="2028-02-20", complications=()
    )
    pain(later, patient_id)
    now = view(later, patient_id)
    assert now.chart.red_flags == ()
    assert isinstance(now.proposal, Advance)


def test_only_who_treats_her_decides(acts: Acts) -> None:
    patient_id = pregnant(acts)
    with pytest.raises(RefusedError):
        courses.decided(acts, actor(BO), patient_id, new_id(), ACCEPT)
