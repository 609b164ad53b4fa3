"""One example of each thing that is sent, as it may really be; made-up people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ID = "6f1e2d3c4b5a69788796a5b4c3d2e1f0"
#: Model -> what is sent.
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "AddressAsked": {"email": "mia@example.org"},
    "AgainAsked": {"lost": "password"},
    "AssessmentAsked": {"code": "perfect", "answers": '{"power": 3}', "score": 3.0},
    "BecauseAsked": {"because": "fever since yesterday"},
    "BirthAsked": {
        "born_on": "2026-10-04",
        "mode": "vacuum",
        "tear": "second",
        "complications": [],
        "child_grams": 3450,
    },
    "ClearanceAsked": {
        "signed_by": "dr. Bos",
        "profession": "gynaecologist",
        "what": "building up, no maximal effort",
        "from_on": "2026-11-10",
        "until_on": "2027-02-10",
    },
    "ConfirmAsked": {"password": "a sparrow under the roof", "code": "123456"},
    "ConsentAsked": {"what": "research", "given_on": "2026-11-01"},
    "DecisionAsked": {
        "kind": "overrule",
        "seen": _ID,
        "stage": "step-6",
        "settings": {"hold_s": 20.0},
        "because": "she holds longer than that",
    },
    "EndAsked": {"ended_on": "2026-11-20", "ended_ground": "goals_reached"},
    "ErasureAsked": {"name": "Mia Jansen", "ground": "trial-record"},
    "HandOverAsked": {"user_id": _ID},
    "HomePrescriptionAsked": {
        "exercise": "endurance",
        "because": "holds three seconds well",
        "hold_s": 4.0,
        "times_a_day": 3,
    },
    "HomeRemindersAsked": {
        "is_on": True,
        "times": ["09:00", "14:00"],
        "quiet_begins": "21:00",
        "quiet_ends": "08:00",
    },
    "HomeSyncAsked": {
        "phone": _ID,
        "phone_name": "Firefox, Android",
        "now": "2026-11-29T10:00:00+01:00",
        "sessions": [
            {
                "id": _ID,
                "exercise": "strength",
                "on_day": "2026-11-29",
                "started_at": "2026-11-29T09:50:00+01:00",
                "repetitions": 10,
                "lasted_s": 70.0,
                "ended_by": "done",
                "pain": 0,
                "leaked": False,
            }
        ],
        "answers": [
            {
                "id": _ID,
                "on_day": "2026-11-29",
                "at": "2026-11-29T09:49:00",
                "code": "pain",
                "answer": 0,
            }
        ],
    },
    "InviteeAsked": {
        "name": "Bo Smit",
        "email": "bo@example.org",
        "role": "therapist",
        "language": "nl",
    },
    "LanguageAsked": {"language": "nl"},
    "NoteAsked": {"text": "lets go well when lying down", "on_day": "2026-11-20"},
    "PainAsked": {"score": 2, "moment": "after", "on_day": "2026-11-20"},
    "PasswordAsked": {"new": "a heron beside the ditch"},
    "PatientAsked": {
        "given_name": "Mia",
        "family_name": "Jansen",
        "born_on": "1991-03-12",
        "number": "1042",
        "language": "nl",
    },
    "PregnancyAsked": {"expected_on": "2027-03-01", "complications": []},
    "PushAsked": {"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"},
    "RedFlagAsked": {"on_day": "2026-11-20", "code": "fever", "remark": "39 degrees"},
    "SearchAsked": {"text": "jansen 1042", "mine": True},
    "SettingsAsked": {"force_percent_mvc": 50.0, "hold_s": 20.0},
    "SignInAsked": {
        "email": "anke@example.org",
        "password": "a sparrow under the roof",
        "code": "123456",
    },
    "SittingAsked": {
        "device_url": "simulator://",
        "cushion": "none",
        "posture": "upright",
        "pain": 0,
        "red_flags": [],
        "asked_id": _ID,
    },
    "SymptomAsked": {"code": "leaks", "score": 2.0, "unit": "a day", "on_day": "2026-11-20"},
    "TakeOnAsked": {"note_id": _ID, "because": "Anke is ill"},
    "UserAsked": {"name": "Bo Smit", "role": "therapist", "language": "nl"},
}
