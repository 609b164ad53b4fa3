"""What a room is opened for: seat, stage, dose, bounds, and the session's context from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from levator import __version__
from levator.course.facts import StartFacts
from levator.course.prescription import dose_for
from levator.course.protocol import Protocol, Stage
from levator.errors import DeviceError, UnitError
from levator.library import library_version
from levator.live.asking import OTHER_CUSHION, Cushion
from levator.quantities import PERCENT_MVC
from levator.records.model import FOLLOWS, PlainDict, RecordingHeader
from levator.signals.design import filter_for
from levator.signals.reference import Reference, ReferenceContext, already_percent_mvc
from levator.signals.samples import Channel, Stream
from levator.training.context import ChannelUse, Role, SessionContext
from levator.training.dose import Dose
from levator.training.limits import Limits
from levator.training.plain import to_plain
from levator.training.settings import Settings

#: Kinds of channel that can be trained, in the order in which one is chosen.
TRAINED_KINDS = ("force", "pressure", "emg_envelope", "emg")
MUSCLE_KINDS = ("emg_envelope", "emg")


@dataclass(frozen=True, slots=True)
class Sitting:
    """Everything that is settled before the first sample.

    patient : what the clinic calls her. patient_id, tenant_id : of her record, where she has
        one, and the clinic that it belongs to.
    reference : known beforehand (a recording, a simulated seat, an earlier session of the
        same patient); None means that she is guided through a calibration.
    roles : channel name -> its part, where not as usual.
        prescribed : her own dose from the record, where she has one.
        is_cushion_named : False after a change of cushion, until somebody says which came.
    """

    patient: str
    device_url: str
    cushion: str
    posture: str
    facts: StartFacts
    protocol: Protocol
    stage: Stage
    dose: Dose
    limits: Limits
    reference_kind: Literal["mvc", "comfortable_max"]
    settings: Settings
    reference: Reference | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    patient_id: str = ""
    tenant_id: str = ""
    is_cushion_named: bool = True
    prescribed: Dose | None = None

    def is_of(self, tenant_id: str, patient_id: str) -> bool:
        """Return whether it is that of this patient; another clinic's may have the same id."""
        return (self.tenant_id, self.patient_id) == (tenant_id, patient_id)

    @property
    def is_played_once(self) -> bool:
        """Whether the samples come from a recording that ends."""
        return self.device_url.startswith("replay:") and "loop=yes" not in self.device_url

    @property
    def scheme_dose(self) -> Dose:
        """The dose that is prescribed, else the stage's own, whatever was chosen instead.

        The rounds stay.
        """
        if self.prescribed is not None:
            return replace(self.prescribed, rounds=self.dose.rounds)
        made = dose_for(self.stage, self.facts, self.limits)
        return replace(made, rounds=self.dose.rounds) if isinstance(made, Dose) else self.dose

    def to_be_measured_again(self) -> Sitting:
        """Return the sitting on a seat whose reference does not hold: the scheme's dose again."""
        return replace(self, reference=None, dose=self.scheme_dose, is_cushion_named=True)

    def on_another_cushion(self) -> Sitting:
        """Return the sitting after a change of cushion; which one came is open."""
        return replace(self, cushion=OTHER_CUSHION, is_cushion_named=False)

    def on_cushion(self, cushion: Cushion | None) -> Sitting:
        """Return the sitting on the cushion that came; nothing else changes a cushion."""
        if cushion is None or self.is_cushion_named:
            return self
        return replace(self, cushion=cushion, is_cushion_named=True)

    def seat(self, taken_at: str) -> ReferenceContext:
        """Return the seat for which a reference taken now holds."""
        return ReferenceContext(self.device_url, self.cushion, self.posture, taken_at)


def uses_of(sitting: Sitting, streams: tuple[Stream, ...]) -> tuple[ChannelUse, ...]:
    """Return every channel with its part in the session, the trained one first."""
    channels = [(stream, channel) for stream in streams for channel in stream.channels]
    roles = _roles(sitting, [channel for _, channel in channels])
    uses = [
        ChannelUse(
            stream.name,
            channel.name,
            roles[channel.name],
            filter_for(
                channel.kind,
                channel.unit,
                stream.sampling_frequency_hz,
                sitting.settings.conditioning,
            ),
            None,
        )
        for stream, channel in channels
    ]
    return tuple(sorted(uses, key=lambda use: use.role != "primary"))


