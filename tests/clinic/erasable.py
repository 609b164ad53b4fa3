"""Women whose names and waves are found again in any byte that is left of them."""

import sqlite3
import struct
from dataclasses import replace
from pathlib import Path

from levator.clinic.acting import Acts
from levator.records.model import Batch
from levator.records.people import Birth, Login, Passkey, Patient, Pregnancy, User
from levator.records.treatment import Note, PainScore, Session
from levator.testing.repository import LATER, a_block, a_header
from tests.clinic import desk

CANARY = "Kanariezangeres"
#: A wave that no other recording has.
WAVE = struct.pack("<10h", *(place * 1237 % 30011 for place in range(10)))
NOW = "2026-11-29T10:00:00+01:00"


def a_woman(acts: Acts, patient_id: str, name: str, wave: bytes, at: str = NOW) -> None:
    """Keep a woman with an account, a birth, sittings with recordings, notes and pain."""
    names = {"tenant_id": desk.TENANT}
    hers = names | {"patient_id": patient_id}
    day = at[:10]
    with acts.repository.work(writes=True) as work:
        work.put(
            Patient(
                id=patient_id,
                **names,
                given_name=name,
                family_name=name,
                email=f"{name}@example.org",
                search_key=name.casefold(),
                made_at=at,
                treated_by=(desk.ANKE,),
            )
        )
        user = f"u{patient_id}"
        work.put(
            User(
                id=user,
                **hers,
                name=name,
                email=f"{name}@example.org",
                email_key=f"{name}@example.org",
                role="patient",
            )
        )
        work.put(
            Passkey(
                id=f"k{patient_id}",
                user_id=user,
                name=name,
                credential_id=name,
                public_key=name,
                **names,
            )
        )
        work.put(
            Login(
                id=f"l{patient_id}",
                user_id=user,
                token_digest=name,
                made_at=at,
                seen_at=at,
                until=at,
                is_strong=True,
                browser=name,
                **names,
            )
        )
        work.put(Pregnancy(id=f"g{patient_id}", **hers, expected_on=day, made_at=at))
        work.put(
            Birth(
                id=f"b{patient_id}",
                **hers,
                pregnancy_id=f"g{patient_id}",
                born_on=day,
                mode="vaginal",
                made_at=at,
            )
        )
        for place in range(3):
            work.put(
                Session(
                    id=f"s{place}{patient_id}",
                    **hers,
                    recording_id=f"r{place}{patient_id}",
                    on_day=day,
                    started_at=at,
                    stage="step-3",
                    state="ended",
                )
            )
            for number in range(8):
                work.put(
                    Note(
                        id=f"n{place}{number}{patient_id}",
                        **hers,
                        on_day=day,
                        written_at=at,
                        written_by=desk.ANKE,
                        text=f"{name} " * (40 * number + 1),
                        session_id=f"s{place}{patient_id}",
                    )
                )
        work.put(
            PainScore(
                id=f"p{patient_id}",
                **hers,
                on_day=day,
                score=3,
                moment="after",
                entered_by=desk.ANKE,
                entered_at=at,
            )
        )
    for place in range(3):
        recording_id = f"r{place}{patient_id}"
        begun = replace(a_header(recording_id), title=name, facts={"name": name})
        acts.repository.begin_recording(begun)
        blocks = [replace(a_block(number, recording_id), values=wave) for number in range(60)]
        acts.repository.append(Batch(blocks=tuple(blocks)))
        acts.repository.close_recording(recording_id, LATER, "stop")
        if place == 0:
            list(acts.repository.seal_ended())


def many(acts: Acts, hers: str = "c" * 32) -> None:
    for number in range(12):
        a_woman(acts, f"{number:032}", f"Other{number}", struct.pack("<10h", *range(10)))
        if number == 6:
            a_woman(acts, hers, CANARY, WAVE)


def change_name(acts: Acts, patient_id: str) -> None:
    """Let an older form of her name lie in pages that were written over."""
    with acts.repository.work(writes=True) as work:
        patient = work.get(Patient, patient_id, desk.TENANT)
        work.put(replace(patient, family_name=f"{CANARY} Longer {'x' * 900}"))


def bytes_under(folder: Path) -> bytes:
    return b"\0".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def sealed_parts_of(folder: Path, patient_id: str) -> list[bytes]:
    connection = sqlite3.connect(folder / "levator.db")
    wanted = "SELECT content FROM sealed_part WHERE recording_id LIKE ?"
    found = [row[0] for row in connection.execute(wanted, (f"%{patient_id}",))]
    connection.close()
    return found


def leaks(folder: Path, parts: list[bytes]) -> list[str]:
    content = bytes_under(folder)
    found = [name for name in (CANARY, CANARY.casefold()) if name.encode() in content]
    found += ["wave"] if WAVE in content or WAVE[4:16] in content else []
    return found + ["sealed" for part in parts if part[100:140] in content]
