"""Draws the matrix of hazards: what may happen, which control was taken out, which test saw it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.docs import controls

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (H\d+) \| ([^|]+) \|", re.MULTILINE)


def hazards_page() -> str:
    """One row for each control that was taken out, under its hazard."""
    removals = defaultdict(list)
    for one in controls.REMOVALS:
        removals[one.hazard].append(f"| | `{one.file}` | `{one.test}` |")
    lines = []
    for hazard, harm in ROW.findall((ROOT / "SAFETY.md").read_text("utf-8")):
        reads = hazard in controls.READERS_OF_SOURCE
        lines.append(f"| **{hazard}** {harm} | {'its tests read the source itself' * reads} | |")
        lines += removals.pop(hazard, [])
    if removals:
        raise SystemExit(f"Controls of a hazard that SAFETY.md does not have: {sorted(removals)}.")
    return (
        "# Hazards, controls, tests\n\n"
        "Each line below a hazard is one control, taken out of the module named, and a test that\n"
        "goes red without it. [SAFETY](../../SAFETY.md) says what each control does;\n"
        "`python tests/docs/controls.py` takes them out anew and runs the tests.\n\n"
        "| hazard | control in | goes red without it |\n| --- | --- | --- |\n"
        + "\n".join(lines)
        + "\n"
    )
