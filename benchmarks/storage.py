"""A sealed recording against Parquet of the same integers, and the audit's chain.

The session is 30 minutes: four channels of force and pressure at 100 Hz and one of EMG at
2000 Hz, 16-bit counts of a converter, in blocks as devices send them (100 ms and 20 ms).
Parquet gets the bare columns, delta and zstd; ours also keeps where every block began and when
it arrived, and is read back through the repository.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import insert

from levator.records.audit import BEGINNING, AuditEntry, chained, find_break_in
from levator.records.model import Batch, Block
from levator.storage import open_repository
from levator.storage.sql.entity_tables import audit_line
from levator.storage.sql.repository import SqlRepository
from levator.testing.repository import LATER, a_header

MINUTES, SLOW_HZ, EMG_HZ = 30, 100, 2000
LINES = 200_000
Row = tuple[str, str, str, bool]


def session() -> tuple[np.ndarray, np.ndarray]:
    """Return (4, n) of force and pressure, and n of EMG: contractions of 16 s, drift, noise."""
    rng = np.random.default_rng(3)
    slow_s = np.arange(MINUTES * 60 * SLOW_HZ) / SLOW_HZ
    effort = np.clip(np.sin(2 * np.pi * slow_s / 16), 0, None)
    slow = [
        2000
        + 6000 * effort * (0.8 + 0.1 * place)
        + np.cumsum(rng.standard_normal(len(slow_s))) * 0.5
        + rng.standard_normal(len(slow_s)) * 8
        for place in range(4)
    ]
    emg_s = np.arange(MINUTES * 60 * EMG_HZ) / EMG_HZ
    noise = np.convolve(rng.standard_normal(len(emg_s)), [0.25, 0.5, 0.25], "same")
    emg = (40 + 1500 * np.clip(np.sin(2 * np.pi * emg_s / 16), 0, None)) * noise
    return counts(np.stack(slow)), counts(emg)


def counts(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.round().clip(-32768, 32767).astype("<i2"))


def blocks(slow: np.ndarray, emg: np.ndarray) -> list[Block]:
    """Return the session as a recorder puts it, arrivals late by a fraction of a millisecond."""
    rng, made = np.random.default_rng(5), []
    for name, values, rate, size in (
        ("seat", slow, SLOW_HZ, SLOW_HZ // 10),
        ("emg", emg[None], EMG_HZ, EMG_HZ // 50),
    ):
        for first in range(0, values.shape[1], size):
            part = np.ascontiguousarray(values[:, first : first + size])
            late_ns = int(abs(rng.normal(0, 2e5)))
            arrived_s = (int((first + size) / rate * 1e9) + 5_000_000_000_000 + late_ns) / 1e9
            made.append((arrived_s, name, first, part))
    return [
        Block("one", name, place, first, "int16", len(part), part.shape[1], part.tobytes(), at_s)
        for place, (at_s, name, first, part) in enumerate(sorted(made, key=lambda one: one[0]))
    ]


def parquet_bytes(slow: np.ndarray, emg: np.ndarray, **settings: object) -> int:
    tables = (
        pa.table({f"c{place}": one.astype(np.int32) for place, one in enumerate(slow)}),
        pa.table({"emg": emg.astype(np.int32)}),
    )
    total = 0
    for table in tables:
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="zstd", use_dictionary=False, **settings)
        total += buffer.tell()
    return total


def sealed(folder: Path, made: list[Block]) -> tuple[int, float, float, bool]:
    """Return the bytes of the parts, seconds to seal and to read, and whether all came back."""
    file = folder / "bench.db"
    with open_repository(f"sqlite:///{file}") as repository:
        repository.begin_recording(a_header())
        for at in range(0, len(made), 5000):
            repository.append(Batch(blocks=tuple(made[at : at + 5000])))
        repository.close_recording("one", LATER, "stop")
        began_s = time.perf_counter()
        list(repository.seal_ended())
        sealed_s = time.perf_counter() - began_s
        began_s = time.perf_counter()
        back = list(repository.blocks("one"))
        read_s = time.perf_counter() - began_s
    connection = sqlite3.connect(file)
    [size] = connection.execute("SELECT sum(length(content)) FROM sealed_part").fetchone()
    connection.close()
    return size, sealed_s, read_s, back == made


def recordings(folder: Path) -> list[Row]:
    slow, emg = session()
    raw = slow.nbytes + emg.nbytes
    delta = parquet_bytes(slow, emg, column_encoding="DELTA_BINARY_PACKED")
    split = parquet_bytes(slow, emg, use_byte_stream_split=True)
    ours, sealed_s, read_s, is_exact = sealed(folder, blocks(slow, emg))
    text = (
        f"{ours / 1e6:.2f} of {raw / 1e6:.2f} MB raw; Parquet delta + zstd {delta / 1e6:.2f} MB, "
        f"byte stream split + zstd {split / 1e6:.2f} MB: {ours / delta:.3f} and {ours / split:.3f}"
    )
    return [
        ("sealed recording: bytes against Parquet", text, "0.95 of delta", ours <= 0.95 * delta),
        (
            "sealed recording: every block as it was",
            f"{is_exact}; sealed in {sealed_s:.1f} s, read in {read_s:.1f} s",
            "bit for bit",
            is_exact,
        ),
    ]


def rows_of(entry: AuditEntry) -> Iterator[dict[str, object]]:
    """Yield a chain as rows: putting each line in a work of its own would take minutes."""
    digest = BEGINNING
    for number in range(1, LINES + 1):
        line = chained(entry, number, digest)
        digest = line.digest
        yield asdict(entry) | {"number": number, "previous": line.previous, "digest": digest}


def audit(folder: Path) -> list[Row]:
    entry = AuditEntry(
        at=LATER,
        tenant_id="clinic",
        user_id="u" * 32,
        role="therapist",
        action="patient.read",
        patient_id="p" * 32,
        login_id="l" * 32,
        address="127.0.0.1",
    )
    with open_repository(f"sqlite:///{folder}/audit.db") as repository:
        assert isinstance(repository, SqlRepository)
        with repository.one_write() as connection:
            connection.execute(insert(audit_line), list(rows_of(entry)))
        times = []
        for _ in range(5):
            began_s = time.perf_counter()
            with repository.work(writes=False) as work:
                broken = find_break_in(work.audit_chain("clinic"))
            times.append(time.perf_counter() - began_s)
    text = f"best {min(times):.2f} s, all: {', '.join(f'{one:.2f}' for one in times)}"
    is_met = broken is None and min(times) < 2.0
    return [(f"audit: {LINES} lines read and verified", text, "2 s", is_met)]


def run() -> list[Row]:
    """Return the rows for the table of figures."""
    with tempfile.TemporaryDirectory() as folder:
        return recordings(Path(folder)) + audit(Path(folder))


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
