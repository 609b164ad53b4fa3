"""Pregnancy, birth, who cleared her, and the red flags that are told.

Plain functions over `Acts`, called in threads. Whoever takes a clearance away says in the same
call how a sitting under way is stopped; there is no other way to do it. It is stopped first:
a full disk must not keep her training. A birth or a complication that is told asks anew once it is
kept; what is under way is then looked at again, as after every act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import get_args

from levator.clinic import checking
from levator.clinic.acting import Act, Acts
from levator.clinic.checking import ID_LENGTH
from levator.clinic.hers import all_of_hers, one_of_hers, patient_of, put_once
from levator.clinic.history import goes_on
from levator.clinic.kept_values import first_day
from levator.clinic.revoking import asking_anew, revoke_all, revoked
from levator.course.chart import DAYS_TO_EXPECTED
from levator.errors import CallerError, StorageError, mark
from levator.library import load_checklist, load_scales
from levator.records.access import Actor
from levator.records.people import Birth, BirthMode, Pregnancy, Tear
from levator.records.treatment import Clearance, RedFlag, RedFlagAnswer
from levator.records.work import ConflictError

#: Told of her id once a clearance is gone; it must not wait for anything.
Stop = Callable[[str], None]
MODES: tuple[BirthMode, ...] = get_args(BirthMode)
TEARS: tuple[Tear, ...] = get_args(Tear)


class StoppedNotKeptError(StorageError):
    """What ends a sitting was heard, and could not be stored."""

    def __init__(self, reason: StorageError) -> None:
        """Say both, and why."""
        super().__init__(
            mark(
                "A session under way is stopped, but this could not be kept: write it down, and "
                "enter it again. %(reason)s"
            ),
            reason=reason,
        )


def keep_pregnancy(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    pregnancy_id: str,
    *,
    expected_on: str,
    complications: Sequence[str] | None = None,
    version: int = 0,
) -> Pregnancy:
    """Keep a pregnancy, or what is known better under the version that was read.

    complications : codes of the checklist, as for a birth; None is not known.
    """
    with acts.on_patient(actor, "pregnancy.write", patient_id) as act:
        due, today = checking.day("expected_on", expected_on), act.at[:10]
        codes = _listed(complications, "pregnancy-complications")
        if first_day(due) > today:
            raise CallerError("The due date lies further ahead than a pregnancy lasts; correct it.")
        if due < first_day(today):
            raise CallerError("The due date lies too long ago; correct it, or fill in the birth.")
        kept, births = all_of_hers(act, Pregnancy), all_of_hers(act, Birth)
        own = one_of_hers(act, Pregnancy, pregnancy_id) if version else None
        is_over = own is not None and own.ended_on is not None
        if not is_over and any(first_day(due) <= one.born_on for one in births):
            raise CallerError(
                "A pregnancy with this due date began before her last birth; correct the due date, "
                "or the birth."
            )
        if own is not None:
            changed = replace(own, version=version, expected_on=due, complications=codes)
            with asking_anew(act):
                return act.put(changed)
        if any(one.id != pregnancy_id and goes_on(one, births) for one in kept):
            raise CallerError("She has a pregnancy in her record already; change its due date.")
        new = Pregnancy(
            id=checking.checked_id(pregnancy_id),
            tenant_id=actor.tenant_id,
            patient_id=patient_id,
            expected_on=due,
            complications=codes,
            made_at=act.at,
        )
        with asking_anew(act):
            return put_once(act, new)


def keep_birth(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    birth_id: str,
    *,
    born_on: str,
    mode: str,
    tear: str = "not_known",
    complications: Sequence[str] | None = None,
    child_grams: int | None = None,
    version: int = 0,
) -> Birth:
    """Keep a birth, which ends the pregnancy it belongs to, or a correction of one.

    complications : codes of the checklist, empty where there was none; None is not known, and
        that asks for a clearance as a complication does.
    """
    with acts.on_patient(actor, "birth.write", patient_id) as act:
        pregnancies, births = all_of_hers(act, Pregnancy), all_of_hers(act, Birth)
        if version:
            one_of_hers(act, Birth, birth_id)
        kept = next((one for one in births if one.id == birth_id), None)
        own = next((one for one in pregnancies if _ended_by(one, kept)), None)
        given = Birth(
            id=checking.checked_id(birth_id),
            tenant_id=actor.tenant_id,
            patient_id=patient_id,
            pregnancy_id=own.id if own is not None else None,
            born_on=_birth_day(act, born_on, own),
            mode=checking.one_of("mode", mode, MODES),
            tear=checking.one_of("tear", tear, TEARS),
            complications=_listed(complications, "complications"),
            child_grams=_grams(child_grams),
            made_by=actor.user_id if kept is None else kept.made_by,
            made_at=act.at if kept is None else kept.made_at,
        )
        if kept is None and own is None:
            _refuse_again(births, given)
        if any(one is not own and _is_cut_off(one, given) for one in pregnancies):
            raise CallerError(
                "She is pregnant again in her record, since before this day; correct the day, or "
                "the due date."
            )
        if kept is not None:
            _refuse_as_earlier(births, kept, given)
        with asking_anew(act):
            born = act.put(replace(given, version=version)) if version else put_once(act, given)
            if own is not None and own.ended_on != born.born_on:
                act.put(replace(own, ended_on=born.born_on))
        return born


def _ended_by(pregnancy: Pregnancy, kept: Birth | None) -> bool:
    """Return whether a birth ends it: a kept one its own only, a new one what goes on."""
    return pregnancy.ended_on is None if kept is None else pregnancy.id == kept.pregnancy_id


def _refuse_again(births: Sequence[Birth], given: Birth) -> None:
    """Raise ConflictError where a birth is kept from which no other pregnancy can lie so near.

    Two people, or one in two tabs, would tell of the same birth; the page shows the difference.
    """
    day = date.fromisoformat(given.born_on)
    for one in births:
        if abs((date.fromisoformat(one.born_on) - day).days) < DAYS_TO_EXPECTED:
            told = replace(given, id=one.id, pregnancy_id=one.pregnancy_id)
            raise ConflictError(one, replace(told, made_by=one.made_by, made_at=one.made_at))


def _refuse_as_earlier(births: Sequence[Birth], kept: Birth, given: Birth) -> None:
    """Raise CallerError where another birth would be her last one by a day that is corrected."""
    later = [one for one in births if one.born_on > given.born_on and one.id != given.id]
    if any(one.born_on <= kept.born_on for one in later):
        raise CallerError(
            "There is a birth in her record after this day, so that it was not her last; correct"
            " the day."
        )


def _is_cut_off(pregnancy: Pregnancy, born: Birth) -> bool:
    """Return whether a birth lies in a pregnancy that goes on and is not its own."""
    return pregnancy.ended_on is None and first_day(pregnancy.expected_on) <= born.born_on


def sign_clearance(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    clearance_id: str,
    *,
    signed_by: str,
    profession: str,
    what: str = "",
    from_on: str,
    until_on: str | None = None,
) -> Clearance:
    """Keep who agreed to training after her last birth, to what, from when and until when."""
    with acts.on_patient(actor, "clearance.sign", patient_id) as act:
        births = all_of_hers(act, Birth)
        birth = max(births, key=lambda one: one.born_on) if births else None
        begins, ends = _stretch(from_on, until_on)
        if birth is not None and begins < birth.born_on:
            raise CallerError("A clearance begins on the day of the birth or later; correct it.")
        return put_once(
            act,
            Clearance(
                id=checking.checked_id(clearance_id),
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                birth_id=None if birth is None else birth.id,
                signed_by=checking.line("signed_by", signed_by, is_needed=True),
                profession=checking.line("profession", profession, is_needed=True),
                what=checking.longer("what", what),
                from_on=begins,
                until_on=ends,
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def revoke_clearance(
    acts: Acts, actor: Actor, patient_id: str, clearance_id: str, because: str, stop: Stop
) -> Clearance:
    """Let a clearance hold no longer, and stop a sitting under way."""
    acts.check(actor, "clearance.revoke", patient_id)
    reason = checking.longer("because", because, is_needed=True)
    with stopped_first(acts, actor, "clearance.revoke", patient_id, stop) as act:
        kept = one_of_hers(act, Clearance, clearance_id)
        return kept if kept.revoked_on else revoked(act, kept, reason)


@contextmanager
def stopped_first(
    acts: Acts, actor: Actor, action: str, patient_id: str, stop: Stop
) -> Iterator[Act]:
    """Stop what she does, then act on her record; raises StoppedNotKeptError.

    What was begun in between is stopped afterwards.
    """
    stop(patient_id)
    try:
        with acts.on_patient(actor, action, patient_id) as act:
            yield act
    except StorageError as error:
        raise StoppedNotKeptError(error) from error
    finally:
        stop(patient_id)


def report_red_flag(
    acts: Acts,
    actor: Actor,
    patient_id: str,
    flag_id: str,
    *,
    on_day: str,
    code: str,
    remark: str = "",
    stop: Stop,
) -> RedFlag:
    """Keep a sign that asks for care first; no clearance holds from then on."""
    acts.check(actor, "red_flag.report", patient_id)
    known = RedFlag(
        id=checking.checked_id(flag_id),
        tenant_id=actor.tenant_id,
        patient_id=patient_id,
        on_day=checking.past_day("on_day", on_day, acts.now()[:10]),
        code=checking.listed("flag", code, "red-flags"),
        remark=checking.longer("remark", remark),
        entered_by=actor.user_id,
        entered_at="",
    )
    with stopped_first(acts, actor, "red_flag.report", patient_id, stop) as act:
        # What was signed while it waited for its turn is revoked with the rest.
        return keep_red_flag(act, replace(known, entered_at=act.at))


def keep_red_flag(act: Act, known: RedFlag) -> RedFlag:
    """Keep a red flag, once; no clearance that was there before it holds from then on."""
    flag = put_once(act, known)
    revoke_all(act, flag.code, flag.entered_at)
    return flag


def answer_red_flags(
    acts: Acts, actor: Actor, patient_id: str, answer_id: str, codes: Sequence[str], stop: Stop
) -> None:
    """Keep what she said when every red flag was asked: that there is none, or each that is.

    Each has an id of its own that follows from `answer_id`, so that it may be sent twice.
    """
    number = checking.checked_id(answer_id)
    found = sorted({checking.listed("flag", one, "red-flags") for one in codes})
    for code in found:
        own = hashlib.sha256(f"red flag {number} {code}".encode()).hexdigest()[:ID_LENGTH]
        today = acts.now()[:10]
        report_red_flag(acts, actor, patient_id, own, on_day=today, code=code, stop=stop)
    if found:
        return
    with acts.on_patient(actor, "red_flag.report", patient_id) as act:
        put_once(
            act,
            RedFlagAnswer(
                id=number,
                tenant_id=actor.tenant_id,
                patient_id=patient_id,
                on_day=act.at[:10],
                list_version=load_checklist("red-flags").version,
                entered_by=actor.user_id,
                entered_at=act.at,
            ),
        )


def _birth_day(act: Act, born_on: str, pregnancy: Pregnancy | None) -> str:
    found = checking.past_day("birth_on", born_on, act.at[:10])
    if pregnancy is not None and found < first_day(pregnancy.expected_on):
        raise CallerError("The birth lies before the pregnancy; correct its day or the due date.")
    own = patient_of(act).born_on
    if own is not None and found <= own:
        raise CallerError("The birth lies before her own date of birth; correct one of them.")
    return found


def _stretch(from_on: str, until_on: str | None) -> tuple[str, str | None]:
    begins = checking.day("from_on", from_on)
    ends = checking.day("until_on", until_on) if until_on else None
    if ends is not None and ends < begins:
        raise CallerError("“Until” lies before “From”; correct one of them.")
    return begins, ends


def _listed(codes: Sequence[str] | None, checklist: str) -> tuple[str, ...] | None:
    if codes is None:
        return None
    return tuple(sorted({checking.listed("complications", one, checklist) for one in codes}))


def _grams(grams: int | None) -> int | None:
    if grams is None:
        return None
    return checking.score("child_grams", grams, 1, load_scales().child_most_grams)
