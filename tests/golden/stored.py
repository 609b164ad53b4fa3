"""The sessions that must replay to the same bytes everywhere, as text.

Ours lie in `sessions/`, each with what the engine told. Those of a real person are made from the
openhdemg recording while the tests run: it may be used, not copied.
"""

from __future__ import annotations

from functools import cache

from levator.library.loader import load_settings
from levator.signals.design import filter_for
from levator.signals.reference import Reference, already_percent_mvc
from levator.signals.samples import Channel, Stream
from levator.training.context import ChannelUse
from levator.training.inputs import Command
from tests.golden import make
from tests.golden.play import play
from tests.real import openhdemg

NAMES = tuple(sorted(make.SESSIONS))
REAL = ("real-emg", "real-force")


def text_of(name: str) -> str:
    """Return a session of ours as it is stored."""
    return (make.FOLDER / f"{name}.json").read_text("utf-8")


def told_of(name: str) -> str:
    """Return what the engine told when the session was made."""
    return (make.FOLDER / f"{name}.events").read_text("utf-8")


@cache
def expected() -> dict[str, tuple[str, str]]:
    """Return name -> (session, events) of ours and of the real person."""
    ours = {name: (text_of(name), told_of(name)) for name in NAMES}
    texts = {name: real_session(name) for name in REAL}
    return ours | {name: (text, play(text)) for name, text in texts.items()}


def real_session(name: str) -> str:
    """The person follows the trapezoid; judged by her force, or by one EMG channel."""
    emg, force, rate_hz, start_s = openhdemg()
    channel, values, reference = Channel("force", "force", "%MVC"), force, already_percent_mvc()
    if name == "real-emg":
        channel, values = Channel("emg_25", "emg", "uV"), emg[24]
        reference = Reference("declared", 8.8, 360.0, "uV")
    stream = Stream("thigh", rate_hz, (channel,), "float64", round(start_s * rate_hz))
    conditioning = load_settings().conditioning
    chain = filter_for(channel.kind, channel.unit, rate_hz, conditioning)
    use = ChannelUse("thigh", channel.name, "primary", chain, reference)
    given = make.dose("endurance", 26.0, (5.0, 20.0, 5.0, 2.0), 1, None)
    inputs = (
        Command("start", stream.first_index, "room", first_rise_s=8.2),
        *make.blocks(stream, (values.tolist(),), 64),
        Command("stop", stream.first_index + len(values), "room", reason="end_of_recording"),
    )
    context = make.context_of((stream,), (use,), given)
    return make.text_of(make.Session("a real person, one contraction", context, inputs))
