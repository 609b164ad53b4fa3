"""The JSON Schemas that are published beside the files, made from the models.

`python -m levator.library.schema` writes them anew after a change of a model.
"""

from __future__ import annotations

import json
from pathlib import Path

from levator.library.advice_model import AdviceFile
from levator.library.checklist_model import ChecklistFile
from levator.library.exercise_model import ExerciseFile
from levator.library.home_model import HomeFile
from levator.library.models import MEASURES_FILES, SINGLE_FILES, Header
from levator.library.protocol_model import ProtocolFile
from levator.library.stretch_model import StretchFile

FOLDER = Path(__file__).parent / "schemas"


def published_schemas() -> dict[str, str]:
    """Return file name -> text of every schema."""
    models: dict[str, type[Header]] = {f"measures-{name}": m for name, m in MEASURES_FILES.items()}
    models |= SINGLE_FILES
    models |= {"protocol": ProtocolFile, "checklist": ChecklistFile}
    models |= {"advice": AdviceFile, "exercise": ExerciseFile, "home": HomeFile}
    models |= {"levator-stretch": StretchFile}
    return {f"{name}.json": _text_of(model) for name, model in models.items()}


def _text_of(model: type[Header]) -> str:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | model.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema into `library/schemas`."""
    for name, text in published_schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
