"""A session context for a recording that levator did not make."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from levator import __version__
from levator.course.prescription import written_dose
from levator.course.protocol import Protocol
from levator.errors import CallerError, Exact, LimitError, Phrase, UnitError, mark
from levator.formats.content import Recording, find_channel
from levator.library.loader import (
    library_version,
    load_hard_limits,
    load_protocol,
    load_settings,
    read_protocol,
)
from levator.quantities import PERCENT_MVC, Percent, parse_in, parse_quantity, whole_of
from levator.signals.design import filter_for
from levator.signals.reference import Reference, already_percent_mvc
from levator.signals.samples import Channel
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose, Mode, RoundsKind, RoundsRule
from levator.training.limits import LimitCode, Limits, breaches
from levator.training.pattern import parse_pattern
from levator.training.settings import Settings

MODES: tuple[Mode, ...] = ("open", "basic_strength", "endurance", "advanced")
_LIMITS: dict[LimitCode, str] = {
    "force": mark("force"),
    "hold": mark("hold"),
    "cycle": mark("cycle"),
    "effort": mark("effort"),
    "rounds": mark("number of rounds"),
    "strength_not_cleared": mark("strength training"),
}
_UNIT_OF_LIMIT = {"force": " %", "hold": " s", "cycle": " s", "effort": " s", "rounds": ""}


@dataclass(frozen=True, slots=True)
class _Prescribed:
    dose: Dose
    protocol: Protocol | None = None
    stage: str | None = None


def context_of(recording: Recording, asked: argparse.Namespace) -> SessionContext:
    """Return the session that the words of the command line ask for.

    Raises CallerError, UnitError or LimitError with the remedy.
    """
    settings, limits = load_settings(), load_hard_limits()
    stream, channel = find_channel(recording, asked.channel)
    prescribed = _prescribed(asked, settings)
    _check_limits(prescribed.dose, limits)
    chain = filter_for(
        channel.kind, channel.unit, stream.sampling_frequency_hz, settings.conditioning
    )
    use = ChannelUse(stream.name, channel.name, "primary", chain, _reference(channel, asked))
    return SessionContext(
        streams=(stream,),
        uses=(use,),
        required_streams=(stream.name,),
        dose=prescribed.dose,
        limits=limits,
        settings=settings,
        adaptive_rest=asked.adaptive_rest,
        reference_valid=True,
        protocol=prescribed.protocol.id if prescribed.protocol else None,
        protocol_version=prescribed.protocol.version if prescribed.protocol else None,
        stage=prescribed.stage,
        engine_version=__version__,
        library_version=library_version(),
    )


def _reference(channel: Channel, asked: argparse.Namespace) -> Reference:
    """Rest and reference as declared, in the channel's own unit."""
    if channel.unit == PERCENT_MVC:
        if asked.rest or asked.reference:
            raise CallerError(
                "Channel %(channel)s is in %%MVC above rest already; leave out --rest and "
                "--reference.",
                channel=channel.name,
            )
        return already_percent_mvc()
    if not (asked.rest and asked.reference):
        raise CallerError(
            "Channel %(channel)s is in %(unit)s; give --rest and --reference in %(unit)s, "
            "for example --rest 3.1%(unit)s.",
            channel=channel.name,
            unit=channel.unit,
        )
    return Reference(
        "declared",
        parse_in(asked.rest, channel.unit),
        parse_in(asked.reference, channel.unit),
        channel.unit,
    )


def _prescribed(asked: argparse.Namespace, settings: Settings) -> _Prescribed:
    free = {
        "--force": asked.force,
        "--pattern": asked.pattern,
        "--pattern-unit": asked.pattern_unit,
        "--tangent": asked.tangent,
        "--rounds": asked.rounds,
    }
    given = [name for name, value in free.items() if value is not None]
    if (asked.protocol is None) == (asked.mode is None):
        raise CallerError("Give either --protocol with --stage, or --mode.")
    if asked.protocol is not None:
        if asked.stage is None or given:
            raise CallerError("A --protocol needs its --stage, which brings the dose by itself.")
        own = Path(asked.protocol) if asked.protocol.endswith(".toml") else None
        protocol = load_protocol(asked.protocol) if own is None else read_protocol(own)
        return _Prescribed(written_dose(protocol.stage(asked.stage)), protocol, asked.stage)
    if asked.stage is not None:
        raise CallerError("A --stage belongs to a --protocol; leave out --mode.")
    if asked.mode == "open":
        if given:
            raise CallerError("Mode open has no target; leave out %(given)s.", given=given)
        return _Prescribed(Dose("open"))
    missing = [name for name in free if free[name] is None and name != "--tangent"]
    if "--pattern" not in missing and "--pattern-unit" in missing:
        raise UnitError("The pattern has no unit; add --pattern-unit s or --pattern-unit 0.1s.")
    if missing:
        raise CallerError("Mode %(mode)s also needs %(missing)s.", mode=asked.mode, missing=missing)
    return _Prescribed(_free_dose(asked, settings))


def _free_dose(asked: argparse.Namespace, settings: Settings) -> Dose:
    return Dose(
        asked.mode,
        _percent(asked.force, "--force"),
        parse_pattern(asked.pattern, asked.pattern_unit),
        None if asked.tangent is None else _percent(asked.tangent, "--tangent"),
        _rounds(asked.rounds, settings),
    )


def _percent(text: str, name: str) -> Percent:
    quantity = parse_quantity(text)
    if quantity.unit not in ("%", PERCENT_MVC):
        raise UnitError(
            "%(name)s %(text)s must be in %%, as in %(name)s 40%%.", name=name, text=text
        )
    return quantity.value


def _rounds(text: str, settings: Settings) -> RoundsRule:
    caps = (settings.session.max_rounds, settings.session.max_effort_s)
    kinds: dict[str, RoundsKind] = {
        "past_fatigue": "past_fatigue",
        "before_fatigue": "before_fatigue",
    }
    if text in kinds:
        return RoundsRule(kinds[text], *caps)
    count = whole_of(text)
    if count is None:
        raise CallerError(
            "--rounds %(text)s must be a whole number, past_fatigue or before_fatigue.",
            text=text[:20],
        )
    if count > settings.session.max_rounds:
        raise LimitError(
            "--rounds %(text)s is more than the %(most)s rounds that a set may have; "
            "ask for fewer.",
            text=text,
            most=settings.session.max_rounds,
        )
    return RoundsRule("number", *caps, count)


def _check_limits(dose: Dose, limits: Limits) -> None:
    over = breaches(dose, limits)
    if over:
        first = over[0]
        unit = _UNIT_OF_LIMIT.get(first.limit, "")
        raise LimitError(
            "The %(limit)s of %(asked)s%(unit)s is over the hard limit of "
            "%(allowed)s%(unit)s; ask for less.",
            limit=Phrase(_LIMITS[first.limit]),
            asked=Exact(first.asked),
            unit=unit,
            allowed=first.allowed,
        )
