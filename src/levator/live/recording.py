"""What a room writes down: one recording under way, as the recorder takes it."""

from __future__ import annotations

from dataclasses import dataclass

from levator.errors import LevatorError
from levator.live.recorder import Recorder
from levator.records.model import RecordingHeader
from levator.signals.samples import Samples, Stream
from levator.training.events import Event
from levator.training.inputs import Input
from levator.training.plain import event_to_plain


@dataclass(slots=True)
class RunningRecording:
    """One recording from its header to its ending."""

    recorder: Recorder
    number: str
    streams: dict[str, Stream]
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

    async def close(self, ended_by: str) -> bool:
        """End it and return whether all of it is saved; `trouble` says why not."""
        try:
            await self.recorder.finish(self.number, ended_by)
        except LevatorError as error:
            self.trouble = error
            return False
        return True


def begin(
    recorder: Recorder, header: RecordingHeader, streams: tuple[Stream, ...]
) -> RunningRecording:
    """Begin a recording; raises StorageError where nothing can be saved now."""
    recorder.begin(header)
    return RunningRecording(recorder, header.id, {stream.name: stream for stream in streams})
