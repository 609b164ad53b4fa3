"""List the kinds of device, or try one for two seconds."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import TYPE_CHECKING

from levator.cli.speaking import hint, say, voice
from levator.errors import mark
from levator.quantities import shown_unit

if TYPE_CHECKING:
    from levator.devices.device import Device
    from levator.signals.samples import Channel, Stream

ABOUT = mark("List the kinds of device, or try one for two seconds.")
EXAMPLES = """\
levator devices
levator devices "simulator://?rate=100Hz"
"""
TRIED_S = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of this command."""
    parser.add_argument("url", metavar="URL", nargs="?", help=hint("a device to try"))


def run(asked: argparse.Namespace) -> int:
    """List what there is, or open one device."""
    from levator.devices.device import known_devices, open_device

    if asked.url is None:
        for scheme, description, example in known_devices():
            print(f"{scheme}://\n  {say(description)}\n  {example}")
        return 0
    device = open_device(asked.url)
    streams, received = asyncio.run(_tried(device))
    print(f"{voice().gettext(device.name)} ({device.url})")
    for stream in streams:
        _print_stream(stream, received[stream.name])
    return 0


def _print_stream(stream: Stream, received: int) -> None:
    rate = say("%(rate)s Hz", rate=stream.sampling_frequency_hz)
    print(f"{stream.name}: {rate}, {stream.sample_format}")
    for channel in stream.channels:
        print("  " + channel_line(channel))
    print("  " + say("%(count)s samples in %(length)s s", count=received, length=TRIED_S))


def channel_line(channel: Channel) -> str:
    """Return a channel in a few words: its name, what it measures, its unit."""
    from levator.texts.words import KINDS

    kind = say(KINDS[channel.kind])
    return f"{channel.name}: {kind}, {shown_unit(channel.unit)}"


async def _tried(device: Device) -> tuple[tuple[Stream, ...], dict[str, int]]:
    """Open a device, count its samples for a while, close it."""
    streams = await device.open()
    received = {stream.name: 0 for stream in streams}
    try:
        async with asyncio.timeout(TRIED_S):
            began_s = time.monotonic()
            async for block in device.samples():
                received[block.stream] += len(block)
                if time.monotonic() - began_s >= TRIED_S:
                    break
    except TimeoutError:
        pass
    finally:
        await device.close()
    return streams, received
