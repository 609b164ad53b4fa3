"""From library files to the plain values that the engine and the course take.

Every file is checked against its schema first; all its mistakes are named at once.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from levator.course.advice import Advice
from levator.course.checklist import Checklist
from levator.course.clearance import Reminders
from levator.course.exercise import Exercise
from levator.course.home_rules import HomeRules
from levator.course.protocol import Protocol, RedFlagRule
from levator.course.scales import Scales
from levator.course.stretch import Sketch
from levator.errors import CallerError, LibraryError, Phrase, system_reason
from levator.library.problems import Problem, line_of, reason_of, told_once
from levator.records.people import Retention
from levator.training.limits import Limits
from levator.training.settings import Settings

if TYPE_CHECKING:
    from levator.library.models import Header

#: Goes up with every release that changes a number or text under this folder.
RELEASE = "0.1.0"
FOLDER = Path(__file__).parent
#: Where a clinic keeps protocols of its own, beside its database.
OWN_FOLDER = "levator-protocols"
_own: dict[str, Protocol] = {}


@functools.cache
def library_version(folder: Path = FOLDER) -> str:
    """Return the release and a digest of the content, such as 0.1.0+3f2a9c1b.

    The digest is over every library file: two recordings with the same version were made with
    the same numbers and texts, released or not. Line ends do not count.
    """
    import hashlib

    content = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        content.update(f"{path.relative_to(folder).as_posix()} {len(text)}\n".encode() + text)
    return f"{RELEASE}+{content.hexdigest()[:8]}"


@functools.cache
def load_settings() -> Settings:
    """Return every threshold of this library version."""
    from levator.library.models import MEASURES, numbers_of

    parts: dict[str, Any] = {
        name: kind(**numbers_of(_read_checked(FOLDER / "measures" / f"{name}.toml")))
        for name, kind in MEASURES.items()
    }
    return Settings(**parts)


@functools.cache
def load_before() -> dict[str, dict[str, float | None]]:
    """Return group -> threshold -> what held before it was there; None where no file says."""
    from levator.library.models import MEASURES, before_of

    files = {name: _read_checked(FOLDER / "measures" / f"{name}.toml") for name in MEASURES}
    return {name: before_of(file) for name, file in files.items()}


@functools.cache
def load_hard_limits() -> Limits:
    """Return the bounds that hold for every dose, whoever prescribes it."""
    from levator.library.models import numbers_of

    return Limits(**numbers_of(_read_checked(FOLDER / "limits.toml")), label="hard-limits")


@functools.cache
def load_reminders() -> Reminders:
    """Return when a therapist is told what is to come."""
    from levator.library.models import numbers_of

    return Reminders(**numbers_of(_read_checked(FOLDER / "reminders.toml")))


@functools.cache
def load_red_flag_rule() -> RedFlagRule:
    """Return how long an answer about red flags counts."""
    from levator.library.models import numbers_of

    return RedFlagRule(**numbers_of(_read_checked(FOLDER / "asking.toml")))


@functools.cache
def load_retention() -> Retention:
    """Return how long records must be kept, for a clinic that begins."""
    from levator.library.models import numbers_of

    return Retention(**numbers_of(_read_checked(FOLDER / "retention.toml")))


@functools.cache
def load_scales() -> Scales:
    """Return how far a number of the record goes, and over how many days it is told."""
    from levator.library.models import numbers_of

    return Scales(**numbers_of(_read_checked(FOLDER / "scales.toml")))


@functools.cache
def load_home() -> HomeRules:
    """Return what holds for training at home, whatever is prescribed."""
    return read_home(FOLDER / "home.toml")


def read_home(path: Path) -> HomeRules:
    """Return the rules for at home in a file of anybody's; LibraryError names every mistake."""
    from levator.library.home_model import HomeFile, home_of

    file = _read_checked(path)
    if not isinstance(file, HomeFile):
        raise LibraryError("%(file)s: this is not about training at home.", file=path.name)
    return home_of(file)


@functools.cache
def load_stretch() -> Sketch:
    """Return what the sketch of the stretch at birth is calibrated to."""
    from levator.library.stretch_model import StretchFile, sketch_of

    return sketch_of(cast(StretchFile, _read_checked(FOLDER / "levator-stretch.toml")))


