"""Clinical content as data: protocols, exercises, measures and checklists in TOML, with sources.

What may not live here: rules in Python (they are in `signals`, `training` and `course`),
a number without its source, sentences of the programme (they are in `texts`), and any
licensed questionnaire. A clinic changes a treatment by writing a TOML file, not code.
"""

from __future__ import annotations

from levator.library.loader import advice_ids as advice_ids
from levator.library.loader import check_file as check_file
from levator.library.loader import checklist_ids as checklist_ids
from levator.library.loader import exercise_ids as exercise_ids
from levator.library.loader import library_version as library_version
from levator.library.loader import load_advice as load_advice
from levator.library.loader import load_checklist as load_checklist
from levator.library.loader import load_exercise as load_exercise
from levator.library.loader import load_hard_limits as load_hard_limits
from levator.library.loader import load_home as load_home
from levator.library.loader import load_protocol as load_protocol
from levator.library.loader import load_reminders as load_reminders
from levator.library.loader import load_retention as load_retention
from levator.library.loader import load_scales as load_scales
from levator.library.loader import load_settings as load_settings
from levator.library.loader import load_stretch as load_stretch
from levator.library.loader import own_protocol as own_protocol
from levator.library.loader import protocol_ids as protocol_ids
from levator.library.loader import read_advice as read_advice
from levator.library.loader import read_checklist as read_checklist
from levator.library.loader import read_exercise as read_exercise
from levator.library.loader import read_home as read_home
from levator.library.loader import read_protocol as read_protocol
from levator.library.loader import take_in_protocols as take_in_protocols
from levator.library.older import with_numbers_of_then as with_numbers_of_then
from levator.library.problems import Problem as Problem
