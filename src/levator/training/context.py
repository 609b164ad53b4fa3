"""What a session is, besides its sample blocks and its inputs.

Replay means these three: context, blocks, inputs. Everything `step` decides depends on
them alone; nothing is looked up later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from levator.signals.conditioning import Filter
from levator.signals.reference import Reference
from levator.signals.samples import Stream
from levator.training.dose import Dose
from levator.training.limits import Limits
from levator.training.settings import Settings

#: `primary` is trained; `co_contraction` is a muscle that should stay quiet;
#: `respiration` shows breathing; `shown` is recorded and drawn for the therapist only.
Role = Literal["primary", "co_contraction", "respiration", "shown"]


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """One channel's part in the session.

    `reference` is None where no scale is known (respiration, shown, or a second muscle
    without a reference contraction).
    """

    stream: str
    channel: str
    role: Role
    filter: Filter
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class SessionContext:
    """The first of the three parts of a session.

    required_streams : names of streams that `step` waits for; the primary's is one.
    reference_valid : whether the primary's reference holds for this seat today
        (`signals.reference.is_valid`); without it only open mode starts.
    adaptive_rest : whether an unreleased rest lengthens the next one.
    dose : None for a session that only listens.
    """

    streams: tuple[Stream, ...]
    uses: tuple[ChannelUse, ...]
    required_streams: tuple[str, ...]
    dose: Dose | None
    limits: Limits
    settings: Settings
    adaptive_rest: bool
    reference_valid: bool
    protocol: str | None
    protocol_version: str | None
    stage: str | None
    engine_version: str
    library_version: str
