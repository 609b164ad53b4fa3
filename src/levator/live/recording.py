"""What a room writes down: one recording under way, as the recorder takes it."""

from __future__ import annotations

from dataclasses import dataclass

from levator.errors import LevatorError
from levator.live.facts import Facts
from levator.live.recorder import Recorder
from levator.records.model import RecordingHeader
from levator.signals.samples import Samples, Stream
from levator.training.context import SessionContext
from levator.training.dose import Dose
from levator.training.events import Event, FatigueEstablished
from levator.training.inputs import Input
from levator.training.plain import event_to_plain


@dataclass(frozen=True, slots=True)
class CameTo:
    """What a session came to that ended for a new calibration, while its room goes on.

    dose : what would have been asked next, so that it is seen where that is not kept.
    """

    rounds: int
    tired_in_round: int | None
    dose: Dose | None


@dataclass(slots=True)
class RunningRecording:
    """One recording from its header to its ending.

    is_session : whether there is a reference; a calibration has none yet. came_to : None
        unless the session ended for a new calibration.
    """

    recorder: Recorder
    number: str
    streams: dict[str, Stream]
    started_at: str
    is_session: bool
    is_saved: bool = False
    came_to: CameTo | None = None
    trouble: LevatorError | None = None

    def put(self, given: Input) -> bool:
        """Record one input before the engine takes it; False for a block that cannot be kept.

        The engine must not see such a block: live and in every replay it is the same gap.
        """
        if isinstance(given, Samples):
            return self.recorder.put_samples(self.number, given, self.streams[given.stream])
        self.recorder.put_input(self.number, event_to_plain(given), given.at_index)
        return True

    def tell(self, event: Event) -> None:
        """Record what the engine told."""
        self.recorder.put_event(self.number, event_to_plain(event))

    def leave(self, facts: Facts) -> None:
        """Keep what the session came to: the room goes on without it."""
        tired = facts.fatigue if isinstance(facts.fatigue, FatigueEstablished) else None
        tired_in = tired.round if tired is not None else None
        self.came_to = CameTo(len(facts.scored), tired_in, facts.dose_to_come)

    async def close(self, ended_by: str) -> bool:
        """End it and return whether all of it is saved; `trouble` says why not."""
        try:
            await self.recorder.finish(self.number, ended_by)
        except LevatorError as error:
            self.trouble = error
            return False
        self.is_saved = True
        return True


def begin(recorder: Recorder, header: RecordingHeader, context: SessionContext) -> RunningRecording:
    """Begin a recording; raises StorageError where nothing can be saved now."""
    recorder.begin(header)
    streams = {stream.name: stream for stream in context.streams}
    is_session = context.reference_valid
    return RunningRecording(recorder, header.id, streams, header.started_at, is_session)
