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

import numpy as np
import numpy.typing as npt
from scipy.io import loadmat

from levator.formats.recording import Recording
from levator.signals.samples import Channel, Samples, Stream

OTB_SHA256 = "060bca2886c1393e74ad69b7f4af1fa8e7a271e359fb247768d73f8daa0fc84e"


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