def protocol_ids() -> tuple[str, ...]:
    """Return the ids of the protocols that come with levator, sorted."""
    return _ids_in("protocols")


def take_in_protocols(folder: Path) -> None:
    """Know a clinic's own protocols beside those that come with levator, and no others.

    Raises LibraryError with every mistake of every file; then none of them is known.
    """
    _own.clear()
    _own.update({path.stem: own_protocol(path) for path in sorted(folder.glob("*.toml"))})


def own_protocol(path: Path) -> Protocol:
    """Return the protocol in a clinic's own file, which has a name of its own."""
    if path.stem in protocol_ids():
        raise LibraryError(
            "%(file)s: a protocol of this name comes with levator; give yours another name and id.",
            file=path.name,
        )
    return read_protocol(path)


def load_protocol(protocol_id: str) -> Protocol:
    """Return a protocol by its id; CallerError names the ids there are."""
    if protocol_id in _own:
        return _own[protocol_id]
    if protocol_id not in protocol_ids():
        raise CallerError(
            "There is no protocol %(protocol)r; there is %(known)s.",
            protocol=protocol_id,
            known=", ".join([*protocol_ids(), *_own]),
        )
    return _shipped(protocol_id)


@functools.cache
def _shipped(protocol_id: str) -> Protocol:
    return read_protocol(FOLDER / "protocols" / f"{protocol_id}.toml")


def read_protocol(path: Path) -> Protocol:
    """Return the protocol in a file of anybody's; LibraryError names every mistake."""
    from levator.library.protocol_model import ProtocolFile
    from levator.library.protocol_reader import protocol_of

    file = _read_checked(path)
    if not isinstance(file, ProtocolFile):
        raise LibraryError("%(file)s: this is not a protocol.", file=path.name)
    return protocol_of(file, load_settings().rest, load_red_flag_rule())


def advice_ids() -> tuple[str, ...]:
    """Return the ids of the pages of advice that come with levator, sorted."""
    return _ids_in("advice")


@functools.cache
def load_advice(advice_id: str) -> Advice:
    """Return a page of advice by its id; CallerError names the ids there are."""
    return read_advice(_file_in("advice", advice_id))


def read_advice(path: Path) -> Advice:
    """Return the page of advice in a file of anybody's; LibraryError names every mistake."""
    from levator.library.advice_model import AdviceFile, advice_of

    file = _read_checked(path)
    if not isinstance(file, AdviceFile):
        raise LibraryError("%(file)s: this is no page of advice.", file=path.name)
    return advice_of(path.stem, file)


def checklist_ids() -> tuple[str, ...]:
    """Return the ids of the checklists that come with levator, sorted."""
    return _ids_in("checklists")


@functools.cache
def load_checklist(checklist_id: str) -> Checklist:
    """Return a checklist by its id; CallerError names the ids there are."""
    return read_checklist(_file_in("checklists", checklist_id))


def read_checklist(path: Path) -> Checklist:
    """Return the checklist in a file of anybody's; LibraryError names every mistake."""
    from levator.library.checklist_model import ChecklistFile, checklist_of

    file = _read_checked(path)
    if not isinstance(file, ChecklistFile):
        raise LibraryError("%(file)s: this is not a checklist.", file=path.name)
    return checklist_of(path.stem, file)


def exercise_ids() -> tuple[str, ...]:
    """Return the ids of the exercises that come with levator, sorted."""
    return _ids_in("exercises")


@functools.cache
def load_exercise(exercise_id: str) -> Exercise:
    """Return an exercise by its id; CallerError names the ids there are."""
    return read_exercise(_file_in("exercises", exercise_id))


def read_exercise(path: Path) -> Exercise:
    """Return the exercise in a file of anybody's; LibraryError names every mistake."""
    from levator.library.exercise_model import ExerciseFile, exercise_of

    file = _read_checked(path)
    if not isinstance(file, ExerciseFile):
        raise LibraryError("%(file)s: this is not an exercise.", file=path.name)
    return exercise_of(path.stem, file)


def check_file(path: Path) -> list[Problem]:
    """Return every mistake of one library file; empty when it is right."""
    return _read(path)[1]


@functools.cache
def _ids_in(folder: str) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (FOLDER / folder).glob("*.toml")))


