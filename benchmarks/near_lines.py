"""How far aircraft are from the line between two of their fixes, against what `near` allows; prints Markdown.

Usage: python benchmarks/near_lines.py FOLDER

FOLDER holds recordings with a report each few seconds, JSON lists of records as benchmarks/dark_stops.py
reads them. Pairs of fixes so many minutes apart are taken from each track, and the report half-way between
them is held against the line: distance in nm, and as a share of the uncertainty (detect.near) at that moment.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from dark_stops import files_in, table_of_records

from overflight.detect.columns import columns_of
from overflight.detect.integrity import IntegrityRules, flag_positions
from overflight.detect.near import NearRules, line_of
from overflight.geo.sphere import distance_nm, interpolate
from overflight.units import MILLISECONDS_PER_MINUTE

STEPS_MIN = (1, 5, 10, 20, 30)
NEAR_S = 5.0  # a report counts as half-way within so much


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    heads = ["recording", "minutes between fixes", "n", "nm off, median", "90 %", "99 %"]
    heads += ["share of the uncertainty, median", "90 %", "95 %", "99 %", "within it"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for path in files_in(options.folder):
        positions = table_of_records(path).sort_by([("address", "ascending"), ("time_ms", "ascending")])
        c = columns_of(positions)
        good = flag_positions(c, IntegrityRules(), np.zeros(c.size, np.int64)) == 0
        for minutes in STEPS_MIN:
            off, share = off_the_line(c, good, minutes)
            if len(off):
                cells = [*(f"{np.quantile(off, q):.2f}" for q in (0.5, 0.9, 0.99)),
                         *(f"{np.quantile(share, q):.2f}" for q in (0.5, 0.9, 0.95, 0.99)),
                         f"{np.mean(share <= 1):.1%}"]  # fmt: skip
                print(f"| {path.name} | {minutes} | {len(off):,} | {' | '.join(cells)} |", flush=True)
    return 0


def off_the_line(c, good, minutes):
    """Distances (nm) of reports half-way between fixes from the line, and as shares of the uncertainty."""
    rules, off, share = NearRules(), [], []
    for address in np.unique(c.address):
        rows = np.flatnonzero((c.address == address) & good & (c.on_ground != 1))
        time = c.time_ms[rows]
        start = 0
        while start < len(rows):
            end = int(np.searchsorted(time, time[start] + minutes * MILLISECONDS_PER_MINUTE))
            if end >= len(rows):
                break
            half = (time[start] + time[end]) / 2
            middle = start + int(np.argmin(np.abs(time[start : end + 1] - half)))
            lasted = (time[end] - time[start]) / MILLISECONDS_PER_MINUTE
            if abs(time[middle] - half) <= NEAR_S * 1000 and lasted <= minutes * 1.2:
                line = line_of(c, rows[[start, end]], rules)
                part = (time[middle] - time[start]) / (time[end] - time[start])
                ends = (
                    line.latitude_deg[0],
                    line.longitude_deg[0],
                    line.latitude_deg[1],
                    line.longitude_deg[1],
                )
                lat, lon = interpolate(*ends, part)
                true = rows[middle]
                far = float(distance_nm(lat, lon, c.latitude_deg[true], c.longitude_deg[true]))
                off.append(far)
                share.append(far / (min(part, 1 - part) * line.aside[0] + rules.fix_nm))
            start = end
    return np.array(off), np.array(share)


if __name__ == "__main__":
    raise SystemExit(main())
