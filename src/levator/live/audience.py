"""Who was let into a room, which screens are open, and what they are shown.

Samples are not here: a viewer takes those from the room's frames.
"""

from __future__ import annotations

from collections.abc import Callable

from levator.live.asking import Asker
from levator.live.viewer import Person, Viewer
from levator.quantities import Seconds
from levator.training.settings import SessionSettings

#: The age of a picture is told this coarsely, so that it does not change all the time.
_STEP_MS = 5


class Audience:
    """People and their screens; one picture per asker and language, painted when asked for."""

    def __init__(
        self,
        paint: Callable[[Asker, str], str],
        clock: Callable[[], Seconds],
        settings: SessionSettings,
    ) -> None:
        """Start empty; settings say how long a confirmed frame counts, and how old it may be."""
        self.people: dict[str, Person] = {}
        self.viewers: set[Viewer] = set()
        self.revision = 0
        self._paint, self._clock = paint, clock
        self.presence_s, self._oldest_s = settings.presence_s, settings.grey_after_s
        self._pictures: dict[tuple[Asker, str], str] = {}

    def picture(self, asker: Asker, language: str) -> str:
        """Everything but the samples, as the text of one message."""
        key = (asker, language)
        if key not in self._pictures:
            self._pictures[key] = self._paint(asker, language)
        return self._pictures[key]

    def changed(self) -> None:
        """Let every viewer have a new picture."""
        self.revision += 1
        self._pictures.clear()
        self.wake()

    def wake(self) -> None:
        """Let every viewer look for what is new."""
        for viewer in self.viewers:
            viewer.wake()

    def admit(self, person: Person) -> None:
        """Let somebody in, from now on."""
        self.people[person.number] = person
        self.changed()

    def enter(self, person: Person) -> Viewer:
        """Connect one more screen of a person."""
        viewer = Viewer(person)
        person.screens += 1
        self.viewers.add(viewer)
        self.changed()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Disconnect a screen."""
        if viewer in self.viewers:
            self.viewers.discard(viewer)
            viewer.person.screens -= 1
            self.changed()

    def confirm(self, person: Person, drawn: int, age_ms: int | None, newest: int) -> None:
        """Note what a screen has drawn, and how old that was; only a picture that lives counts.

        drawn, newest : indices of the screen's and of the room's newest value; before the
            room's first (-1) there is no picture to wait for.
        """
        person.screen_ms = None if age_ms is None else _STEP_MS * round(age_ms / _STEP_MS)
        is_fresh = age_ms is not None and age_ms <= 1000.0 * self._oldest_s
        has_moved = person.drawn < drawn <= newest or drawn == newest
        if newest < 0 or (is_fresh and has_moved):
            person.confirmed_s, person.drawn = self._clock(), drawn

    def begin_anew(self) -> None:
        """Forget what screens have drawn: indices are counted along other tracks from here."""
        for person in self.people.values():
            person.drawn = -1

    @property
    def is_patient_here(self) -> bool:
        """Whether a patient's screen confirmed frames lately."""
        since_s = self._clock() - self.presence_s
        return any(
            one.role == "patient" and one.confirmed_s is not None and one.confirmed_s >= since_s
            for one in self.people.values()
        )

    def is_held_by_another(self, person: Person) -> bool:
        """Whether another patient's screen is connected: one person trains in a room."""
        others = [one for one in self.people.values() if one is not person]
        return person.role == "patient" and any(
            one.role == "patient" and one.is_here for one in others
        )

    @property
    def has_patient(self) -> bool:
        """Whether a patient's screen is connected, with or without a picture."""
        return any(one.role == "patient" and one.is_here for one in self.people.values())

    @property
    def standing(self) -> tuple[tuple[str, bool, int | None], ...]:
        """Who is here and how old their picture is; screens show it when it changes."""
        return tuple((one.number, one.is_here, one.screen_ms) for one in self.people.values())
