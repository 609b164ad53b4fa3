"""Recordings of real people, for the tests: packed in other libraries, never in this project.

`python3 dev.py test` installs the hash-pinned requirements-recordings.lock, without what those
libraries depend on; nothing of them is imported, their data files are read where they lie.
"""

from __future__ import annotations

import hashlib
from array import array
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
from scipy.io import loadmat

from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream

OTB_SHA256 = "060bca2886c1393e74ad69b7f4af1fa8e7a271e359fb247768d73f8daa0fc84e"
#: Name -> (file, its digest, its channel) of recordings in biosignalsnotebooks.
BIOSIGNALS = {
    "biceps": (
        "emg_bursts.h5",
        "32989903d9196e7bf0db1306da56fda787fb6fe35591b06e9b68d040f036d5fb",
        "channel_3",
    ),
    "thumb": (
        "emg_1000_hz_16_bits_solo.h5",
        "9d529a65d3886c9a93d6cb9124608c9fd0c132b13599ef9c50dd1c45bb0f1dac",
        "channel_1",
    ),
    "breathing": (
        "signal_sample_single_hub_respiration_2018_7_5.h5",
        "5640acba30e268b9439808ffd866ba8b771104c6c466488585772bcff12530ba",
        "channel_1",
    ),
}


def _data_file(package: str, path: str, sha256: str) -> Path:
    spec = find_spec(package)
    if not (spec and spec.submodule_search_locations):
        raise FileNotFoundError(
            f"{package} is missing: pip install --no-deps --require-hashes "
            "-r requirements-recordings.lock"
        )
    file = Path(next(iter(spec.submodule_search_locations))) / path
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256, f"{file.name} has changed"
    return file


@cache
def openhdemg() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float, float]:
    """A person following a trapezoid in a steady contraction of the thigh (vastus lateralis).

    Returns EMG (64, 66560) in uV, force (66560,) in %MVC, the sampling frequency 2048.0 Hz and
    the time of the first sample, 7.0 s.
    """
    file = _data_file("openhdemg", "library/decomposed_test_files/otb_testfile.mat", OTB_SHA256)
    content = loadmat(file, simplify_cells=True)
    data, names = np.asarray(content["Data"], np.float64), list(content["Description"])
    emg = [at for at, name in enumerate(names) if "uV]" in name]
    assert len(emg) == 64
    assert names[-1] == "acquired data[ %(MVC)]"
    return data[:, emg].T, data[:, -1], float(content["SamplingFrequency"]), 7.0


def openhdemg_recording(emg_channels: int = 0) -> Recording:
    """The same as a recording of one stream: `force`, then `emg_1`, `emg_2`, ..."""
    emg, force, rate, start_s = openhdemg()
    channels = (
        Channel("force", "force", "%MVC"),
        *(Channel(f"emg_{number + 1}", "emg", "uV") for number in range(emg_channels)),
    )
    columns = tuple(array("d", column) for column in (force, *emg[:emg_channels]))
    first = round(start_s * rate)
    stream = Stream("thigh", rate, channels, "float64", first)
    return Recording((stream,), (Samples("thigh", first, columns),))


def biosignals(name: str) -> tuple[list[int], float]:
    """Return the converter's 16-bit numbers and the sampling frequency, 1000.0 Hz.

    `biceps`: nine lifts in 28.5 s. `thumb`: 21 twitches of the adductor pollicis in 87.6 s.
    `breathing`: 60 s, quiet, then deep from about 32 s on.
    """
    file, sha256, channel = BIOSIGNALS[name]
    folder = "notebook_files/osf_files/signal_samples"
    with h5py.File(_data_file("biosignalsnotebooks", f"{folder}/{file}", sha256)) as content:
        [device] = content.values()
        assert list(device.attrs["resolution"]) == [16]
        return device["raw"][channel][:, 0].tolist(), float(device.attrs["sampling rate"])


def emg_recording(name: str) -> Recording:
    """One channel `emg` in mV: the sensor gives 3 V over the converter's range, amplified 1000."""
    raw, rate = biosignals(name)
    channel = Channel("emg", "emg", "mV", 3.0 / 65536, -1.5, 0, 65535)
    stream = Stream("arm", rate, (channel,), "int32")
    return Recording((stream,), (Samples("arm", 0, (array("i", raw),)),))
