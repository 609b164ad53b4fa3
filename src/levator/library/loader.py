"""From library files to the plain values that the engine and the course take.

Every file is checked against its schema first; all its mistakes are named at once.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from levator.errors import LibraryError
from levator.library.problems import Problem, line_of, reason_of
from levator.training.limits import Limits
from levator.training.settings import Settings

if TYPE_CHECKING:
    from levator.library.models import Header

#: Goes up with every change of a number or text under this folder.
LIBRARY_VERSION = "0.1.0"
FOLDER = Path(__file__).parent


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
def load_hard_limits() -> Limits:
    """Return the bounds that hold for every dose, whoever prescribes it."""
    from levator.library.models import numbers_of

    return Limits(**numbers_of(_read_checked(FOLDER / "limits.toml")), label="hard limits")


def check_file(path: Path) -> list[Problem]:
    """Return every mistake of one library file; empty when it is right."""
    return _read(path)[1]


def _read_checked(path: Path) -> Header:
    file, problems = _read(path)
    if file is None or problems:
        raise LibraryError("\n".join(map(str, problems)))
    return file


def _read(path: Path) -> tuple[Header | None, list[Problem]]:
    """Read one file; what kind it is follows from its folder and name."""
    import tomllib

    from pydantic import ValidationError

    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
        return _model_for(path).model_validate(data), []
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror or error})."
        return None, [Problem(path.name, "", None, reason)]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return None, [Problem(path.name, "", None, f"this is not TOML: {error}.")]
    except LibraryError as error:
        return None, [Problem(path.name, "", None, str(error))]
    except ValidationError as error:
        return None, [_problem(path, text, one) for one in error.errors(include_url=False)]


def _model_for(path: Path) -> type[Header]:
    from levator.library.models import LIMITS_FILE, MEASURES_FILES

    if path.stem in MEASURES_FILES:
        return MEASURES_FILES[path.stem]
    if path.stem == "limits":
        return LIMITS_FILE
    known = ", ".join(f"{name}.toml" for name in [*MEASURES_FILES, "limits"])
    raise LibraryError(f"the name says nothing about its content; it must be one of {known}.")


def _problem(path: Path, text: str, error: Any) -> Problem:
    place = tuple(error["loc"])
    return Problem(path.name, ".".join(map(str, place)), line_of(text, place), reason_of(error))
