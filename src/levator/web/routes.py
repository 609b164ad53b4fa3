"""Which action of `levator.records.access` each route and socket stands for.

What has no row is answered to nobody, and the application does not start with it. A row says
that somebody of this role may ask at all; whose record it is, the act itself looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute, Match, Mount, WebSocketRoute
from starlette.types import Scope

from levator.records.people import Role

#: "METHOD path" -> action. A socket has the method SOCKET; HEAD is asked as GET.
ACTIONS: Mapping[str, str] = {
    "GET /": "todo.read",
    "POST /rooms/{number}/again": "session.open",
    "GET /rooms/{number}/therapist": "session.watch",
    "SOCKET /rooms/{number}/therapist/line": "session.watch",
    "GET /rooms/{number}/therapist/code.svg": "session.lead",
    "SOCKET /board/line": "board.read",
    "GET /recordings/{recording}/report": "session.report",
    # --- The record
    "GET /patients": "patient.list",
    "POST /patients": "patient.list",
    "GET /patients/new": "patient.make",
    "POST /patients/new": "patient.make",
    "GET /patients/{patient_id}": "treatment.read",
    "GET /patients/{patient_id}/details": "patient.change",
    "POST /patients/{patient_id}/details": "patient.change",
    "GET /patients/{patient_id}/take-on": "patient.take_on",
    "POST /patients/{patient_id}/take-on": "patient.take_on",
    "GET /patients/{patient_id}/hand-over": "patient.hand_over",
    "POST /patients/{patient_id}/hand-over": "patient.hand_over",
    "GET /patients/{patient_id}/invite": "patient.invite",
    "POST /patients/{patient_id}/invite": "patient.invite",
    "GET /patients/{patient_id}/close-access": "patient.close_access",
    "POST /patients/{patient_id}/close-access": "patient.close_access",
    "GET /patients/{patient_id}/pregnancy": "pregnancy.write",
    "POST /patients/{patient_id}/pregnancy": "pregnancy.write",
    "GET /patients/{patient_id}/birth": "birth.write",
    "POST /patients/{patient_id}/birth": "birth.write",
    "GET /patients/{patient_id}/clearance": "clearance.sign",
    "POST /patients/{patient_id}/clearance": "clearance.sign",
    "GET /patients/{patient_id}/revoke": "clearance.revoke",
    "POST /patients/{patient_id}/revoke": "clearance.revoke",
    "GET /patients/{patient_id}/red-flag": "red_flag.report",
    "POST /patients/{patient_id}/red-flag": "red_flag.report",
    "GET /patients/{patient_id}/pain": "pain.report",
    "POST /patients/{patient_id}/pain": "pain.report",
    "GET /patients/{patient_id}/symptom": "symptom.report",
    "POST /patients/{patient_id}/symptom": "symptom.report",
    "GET /patients/{patient_id}/test": "assessment.write",
    "POST /patients/{patient_id}/test": "assessment.write",
    "GET /patients/{patient_id}/consent": "consent.write",
    "POST /patients/{patient_id}/consent": "consent.write",
    "GET /patients/{patient_id}/withdraw": "consent.write",
    "POST /patients/{patient_id}/withdraw": "consent.write",
    "GET /patients/{patient_id}/note": "note.write",
    "POST /patients/{patient_id}/note": "note.write",
    "GET /patients/{patient_id}/decide": "course.decide",
    "POST /patients/{patient_id}/decide": "course.decide",
    "GET /patients/{patient_id}/end": "course.end",
    "POST /patients/{patient_id}/end": "course.end",
    "GET /patients/{patient_id}/release": "course.decide",
    "POST /patients/{patient_id}/release": "course.decide",
    "GET /patients/{patient_id}/home": "home.read",
    "GET /patients/{patient_id}/home/exercises/{exercise}": "home.prescribe",
    "POST /patients/{patient_id}/home/exercises/{exercise}": "home.prescribe",
    "GET /patients/{patient_id}/home/exercises/{exercise}/withdraw": "home.prescribe",
    "POST /patients/{patient_id}/home/exercises/{exercise}/withdraw": "home.prescribe",
    "GET /patients/{patient_id}/sitting": "session.open",
    "POST /patients/{patient_id}/sitting": "session.open",
    "GET /patients/{patient_id}/sessions": "session.read",
    "GET /patients/{patient_id}/sessions/{session_id}": "session.read",
    "GET /patients/{patient_id}/sessions/{session_id}/report": "session.report",
    "GET /patients/{patient_id}/looked": "audit.read",
    "GET /patients/import": "patient.import",
    "POST /patients/import": "patient.import",
    "GET /patients/{patient_id}/export": "patient.export",
    "POST /patients/{patient_id}/export": "patient.export",
    "GET /patients/{patient_id}/erase": "patient.erase",
    "POST /patients/{patient_id}/erase": "patient.erase",
    "GET /audit": "audit.read",
    # --- At home
    "GET /home/advice": "home.read",
    "GET /home/advice/{page}": "home.read",
    "GET /home/stretch": "home.read",
    "GET /home": "home.read",
    "GET /home/exercise/{exercise}": "home.read",
    "GET /home/diary": "home.read",
    "GET /home/settings": "home.read",
    "GET /home/help": "home.read",
    # --- What women gave to research
    "GET /research": "research.read",
    "POST /research": "research.read",
    # --- What is kept, as a whole
    "GET /retention": "retention.read",
    "GET /backups": "backup.read",
    "GET /backups/progress": "backup.read",
    "POST /backups": "backup.make",
    # --- One's own account
    "GET /sign-in/code": "account.own",
    "POST /sign-in/code": "account.own",
    "POST /sign-out": "account.own",
    "GET /pieces": "account.own",
    "GET /pieces/looks.css": "account.own",
    "GET /account": "account.own",
    "GET /account/confirm": "account.own",
    "POST /account/confirm": "account.own",
    "POST /account/confirm/passkey/question": "account.own",
    "POST /account/confirm/passkey": "account.own",
    "GET /account/factor": "account.own",
    "POST /account/factor": "account.own",
    "POST /account/password": "account.own",
    "POST /account/language": "account.own",
    "POST /account/codes": "account.own",
    "POST /account/passkeys/question": "account.own",
    "POST /account/passkeys": "account.own",
    "POST /account/passkeys/{number}/remove": "account.own",
    "POST /account/logins/end": "account.own",
    "POST /account/logins/{number}/end": "account.own",
    # --- The people of the clinic
    "GET /users": "user.list",
    "POST /users": "user.invite",
    "GET /users/{number}": "user.list",
    "POST /users/{number}": "user.change",
    "POST /users/{number}/disable": "user.disable",
    "POST /users/{number}/invite": "user.invite",
}

_ROOM = "the room's own cookie opens it, given for a code, the therapist's yes, and a ticket"
_JOIN = "a code of five minutes is asked, and the therapist's yes"
_BEFORE = "nobody is signed in yet"
_APP = "the same for everybody, and nothing of anybody; a browser fetches it by itself"
_LINK = "the link is the key, and works once"
_FIRST = "only at this computer, while there is no clinic, with the code that was printed"
#: What anybody may ask, and why.
PUBLIC: Mapping[str, str] = {
    "GET /health": "says that this runs, and nothing of anybody",
    "MOUNT /static": "the same files for everybody",
    "MOUNT /api/v1": "each of its routes names its own action, and asks who asks",
    "GET /rooms/{number}/patient": _ROOM,
    "SOCKET /rooms/{number}/patient/line": _ROOM,
    "GET /enter/{ticket}": _ROOM,
    "GET /join": _JOIN,
    "POST /join": _JOIN,
    "GET /join/waiting": _JOIN,
    "GET /join/answer": _JOIN,
    "GET /sign-in": _BEFORE,
    "GET /sign-in/left": "says how long the login of this browser lasts, and not whose it is",
    "POST /sign-in/typed": "keeps a form that carries the token of a login, for its account alone",
    "POST /sign-in": _BEFORE,
    "POST /sign-in/passkey/question": _BEFORE,
    "POST /sign-in/passkey": _BEFORE,
    "GET /invitation/{token}": _LINK,
    "POST /invitation/{token}": _LINK,
    "GET /feed/{secret}.ics": "the link is the key, which she ends; no word in it is about her",
    "GET /set-up": _FIRST,
    "POST /set-up": _FIRST,
    "GET /demo/{token}": "only `levator demo` knows such links, and all its people are made up",
    "GET /home/manifest.webmanifest": _APP,
    "GET /home/sw.js": _APP,
    "GET /home/parts/{version}/{name}": _APP,
    "GET /authority": "how to trust this clinic's certificate; anybody may",
    "GET /authority.crt": "a certificate is public",
}
#: Answered to a login that still lacks its second factor.
HALF = frozenset(
    {
        "GET /sign-in/code",
        "POST /sign-in/code",
        "POST /sign-out",
        "GET /account/factor",
        "POST /account/factor",
        "POST /account/passkeys/question",
        "POST /account/passkeys",
    }
)
#: They look at the token of the login themselves, and refuse as JSON.
OWN_FORM_CHECK = frozenset({"MOUNT /api/v1"})
#: However often somebody asks: the way out is never held up. Sockets are not counted at all.
UNHURRIED = frozenset({"POST /sign-out"})
#: Not even looked at who asks, so that asking does not keep a login in use.
_FOR_ALL = frozenset(
    {
        "GET /health",
        "MOUNT /static",
        "GET /sign-in/left",
        *(key for key, why in PUBLIC.items() if why is _APP),
    }
)


def action_for(key: str, role: Role) -> str:
    """Return the action of a key; who looked at a record is her own to ask, by another name."""
    action = ACTIONS[key]
    is_own = role == "patient" and key == "GET /patients/{patient_id}/looked"
    return "audit.own" if is_own else action


def keys_of(route: BaseRoute) -> list[str]:
    """Return the keys of a route: one for each method."""
    path = getattr(route, "path", None)
    if isinstance(route, WebSocketRoute):
        return [f"SOCKET {path}"]
    if isinstance(route, Mount):
        return [f"MOUNT {path}"]
    methods: set[str] = getattr(route, "methods", None) or {"ANY"}
    return [f"{method} {path}" for method in sorted(methods - {"HEAD"})]


def without_row(routes: Sequence[BaseRoute]) -> list[str]:
    """Return what has neither an action nor a reason why it is public."""
    known = ACTIONS.keys() | PUBLIC.keys()
    return [key for route in routes for key in keys_of(route) if key not in known]


def key_for(scope: Scope, routes: Sequence[BaseRoute]) -> str | None:
    """Return the key of what is asked; None where no route answers it."""
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return _key(route, scope)
    return None


def _key(route: BaseRoute, scope: Scope) -> str:
    keys = keys_of(route)
    if len(keys) == 1:
        return keys[0]
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return f"{method} {getattr(route, 'path', None)}"


def is_for_all(key: str) -> bool:
    """Return whether it is answered without looking who asks."""
    return key in _FOR_ALL
