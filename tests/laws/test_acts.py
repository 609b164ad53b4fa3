"""Law 6 through the clinic's own acts: whatever is kept, corrected, signed and told, in any order
and on any clock, nothing is trained without the clearance, the week and the answers it needs by the
`Ledger` of what was told.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from levator.clinic import courses, patients, sittings, telling, treatment
from levator.clinic.acting import Acts
from levator.clinic.courses import Wanted
from levator.clinic.ending import end_course
from levator.clinic.exporting import export
from levator.clinic.home import planning
from levator.clinic.home.keeping import ToldAnswer
from levator.clinic.home.prescribing import HomeWanted, prescribe
from levator.clinic.importing import take_in
from levator.clinic.sittings import Seating
from levator.course.chart import DAYS_TO_EXPECTED
from levator.course.protocol import Stage
from levator.errors import CallerError
from levator.library import exercise_ids, load_exercise
from levator.records.treatment import Session
from levator.records.work import ConflictError
from levator.storage import open_repository
from tests.clinic import desk
from tests.clinic.desk import ADMIN, ANKE, PASSED, TENANT, actor
from tests.clinic.home.women import Phone
from tests.laws.ledger import Flag, Ledger, Signed, Told

IS_LONG = os.environ.get("LEV_HYPOTHESIS") == "search"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
#: Three days before an hour is shown twice.
BEGINS = datetime(2026, 10, 22, 20, tzinfo=UTC)
SEAT = Seating(device_url="simulator://", cushion="default", posture="upright_sitting")
CODES = st.sampled_from([None, (), (), (), ("infection",)])
PREGNANCY_CODES = st.sampled_from([None, (), (), ("placenta_praevia",)])
MODES = st.sampled_from(["vaginal", "vaginal", "vacuum", "emergency_caesarean"])
#: One reason to ask, whichever of the two it was.
HELPED = {"vacuum": "instrument", "forceps": "instrument"}
TEARS = st.sampled_from(["none", "second", "third", "not_known"])
DAYS_AGO = st.sampled_from([0, 1, 30, 60, 400, 800])
DUE_IN = st.sampled_from([-10, 0, 1, 60, 100, 180, 279])


class Clinic(RuleBasedStateMachine):
    """One woman in one clinic, her therapist, her phone, and everything that may be told."""

    def __init__(self) -> None:
        super().__init__()
        self.time, self.deed, self.ids = BEGINS, 0, count(1)
        self.repository = open_repository("memory://").__enter__()
        self.acts = replace(desk.clinic(self.repository), now=self.now)
        self.hers = patients.make(self.acts, actor(), self.new_id(), desk.jansen()).id
        self.she = replace(actor("9" * 32, "patient"), patient_id=self.hers)
        self.phone = Phone(self.acts, self.she)
        self.phone.id = self.new_id()
        self.ledger, self.by_hand = Ledger(), list[tuple[str, Told | None]]()
        for exercise in exercise_ids():
            wanted = HomeWanted(exercise=exercise, because="as agreed")
            prescribe(self.acts, actor(), self.hers, self.new_id(), wanted)

    def teardown(self) -> None:
        self.repository.close()

    def new_id(self) -> str:
        """The same ids each time: of two of one day the order hangs on them."""
        return f"{next(self.ids):032x}"

    def now(self) -> str:
        return self.time.astimezone(AMSTERDAM).isoformat()

    @property
    def today(self) -> date:
        return self.time.astimezone(AMSTERDAM).date()

    def day(self, ago: int) -> str:
        return (self.today - timedelta(days=ago)).isoformat()

    def keeps(self, act: Callable[..., object], *given: Any, **named: Any) -> bool:
        """Do one act of the therapist's; return whether it was not refused."""
        self.deed += 1
        try:
            act(self.acts, actor(), self.hers, *given, **named)
        except (CallerError, ConflictError):
            return False
        return True

    # --- What happens

    @initialize(is_after=st.booleans())
    def she_comes(self, is_after: bool) -> None:
        """Some come in pregnancy, some after an easy birth."""
        if is_after:
            self.a_birth_is_told(60, "vaginal", "none", ())
        else:
            self.a_pregnancy_is_told(100, ())

    @rule(
        days=st.sampled_from([0, 0, 1, 1, 7, 21, 42, 100]), minutes=st.sampled_from([0, 1, 30, 60])
    )
    def time_goes_on(self, days: int, minutes: int) -> None:
        self.time += timedelta(days=days, minutes=minutes)

    @rule(ahead=DUE_IN, complications=PREGNANCY_CODES)
    def a_pregnancy_is_told(self, ahead: int, complications: Any) -> None:
        number, due = self.new_id(), self.today + timedelta(days=ahead)
        given = {"expected_on": due.isoformat(), "complications": complications}
        if self.keeps(treatment.keep_pregnancy, number, **given):
            begin = due - timedelta(days=DAYS_TO_EXPECTED)
            with self.ledger.told_by(self.deed):
                self.ledger.pregnancies.append(Told(number, begin, reasons_of(complications)))

    @precondition(lambda self: self.ledger.pregnancies)
    @rule(ahead=DUE_IN, complications=PREGNANCY_CODES)
    def a_pregnancy_is_corrected(self, ahead: int, complications: Any) -> None:
        one, due = self.ledger.pregnancies[-1], self.today + timedelta(days=ahead)
        given = {"expected_on": due.isoformat(), "complications": complications}
        if self.keeps(treatment.keep_pregnancy, one.id, **given, version=self._version(one)):
            with self.ledger.told_by(self.deed):
                one.first_day = due - timedelta(days=DAYS_TO_EXPECTED)
                one.reasons = reasons_of(complications)

    @rule(ago=DAYS_AGO, mode=MODES, tear=TEARS, complications=CODES)
    def a_birth_is_told(self, ago: int, mode: str, tear: str, complications: Any) -> None:
        number, born = self.new_id(), self.today - timedelta(days=ago)
        given = {"born_on": born.isoformat(), "mode": mode, "tear": tear}
        pregnancy = self.ledger.pregnancy
        if self.keeps(treatment.keep_birth, number, **given, complications=complications):
            with self.ledger.told_by(self.deed):
                self.ledger.births.append(Told(number, born, reasons_of(complications, mode, tear)))
                if pregnancy is not None and pregnancy.first_day <= born:
                    pregnancy.is_over = True

    @precondition(lambda self: self.ledger.births)
    @rule(place=st.integers(0, 3), ago=DAYS_AGO, mode=MODES, tear=TEARS, complications=CODES)
    def a_birth_is_corrected(
        self, place: int, ago: int, mode: str, tear: str, complications: Any
    ) -> None:
        one = self.ledger.births[place % len(self.ledger.births)]
        born = self.today - timedelta(days=ago)
        given = {
            "born_on": born.isoformat(),
            "mode": mode,
            "tear": tear,
            "complications": complications,
        }
        if self.keeps(treatment.keep_birth, one.id, **given, version=self._version(one)):
            with self.ledger.told_by(self.deed):
                one.first_day, one.reasons = born, reasons_of(complications, mode, tear)

    @rule(
        ago=st.sampled_from([-100, -20, -1, 0, 0, 1, 30]),
        lasts=st.sampled_from([None, None, None, 0, 30]),
    )
    def somebody_clears_her(self, ago: int, lasts: int | None) -> None:
        number, begins = self.new_id(), self.today - timedelta(days=ago)
        ends = None if lasts is None else begins + timedelta(days=lasts)
        until = None if ends is None else ends.isoformat()
        given = {"signed_by": "dr. Maes", "profession": "doctor", "from_on": begins.isoformat()}
        if self.keeps(treatment.sign_clearance, number, **given, until_on=until):
            self.ledger.clearances.append(Signed(number, begins, ends, self.deed, self.today))

    @precondition(lambda self: self.ledger.clearances)
    @rule(place=st.integers(0, 9))
    def a_clearance_is_revoked(self, place: int) -> None:
        one = self.ledger.clearances[place % len(self.ledger.clearances)]
        assert self.keeps(treatment.revoke_clearance, one.id, "no more", stop=nobody_trains)
        one.is_revoked = True

    @rule(ago=st.sampled_from([0, 0, 1, 30]), at_home=st.booleans())
    def a_red_flag_is_told(self, ago: int, at_home: bool) -> None:
        self.deed += 1
        on_day = self.today - timedelta(days=0 if at_home else ago)
        if at_home:
            self._tells("red_flags", "fever")
        else:
            treatment.report_red_flag(
                self.acts,
                actor(),
                self.hers,
                self.new_id(),
                on_day=on_day.isoformat(),
                code="fever",
                stop=nobody_trains,
            )
        self.ledger.flags.append(Flag(on_day, self.deed))

    @rule(at_home=st.booleans())
    def none_of_these_is_told(self, at_home: bool) -> None:
        if at_home:
            self._tells("red_flags", "none")
        else:
            treatment.answer_red_flags(
                self.acts, actor(), self.hers, self.new_id(), (), nobody_trains
            )
        self.ledger.none_of_these.add(self.today)

    @rule(
        ago=st.sampled_from([0, 0, 0, 1]),
        score=st.sampled_from([0, 0, 0, 2, 5, 9]),
        at_home=st.booleans(),
    )
    def pain_is_told(self, ago: int, score: int, at_home: bool) -> None:
        on_day = self.today - timedelta(days=0 if at_home else ago)
        if at_home:
            self._tells("pain", score)
        else:
            given = {"score": score, "moment": "before", "on_day": on_day.isoformat()}
            assert self.keeps(telling.report_pain, self.new_id(), **given)
        self.ledger.pains.append((on_day, self.time, score))

    def _tells(self, code: Any, told: int | str) -> None:
        now = self.now()
        one = ToldAnswer(id=self.new_id(), on_day=now[:10], at=now, code=code, answer=told)
        assert self.phone.sync(one).kept == (one.id,)

    def _version(self, one: Told) -> int:
        history = desk.of(self.acts, self.hers)
        kept = (*history.pregnancies, *history.births)
        return next(each.version for each in kept if each.id == one.id)

    # --- What the therapist decides, and what she does

    @rule()
    def the_therapist_accepts(self) -> None:
        self._decide(kind="accept")

    @rule(place=st.integers(0, 20))
    def the_therapist_overrules(self, place: int) -> None:
        stages = courses.view(self.acts, actor(), self.hers).protocol.stages
        stage = stages[place % len(stages)].id
        if self._decide(kind="overrule", stage=stage):
            self.by_hand.append((stage, self.ledger.birth))

    @rule()
    def the_therapist_releases(self) -> None:
        self._decide(kind="release")

    def _decide(self, **wanted: Any) -> bool:
        seen = courses.view(self.acts, actor(), self.hers).seen
        given = Wanted(**wanted, seen=seen, because="seen and felt")
        return self.keeps(courses.decided, self.new_id(), given)

    @rule(is_so=st.sampled_from([False, False, False, True]))
    def the_course_ends(self, is_so: bool) -> None:
        running = courses.view(self.acts, actor(), self.hers).history.course
        if running is not None and is_so:
            given = {
                "ended_on": self.day(0),
                "ended_ground": "her_wish",
                "version": running.version,
            }
            self.keeps(end_course, running.id, **given)

    @rule(days=st.sampled_from([0, 1]))
    def a_good_day_comes(self, days: int) -> None:
        """Cleared, asked and without pain, as most days are."""
        self.time += timedelta(days=days)
        self.somebody_clears_her(0, None)
        self.none_of_these_is_told(False)
        self.pain_is_told(0, 0, False)
        self.the_therapist_accepts()
        for _ in range(2):
            self.she_sits_down()

    @rule()
    def she_sits_down(self) -> None:
        """She trains where that is allowed, and well."""
        try:
            ready = sittings.prepared(self.acts, actor(), self.hers, SEAT)
        except CallerError:
            return
        self.check(ready.sitting.stage)
        assert self.today in self.ledger.none_of_these
        assert not [one for one in self.ledger.flags if one.on_day == self.today]
        self._trained(ready)

    def _trained(self, ready: sittings.Ready) -> None:
        dose = ready.sitting.dose
        done = Session(
            id=self.new_id(),
            tenant_id=TENANT,
            patient_id=self.hers,
            course_id=ready.course_id,
            prescription_id=ready.prescription_id,
            on_day=self.day(0),
            started_at=self.now(),
            stage=ready.sitting.stage.id,
            led_by=ANKE,
            force_percent_mvc=dose.force_percent_mvc,
            hold_s=None if dose.pattern is None else dose.pattern.hold_s,
            rest_s=None if dose.pattern is None else dose.pattern.rest_s,
            tangent_percent=dose.tangent_percent,
            **PASSED,
        )
        with self.acts.by_itself("session.end", TENANT, self.hers) as act:
            act.put(done)
        given = {"score": 0, "moment": "after", "session_id": done.id}
        telling.report_pain(self.acts, actor(), self.hers, self.new_id(), **given)
        self.ledger.pains.append((self.today, self.time, 0))

    @rule()
    def she_goes_to_another_clinic(self) -> None:
        """What a file tells opens nothing there for which somebody has to agree."""
        with self._elsewhere() as (there, hers, _):
            now = courses.view(there, actor(), hers)
        for stage in now.protocol.stages:
            if all(gate.is_open for gate in now.gates[stage.id]):
                assert not self.ledger.asks(stage.clearance)
                self.check(stage)

    @rule(ago=DAYS_AGO, is_flag=st.booleans())
    def she_comes_back_with_more(self, ago: int, is_flag: bool) -> None:
        """Another clinic was told of a red flag or a birth; who signed here knew nothing of it."""
        self.deed += 1
        number, on_day = self.new_id(), self.today - timedelta(days=ago)
        with self._elsewhere() as (there, hers, file):
            one: dict[str, Any] = {"on_day": on_day.isoformat(), "code": "calf"}
            if is_flag:
                stop = nobody_trains
                treatment.report_red_flag(there, actor(), hers, number, **one, stop=stop)
            else:
                one = {"born_on": on_day.isoformat(), "mode": "forceps"}
                try:
                    treatment.keep_birth(there, actor(), hers, number, **one)
                except (CallerError, ConflictError):
                    return
            file.unlink()
            export(there, actor(), hers, file)
            take_in(self.acts, actor(ADMIN, "clinic_admin"), file)
        if is_flag:
            self.ledger.flags.append(Flag(on_day, self.deed))
            return
        with self.ledger.told_by(self.deed):
            self.ledger.births.append(Told(number, on_day, reasons_of(None, "forceps")))

    @contextmanager
    def _elsewhere(self) -> Iterator[tuple[Acts, str, Path]]:
        """Another clinic that took her record in, and the file in which it came."""
        with open_repository("memory://") as repository, tempfile.TemporaryDirectory() as folder:
            there, file = replace(desk.clinic(repository), now=self.now), Path(folder) / "hers.zip"
            export(self.acts, actor(), self.hers, file)
            yield there, take_in(there, actor(ADMIN, "clinic_admin"), file).patient.id, file

    # --- What must hold

    def may_train(self, stage: Stage) -> bool:
        return self.ledger.may(stage.clearance, self.today)

    def check(self, stage: Stage) -> None:
        """What must be so of a stage that is open, by the ledger."""
        ledger, on = self.ledger, self.today
        assert ledger.phase == stage.window.phase
        assert self.may_train(stage)
        is_by_hand = (stage.id, ledger.birth) in self.by_hand
        if stage.window.phase == "after_birth" and not is_by_hand:
            assert ledger.birth is not None
            assert (on - ledger.birth.first_day).days >= 7 * stage.window.from_week
        stop_above = courses.view(self.acts, actor(), self.hers).protocol.pain.stop_above
        if stage.dose is not None and ledger.last_pain is not None:
            assert ledger.last_pain <= stop_above

    @invariant()
    def no_stage_is_open_without_what_it_needs(self) -> None:
        now = courses.view(self.acts, actor(), self.hers)
        for stage in now.protocol.stages:
            shut = {gate.code for gate in now.gates[stage.id] if not gate.is_open}
            if "right_phase" not in shut:
                assert stage.window.phase == self.ledger.phase
                assert shut & {"cleared", "no_red_flag"} or self.may_train(stage)
            if not shut:
                self.check(stage)

    @invariant()
    def nothing_is_offered_at_home_without_what_it_needs(self) -> None:
        plan, _ = planning.read(self.acts, self.she, self.hers, "en")
        for one in plan.days:
            on = date.fromisoformat(one.on_day)
            for key in one.items:
                entry = load_exercise(plan.items[key].exercise).entry
                phase = self.ledger.phase
                assert phase in entry.phases
                assert self.ledger.may(entry.clearance_in(phase), on)


def reasons_of(complications: Any, mode: str = "vaginal", tear: str = "none") -> set[str]:
    """What asks for a clearance after such a birth, or in such a pregnancy."""
    told = {HELPED.get(mode, mode)} - {"vaginal"} | ({"deep tear"} if tear == "third" else set())
    if complications is None and not told:
        return {"not_known"}
    return told | set(complications or ())


def nobody_trains(patient_id: str) -> None:
    """There is no sitting to stop."""


def test_nothing_is_trained_without_what_it_needs() -> None:
    run_state_machine_as_test(
        Clinic,
        settings=settings(
            max_examples=300 if IS_LONG else 60,
            stateful_step_count=40 if IS_LONG else 30,
            suppress_health_check=list(HealthCheck),
        ),
    )
