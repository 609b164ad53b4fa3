"""Which route of the interface does what a page or a form does, or why only a browser does it.

`tests/web/api/test_deeds.py` holds it to the rows of `levator.web.routes` and to the routes.
"""

from __future__ import annotations

from collections.abc import Mapping

_P = "/patients/{patient_id}"
_RECORD, _COURSE = f"GET {_P}/record", f"GET {_P}/course"
_DECISION = f"PUT {_P}/decisions/{{entity_id}}"
_SIGN_IN = "POST /sign-in"
_HOME, _SYNC = f"GET {_P}/home", "POST /home/sync"
_AT_HOME = f"PUT {_P}/home/exercises/{{entity_id}}"

#: Key of a page -> routes of the interface that read or do the same.
DEEDS: Mapping[str, tuple[str, ...]] = {
    "GET /": ("GET /todo", "GET /rooms"),
    "SOCKET /board/line": ("GET /rooms",),
    "GET /recordings/{recording}/report": (f"GET {_P}/sessions/{{entity_id}}/report",),
    "GET /patients": ("GET /patients",),
    "POST /patients": ("POST /patients/search",),
    "POST /patients/new": ("PUT /patients/{patient_id}",),
    f"GET {_P}": (_RECORD, _COURSE),
    f"GET {_P}/details": (f"GET {_P}",),
    f"POST {_P}/details": (f"PUT {_P}",),
    f"POST {_P}/take-on": (f"POST {_P}/take-on",),
    f"GET {_P}/hand-over": ("GET /users",),
    f"POST {_P}/hand-over": (f"POST {_P}/hand-over",),
    f"POST {_P}/invite": (f"POST {_P}/invite",),
    f"POST {_P}/close-access": (f"POST {_P}/close-access",),
    f"POST {_P}/pregnancy": (f"PUT {_P}/pregnancies/{{entity_id}}",),
    f"POST {_P}/birth": (f"PUT {_P}/births/{{entity_id}}",),
    f"POST {_P}/clearance": (f"PUT {_P}/clearances/{{entity_id}}",),
    f"POST {_P}/revoke": (f"POST {_P}/clearances/{{entity_id}}/revoke",),
    f"POST {_P}/red-flag": (f"PUT {_P}/red-flags/{{entity_id}}",),
    f"POST {_P}/pain": (f"PUT {_P}/pains/{{entity_id}}",),
    f"POST {_P}/symptom": (f"PUT {_P}/symptoms/{{entity_id}}",),
    f"POST {_P}/test": (f"PUT {_P}/assessments/{{entity_id}}",),
    f"POST {_P}/consent": (f"PUT {_P}/consents/{{entity_id}}",),
    f"POST {_P}/withdraw": (f"POST {_P}/consents/{{entity_id}}/withdraw",),
    f"POST {_P}/note": (f"PUT {_P}/notes/{{entity_id}}",),
    f"POST {_P}/decide": (_DECISION,),
    f"POST {_P}/release": (_DECISION,),
    f"POST {_P}/end": (f"POST {_P}/courses/{{entity_id}}/end",),
    f"POST {_P}/sitting": (f"POST {_P}/sittings",),
    f"GET {_P}/sessions": (f"GET {_P}/sessions",),
    f"GET {_P}/sessions/{{session_id}}": (f"GET {_P}/sessions/{{entity_id}}",),
    f"GET {_P}/sessions/{{session_id}}/report": (f"GET {_P}/sessions/{{entity_id}}/report",),
    f"GET {_P}/looked": (f"GET {_P}/audit",),
    f"POST {_P}/export": (f"POST {_P}/export",),
    f"GET {_P}/home": (_HOME,),
    f"POST {_P}/home/exercises/{{exercise}}": (_AT_HOME,),
    f"POST {_P}/home/exercises/{{exercise}}/withdraw": (_AT_HOME,),
    "GET /home": (_HOME, _SYNC),
    "GET /home/exercise/{exercise}": (_SYNC,),
    "GET /home/diary": (_SYNC,),
    "GET /home/settings": (
        "GET /home/reminders",
        "PUT /home/reminders",
        "POST /home/feed",
        "POST /home/feed/revoke",
        "POST /home/push",
        "POST /home/push/remove",
    ),
    "POST /patients/import": ("POST /patients/import",),
    f"GET {_P}/erase": (f"GET {_P}/erasure",),
    f"POST {_P}/erase": (f"POST {_P}/erasure",),
    "GET /audit": ("GET /audit",),
    "GET /research": ("GET /research",),
    "POST /research": ("POST /research/export",),
    "GET /retention": ("GET /retention",),
    "GET /backups": ("GET /backups",),
    "GET /backups/progress": ("GET /backups",),
    "POST /backups": ("POST /backups",),
    "POST /sign-in": (_SIGN_IN,),
    "POST /sign-in/code": (_SIGN_IN,),
    "POST /sign-out": ("POST /sign-out",),
    "GET /account": ("GET /account",),
    "POST /account/confirm": ("POST /account/confirm",),
    "POST /account/password": ("POST /account/password",),
    "POST /account/language": ("POST /account/language",),
    "POST /account/passkeys/{number}/remove": ("POST /account/passkeys/{passkey_id}/remove",),
    "POST /account/logins/end": ("POST /account/logins/end",),
    "POST /account/logins/{number}/end": ("POST /account/logins/{login_id}/end",),
    "GET /users": ("GET /users",),
    "POST /users": ("POST /users",),
    "GET /users/{number}": ("GET /users/{user_id}",),
    "POST /users/{number}": ("PUT /users/{user_id}",),
    "POST /users/{number}/disable": ("POST /users/{user_id}/disable",),
    "POST /users/{number}/invite": ("POST /users/{user_id}/invite",),
}
_SENDS = "the page is looked at, and its script sends what she does there"
#: Pages whose action is another than that of their routes, and why.
OTHERWISE: Mapping[str, str] = {
    "GET /": "the day and the board are two questions here",
    f"GET {_P}/details": "the page is there to change what it shows",
    f"POST {_P}/details": "one route makes and changes; with If-Match it is `patient.change`",
    f"GET {_P}/hand-over": "it lists to whom",
    "GET /home": _SENDS,
    "GET /home/exercise/{exercise}": _SENDS,
    "GET /home/diary": _SENDS,
    "GET /home/settings": _SENDS,
}

