"""What a clinic settles for itself: the protocol of new courses, and how long records are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from levator.clinic.acting import Act, Acts
from levator.course.protocol import Protocol
from levator.errors import CallerError, system_reason
from levator.library import load_protocol, load_retention, own_protocol, take_in_protocols
from levator.records.access import Actor
from levator.records.people import Tenant
from levator.records.treatment import Course
from levator.records.work import where

#: With which a new clinic begins.
FIRST_PROTOCOL = "bekken-zwanger-fit"
_MOST_YEARS = 200


def new_clinic(number: str, name: str, made_at: str) -> Tenant:
    """Return a clinic as it is before it settles anything itself."""
    return Tenant(
        id=number,
        tenant_id=number,
        name=name,
        made_at=made_at,
        protocol=FIRST_PROTOCOL,
        retention_years=load_retention().record_years,
    )


def read(acts: Acts, actor: Actor) -> Tenant:
    """Return the clinic as it is settled now."""
    with acts.in_tenant(actor, "tenant.read") as act:
        return _own(act)


def change(
    acts: Acts,
    actor: Actor,
    *,
    protocol: str | None = None,
    file: Path | None = None,
    folder: Path | None = None,
    retention_years: int | None = None,
) -> Tenant:
    """Settle what is given, and leave the rest.

    protocol : an id, or with `file` and `folder` a file of the clinic's own, which is checked,
        kept in the folder and known from then on. Courses that run keep their protocol.
    """
    if retention_years is not None and not 1 <= retention_years <= _MOST_YEARS:
        raise CallerError(
            "Records are kept for 1 to %(most)s years; %(years)s is outside.",
            most=_MOST_YEARS,
            years=retention_years,
        )
    with acts.in_tenant(actor, "tenant.change") as act:
        if file is not None and folder is not None:
            protocol = _taken_in(act, file, folder).id
        now = _own(act)
        wanted = replace(
            now,
            protocol=now.protocol if protocol is None else load_protocol(protocol).id,
            retention_years=now.retention_years if retention_years is None else retention_years,
        )
        act.detail = f"protocol={wanted.protocol} retention_years={wanted.retention_years}"
        return act.put(wanted)


def _own(act: Act) -> Tenant:
    return act.work.get(Tenant, act.actor.tenant_id, act.actor.tenant_id)


def _taken_in(act: Act, file: Path, folder: Path) -> Protocol:
    protocol = own_protocol(file)
    _check_courses(act, protocol)
    kept = folder / file.name
    fresh = kept.with_suffix(".new")
    try:
        content = file.read_bytes()
        folder.mkdir(mode=0o700, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(kept)
    except OSError as error:
        raise CallerError(
            "%(file)s cannot be kept (%(reason)s); nothing is changed.",
            file=str(kept),
            reason=system_reason(error),
        ) from error
    take_in_protocols(folder)
    return protocol


def _check_courses(act: Act, protocol: Protocol) -> None:
    """Raise CallerError where a course runs at a step that the new file has not."""
    terms = where(protocol=protocol.id, ended_on=None)
    running = {one.stage for one in act.work.find(Course, None, terms)}
    missing = sorted(running - {one.id for one in protocol.stages})
    if missing:
        raise CallerError(
            "A course runs at a step that this file does not have (%(steps)s); keep the step, or "
            "give the file another name and id.",
            steps=missing,
        )
