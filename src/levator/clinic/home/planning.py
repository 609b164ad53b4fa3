"""The plan of one woman, made from her record: what her phone keeps for the days to come."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, replace
from typing import TypeVar

from levator.clinic.acting import Act, Acts
from levator.clinic.charts import text_of
from levator.clinic.courses import View, view_of
from levator.clinic.history import History
from levator.clinic.home.ahead import FLAGS, closed_on, course_plan
from levator.clinic.home.doses import (
    adherence_at_home,
    all_exercises,
    answers_in,
    done_of,
    doses_of,
    times_on,
)
from levator.clinic.home.plan import (
    AdviceLine,
    Answered,
    Choice,
    CueLine,
    Diary,
    DiaryLine,
    HabitChoice,
    Item,
    MarkedDay,
    PhonePlan,
    PlannedDay,
    PlannedHabit,
    Question,
    Share,
    Shut,
)
from levator.course.advice import advised
from levator.course.chart import Day
from levator.course.exercise import Exercise
from levator.course.home import HomeDay, HomeQuestion
from levator.course.home_dose import HomeItem
from levator.course.home_told import counts, stops
from levator.course.protocol import Protocol
from levator.library import (
    advice_ids,
    load_advice,
    load_checklist,
    load_exercise,
    load_home,
    load_scales,
)
from levator.records.access import Actor
from levator.records.home import Habit
from levator.texts import Speaker, speaker
from levator.texts import course as course_words
from levator.texts import home as words

#: The newest of her diary, as many as fit a plan that a phone reads on a bad network.
MOST_LINES = 500
T = TypeVar("T", Item, Shut)


def read(acts: Acts, actor: Actor, patient_id: str, language: str) -> tuple[PhonePlan, History]:
    """Return her plan in a language, and the record that it is made from."""
    with acts.on_patient(actor, "home.read", patient_id) as act:
        return plan_of(act, language)


def look(acts: Acts, actor: Actor, patient_id: str) -> View:
    """Return her course and all that is kept of her, to look at what she does at home."""
    with acts.on_patient(actor, "home.read", patient_id) as act:
        return view_of(act)


def plan_of(act: Act, language: str) -> tuple[PhonePlan, History]:
    """Return the plan of the patient on whom somebody acts, and her record."""
    view = view_of(act)
    made = _Making(view, speaker(language)).plan(act.at)
    told = asdict(replace(made, made_at=""))
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
    return replace(made, revision=digest), view.history


def stopped_today(view: View, say: Speaker) -> str | None:
    """Return what she reads where nothing is offered today, for what she told or what holds her."""
    return _Making(view, say).stopped()


def is_closed_today(view: View) -> bool:
    """Return whether nothing more is offered today, for what was told or done."""
    return view.chart.today in closed_on(view)


class _Making:
    """Makes one plan; every part of it is said by the same voice."""

    def __init__(self, view: View, say: Speaker) -> None:
        """Keep what all parts are made from."""
        self._view, self._say, self._history = view, say, view.history
        self._course, self._rules = course_plan(view), load_home()
        self._today: Day = view.chart.today
        self._done = done_of(view.history.home_sessions)
        self._told = answers_in(view.history)
        self._items: dict[str, Item] = {}
        self._shut: dict[str, Shut] = {}

    def plan(self, made_at: str) -> PhonePlan:
        course, doses = self._course, doses_of(self._history.home_prescriptions)
        return PhonePlan(
            made_at=made_at,
            valid_until=text_of(course.valid_until),
            questions=tuple(map(self._question, course.questions)),
            answered=self._answered(),
            days=tuple(map(self._day, course.days)),
            items=self._items,
            shut=self._shut,
            breath_s=self._rules.breath_s,
            done={
                text_of(one.day): dict(times)
                for one in course.days
                if (times := times_on(doses, self._done, one.day))
            },
            closed=tuple(
                text_of(one) for one in sorted(closed_on(self._view)) if one >= self._today
            ),
            stopped=self.stopped(),
            habits=tuple(map(self._habit, self._habits())),
            habit_choices=self._habit_choices(),
            diary=self._diary(),
            adherence=self._adherence(),
            advice=self._advice(),
        )

    # --- Questions

    def _question(self, one: HomeQuestion) -> Question:
        wording, language = self._rules.wordings[one.code], self._say.language
        return Question(
            code=one.code,
            ask=wording.ask.words_in(language),
            when=wording.when,
            stops=one.stops,
            counts_days=one.counts_days,
            latest_counts=wording.latest_counts,
            choices=self._choices(one),
            stopped=wording.stopped.words_in(language),
        )

    def _choices(self, one: HomeQuestion) -> tuple[Choice, ...]:
        language = self._say.language
        own = self._rules.wordings[one.code].choices
        found = [Choice(name, told.words_in(language)) for name, told in own.items()]
        if one.code == "pain":
            found += [Choice(n, self._say.number(n)) for n in range(load_scales().pain_most + 1)]
        if one.code == "red_flags":
            items = load_checklist(FLAGS).items
            found += [
                Choice(item.code, item.words_in(language), item.act_in(language), item.urgency)
                for item in items
            ]
        return tuple(found)

    def _answered(self) -> tuple[Answered, ...]:
        questions = self._course.questions
        counting = (one for one in self._told if counts(questions, one, self._today))
        told = [Answered(one.code, one.answer, text_of(one.day)) for one in counting]
        # Each once, where it was told last: the order says which of several counts.
        return tuple(reversed(dict.fromkeys(reversed(told))))

    def stopped(self) -> str | None:
        """Return why nothing is offered today: what holds her, or what she told."""
        shut = {gate.code for gates in self._course.days[0].shut.values() for gate in gates}
        held = next((code for code in words.HELD if code in shut), None)
        if held is not None:
            return words.held(self._say, held)
        if "no_red_flag" in shut:
            return self._rules.wordings["red_flags"].stopped.words_in(self._say.language)
        if any(one.day == self._today and one.ended_by == "pain" for one in self._done):
            return words.held(self._say, "not_ended_by_pain")
        if "below_stop" in shut:
            return self._rules.wordings["pain"].stopped.words_in(self._say.language)
        return self._stopped_by_answer()

    def _stopped_by_answer(self) -> str | None:
        own = self._rules.questions
        told = (one for one in self._told if counts(own, one, self._today) and stops(own, one))
        first = next(told, None)
        if first is None:
            return None
        return self._rules.wordings[first.code].stopped.words_in(self._say.language)

    # --- Days

    def _day(self, one: HomeDay) -> PlannedDay:
        language = self._say.language
        titles = {name: _title(name, language) for name in one.shut}
        why = {
            name: tuple(dict.fromkeys(words.shut(self._say, gate) for gate in gates))
            for name, gates in one.shut.items()
        }
        shut = [Shut(name, titles[name], said) for name, said in why.items()]
        shut += [
            Shut(each.exercise_id, _title(each.exercise_id, language), (words.refused(self._say),))
            for each in one.refused
        ]
        return PlannedDay(
            on_day=text_of(one.day),
            items=tuple(
                _key(self._items, each.exercise_id, self._item(each)) for each in one.items
            ),
            shut=tuple(_key(self._shut, each.exercise, each) for each in shut),
            cautions=tuple(each.rule.words_in(language) for each in one.cautions),
        )

    def _item(self, one: HomeItem) -> Item:
        exercise, language = load_exercise(one.exercise_id), self._say.language
        said = exercise.words_in(language)
        return Item(
            exercise=exercise.id,
            title=said.title,
            posture=one.posture,
            posture_words=_posture(exercise, one.posture, language),
            how=said.how_to(is_gentle=one.is_gentle),
            cues=tuple(CueLine(cue.part, cue.told.words_in(language)) for cue in exercise.cues),
            repetitions=one.repetitions,
            times_a_day=one.times_a_day,
            breakpoints=one.breakpoints,
            lasts_s=one.lasts_s,
            is_gentle=one.is_gentle,
            lowered=self._lowered(one, self._view.protocol),
            picture=exercise.picture,
        )

    def _lowered(self, one: HomeItem, protocol: Protocol) -> str | None:
        if one.lowered is None:
            return None
        return course_words.lowered(self._say, protocol, one.lowered)

    # --- What else is hers

    def _habits(self) -> list[Habit]:
        today = text_of(self._today)
        return [
            one
            for one in self._history.habits
            if one.from_on <= today and (one.until_on is None or today <= one.until_on)
        ]

    def _habit(self, one: Habit) -> PlannedHabit:
        language = self._say.language
        rule = next((each for each in self._rules.habits if each.code == one.code), None)
        first = text_of(self._today - load_scales().adherence_days)
        marks = [each for each in self._history.habit_marks if each.habit_id == one.id]
        counting = [each for each in marks if each.taken_back_at is None and each.on_day >= first]
        return PlannedHabit(
            id=one.id,
            code=one.code,
            moment=rule.moment.words_in(language) if rule else one.moment,
            words=rule.words.words_in(language) if rule else one.words,
            marked=tuple(MarkedDay(each.id, each.on_day) for each in counting),
        )

    def _habit_choices(self) -> tuple[HabitChoice, ...]:
        language = self._say.language
        return tuple(
            HabitChoice(one.code, one.moment.words_in(language), one.words.words_in(language))
            for one in self._rules.habits
        )

    def _diary(self) -> Diary:
        rules, first = self._rules, text_of(self._today - self._rules.plan_days)
        standing = (one for one in self._history.diary if one.taken_back_at is None)
        lines = sorted(standing, key=lambda one: (one.on_day, one.at))
        names = [field.name for field in fields(DiaryLine)]
        return Diary(
            rules.diary_days,
            rules.diary_most_ml,
            rules.urge_most,
            tuple(
                DiaryLine(**{name: getattr(one, name) for name in names})
                for one in [line for line in lines if line.on_day >= first][-MOST_LINES:]
            ),
        )

    def _adherence(self) -> Share | None:
        found = adherence_at_home(self._history, self._today, load_scales().adherence_days)
        return None if found is None else Share(found.done, found.asked, found.days)

    def _advice(self) -> tuple[AdviceLine, ...]:
        language = self._say.language
        return tuple(
            AdviceLine(
                one.advice.id,
                one.advice.title.get(language, one.advice.title["en"]),
                one.advice.short.get(language, one.advice.short["en"]),
                None if one.until_day is None else text_of(one.until_day - 1),
            )
            for one in advised(map(load_advice, advice_ids()), self._view.chart)
        )


def _key(known: dict[str, T], name: str, made: T) -> str:
    """Return the key of what is told, which stands once; a number tells two of a name apart."""
    found = next((key for key, one in known.items() if one == made), None)
    if found is None:
        found = f"{name}-{len(known) + 1}"
        known[found] = made
    return found


def _title(exercise_id: str, language: str) -> str:
    """Return what an exercise is called; one that the library has no more keeps its id."""
    known = {one.id: one for one in all_exercises()}
    found = known.get(exercise_id)
    return exercise_id if found is None else found.words_in(language).title


def _posture(exercise: Exercise, posture: str, language: str) -> str:
    return next(one.told.words_in(language) for one in exercise.postures if one.id == posture)
