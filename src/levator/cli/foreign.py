"""A session context for a recording that levator did not make."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from levator import __version__
from levator.course.prescription import written_dose
from levator.course.protocol import Protocol
from levator.errors import CallerError, LimitError, UnitError
from levator.formats.content import Recording, find_channel
from levator.library.loader import LIBRARY_VERSION, load_hard_limits, load_protocol, load_settings
from levator.quantities import PERCENT_MVC, Percent, parse_in, parse_quantity
from levator.signals.design import filter_for
from levator.signals.reference import Reference, already_percent_mvc
from levator.signals.samples import Channel
from levator.training.context import ChannelUse, SessionContext
from levator.training.dose import Dose, Mode, RoundsKind, RoundsRule
from levator.training.limits import Limits, breaches
from levator.training.pattern import parse_pattern
from levator.training.settings import Settings

MODES: tuple[Mode, ...] = ("open", "basic_strength", "endurance", "advanced")
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
        library_version=LIBRARY_VERSION,
    )


def _reference(channel: Channel, asked: argparse.Namespace) -> Reference:
    """Rest and reference as declared, in the channel's own unit."""
    if channel.unit == PERCENT_MVC:
        if asked.rest or asked.reference:
            raise CallerError(
                f"Channel {channel.name} is in %MVC above rest already; "
                "leave out --rest and --reference."
            )
        return already_percent_mvc()
    if not (asked.rest and asked.reference):
        raise CallerError(
            f"Channel {channel.name} is in {channel.unit}; give --rest and --reference in "
            f"{channel.unit}, for example --rest 3.1{channel.unit}."
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
        protocol = load_protocol(asked.protocol)
        return _Prescribed(written_dose(protocol.stage(asked.stage)), protocol, asked.stage)
    if asked.stage is not None:
        raise CallerError("A --stage belongs to a --protocol; leave out --mode.")
    if asked.mode == "open":
        if given:
            raise CallerError(f"Mode open has no target; leave out {', '.join(given)}.")
        return _Prescribed(Dose("open"))
    missing = [name for name in free if free[name] is None and name != "--tangent"]
    if "--pattern" not in missing and "--pattern-unit" in missing:
        raise UnitError("The pattern has no unit; add --pattern-unit s or --pattern-unit 0.1s.")
    if missing:
        raise CallerError(f"Mode {asked.mode} also needs {', '.join(missing)}.")
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
        raise UnitError(f"{name} {text} must be in %, as in {name} 40%.")
    return quantity.value


def _rounds(text: str, settings: Settings) -> RoundsRule:
    caps = (settings.session.max_rounds, settings.session.max_effort_s)
    kinds: dict[str, RoundsKind] = {
        "past_fatigue": "past_fatigue",
        "before_fatigue": "before_fatigue",
    }
    if text in kinds:
        return RoundsRule(kinds[text], *caps)
    try:
        count = int(text)
    except ValueError:
        raise CallerError(
            f"--rounds {text} must be a whole number, past_fatigue or before_fatigue."
        ) from None
    return RoundsRule("number", *caps, count)


def _check_limits(dose: Dose, limits: Limits) -> None:
    over = breaches(dose, limits)
    if over:
        first = over[0]
        unit = _UNIT_OF_LIMIT.get(first.limit, "")
        raise LimitError(
            f"The {first.limit} of {first.asked:g}{unit} is over the hard limit of "
            f"{first.allowed:g}{unit}; ask for less."
        )
