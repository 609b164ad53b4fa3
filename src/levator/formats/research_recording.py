"""A recording as research gets it: samples, context, inputs and events, without who she is.

Only what is listed here goes out. Of a text only a word of the engine or of the library that comes
with levator stays; what somebody may have typed is left empty, and streams and channels get names
of their own. No moment of the clock stays: time is the index of a sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from levator.formats.exact_recording import Kept
from levator.records.model import FOLLOWS, Block, EventRecord, InputRecord, RecordingHeader
from levator.records.replay import StoredSession
from levator.signals.samples import Samples

#: What EDF+ writes where nobody knows the day.
NO_DAY = "1985-01-01T00:00:00+00:00"
#: Fields of a context, an input and an event that go out, wherever they stand.
KEPT = frozenset(
    """
    activity_cough_of_level_percent activity_mean_s adaptive_rest allowed amber_after_s asked
    at_index at_s band_percent_mvc best_release_rate_percent_mvc_per_s
    best_rise_rate_percent_mvc_per_s breaches breakpoints breath_held_of_usual_percent
    breath_shortest_s breath_usual_s by calibration cause ceiling_dip_longest_s
    ceiling_dip_steps ceiling_dips ceiling_share_percent channel channels clipping_s
    co_contraction_lasts_s co_contraction_percent co_contraction_times_rest command
    conditioning context contraction cough_height_percent_mvc cough_longest_s
    cough_rate_percent_mvc_per_s cough_times_own_best_rate count cushion
    cv_above_of_own_percent cycle_s delay_s device dose drawn_index duration_s effort
    effort_at_least effort_s elapsed_s emg_band_high_hz emg_band_high_of_nyquist_percent
    emg_band_low_hz emg_lowest_sampling_frequency_hz emg_mean_s end_lasts_s end_s
    ended_below_of_peak_percent ended_below_percent_mvc ended_by engine_version established_by
    established_round failures_at_most fall_s fatigue fatigue_signs filter first_index
    first_rise_s flat_line_needs_reversals flat_line_s force_low_pass_hz force_percent_mvc
    found_above_percent_mvc from_round from_s good_rounds grey_after_s held_s
    highest_percent_mvc hold_asked_s hold_cv_percent hold_in_band_below_percent
    hold_mean_below_of_target_percent hold_mean_percent_mvc hold_rounds_running hold_s
    judged_after_of_rest_percent judged_after_s judged_level_percent_mvc kind
    known_within_any_unit known_within_percent_mvc label lag_s lag_within_s
    last_known_fatigue_round late_optional_s lead_in_s level_after_from_s
    level_after_percent_mvc level_after_to_s library_version limit limits limits_label
    longer_at_most_s longer_by_s lowest_percent_mvc mark max_effort_s max_rounds
    mean_percent_mvc missing mode name next_rest_s noise_percent_mvc offset
    onset_above_percent_mvc onset_s own_rounds pattern peak_percent_mvc polarity_between_s
    polarity_clear_rest_sds polarity_lift_s polarity_push_s polarity_settled_s posture
    presence_s protocol protocol_version quality quick_on_s quick_rate_from_percent
    quick_rate_to_percent quick_rest_s quick_trials rate_from_percent rate_to_percent
    raw_maximum raw_minimum reached_lasts_s reason reasons rectify_mean_samples reference
    reference_hold_s reference_plateau_from_s reference_plateau_to_s reference_rest_s
    reference_trials reference_valid release_rate_of_own_best_percent
    release_rate_percent_mvc_per_s released released_below_percent_mvc released_over_s
    released_percent required_streams rest rest_above_percent_mvc rest_median_s
    rest_percent_mvc rest_restless_times rest_s rest_sd revision rise_below_of_own_percent
    rise_rate_asked_percent_mvc_per_s rise_rate_of_own_best_percent
    rise_rate_percent_mvc_per_s rise_s rmse_lag_removed_percent_mvc rmse_percent_mvc role
    round rounds sample_format sampling_frequency_hz scale sections session
    session_released_percent set_number sets settings shift_in_rest_after_s
    shift_kept_within_percent shift_percent_mvc shift_rate_percent_mvc_per_s
    shift_times_own_best_rate short_below_of_hold_percent shortest_s signs silence_s silent_s
    slope_over_s slow_below_of_asked_percent stage start_s state strain_below_percent_mvc
    strain_lasts_s stream streams taken_at tangent_percent tare_after_s tare_needed tare_s
    time_in_band_percent to_s too_strong_bands too_strong_lasts_s type unfiltered_below_hz
    unit unreleased_at_most uses valid valid_days valid_rounds valid_until_s verdict
    verdict_at_s verdicts warned_by warned_round
    """.split()  # noqa: SIM905
)
#: Fields of what was known before the sitting; who cleared her is none of them.
FACTS = frozenset({"weeks_pregnant", "weeks_since_birth", "complications", "pain_now"})
_NOT_KNOWN = ": not known"
_VERSIONS = frozenset({"engine_version", "library_version", "protocol_version"})
_VERSION = re.compile(r"[0-9]{1,4}([.-]?[0-9a-z]{1,8}){0,5}")


def word_of(text: str, words: frozenset[str]) -> str:
    """Return a text that is one of the words, or one that is not known; of a device its kind."""
    if text.removesuffix(_NOT_KNOWN) in words:
        return text
    word = text.partition("://")[0]
    return word if word in words else ""


def version_of(text: str) -> str:
    """Return a text that is a version and nothing else."""
    return text if _VERSION.fullmatch(text) else ""


@dataclass(frozen=True, slots=True)
class Bare:
    """How one recording is told. number, follows : what it and the one before it are called.

    streams, channels : what was called so -> what it is called here.
    """

    number: str
    follows: str
    words: frozenset[str]
    streams: Mapping[str, str]
    channels: Mapping[str, str]

    def session(self, kept: StoredSession) -> StoredSession:
        """Return a whole session, read as it goes."""
        events = [self._plain(event) for event in kept.events]
        return StoredSession(self.header(kept.header), self._inputs(kept), events)

    def _inputs(self, kept: StoredSession) -> Iterator[Samples | dict[str, Any]]:
        for one in kept.inputs:
            yield self._samples(one) if isinstance(one, Samples) else self._plain(one)

    def _samples(self, samples: Samples) -> Samples:
        return replace(samples, stream=self.streams.get(samples.stream, ""), arrived_s=None)

    def header(self, header: RecordingHeader) -> RecordingHeader:
        """Return what is known of it, without days, names and ids."""
        told = header.facts.items()
        facts = {name: self._value(one, name) for name, one in told if name in FACTS}
        return RecordingHeader(
            id=self.number,
            started_at=NO_DAY,
            title="",
            context=self._plain(header.context),
            versions={
                name: version_of(header.versions[name])
                for name in ("levator", "library", "protocol")
                if name in header.versions
            },
            state=header.state,
            ended_by=word_of(header.ended_by or "", self.words),
            facts=facts | ({FOLLOWS: self.follows} if self.follows else {}),
        )

    def record(self, record: Kept) -> Kept:
        """Return one record of it, bit for bit where it is samples."""
        match record:
            case RecordingHeader():
                return self.header(record)
            case Block():
                name = self.streams.get(record.stream, "")
                return replace(record, recording_id=self.number, stream=name, arrived_s=None)
            case InputRecord() | EventRecord():
                return replace(record, recording_id=self.number, data=self._plain(record.data))

    def _plain(self, told: Mapping[str, Any]) -> dict[str, Any]:
        naming = "stream" if "channels" in told else "channel"
        return {
            key: self._value(one, naming if key == "name" else key)
            for key, one in told.items()
            if key in KEPT
        }

    def _value(self, value: Any, key: str) -> Any:
        match value:
            case dict():
                return self._plain(value)
            case list() | tuple():
                return [self._value(one, key) for one in value]
            case str():
                return self._text(value, key)
        return value

    def _text(self, text: str, key: str) -> str:
        if key in ("stream", "required_streams"):
            return self.streams.get(text, "")
        if key == "channel":
            return self.channels.get(text, "")
        return version_of(text) if key in _VERSIONS else word_of(text, self.words)


def bare(header: RecordingHeader, number: str, follows: str, words: frozenset[str]) -> Bare:
    """Return how a recording is told under another number."""
    streams = header.context.get("streams", [])
    names = {one["name"]: f"stream-{place}" for place, one in enumerate(streams, start=1)}
    channels: dict[str, str] = {}
    for channel in (channel for stream in streams for channel in stream.get("channels") or []):
        # One that was taken in from elsewhere may be anything.
        match channel:
            case {"name": str(name), "kind": str(kind)}:
                told = word_of(kind, words) or "channel"
                channels.setdefault(name, f"{told}-{len(channels) + 1}")
    return Bare(number, follows, words, names, channels)
