"""What a screen may ask of its room, once its message has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal, TypeAlias, get_args

from levator.errors import CallerError
from levator.quantities import Percent, PercentMvc, Seconds
from levator.signals.phases import Failure
from levator.training.context import Role
from levator.training.dose import Dose
from levator.training.inputs import By, Command, Mark
from levator.training.pattern import Pattern
from levator.training.states import State

#: Kinds that the engine takes as they are, while a session goes on.
SessionKind: TypeAlias = Literal["start", "pause", "resume", "tired", "effort", "mark", "tare"]
#: Kinds that come before anything is measured.
BeforeKind: TypeAlias = Literal["calibrate", "role"]
AskedKind: TypeAlias = (
    SessionKind | BeforeKind | Literal["stop", "pain", "dose", "cushion", "code", "answer"]
)
#: Who asks: she who trains, the therapist who opened the room, or who watches along.
Asker: TypeAlias = Literal["patient", "therapist", "watcher"]
MAY_ASK: Mapping[Asker, frozenset[AskedKind]] = {
    "patient": frozenset(
        {"calibrate", "start", "resume", "tare", "stop", "pain", "tired", "effort"}
    ),
    "therapist": frozenset(
        {
            "calibrate",
            "start",
            "pause",
            "resume",
            "tare",
            "stop",
            "mark",
            "cushion",
            "dose",
            "role",
            "code",
            "answer",
        }
    ),
    "watcher": frozenset({"stop"}),
}
#: Why a sitting ends -> the command that ends it; anything else is a `stop` for that reason.
Ending: TypeAlias = Literal["stop", "pain", "clearance_revoked"]
ENDINGS: Mapping[str, Ending] = {"pain": "pain", "clearance_revoked": "clearance_revoked"}
RoomStage: TypeAlias = Literal["open", "calibrating", "session", "over"]
#: What a room itself says no to, before the engine is asked.
RoomRefusal: TypeAlias = Literal[
    "patient_missing",
    "patient_gone",
    "sensor_gone",
    "no_samples",
    "measuring_unclear",
    "not_at_rest",
    "place_taken",
    "not_calibrated",
    "dose_unclear",
    "not_saving",
    "not_now",
    "not_yours",
    "not_allowed",  # her chart, or who treats her
    "nobody_leads",  # the account that opened the room is none any more
]
#: What a look into her chart says to something that asks effort of her.
Looked: TypeAlias = Literal["allowed", "not_allowed", "nobody_leads", "not_saving"]
#: What was away while she was measured, or what of it failed too often -> what the room says,
#: and how that recording ended.
BROKEN_OFF: Mapping[Failure | Literal["no_signal", "presence"], tuple[RoomRefusal, str]] = {
    "restless": ("not_at_rest", "measuring_unclear"),
    "lift_unclear": ("measuring_unclear", "measuring_unclear"),
    "lift_and_push_alike": ("measuring_unclear", "measuring_unclear"),
    "no_reference": ("measuring_unclear", "measuring_unclear"),
    "gap": ("sensor_gone", "measuring_unclear"),
    "no_signal": ("sensor_gone", "no_signal"),
    "presence": ("patient_gone", "presence"),
}
SESSION_KINDS: Mapping[AskedKind, SessionKind] = {kind: kind for kind in get_args(SessionKind)}
BEFORE_KINDS: tuple[AskedKind, ...] = get_args(BeforeKind)
#: What makes sense in a state of the session; who may ask it is in MAY_ASK.
IN_STATE: Mapping[State, tuple[AskedKind, ...]] = {
    "ready": ("start", "dose", "mark"),
    "running": ("pause", "tired", "dose", "mark"),
    "paused": ("resume", "tare", "dose", "mark"),
    "no_signal": (),
    "tare_needed": ("tare",),
    "taring": (),
    "set_ended": ("start", "dose", "effort", "mark"),
    "ended": (),
}
#: As IN_STATE, once the reference is void: she is measured again before anything is asked.
IN_STATE_VOID: Mapping[State, tuple[AskedKind, ...]] = {
    **IN_STATE,
    "ready": ("calibrate", "mark"),
    "set_ended": ("calibrate", "effort", "mark"),
}
#: What asks something of her, so that she must see it.
NEED_HER: frozenset[AskedKind] = frozenset({"calibrate", "start", "resume"})


Cushion: TypeAlias = Literal["none", "soft", "firm", "other"]
CUSHIONS: tuple[Cushion, ...] = get_args(Cushion)
#: After a change in the sitting, until somebody says which it is.
OTHER_CUSHION: Cushion = "other"
#: She may, but in a pause nothing needs it: the therapist asks it there.
_LEFT_TO_THE_THERAPIST: tuple[AskedKind, ...] = ("tare",)
#: Percents and seconds: what is higher was not meant as a dose.
HIGHEST_NUMBER = 3600.0


@dataclass(frozen=True, slots=True)
class AskedDose:
    """The numbers of a dose editor: force, the four phases, Tangent where the mode has one."""

    force_percent_mvc: PercentMvc
    rise_s: Seconds
    hold_s: Seconds
    fall_s: Seconds
    rest_s: Seconds
    tangent_percent: Percent | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One command of a screen. `drawn_index`: the newest sample that its page had drawn."""

    kind: AskedKind
    drawn_index: int | None = None
    effort: int | None = None
    mark: Mark | None = None
    cushion: Cushion | None = None
    dose: AskedDose | None = None
    channel: str | None = None
    role: Role | None = None
    number: str | None = None
    is_yes: bool = False


