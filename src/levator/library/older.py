"""Contexts of recordings that are older than a number of the library.

A context holds every threshold by name. One that joined later says in its file what held
`before`; where it does not, the recording belongs to the version that made it.
"""

from __future__ import annotations

from collections.abc import Mapping

from levator.errors import RecordingError
from levator.library.loader import load_before
from levator.records.model import PlainDict


def with_numbers_of_then(context: PlainDict) -> PlainDict:
    """Return a stored context with the thresholds that it could not know yet.

    Raises RecordingError that names the first number whose file does not say what held before.
    """
    settings = context.get("settings")
    if not isinstance(settings, dict):
        return context
    filled = {
        group: _filled(group, settings[group], before)
        for group, before in load_before().items()
        if isinstance(settings.get(group), dict)
    }
    return {**context, "settings": {**settings, **filled}}


def _filled(group: str, stored: PlainDict, before: Mapping[str, float | None]) -> PlainDict:
    added: PlainDict = {}
    for name, value in before.items():
        if name in stored:
            continue
        if value is None:
            raise RecordingError(
                "The recording is older than the threshold %(name)s, and nothing says what held "
                "before it; read it with the version of levator that made it.",
                name=f"{group}.{name}",
            )
        added[name] = value
    return {**stored, **added}
