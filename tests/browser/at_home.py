"""A woman who trains at home, and the phone in her hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from levator.clinic import patients, treatment
from levator.clinic.home import prescribing
from levator.clinic.home.prescribing import HomeWanted
from levator.clinic.invitations import Invitations
from levator.clinic.patients import PatientDetails
from levator.records.access import Actor
from levator.records.people import User
from tests.clinic.people import TENANT
from tests.web.forms import new_id
from tests.web.served import Served

THERAPIST = Actor(f"{TENANT}-therapist", TENANT, "therapist")
#: Short, so that nobody waits for it: three quick ones, and only a few of them.
STRENGTH = {"exercise": "strength", "because": "as agreed", "repetitions": 3, "times_a_day": 2}


@dataclass(frozen=True)
class She:
    """Her record, her account, and the link of her invitation."""

    patient_id: str
    user: User
    link: str


def invited(
    server: Served, *prescribed: dict[str, Any], number: int = 1, language: str = "en"
) -> She:
    """Eight weeks after a birth, cleared, prescribed, and invited."""
    acts = server.clinic.acts
    details = PatientDetails(given_name="Mia", family_name=f"Jansen {number}", language=language)
    her = patients.make(acts, THERAPIST, new_id(), details).id
    born_on = (datetime.now().astimezone().date() - timedelta(weeks=8)).isoformat()
    birth: dict[str, Any] = {"born_on": born_on, "mode": "vaginal", "complications": []}
    treatment.keep_birth(acts, THERAPIST, her, new_id(), **birth)
    signed = {"signed_by": "dr. Bos", "profession": "doctor", "from_on": born_on}
    treatment.sign_clearance(acts, THERAPIST, her, new_id(), **signed)
    for wanted in prescribed or (STRENGTH,):
        prescribing.prescribe(acts, THERAPIST, her, new_id(), HomeWanted(**wanted))
    invitations = Invitations(server.clinic.accounts)
    user, token = invitations.invite_patient(THERAPIST, her, f"mia{number}@her.example")
    return She(her, user, f"{server.address}/invitation/{token}")


def known(server: Served, *prescribed: dict[str, Any], number: int, language: str = "en") -> She:
    """Somebody who has accepted her invitation before."""
    she = invited(server, *prescribed, number=number, language=language)
    with server.clinic.repository.work(writes=True) as work:
        user = work.get(User, she.user.id, TENANT)
        work.put(replace(user, state="active", language=language))
    return she
