"""All figures in one table: `python3 dev.py bench`, or some: `python3 dev.py bench kernel`.

Ratios are within one run; absolute times say what else the machine was doing.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

BENCHMARKS = {
    "kernel": "the work per block of EMG against scipy and numpy; the whole step",
    "startup": "levator --help against a bare interpreter",
    "screen": "sample created to drawn in Chromium, against a bare page",
    "rooms": "20 rooms with two viewers each for two minutes, one of them stopped for a while",
    "storage": "a sealed recording against Parquet; the audit, verified",
    "records": "10,000 patients and 200,000 sessions: list, search and one record, year by year",
    "existence": "whether the time of an answer tells what another clinic keeps",
    "home": "the first visit of the pages at home, on a telephone six times slower",
    "crash": "kill -9 and power cuts under the recorder",
}


def main() -> int:
    """Run the benchmarks and print the table; exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], help="which; default all")
    names = parser.parse_args().names or list(BENCHMARKS)
    missed = 0
    for name in names:
        print(f"\n{name}: {BENCHMARKS[name]} (load {load()})", flush=True)
        for what, figure, bar, is_met in import_module(f"benchmarks.{name}").run():
            missed += not is_met
            print(f"  {'met   ' if is_met else 'MISSED'} {what}\n         {figure}   [{bar}]")
    print(f"\n{missed} of the bars missed." if missed else "\nEvery bar met.")
    return 1 if missed else 0


def load() -> str:
    """The machine's load, so that absolute times can be read."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg()) + f" on {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())