_EMPTY = "an empty form; what it shows of her is in her record and course"
_KEY = "a passkey is asked for by a browser, of a person who touches something"
_SECRET = "a secret is shown to the eyes of one person, once, while she holds her telephone"
_LIVE = "what happens live goes over sockets, see wire.md; a screen of the room has its own cookie"
_JOIN = "a second screen is let in by a person who sees it"
_LINK = "a link opens in the browser of who it is for, and a password is typed there"
_FIRST = "only at the computer itself, before there is anybody who could ask"
_FILES = "files of the pages"
_READ = "words of the library to read; which advice is hers today stands in her plan"
#: Key of a page -> why no route does it.
BROWSER_ONLY: Mapping[str, str] = {
    "GET /patients/new": _EMPTY,
    "GET /patients/import": _EMPTY,
    **{
        f"GET {_P}/{name}": _EMPTY
        for name in (
            "take-on",
            "invite",
            "close-access",
            "pregnancy",
            "birth",
            "clearance",
            "revoke",
            "red-flag",
            "pain",
            "symptom",
            "test",
            "consent",
            "withdraw",
            "note",
            "decide",
            "release",
            "end",
            "sitting",
            "export",
        )
    },
    f"GET {_P}/home/exercises/{{exercise}}": _EMPTY,
    f"GET {_P}/home/exercises/{{exercise}}/withdraw": _EMPTY,
    "GET /home/help": _READ,
    "GET /home/advice": _READ,
    "GET /home/advice/{page}": _READ,
    "GET /home/stretch": _READ,
    "GET /pieces": "everything that screens are made of, to be looked at",
    "GET /pieces/looks.css": _FILES,
    "GET /home/manifest.webmanifest": _FILES,
    "GET /home/sw.js": _FILES,
    "GET /home/parts/{version}/{name}": _FILES,
    "GET /feed/{secret}.ics": "a calendar program reads it by its link alone",
    "GET /sign-in": _EMPTY,
    "GET /sign-in/code": _EMPTY,
    "GET /account/confirm": _EMPTY,
    "GET /sign-in/left": "a page leaves by itself when its login ends; a program is told 401",
    "POST /sign-in/typed": "what was being typed when a login ended; a program sends it anew",
    "POST /sign-in/passkey/question": _KEY,
    "POST /sign-in/passkey": _KEY,
    "POST /account/confirm/passkey/question": _KEY,
    "POST /account/confirm/passkey": _KEY,
    "POST /account/passkeys/question": _KEY,
    "POST /account/passkeys": _KEY,
    "GET /account/factor": _SECRET,
    "POST /account/factor": _SECRET,
    "POST /account/codes": _SECRET,
    "POST /rooms/{number}/again": "the screens of a room go on to the next together; another room "
    "is opened as a sitting",
    "GET /rooms/{number}/therapist": _LIVE,
    "SOCKET /rooms/{number}/therapist/line": _LIVE,
    "GET /rooms/{number}/patient": _LIVE,
    "SOCKET /rooms/{number}/patient/line": _LIVE,
    "GET /rooms/{number}/therapist/code.svg": _JOIN,
    "GET /enter/{ticket}": _JOIN,
    "GET /join": _JOIN,
    "POST /join": _JOIN,
    "GET /join/waiting": _JOIN,
    "GET /join/answer": _JOIN,
    "GET /invitation/{token}": _LINK,
    "POST /invitation/{token}": _LINK,
    "GET /set-up": _FIRST,
    "POST /set-up": _FIRST,
    "GET /demo/{token}": "people who are made up, for a demonstration",
    "GET /health": "is asked there as it is, without signing in",
    "GET /authority": "how to trust the clinic's certificate, before anything is asked over it",
    "GET /authority.crt": "how to trust the clinic's certificate, before anything is asked over it",
    "MOUNT /static": _FILES,
    "MOUNT /api/v1": "the interface itself",
}