def _roles(sitting: Sitting, channels: list[Channel]) -> dict[str, Role]:
    """The given roles, then one trained muscle, one breathing channel, one second muscle.

    The first EMG beside a seat is taken for the same muscle and only shown; the next one is
    taken for another muscle, which should stay quiet.
    """
    roles: dict[str, Role] = {}
    for channel in channels:
        if channel.name in sitting.roles:
            roles[channel.name] = sitting.roles[channel.name]
    free = [channel for channel in channels if channel.name not in roles]
    _give(roles, "primary", [c for kind in TRAINED_KINDS for c in free if c.kind == kind])
    _give(roles, "respiration", [c for c in free if c.kind == "respiration"])
    muscles = [c for c in free if c.kind in MUSCLE_KINDS]
    _give(roles, "co_contraction", muscles[1:])
    if "primary" not in roles.values():
        raise DeviceError("The sensor has no channel that can be trained; choose another.")
    return {channel.name: roles.get(channel.name, "shown") for channel in channels}


def _give(roles: dict[str, Role], role: Role, candidates: list[Channel]) -> None:
    if role not in roles.values() and candidates:
        roles[candidates[0].name] = role


def with_role(sitting: Sitting, channel: str, role: Role, uses: tuple[ChannelUse, ...]) -> Sitting:
    """Return the sitting with another part for a channel; who had that part is only shown."""
    roles: dict[str, Role] = {use.channel: use.role for use in uses}
    for other, held in roles.items():
        if held == role and role != "shown":
            roles[other] = "shown"
    roles[channel] = role
    return replace(sitting, roles=roles)


def context_of(
    sitting: Sitting, streams: tuple[Stream, ...], reference: Reference | None
) -> SessionContext:
    """Return the context of a session, or of mere listening where there is no reference.

    Raises UnitError where a reference is in another unit than the trained channel.
    """
    uses = uses_of(sitting, streams)
    primary = uses[0]
    for known in (sitting.reference, reference):
        _check_unit(known, primary, streams)
    is_session = reference is not None
    return SessionContext(
        streams=streams,
        uses=(replace(primary, reference=reference), *uses[1:]),
        required_streams=(primary.stream,),
        dose=sitting.dose if is_session else None,
        limits=sitting.limits,
        settings=sitting.settings,
        adaptive_rest=is_session,
        reference_valid=is_session,
        protocol=sitting.protocol.id,
        protocol_version=sitting.protocol.version,
        stage=sitting.stage.id,
        engine_version=__version__,
        library_version=library_version(),
    )


def _check_unit(
    reference: Reference | None, primary: ChannelUse, streams: tuple[Stream, ...]
) -> None:
    """Raise UnitError unless levels and channel have the same unit."""
    channels = {(s.name, c.name): c for s in streams for c in s.channels}
    unit = channels[primary.stream, primary.channel].unit
    if reference is not None and reference.unit != unit:
        raise UnitError(
            "The levels are in %(given)s, but %(channel)s is in %(unit)s; write them in %(unit)s.",
            given=reference.unit,
            channel=primary.channel,
            unit=unit,
        )


def known_reference(sitting: Sitting, channel: Channel) -> Reference | None:
    """Return the reference that needs no calibration: given, or the channel's own unit."""
    if channel.unit == PERCENT_MVC:
        return already_percent_mvc()
    return sitting.reference


def header_of(
    sitting: Sitting,
    context: SessionContext,
    recording: str,
    started_at: str,
    follows: str | None = None,
) -> RecordingHeader:
    """Return what is recorded of a session before its first sample.

    follows : the recording of the session that ended in this room for a new calibration.
    """
    before = {} if follows is None else {FOLLOWS: follows}
    return RecordingHeader(
        id=recording,
        started_at=started_at,
        title="" if sitting.patient_id else sitting.patient,
        context=cast(PlainDict, to_plain(context)),
        versions={
            "levator": context.engine_version,
            "library": context.library_version,
            "protocol": context.protocol_version or "",
        },
        facts={**cast(PlainDict, to_plain(sitting.facts)), **before},
        tenant_id=sitting.tenant_id,
        patient_id=sitting.patient_id,
    )