def _file_in(folder: str, name: str) -> Path:
    """Return where a file that comes with levator is; CallerError names those there are."""
    known = _ids_in(folder)
    if name not in known:
        raise CallerError(
            "The library has no %(name)r in %(folder)s; it has %(known)s.",
            name=name,
            folder=folder,
            known=", ".join(known),
        )
    return FOLDER / folder / f"{name}.toml"


def _read_checked(path: Path) -> Header:
    file, problems = _read(path)
    if file is None or problems:
        raise LibraryError("%(problems)s", problems=[one.phrase for one in problems])
    return file


def _read(path: Path) -> tuple[Header | None, list[Problem]]:
    """Read one file; the name of a file of numbers says what it is, `items` that it is a
    checklist, `habits` that it is about training at home, `postures` or `cues` that it is an
    exercise, `parts` that it is the sketch of the stretch at birth, else it is a protocol.
    """
    from pydantic import ValidationError

    from levator.library import bounds, slips
    from levator.library.models import known_names

    try:
        given = bounds.text_in(path)
        if isinstance(given, Phrase):
            return None, [Problem(path.name, "", None, given)]
        data, text, slipped = slips.read(given)
        if (unseen := bounds.unseen_in(data)) is not None:
            return None, [Problem(path.name, "", None, unseen)]
    except OSError as error:
        reason = Phrase("the file cannot be read (%(reason)s).", reason=system_reason(error))
        return None, [Problem(path.name, "", None, reason)]
    except UnicodeDecodeError:
        reason = Phrase("this is not TOML: it is not text in UTF-8; save it with that encoding.")
        return None, [Problem(path.name, "", None, reason)]
    except (ValueError, RecursionError):
        reason = Phrase("this holds a number or a table that is too long to be read; shorten it.")
        return None, [Problem(path.name, "", None, reason)]
    problems = [Problem(path.name, "", line, reason) for line, reason in slipped]
    if data is None:
        return None, problems
    try:
        return _validated(path, data), problems
    except ValidationError as error:
        first = error.errors(include_url=False)[: bounds.MOST_NAMED]
        told = told_once([{**one} for one in first], known_names())
        problems += [_problem(path, text, data, one) for one in told]
        return None, sorted(problems, key=lambda one: one.line or 0)


def _validated(path: Path, data: dict[str, Any]) -> Header:
    from levator.library.advice_model import AdviceFile
    from levator.library.checklist_model import ChecklistFile
    from levator.library.exercise_model import ExerciseFile
    from levator.library.home_model import HomeFile
    from levator.library.models import MEASURES_FILES, SINGLE_FILES
    from levator.library.protocol_model import ProtocolFile
    from levator.library.stretch_model import StretchFile

    numbers = MEASURES_FILES | SINGLE_FILES
    if path.stem in numbers:
        return numbers[path.stem].model_validate(data)
    if "paragraphs" in data and "stages" not in data:
        return AdviceFile.model_validate(data, context={"checklists": checklist_ids()})
    if "items" in data and "stages" not in data:
        return ChecklistFile.model_validate(data)
    if "habits" in data and "stages" not in data:
        return HomeFile.model_validate(data)
    if {"postures", "cues"} & data.keys() and "stages" not in data:
        return ExerciseFile.model_validate(data, context={"hard": load_hard_limits()})
    if {"parts", "origins_mm"} & data.keys() and "stages" not in data:
        return StretchFile.model_validate(data)
    shortest_s = load_settings().verdicts.reached_lasts_s
    context = {"hard": load_hard_limits(), "id": path.stem, "shortest_s": shortest_s}
    return ProtocolFile.model_validate(data, context=context)


def _problem(path: Path, text: str, data: dict[str, Any], error: Any) -> Problem:
    own = (error.get("ctx") or {}).get("error")
    place = tuple(error["loc"]) + getattr(own, "place", ())
    line = line_of(text, place) or 1  # what is missing altogether belongs to the whole file
    return Problem(path.name, _spoken(place, data), line, reason_of(error))


def _spoken(place: tuple[str | int, ...], data: dict[str, Any]) -> str:
    """Return a key path with a stage's id in place of its number."""
    if len(place) > 1 and place[0] == "stages":
        stage = data["stages"][place[1]]
        name = stage.get("id", place[1]) if isinstance(stage, dict) else place[1]
        place = (f"stage {name}", *place[2:])
    return ".".join(map(str, place))
