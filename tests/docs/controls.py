"""The controls of SAFETY.md, each as the text that takes it out of the code.

`python tests/docs/controls.py` takes them out one by one, in a copy, and runs the tests that must
then be red; first it sees that they are green with the control in place. It is not part of the
usual run: it starts pytest once for each line below.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Removal:
    """A change that removes one control, and a test that must then fail."""

    hazard: str
    file: str
    text: str
    instead: str
    test: str


SITTING = "tests/scenarios/test_sittings.py::test_sitting"
LAWS, ROOM, COURSE = "tests/laws/", "tests/live/test_room.py::", "tests/course/"
SCREENS = "tests/browser/test_live_screens.py::"
HERS = "tests/browser/test_patient_sound.py::"
TRAINING = "tests/devices/test_simulated_training.py::"
CLINIC, WEB = "tests/clinic/", "tests/web/"
HOME_LEAVING = "tests/browser/test_home_leaving.py::"
HOME_NEXT = "tests/browser/test_home_next_woman.py::"
HOME_MORE = "tests/browser/test_home_more_pages.py::"
HOME_MISTAKES = "tests/browser/test_home_mistakes.py::"
HOME_PHONE = "tests/browser/test_home_phone.py::"
HOME_TIMER = "tests/browser/test_home_timer.py::"
HOME_STORE = "tests/browser/test_home_store.py::"

REMOVALS = (
    Removal(
        "H1",
        "training/target.py",
        "        if over:\n",
        "        if over and False:\n",
        LAWS + "test_last_gate.py::test_the_gate_sees_a_curve_that_left_its_dose",
    ),
    Removal(
        "H2",
        "training/pattern.py",
        'if unit not in ("s", "0.1s"):',
        "if False:",
        LAWS + "test_unit.py::test_a_pattern_without_a_unit_is_refused",
    ),
    Removal(
        "H2",
        "quantities.py",
        "if cut == len(stripped):",
        "if cut < 0:",
        LAWS + "test_unit.py::test_a_bare_number_is_refused",
    ),
    Removal(
        "H3",
        "training/doubt.py",
        'found.add("strained")',
        "pass",
        TRAINING + "test_what_she_does_wrong_is_found",
    ),
    Removal(
        "H3",
        "signals/calibration.py",
        "return replace(state, falling=lift < 0), None",
        "return state, None",
        TRAINING + "test_a_guided_calibration_finds_her",
    ),
    Removal(
        "H4",
        "web/static/clock.js",
        'if (age > this.greyS) return "grey";',
        "",
        SCREENS + "test_an_old_picture_is_greyed_and_cues_cease",
    ),
    Removal(
        "H5",
        "web/static/target.js",
        "nowS <= last.valid_until_s && ",
        "",
        SCREENS + "test_after_its_time_a_target_is_rest",
    ),
    Removal(
        "H6",
        "training/commands.py",
        '        lose_signal(state, "silence")',
        "        pass",
        LAWS + "test_silence.py::test_silence_pauses_and_takes_the_target_back",
    ),
    Removal(
        "H7",
        "training/session.py",
        "    if late:\n",
        "    if late and False:\n",
        LAWS + "test_gap.py::test_after_a_long_loss_the_resting_tone_is_taken_anew",
    ),
    Removal(
        "H8",
        "live/room.py",
        'if self.facts.state == "running" and not self.audience.is_patient_here:',
        "if False:",
        ROOM + "test_a_patients_page_that_is_gone_pauses_the_room_and_says_so",
    ),
    Removal(
        "H8",
        "live/asking.py",
        'return "patient_missing" if kind in NEED_HER and not is_patient_here else None',
        "return None",
        ROOM + "test_a_start_waits_for_the_patients_screen",
    ),
    Removal(
        "H9",
        "training/commands.py",
        '    "pain": _stop,\n',
        '    "pain": _pause,\n',
        LAWS + "test_states.py::test_stop_ends_the_sitting_from_everywhere",
    ),
    Removal(
        "H9",
        "live/room.py",
        "            self.facts.targets.clear()\n",
        "            pass\n",
        ROOM + "test_a_stop_works_even_if_the_engine_fails",
    ),
    Removal(
        "H9",
        "live/room.py",
        "        if not self.is_over:\n            self._end(reason)\n",
        "",
        ROOM + "test_a_stop_before_any_session_frees_the_seat",
    ),
    Removal(
        "H9",
        "web/static/patient.js",
        '  show(part("curve"), false);\n  show(part("results"), false);\n',
        '  show(part("results"), false);\n',
        SCREENS + "test_stop_takes_the_target_away_before_the_server_answers",
    ),
    Removal(
        "H10",
        "training/doubt.py",
        'found.add("no_signal")',
        "pass",
        LAWS + "test_gap.py::test_every_missing_sample_is_told_and_no_round_with_one_is_scored",
    ),
    Removal(
        "H10",
        "training/doubt.py",
        'found.add("coughed")',
        "pass",
        TRAINING + "test_what_she_does_wrong_is_found",
    ),
    Removal(
        "H11",
        "course/clearance.py",
        'rule == "always"',
        "False",
        COURSE + "test_gates.py::test_nobody_has_agreed_yet",
    ),
    Removal(
        "H11",
        "course/clearance.py",
        "chart.is_complicated is not False",
        "chart.is_complicated",
        COURSE + "test_gates.py::test_after_complications_even_awareness_waits_for_a_clearance",
    ),
    Removal(
        "H11",
        "course/clearance.py",
        "return bool(clearance.signed_by.strip())",
        "return True",
        COURSE + "test_gates.py::test_a_clearance_that_does_not_hold",
    ),
    Removal(
        "H11",
        "course/past.py",
        "HELPED.get(mode)",
        "None",
        COURSE + "test_past.py::test_vacuum_and_forceps_are_a_complication_by_themselves",
    ),
    Removal(
        "H11",
        "course/past.py",
        "DEEP_TEARS.get(tear)",
        "None",
        COURSE + "test_past.py::test_a_deep_tear_is_a_complication_by_itself",
    ),
    Removal(
        "H12",
        "course/gates.py",
        "has_begun = known >= window.from_week if",
        "has_begun = known >= window.from_week - 1 if",
        COURSE + "test_gates.py::test_a_stage_opens_on_the_day_its_week_is_full_and_says_which",
    ),
    Removal(
        "H12",
        "course/prescription.py",
        "    return is_early or (",
        "    return False and (",
        COURSE + "test_prescription.py::test_the_first_weeks_are_capped",
    ),
    Removal(
        "H13",
        "course/prescription.py",
        'return "mvc" if is_allowed else "comfortable_max"',
        'return "mvc"',
        COURSE + "test_prescription.py::test_a_true_maximum_only_where_it_is_cleared",
    ),
    Removal(
        "H14",
        "signals/reference.py",
        "        context.cushion,\n",
        "        taken.cushion,\n",
        "tests/sources/test_seed000.py::test_seed000_another_cushion_voids_the_reference",
    ),
    Removal(
        "H14",
        "training/commands.py",
        '    if command.mark == "cushion":\n',
        "    if False:\n",
        LAWS + "test_states.py::test_every_way_of_the_table_is_gone",
    ),
    Removal(
        "H15",
        "training/judging.py",
        "    if len(signs) >= settings.established_by:\n",
        "    if False:\n",
        TRAINING + "test_tired_she_comes_to_her_limit",
    ),
    Removal(
        "H15",
        "training/rounds.py",
        "    if effort_after(now, plan) > _max_effort_s(state, now):\n",
        "    if False:\n",
        LAWS + "test_last_gate.py::test_a_set_stops_before_its_effort_passes_the_limit",
    ),
    Removal(
        "H15",
        "training/rounds.py",
        "    return now.warned_round is not None or (",
        "    return False and (",
        SITTING + "[fatigue_before]",
    ),
    Removal(
        "H16",
        "training/judging.py",
        "        state.change_set(unreleased_at_cap=now.unreleased_at_cap + 1)\n",
        "        pass\n",
        SITTING + "[adaptive_rest]",
    ),
    Removal(
        "H16",
        "training/verdict.py",
        'found.add("not_released")',
        "pass",
        SITTING + "[not_released]",
    ),
    Removal(
        "H17",
        "storage/sql/sqlite.py",
        '    "synchronous = FULL",\n',
        '    "synchronous = OFF",\n',
        "tests/storage/test_sqlite.py::"
        "test_what_is_acknowledged_survives_a_power_cut_and_what_is_erased_is_gone",
    ),
    Removal(
        "H17",
        "storage/sql/sqlite.py",
        '    "synchronous = FULL",\n',
        '    "synchronous = NORMAL",\n',
        "tests/storage/test_cut_at_writes.py::test_cut_at_every_write_nothing_acknowledged_is_lost",
    ),
    Removal(
        "H18",
        "live/recorder.py",
        'return "low" if free >= FULL_DISK_BYTES else "full"',
        'return "plenty"',
        "tests/live/test_recorder.py::test_a_disk_that_fills_up_is_told_before_it_is_full",
    ),
    Removal(
        "H19",
        "formats/edf_header.py",
        "    _check_size(path, header)\n",
        "",
        "tests/formats/test_edf.py::test_every_cut_is_refused",
    ),
    Removal(
        "H20",
        "web/guard.py",
        "return is_over_tls(scope) and any(covers(name, host.hostname) for name in names)",
        "return True",
        "tests/web/test_guard.py::test_another_host_is_refused",
    ),
    Removal(
        "H21",
        "web/painting.py",
        '"watchers": _watchers(room, voice),',
        '"watchers": "",',
        SCREENS + "test_both_screens_show_the_same_round",
    ),
    Removal(
        "H22",
        "live/frames.py",
        "            parts.append(_TRACK.pack(len(values), 0, float(first), track.drawn_hz))\n",
        "            parts.append(_TRACK.pack(len(values), 0, float(first + 1), track.drawn_hz))\n",
        "tests/live/test_frames.py::test_a_frame_is_everything_since_the_cursor_and_nothing_else",
    ),
    Removal(
        "H23",
        "reports/comparison.py",
        "if name not in stored or name not in now or stored[name] != now[name]:",
        "if name not in stored or name not in now:",
        "tests/reports/test_session_report.py::test_a_changed_number_is_named_with_both_values",
    ),
    Removal(
        "H26",
        "training/commands.py",
        '    "clearance_revoked": _stop,\n',
        '    "clearance_revoked": _pause,\n',
        SITTING + "[clearance_revoked]",
    ),
    Removal(
        "H27",
        "web/static/sound.js",
        "if (NOTHING.has(sign)) this.fall(this.audio.currentTime);",
        "",
        HERS + "test_a_dead_line_never_sounds_like_a_hold",
    ),
    Removal(
        "H27",
        "web/static/sound.js",
        "gain.gain.setTargetAtTime(0, nowS + LASTS_S, SOFTEN_S);",
        "",
        HERS + "test_a_page_that_hangs_falls_silent",
    ),
    Removal(
        "H28",
        "course/clearance.py",
        " or was_flagged(chart)",
        "",
        COURSE
        + "test_clearance.py::test_a_flag_that_was_answered_stays_so_when_the_clearance_runs_out",
    ),
    Removal(
        "H28",
        "course/clearance.py",
        '("flagged", is_unanswered)',
        '("flagged", False)',
        COURSE + "test_gates.py::test_a_red_flag_revokes_every_clearance_that_is_not_newer",
    ),
    Removal(
        "H28",
        "course/clearance.py",
        '("revoked", is_revoked)',
        '("revoked", False)',
        COURSE + "test_gates.py::test_a_clearance_that_does_not_hold",
    ),
    Removal(
        "H28",
        "course/clearance.py",
        '("before_birth", is_of_before)',
        '("before_birth", False)',
        COURSE + "test_gates.py::test_a_clearance_that_does_not_hold",
    ),
    Removal(
        "H28",
        "course/clearance.py",
        "clearance.agreed_on < chart.birth.day",
        "begins < chart.birth.day",
        COURSE + "test_clearance.py::test_a_clearance_says_why_it_does_not_hold",
    ),
    Removal(
        "H28",
        "clinic/revoking.py",
        "if not _reasons(act) <= before:",
        "if False:",
        CLINIC + "test_births.py::test_a_complication_that_is_told_later_takes_a_clearance_away",
    ),
    Removal(
        "H28",
        "clinic/revoking.py",
        "return clearance.revoked_because == TOLD_LATER and because != TOLD_LATER",
        "return False",
        CLINIC
        + "test_births.py"
        + "::test_what_a_complication_ended_answers_no_red_flag_that_is_told_after_it",
    ),
    Removal(
        "H28",
        "clinic/revoking.py",
        'asked = {"told", "not_known"} if is_unknown else {"told"}',
        "asked = set()",
        CLINIC
        + "test_births.py"
        + "::test_a_birth_or_a_pregnancy_that_is_told_takes_away_what_was_signed_before",
    ),
    Removal(
        "H28",
        "clinic/revoking.py",
        "if not _reasons(act) <= before:",
        "if False:",
        LAWS + "test_acts.py::test_nothing_is_trained_without_what_it_needs",
    ),
    Removal(
        "H28",
        "clinic/treatment.py",
        "if any(one.born_on <= kept.born_on for one in later):",
        "if False:",
        CLINIC + "test_births.py::test_a_year_that_was_mistyped_leads_past_no_clearance",
    ),
    Removal(
        "H28",
        "clinic/importing.py",
        "revoke_all(hers, flag.code)",
        "pass",
        CLINIC
        + "test_what_a_file_opens.py"
        + "::test_a_file_that_comes_later_takes_away_what_was_signed_without_it",
    ),
    Removal(
        "H29",
        "course/gates.py",
        '"dates_fit", chart.last_recorded <= chart.today',
        '"dates_fit", True',
        COURSE + "test_gates.py::test_a_record_from_after_today_shuts_everything",
    ),
    Removal(
        "H30",
        "course/pain.py",
        "return any(last - first <= rule.held_within_days for first, last in spans)",
        "return False",
        COURSE + "test_pain.py::test_over_the_stop_twice_within_two_weeks_holds_the_programme",
    ),
    Removal(
        "H30",
        "course/gates.py",
        "is_below = given is None or given <= rule.stop_above",
        "is_below = True",
        COURSE + "test_gates.py::test_over_the_stop_no_effort_is_asked",
    ),
    Removal(
        "H30",
        "course/progression.py",
        "if chart.pain_today > rule.safe_at_most:",
        "if False:",
        COURSE + "test_progression.py::test_pain_keeps_the_dose_as_it_is",
    ),
    Removal(
        "H31",
        "course/tone.py",
        "            found = sitting\n",
        "            found = None\n",
        COURSE + "test_gates.py::test_strength_waits_until_one_sitting_lets_go",
    ),
    Removal(
        "H31",
        "course/progression.py",
        "    _letting_go,\n",
        "",
        COURSE + "test_progression.py::test_where_letting_go_is_hard_the_rest_grows_first",
    ),
    Removal(
        "H32",
        "course/daily.py",
        "is_left = asked is None or done < asked",
        "is_left = True",
        COURSE + "test_today.py::test_a_day_has_so_many_sittings_over_all_devices_and_stages",
    ),
    Removal(
        "H33",
        "course/gates.py",
        "return gate.code in OVERRULABLE and not (",
        "return not (",
        COURSE + "test_deciding.py::test_what_no_overrule_passes",
    ),
    Removal(
        "H33",
        "course/deciding.py",
        "if refused := _outside(protocol, stage, chart, settings, hard):",
        "if refused := ():",
        COURSE + "test_deciding.py::test_no_overrule_passes_the_limits_of_the_day",
    ),
    Removal(
        "H34",
        "course/progression.py",
        'if view.stage.dose is None or not view.last(rule.sittings_up, "passed"):',
        "if view.stage.dose is None:",
        COURSE + "test_progression.py::test_after_two_passed_one_parameter_goes_up_by_its_step",
    ),
    Removal(
        "H34",
        "course/progression.py",
        "change.becomes > cap[0]:",
        "False:",
        COURSE + "test_progression.py::test_a_cap_of_today_holds_the_step",
    ),
    Removal(
        "H20",
        "web/admission.py",
        "        if not may_ask(key, signed):\n",
        "        if False:\n",
        WEB + "test_routes.py::test_a_page_is_for_whom_the_table_says",
    ),
    Removal(
        "H26",
        "clinic/clinic.py",
        "self._loop.call_soon_threadsafe(self._withdraw, tenant_id, patient_id)",
        "pass",
        CLINIC + "test_sittings.py::test_a_sitting_stops_within_a_second_once_she_is_not_cleared",
    ),
    Removal(
        "H42",
        "course/today.py",
        "daily_gate(stage, chart), asked_gate(protocol.red_flags, chart)",
        "(daily_gate(stage, chart),)",
        COURSE + "test_today.py::test_nothing_starts_before_the_red_flags_are_asked_today",
    ),
    Removal(
        "H42",
        "course/red_flags.py",
        "ago < rule.answer_counts_days",
        "True",
        COURSE + "test_today.py::test_nothing_starts_before_the_red_flags_are_asked_today",
    ),
    Removal(
        "H42",
        "clinic/sittings.py",
        "    if allowed.shut:\n",
        "    if False:\n",
        CLINIC + "test_sittings.py::test_nobody_opens_a_sitting_before_the_red_flags_are_answered",
    ),
    Removal(
        "H42",
        "clinic/clinic.py",
        "await asyncio.to_thread(answered, self.acts, actor, patient_id, seat, self.stops(actor))",
        "pass",
        CLINIC + "test_sittings.py::test_a_red_flag_in_the_answer_is_kept_and_ends_everything",
    ),
    Removal(
        "H42",
        "clinic/clinic.py",
        "if self._opening.get((actor.tenant_id, ready.sitting.patient_id)):",
        "if False:",
        CLINIC + "test_sittings.py::test_a_red_flag_told_while_a_room_is_being_opened_ends_it",
    ),
    Removal(
        "H44",
        "clinic/clinic.py",
        "self.sittings.must_be_kept(unsaved)",
        "pass",
        CLINIC + "test_late_pain.py::test_what_is_held_at_the_end_of_the_program_is_said",
    ),
    Removal(
        "H44",
        "clinic/unkept.py",
        "return is_there and _hurt",
        "return False and _hurt",
        CLINIC
        + "test_damaged_recordings.py"
        + "::test_where_it_cannot_be_read_whether_it_hurt_the_step_is_shut",
    ),
    Removal(
        "H44",
        "clinic/treatment.py",
        "    stop(patient_id)\n    try:\n        with",
        "    try:\n        with",
        CLINIC
        + "test_treatment.py::test_a_revoked_clearance_stops_what_runs_before_it_is_kept_and_after",
    ),
    Removal(
        "H44",
        "clinic/sittings.py",
        "        await asyncio.to_thread(self._unkept.keep_of, tenant_id, patient_id)\n",
        "",
        CLINIC
        + "test_sessions_unkept.py"
        + "::test_nothing_opens_for_her_until_it_is_kept_and_it_is_tried_again",
    ),
    Removal(
        "H44",
        "clinic/sittings.py",
        "for left in (left_open, left_in_pain):",
        "for left in (left_open,):",
        CLINIC + "test_sessions_unkept.py::test_after_a_restart_pain_is_found_in_the_recording",
    ),
    Removal(
        "H44",
        "live/room.py",
        "            self._tasks.start(self.keeper.hurt(self.number))\n",
        "            pass\n",
        CLINIC
        + "test_late_pain.py::test_pain_after_the_end_is_kept_on_the_session_and_shuts_the_step",
    ),
    Removal(
        "H44",
        "clinic/sittings.py",
        "            await self.look_again(self.concerned(over[0].session.patient_id))\n",
        "",
        CLINIC + "test_late_pain.py::test_a_room_that_opened_meanwhile_ends",
    ),
    Removal(
        "H45",
        "clinic/acting.py",
        "            self.told(act.about)\n",
        "            pass\n",
        CLINIC
        + "test_standing.py::test_whatever_shuts_a_gate_stops_her_within_a_second_and_says_why",
    ),
    Removal(
        "H45",
        "clinic/sittings.py",
        "return None if led is None or kind not in NEED_HER else self._look(led)",
        "return None",
        CLINIC
        + "test_standing.py::test_her_chart_is_looked_at_again_before_each_thing_that_asks_effort",
    ),
    Removal(
        "H45",
        "live/allowing.py",
        '    if is_tighter and room.stage == "session":\n',
        "    if False:\n",
        CLINIC + "test_standing.py::test_what_her_chart_lowers_holds_for_a_room_that_is_open",
    ),
    Removal(
        "H45",
        "web/troubles.py",
        "    found = _shut(room, voice, role)\n",
        "    found: list[str] = []\n",
        WEB + "test_shut_while_open.py"
        "::test_pain_that_shut_the_step_is_said_to_her_and_with_its_numbers_to_the_therapist",
    ),
    Removal(
        "H46",
        "clinic/clinic.py",
        "        await self._looked_again(ready.sitting.patient_id)\n",
        "",
        CLINIC + "test_standing.py::test_while_the_sensor_is_being_opened_no_write_is_missed",
    ),
    Removal(
        "H47",
        "clinic/standing.py",
        'return "yes" if is_hers else "handed_over"',
        'return "yes"',
        CLINIC + "test_standing.py::test_who_does_not_treat_her_any_more_leads_no_room",
    ),
    Removal(
        "H47",
        "clinic/acting.py",
        "            self.told(user_id)\n",
        "            pass\n",
        CLINIC
        + "test_standing.py::test_the_session_of_a_disabled_account_pauses_and_asks_nothing_more",
    ),
    Removal(
        "H48",
        "clinic/consenting.py",
        "one.given_on > ended and is_of_here(one.entered_by)",
        "one.given_on > ended",
        CLINIC + "test_research.py::test_a_consent_counts_while_it_stands_and_was_entered_here",
    ),
    Removal(
        "H48",
        "clinic/research_file.py",
        "if takes_part(act.work, self.actor.tenant_id, patient_id):",
        "if True:",
        CLINIC + "test_research.py::test_who_withdraws_while_it_is_made_is_not_in_it",
    ),
    Removal(
        "H48",
        "clinic/research_file.py",
        "return hmac.new(self.key.encode(), number.encode(), hashlib.sha256).hexdigest()[:_SIGNS]",
        "return number",
        CLINIC + "test_research.py::test_no_byte_tells_who_she_is",
    ),
    Removal(
        "H39",
        "clinic/whole.py",
        "    recordings += work.recordings_of(*hers)\n",
        "",
        CLINIC + "test_erasing.py::test_a_calibration_that_no_session_names_goes_too",
    ),
    Removal(
        "H39",
        "clinic/whole.py",
        " if work.is_recording_of(name, *hers)]",
        "]",
        CLINIC + "test_anothers_recording.py::test_erasing_here_leaves_it_there",
    ),
    Removal(
        "H39",
        "clinic/erasing.py",
        "if work.is_recording() or work.find(",
        "if work.find(",
        CLINIC + "test_erasing.py::test_not_while_anybody_is_recorded",
    ),
    Removal(
        "H39",
        "clinic/clinic.py",
        "                self.rooms.forget(room)\n",
        "",
        WEB
        + "test_erase_page.py::"
        + "test_her_room_ends_with_her_record_and_nobody_reads_her_name_any_more",
    ),
    Removal(
        "H39",
        "live/writer.py",
        ", is_live=True",
        "",
        CLINIC + "test_erasing_a_sitting.py::"
        "test_a_calibration_that_begins_in_the_moment_of_erasing_is_not_kept",
    ),
    Removal(
        "H39",
        "live/sitting.py",
        "        patient_id=sitting.patient_id,\n",
        "",
        CLINIC + "test_erasing_a_sitting.py::test_no_recording_of_hers_is_left",
    ),
    Removal(
        "H43",
        "clinic/charts.py",
        "history.pregnancy.complications if history.pregnancy else None",
        "()",
        CLINIC
        + "test_births.py::test_complications_of_a_pregnancy_are_kept_and_ask_for_a_clearance",
    ),
    Removal(
        "H35",
        "clinic/patients.py",
        "    if others:\n",
        "    if False:\n",
        CLINIC
        + "test_patients.py::test_a_twin_is_asked_about_and_made_only_when_it_is_somebody_else",
    ),
    Removal(
        "H35",
        "clinic/hers.py",
        "where(id=entity_id, patient_id=patient.id)",
        "where(id=entity_id)",
        CLINIC + "test_treatment.py::test_what_is_anothers_is_not_there",
    ),
    Removal(
        "H36",
        "records/access.py",
        "    if patient.tenant_id != actor.tenant_id:\n",
        "    if False:\n",
        "tests/records/test_access.py::test_how_somebody_stands_to_a_patient",
    ),
    Removal(
        "H36",
        "records/access.py",
        '"self" if actor.patient_id == patient.id else "other"',
        '"self"',
        CLINIC + "test_acting.py::test_a_patient_reaches_herself_and_nobody_else",
    ),
    Removal(
        "H37",
        "clinic/logins.py",
        "token_digest=digest(token),",
        "token_digest=token,",
        CLINIC + "test_logins.py::test_the_token_is_nowhere_but_in_the_browser",
    ),
    Removal(
        "H37",
        "clinic/accounts.py",
        "sealed = self.key.seal(secret, signed.user.id)",
        "sealed = secret.encode()",
        CLINIC + "test_accounts.py::test_a_stolen_database_lets_nobody_in",
    ),
    Removal(
        "H38",
        "formats/backup_file.py",
        "if source.read() != digest.digest():",
        "if False:",
        CLINIC + "test_backup.py::test_one_flipped_byte_anywhere_is_refused_and_nothing_is_left",
    ),
    Removal(
        "H38",
        "storage/backup.py",
        "    if any(one.exists() for one in beside):\n",
        "    if False:\n",
        CLINIC + "test_backup.py::test_a_database_that_is_there_is_never_touched",
    ),
    Removal(
        "H39",
        "clinic/erasing.py",
        "if ground is None and not time.is_past(today):",
        "if False:",
        CLINIC + "test_erasing.py::test_while_it_must_be_kept_it_stays_unless_a_ground_is_stated",
    ),
    Removal(
        "H39",
        "clinic/whole.py",
        "tenant_id, where(patient_id=patient.id))",
        "tenant_id)",
        CLINIC + "test_erasing.py::test_everything_of_hers_goes_and_nothing_of_anybody_else",
    ),
    Removal(
        "H39",
        "clinic/erasing.py",
        "    _expunge(acts.repository)\n    backups",
        "    backups",
        CLINIC + "test_erasing.py::test_no_byte_is_left_of_a_name_or_a_wave",
    ),
    Removal(
        "H40",
        "clinic/logins.py",
        "now - seen >= _of(IDLE, role)",
        "False",
        CLINIC + "test_logins.py::test_a_login_ends_when_it_is_not_used_and_in_any_case",
    ),
    Removal(
        "H40",
        "web/admission.py",
        "                ended.set()\n",
        "                pass\n",
        WEB + "test_open_screens.py::test_live_screens_close_within_two_seconds_when",
    ),
    Removal(
        "H41",
        "clinic/acting.py",
        'work.audit(_entry(act, action, act.about, "done"))',
        "pass",
        CLINIC + "test_acting.py::test_a_look_is_told_too",
    ),
    Removal(
        "H41",
        "records/audit.py",
        "        if digest != expected:\n",
        "        if False:\n",
        "tests/records/test_audit.py::test_a_change_inside_shows_by_itself",
    ),
    Removal(
        "H40",
        "live/rooms.py",
        "if account and one.account == account",
        "if one.account",
        WEB + "test_joining.py::test_on_a_shared_browser_a_live_screen_is_that_of_who_is_signed_in",
    ),
    Removal(
        "H20",
        "web/seating.py",
        "await asyncio.to_thread(attending.begun, acts, who, room)",
        "True",
        WEB + "test_joining.py::test_each_beginning_to_watch_is_one_line_of_the_audit",
    ),
    Removal(
        "H20",
        "web/joining.py",
        "        if room.sitting.tenant_id != who.tenant_id:\n",
        "        if False:\n",
        WEB + "test_joining.py::test_a_code_opens_nothing_to_another_clinic",
    ),
    Removal(
        "H49",
        "course/home.py",
        "        if closed := _shut(one, protocol, chart):\n",
        "        if False and (closed := _shut(one, protocol, chart)):\n",
        LAWS + "test_home.py::test_no_day_offers_what_is_shut_on_it_or_over_its_bounds",
    ),
    Removal(
        "H49",
        "course/home_dose.py",
        "        return HomeRefused(exercise.id, (), over)\n",
        "        pass\n",
        LAWS + "test_home.py::test_just_above_a_hard_limit_nothing_is_made",
    ),
    Removal(
        "H49",
        "course/home_dose.py",
        "        if not lowest <= value <= highest:\n",
        "        if False:\n",
        LAWS + "test_home.py::test_just_outside_a_range_of_the_library_nothing_is_made",
    ),
    Removal(
        "H50",
        "course/home.py",
        "        if not held <= holds:\n",
        "        if False:\n",
        LAWS + "test_home.py::test_a_plan_is_valid_no_longer_than_what_holds_on_its_days",
    ),
    Removal(
        "H50",
        "web/static/home/phone.js",
        "day > plan.valid_until ? undefined : plan",
        "false ? undefined : plan",
        HOME_PHONE + "test_held_by_the_clinic_the_days_after_the_plan_and_before_it",
    ),
    Removal(
        "H51",
        "web/static/home/phone.js",
        "  if (why) return",
        "  if (false) return",
        HOME_PHONE + "test_an_answer_that_stops_leaves_advice_only",
    ),
    Removal(
        "H51",
        "web/static/home/phone.js",
        ".sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))",
        "",
        HOME_PHONE + "test_pain_after_an_exercise_was_told_at_its_end_in_whatever_order_it_is_kept",
    ),
    Removal(
        "H51",
        "web/static/home/keeper.js",
        "    if (isKept) this.tellOthers();\n",
        "",
        HOME_MORE
        + "test_pain_that_ended_an_exercise_holds_on_the_other_pages_before_she_has_told_all",
    ),
    Removal(
        "H51",
        "web/static/home/keeper.js",
        "    if (this.store.isOnDisk) await this.read();\n    else await this.sync();\n",
        "",
        HOME_MORE + "test_what_one_page_of_hers_is_told_holds_on_all_of_them_at_once",
    ),
    Removal(
        "H51",
        "web/static/home/exercise.js",
        "    const item = this.item && this.allowed(this.item.exercise, keeper.day);\n",
        "    const { item } = this;\n",
        HOME_MORE + "test_what_was_left_open_over_the_night_is_asked_again",
    ),
    Removal(
        "H51",
        "clinic/history.py",
        "key=lambda one: (place_of(one.entered_at), one.score)",
        "key=lambda one: place_of(one.entered_at)",
        CLINIC + "home/test_answers.py::test_of_two_scores_of_one_moment_the_higher_counts",
    ),
    Removal(
        "H51",
        "clinic/home/keeping.py",
        "        keep_red_flag(act, flag)\n",
        "        pass\n",
        CLINIC
        + "home/test_answers.py::test_a_red_flag_told_at_home_holds_as_one_told_in_the_clinic",
    ),
    Removal(
        "H51",
        "course/home_told.py",
        "one.is_over_limit or one.ended_by",
        "one.ended_by",
        COURSE
        + "test_home_told.py::"
        + "test_a_day_is_closed_by_one_too_many_by_pain_and_by_an_answer_of_its_own_rule",
    ),
    Removal(
        "H63",
        "clinic/home/keeping.py",
        "    check_room(act, entity)\n",
        "",
        CLINIC + "home/test_bounds.py::test_of_each_kind_so_many_are_kept_of_a_day_and_in_all",
    ),
    Removal(
        "H63",
        "clinic/home/bounds.py",
        'SymptomScore: ("code", "score")',
        'SymptomScore: ("code",)',
        CLINIC
        + "home/test_bounds.py::"
        + "test_an_answer_that_stops_is_kept_and_holds_however_much_was_answered",
    ),
    Removal(
        "H63",
        "clinic/home/bounds.py",
        "is_day_full and _is_worse(act, entity, day)",
        "False",
        CLINIC
        + "home/test_bounds.py::"
        + "test_a_stop_is_kept_and_holds_after_as_much_of_the_like_as_there_may_be",
    ),
    Removal(
        "H63",
        "clinic/home/bounds.py",
        "is_full = is_old and",
        "is_full =",
        CLINIC + "home/test_bounds.py::test_what_was_sent_for_long_ago_keeps_no_stop_of_today_out",
    ),
    Removal(
        "H51",
        "clinic/home/keeping.py",
        "min(ended_at, now)",
        "ended_at",
        CLINIC
        + "home/test_answers.py::"
        + "test_pain_after_an_exercise_is_told_by_now_and_not_after_what_is_told_later",
    ),
    Removal(
        "H52",
        "clinic/home/ahead.py",
        " or phase in rules.wordings[one.code].phases",
        "",
        CLINIC
        + "home/test_answers.py::"
        + "test_whether_the_baby_is_born_is_asked_in_pregnancy_and_closes_the_day",
    ),
    Removal(
        "H53",
        "clinic/home/leasing.py",
        "        elif take_over and kept",
        "        elif kept",
        CLINIC
        + "home/test_leasing.py::test_a_day_belongs_to_one_phone_until_another_takes_it_over",
    ),
    Removal(
        "H53",
        "web/static/home/phone.js",
        "  if (!isLeased(state, day)) return",
        "  if (false) return",
        HOME_PHONE + "test_a_day_without_a_lease_is_elsewhere",
    ),
    Removal(
        "H53",
        "clinic/home/keeping.py",
        "is_over_limit=_is_over(act, given)",
        "is_over_limit=False",
        CLINIC
        + "home/test_syncing.py::"
        + "test_more_than_was_asked_is_kept_and_marked_and_closes_the_day_everywhere",
    ),
    Removal(
        "H54",
        "web/static/home/phone.js",
        "wallTime(ms + 1000 * state.ahead_s)",
        "wallTime(ms)",
        HOME_PHONE + "test_a_clock_that_is_a_day_off_is_put_right_by_the_clinics",
    ),
    Removal(
        "H54",
        "web/static/home/phone.js",
        "  return day < state.latest_day ? state.latest_day : day;\n",
        "  return day;\n",
        HOME_PHONE + "test_a_clock_set_back_brings_no_day_back",
    ),
    Removal(
        "H54",
        "clinic/home/clock.py",
        "return cls(now, timedelta() if is_right else ahead, tolerance)",
        "return cls(now, timedelta(), tolerance)",
        CLINIC + "home/test_clocks.py::test_a_clock_that_is_days_wrong_loses_nothing_and_says_so",
    ),
    Removal(
        "H55",
        "web/static/home/phone.js",
        "state.outbox.filter((one) => !named.has(one.id))",
        "[]",
        HOME_PHONE + "test_what_the_clinic_named_is_kept_there_and_the_rest_stays",
    ),
    Removal(
        "H55",
        "web/static/home/keeper.js",
        "    this.loose = put;\n",
        "",
        "tests/browser/test_home_keeper.py::"
        + "test_of_what_is_told_at_once_on_a_full_disk_nothing_is_forgotten",
    ),
    Removal(
        "H55",
        "web/static/home/home.js",
        "isOn && !(await keeper.isAllSent())",
        "false && isOn",
        "tests/browser/test_home_sharing.py::"
        + "test_a_red_flag_that_is_not_sent_yet_stays_and_so_does_that_she_does_not_train",
    ),
    Removal(
        "H55",
        "clinic/home/keeping.py",
        "        raise KeptBeforeError\n",
        "        pass\n",
        CLINIC
        + "home/test_syncing.py::"
        + "test_the_same_id_with_other_content_is_told_and_what_came_first_stays",
    ),
    Removal(
        "H56",
        "web/static/home/guide.js",
        "    return Number.isNaN(this.heldS) ? this.clock() - this.beginsS : this.heldS;\n",
        "    return (this.slow = (this.slow ?? -4) + 0.25);\n",
        HOME_TIMER + "test_ten_minutes_hidden_and_shown_drift_by_nothing",
    ),
    Removal(
        "H57",
        "web/static/home/store.js",
        "  if (isShared) return new InMemory();\n",
        "",
        HOME_STORE + "test_a_full_disk_is_told_and_a_shared_device_keeps_nothing",
    ),
    Removal(
        "H57",
        "clinic/home/leasing.py",
        "days[:1] if phone.is_shared else days",
        "days",
        CLINIC + "home/test_leasing.py::test_a_shared_phone_takes_today_only",
    ),
    Removal(
        "H57",
        "web/static/home/keeper.js",
        "    this.state = empty();\n    this.draft = null;\n",
        "    this.draft = null;\n",
        HOME_LEAVING + "test_signing_out_on_one_page_leaves_nothing_on_another",
    ),
    Removal(
        "H57",
        "web/static/home/sw.js",
        'address.searchParams.has("arrived") ? forgetRead()',
        "false ? forgetRead()",
        HOME_NEXT + "test_on_a_slow_line_nothing_of_one_woman_is_seen_once_another_is_signed_in",
    ),
    Removal(
        "H57",
        "web/static/home/sw.js",
        "answer?.ok && since === arrivals",
        "answer?.ok",
        HOME_NEXT + "test_a_page_that_comes_late_is_not_kept_for_who_came_meanwhile",
    ),
    Removal(
        "H57",
        "web/static/home/home.js",
        "event.persisted && location.reload()",
        "undefined",
        HOME_NEXT + "test_a_page_that_comes_back_from_the_browsers_memory_is_read_anew",
    ),
    Removal(
        "H57",
        "web/static/home/sync.js",
        "if (whose !== this.her) return",
        "if (false) return",
        HOME_NEXT
        + "test_what_waits_of_one_woman_never_goes_into_the_record_of_who_signs_in_after_her",
    ),
    Removal(
        "H57",
        "web/static/home/store.js",
        'if (facts["plan"]) await forgetPages();',
        "",
        HOME_STORE + "test_the_pages_that_somebody_else_read_are_not_left_for_the_next",
    ),
    Removal(
        "H54",
        "clinic/home/clock.py",
        "else (max(found, placed), True)",
        "else (found, is_unsure)",
        CLINIC + "home/test_clocks.py::test_too_much_is_not_told_away_to_a_day_before",
    ),
    Removal(
        "H58",
        "clinic/home/reminding.py",
        "    return not is_shut and any(",
        "    return any(",
        CLINIC + "home/test_feed.py::test_an_answer_that_stops_leaves_its_days_out",
    ),
    Removal(
        "H59",
        "clinic/home/reminding.py",
        "if reminders.is_on and not quiet.has(one)",
        "if True",
        CLINIC
        + "home/test_reminding.py::test_she_is_reminded_outside_her_quiet_hours_while_it_is_on",
    ),
    Removal(
        "H58",
        "clinic/home/pushing.py",
        "return act.at[:10] in open_days(plan)",
        "return True",
        CLINIC + "home/test_pushing.py::test_who_did_what_today_asks_is_left_alone",
    ),
    Removal(
        "H59",
        "clinic/home/pushing.py",
        "due not in (one.reminded_for, self._begun.get(_key(one)))",
        "due != self._begun.get(_key(one))",
        CLINIC + "home/test_pushing.py::test_after_a_restart_none_comes_twice",
    ),
    Removal(
        "H60",
        "formats/calendar_feed.py",
        '"-//calendar//1//EN"',
        '"-//levator//1//EN"',
        CLINIC + "home/test_feed.py::test_it_says_nothing_of_her_nor_of_what_it_is_about",
    ),
    Removal(
        "H60",
        "web/static/home/sw.js",
        "showNotification(worker.shell.name",
        "showNotification(event.data?.text() || worker.shell.name",
        "tests/browser/test_home_push.py::"
        + "test_a_push_shows_one_neutral_sign_and_a_touch_leads_home",
    ),
    Removal(
        "H61",
        "clinic/invitations.py",
        "        end_all(work, user, self.accounts.now().isoformat())\n",
        "",
        CLINIC + "home/test_feed.py::test_closing_her_access_ends_it_also_once_she_is_let_in_again",
    ),
    Removal(
        "H62",
        "clinic/push_key.py",
        "return host if is_web and any(_is_of(one, host) for one in self.services) else None",
        "return host",
        CLINIC + "test_push_out.py::test_no_other_place_is_called",
    ),
    Removal(
        "H62",
        "clinic/push_out.py",
        "    if not all(map(is_public, found)):",
        "    if False:",
        CLINIC + "test_push_out.py::test_an_address_of_the_own_network_is_never_called",
    ),
    Removal(
        "H64",
        "web/static/home/ask.js",
        "    if (!isStop(question, answer)) {\n",
        "    if (question) {\n",
        HOME_MISTAKES + "test_what_stops_her_is_read_back_once_before_it_is_told",
    ),
    Removal(
        "H64",
        "web/static/home/home.js",
        'isTold ? "notes" : "waits"',
        '"notes"',
        HOME_MISTAKES
        + "test_nothing_moves_from_under_her_thumb_while_what_she_told_is_kept_and_sent",
    ),
    Removal(
        "H64",
        "web/static/home/after.js",
        "        this.tell(question, answer);\n        if",
        "        if",
        HOME_MISTAKES
        + "test_pain_after_an_exercise_is_read_back_and_counts_where_she_leaves_it_so",
    ),
    Removal(
        "H64",
        "web/static/home/after.js",
        "    await this.keepReadBack();\n",
        "",
        HOME_MISTAKES
        + "test_pain_that_is_read_back_after_pain_was_told_counts_where_she_leaves_it_so",
    ),
    Removal(
        "H64",
        "web/static/home/slips.js",
        "isSecond = isHere && timeStamp - last.ms < MOMENT_MS",
        "isSecond = false",
        HOME_MISTAKES + "test_a_double_tap_answers_no_question_that_she_never_saw",
    ),
    Removal(
        "H64",
        "web/static/home/slips.js",
        "if (before && before[0] === wide && before[1] !== high) moved();",
        "",
        HOME_MISTAKES + "test_a_tap_that_was_on_its_way_when_something_came_above_is_none",
    ),
    Removal(
        "H64",
        "web/static/home/slips.js",
        'return removedNodes.length ? !target.closest("[hidden]") : target.hidden;',
        "return false;",
        HOME_MISTAKES + "test_where_what_she_aimed_at_went_by_itself_a_tap_on_what_came_is_none",
    ),
    Removal(
        "H65",
        "course/checklist.py",
        "in sorted(told)",
        "in told",
        "tests/library/test_checklists.py::test_of_several_red_flags_the_most_urgent_is_told_first",
    ),
    Removal(
        "H65",
        "web/static/home/phone.js",
        "return told.sort((one, other) => (one.urgency ?? 0) - (other.urgency ?? 0));",
        "return told;",
        HOME_PHONE + "test_of_several_red_flags_all_are_told_the_most_urgent_first",
    ),
)


#: Their tests read the source itself, and bring their own proof that a break is seen.
READERS_OF_SOURCE = frozenset({"H24", "H25"})


def is_red(tests: list[str], removal: Removal | None = None) -> bool:
    """Whether the tests fail on a copy of the code, with or without a control."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src"
        shutil.copytree(ROOT / "src", copy)
        if removal is not None:
            file = copy / "levator" / removal.file
            text = file.read_text("utf-8").replace(removal.text, removal.instead)
            file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-o", f"cache_dir={folder}/cache"]
        done = subprocess.run(
            [*command, *tests],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            sys.exit(f"{tests} could not be run:\n{done.stdout}{done.stderr}")
        return done.returncode == 1


def main() -> None:
    wanted = sys.argv[1:]
    removals = [one for one in REMOVALS if not wanted or one.hazard in wanted]
    if is_red(sorted({one.test for one in removals})):
        sys.exit("A test of a control is red already; mend that first.")
    green = 0
    for removal in removals:
        red = is_red([removal.test], removal)
        green += not red
        said = "red" if red else "STILL GREEN"
        sys.stdout.write(f"{removal.hazard:4} {said:12} {removal.test}\n")
        sys.stdout.flush()
    if green:
        sys.exit(f"{green} controls may be removed without a test that notices.")


if __name__ == "__main__":
    main()
