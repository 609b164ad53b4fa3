"""Sessions until they are in her record: what cannot be kept now is held, and tried again.

What is held is in this process alone. After it, pain is looked for in the recordings.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeAlias

import structlog

from levator.clinic.acting import Acts
from levator.clinic.kept_values import DAMAGED
from levator.clinic.results import had_pain_in, with_results
from levator.errors import CallerError, LevatorError, RecordingError, StorageError, mark
from levator.records.access import Actor
from levator.records.model import RecordingHeader
from levator.records.repository import Repository
from levator.records.treatment import Session
from levator.records.work import NotThereError, where

#: A session, whether it is over, and whether she had pain.
Place: TypeAlias = tuple[str, bool, bool]

_log = structlog.get_logger()
#: Over a weekend and a holiday; a start does not look at what was recorded over years.
_LOOKED_BACK = timedelta(days=14)
#: What reading raises of a value that is not as it was written. That the storage fails is not
#: among it: that passes, and is tried again.
_DAMAGED = (RecordingError, *DAMAGED)


class NotKeptError(CallerError):
    """What she did last is not in her record, so that nobody can tell what is open to her."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            mark("Her last session is not in her record yet; check the disk, then try again.")
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A session that is to be kept, as its room knows it.

    by : who led it; None for one of an earlier run. is_over : whether its results belong to it.
    """

    session: Session
    by: Actor | None = None
    is_over: bool = True

    @property
    def place(self) -> Place:
        """Return what tells it from all that is held: pain that comes later stands beside it."""
        return self.session.id, self.is_over, self.session.had_pain


class Unkept:
    """What is to be kept of sessions, until it is; `keep` is called from threads."""

    def __init__(self, acts: Acts) -> None:
        """Begin with nothing."""
        self._acts = acts
        self._held: dict[Place, Held] = {}
        self._one = Lock()

    def hold(self, held: Held) -> None:
        """Hold it until it is kept; this waits for nothing."""
        self._held[held.place] = held

    def keep(self, held: Iterable[Held] | None = None) -> None:
        """Try to keep these, or all that is held; what cannot be kept stays held."""
        for one in list(self._held.values()) if held is None else held:
            self._try(one)

    def keep_of(self, tenant_id: str, patient_id: str) -> None:
        """Keep what is held of a patient; raises NotKeptError where it cannot be kept now."""
        self.keep(self._of(tenant_id, patient_id))
        if self._of(tenant_id, patient_id):
            raise NotKeptError

    def must_be_kept(self, unsaved: StorageError | None) -> None:
        """Raise StorageError at the end of the program where something is held or was not saved."""
        if self._held:
            held = StorageError(
                "What came of a session could not be kept: write down whether she had pain, and "
                "enter it again."
            )
            if unsaved is None:
                raise held
            raise StorageError("%(held)s %(unsaved)s", held=held, unsaved=unsaved)
        if unsaved is not None:
            raise unsaved

    def has_pain_of(self, tenant_id: str, patient_id: str) -> bool:
        """Return whether pain of hers is held that is not in her record yet."""
        return any(one.session.had_pain for one in self._of(tenant_id, patient_id))

    def _of(self, tenant_id: str, patient_id: str) -> list[Held]:
        hers = tenant_id, patient_id
        held = list(self._held.values())
        return [one for one in held if (one.session.tenant_id, one.session.patient_id) == hers]

    def _try(self, held: Held) -> None:
        place = held.place
        with self._one:
            if place not in self._held:
                return
            try:
                self._keep(held)
            except NotThereError:
                pass  # Her record is erased: nothing of her is held.
            except Exception as error:  # noqa: BLE001, a fault of ours must not let go of pain
                reason = str(error) if isinstance(error, LevatorError) else type(error).__name__
                _log.error("a session could not be kept", session=place[0], reason=reason)
                return
            del self._held[place]

    def _keep(self, held: Held) -> None:
        """Keep that it was begun, where that is not there, and what came of it once it is over."""
        session = held.session
        with self._acts.repository.work(writes=False) as work:
            found = work.find(Session, session.tenant_id, where(id=session.id))
        kept = found[0] if found else self._begin(held)
        had_pain = kept.had_pain or session.had_pain
        if held.is_over and kept.state == "open":
            self._close(self._told(replace(kept, had_pain=had_pain)))
        elif had_pain and not kept.had_pain:
            self._close(replace(kept, had_pain=True))

    def _begin(self, held: Held) -> Session:
        """Keep what has happened: nobody is asked whether she may lead."""
        one, by = held.session, held.by
        action = "session.close" if by is None else "session.lead"
        with self._acts.by_itself(action, one.tenant_id, one.patient_id, by) as act:
            return act.put(one)

    def _close(self, session: Session) -> None:
        """Keep a session with its results, or with pain that came after them."""
        with self._acts.by_itself(
            "session.close", session.tenant_id, session.patient_id, responsible_id=session.led_by
        ) as act:
            act.put(session)

    def _told(self, session: Session) -> Session:
        """Return a session with its results; broken off where its recording is not there.

        Left open it would count as under way for ever. Of pain its recording may tell all the
        same.
        """
        repository = self._acts.repository
        try:
            return with_results(session, repository)
        except _DAMAGED:
            _log.exception("a session has no recording that can be read", session=session.id)
            had_pain = session.had_pain or _may_have_hurt(session, repository)
            return replace(session, state="interrupted", ended_by="interrupted", had_pain=had_pain)


def left_open(acts: Acts) -> list[Session]:
    """Return the sessions that an earlier run left open."""
    with acts.repository.work(writes=False) as work:
        return work.find(Session, None, where(state="open"))


def left_in_pain(acts: Acts) -> Iterator[Session]:
    """Yield a session for each late recording of a patient that pain ended, of which none tells.

    An earlier run that could keep nothing of it in her record has recorded her all the same.
    """
    repository = acts.repository
    since = datetime.fromisoformat(acts.now()) - _LOOKED_BACK
    for header in repository.recordings(since.date().isoformat()):
        if header.patient_id and not _is_told(header, repository) and _hurt(header.id, repository):
            yield _in_pain(header)


def _may_have_hurt(session: Session, repository: Repository) -> bool:
    with repository.work(writes=False) as work:
        is_there = work.whose_recording(session.recording_id or "") is not None
    return is_there and _hurt(session.recording_id or "", repository)


def _hurt(recording_id: str, repository: Repository) -> bool:
    """Return whether pain ended what was recorded; of what cannot be read nobody knows, and that
    shuts the step as pain does."""
    try:
        return had_pain_in(repository.header(recording_id), repository)
    except _DAMAGED:
        _log.exception("a recording cannot be read", recording=recording_id)
        return True


def _is_told(header: RecordingHeader, repository: Repository) -> bool:
    """Return whether a session names it, or tells of pain on its day: a calibration has none."""
    with repository.work(writes=False) as work:
        hers = work.find(Session, header.tenant_id, where(patient_id=header.patient_id))
    days = {header.started_at[:10], (header.closed_at or header.started_at)[:10]}
    return any(
        one.recording_id == header.id or (one.had_pain and one.on_day in days) for one in hers
    )


def is_of_recording_alone(session: Session) -> bool:
    """Return whether all that is known of a session is what its recording told of pain."""
    return session.had_pain and not (session.led_by or session.device or session.course_id)


def _in_pain(header: RecordingHeader) -> Session:
    session = Session(
        id=uuid.uuid4().hex,
        tenant_id=header.tenant_id,
        patient_id=header.patient_id,
        on_day=header.started_at[:10],
        started_at=header.started_at,
        stage=str(header.context.get("stage") or ""),
        had_pain=True,
    )
    if header.context.get("reference_valid"):
        return replace(session, recording_id=header.id)
    return replace(session, state="ended", ended_by="pain")