def is_void(stage: RoomStage, dose: Dose, is_reference_valid: bool) -> bool:
    """Return whether a session's reference holds no longer; open mode asks for nothing in %MVC."""
    return stage == "session" and dose.mode != "open" and not is_reference_valid


def offered(
    asker: Asker,
    stage: RoomStage,
    state: State,
    *,
    is_void: bool,
    is_silent: bool = False,
    asks_cushion: bool = False,
) -> tuple[AskedKind, ...]:
    """Return what a screen offers now, in the order of a sitting: never what is refused anyway.

    is_void : whether the reference does not hold for the seat any more. is_silent : whether
        the sensor has ceased to send. asks_cushion : whether it is open which cushion came.
    """
    if stage == "over":
        return ()
    kinds: tuple[AskedKind, ...] = ("stop", "pain", "code", "answer")
    if stage == "open":
        kinds += ("calibrate", "role")
    elif stage == "session":
        kinds += (IN_STATE_VOID if is_void else IN_STATE)[state]
        kinds += ("cushion",) if asks_cushion else ()
    left_out = _LEFT_TO_THE_THERAPIST if asker == "patient" and state == "paused" else ()
    left_out += ("calibrate",) if is_silent else ()
    return tuple(kind for kind in kinds if kind in MAY_ASK[asker] and kind not in left_out)


def command_of(asked: Asked, at_index: int, by: By) -> Command | None:
    """Return what the engine is asked; None for what is the room's own to do."""
    kind = SESSION_KINDS.get(asked.kind)
    if kind is None:
        return None
    return Command(kind, at_index, by, effort=asked.effort, mark=asked.mark)


def no_of(looked: Looked | None) -> RoomRefusal | None:
    """Return what a look refuses; None where it allows, or nobody has looked yet."""
    return None if looked == "allowed" else looked


def refusal_of(
    kind: AskedKind,
    stage: RoomStage,
    is_patient_here: bool,
    *,
    is_void: bool = False,
    is_silent: bool = False,
) -> RoomRefusal | None:
    """Return why this cannot be asked in this stage of a sitting; stop and pain always can.

    is_void : no set is under way and the reference holds no longer, so she is measured again.
    is_silent : the sensor has ceased to send, so nothing can be measured.
    """
    if is_void and stage == "session" and kind == "calibrate":
        stage = "open"
    if stage != ("open" if kind in BEFORE_KINDS else "session"):
        return "not_calibrated" if kind == "start" else "not_now"
    if is_silent and kind == "calibrate":
        return "no_samples"
    return "patient_missing" if kind in NEED_HER and not is_patient_here else None


def dose_of(asked: AskedDose | None, known: Dose | None) -> Dose | None:
    """Return the known dose with the asked numbers; None where that makes no dose.

    Limits are not looked at here: that is the engine's gate.
    """
    if asked is None or known is None or known.pattern is None:
        return None
    numbers = (asked.force_percent_mvc, asked.rise_s, asked.hold_s, asked.fall_s, asked.rest_s)
    if not all(isfinite(number) and number <= HIGHEST_NUMBER for number in numbers):
        return None
    try:
        return replace(
            known,
            force_percent_mvc=asked.force_percent_mvc,
            pattern=Pattern(asked.rise_s, asked.hold_s, asked.fall_s, asked.rest_s),
            tangent_percent=asked.tangent_percent if known.mode == "advanced" else None,
        )
    except CallerError:
        return None
