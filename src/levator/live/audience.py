"""Who was let into a room, which screens are open, and what they are shown.

Samples are not here: a viewer takes those from the room's frames.
"""

from __future__ import annotations

from collections.abc import Callable

from levator.live.joining import ViewerRole
from levator.live.viewer import Person, Viewer
from levator.quantities import Seconds

#: The age of a picture is told this coarsely, so that it does not change all the time.
_STEP_MS = 5


class Audience:
    """People and their screens; one picture per role and language, painted when asked for."""

    def __init__(
        self,
        paint: Callable[[ViewerRole, str], str],
        clock: Callable[[], Seconds],
        presence_s: Seconds,
    ) -> None:
        """Start empty. presence_s : how long a confirmed frame counts."""
        self.people: dict[str, Person] = {}
        self.viewers: set[Viewer] = set()
        self.revision = 0
        self._paint, self._clock, self._presence_s = paint, clock, presence_s
        self._pictures: dict[tuple[ViewerRole, str], str] = {}

    def picture(self, role: ViewerRole, language: str) -> str:
        """Everything but the samples, as the text of one message."""
        key = (role, language)
        if key not in self._pictures:
            self._pictures[key] = self._paint(role, language)
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

    def confirm(self, person: Person, age_ms: int | None) -> None:
        """Note that a screen drew frames just now, and how old the newest was."""
        person.confirmed_s = self._clock()
        person.screen_ms = None if age_ms is None else _STEP_MS * round(age_ms / _STEP_MS)

    @property
    def is_patient_here(self) -> bool:
        """Whether a patient's screen confirmed frames lately."""
        since_s = self._clock() - self._presence_s
        return any(
            one.role == "patient" and one.confirmed_s is not None and one.confirmed_s >= since_s
            for one in self.people.values()
        )

    @property
    def is_patient_gone(self) -> bool:
        """Whether a patient's screen confirmed frames once, and lately none does."""
        people = self.people.values()
        was_here = any(one.role == "patient" and one.confirmed_s is not None for one in people)
        return was_here and not self.is_patient_here

    @property
    def standing(self) -> tuple[tuple[str, bool, int | None], ...]:
        """Who is here and how old their picture is; screens show it when it changes."""
        return tuple((one.number, one.is_here, one.screen_ms) for one in self.people.values())
