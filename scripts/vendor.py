"""Writes the browser's libraries and fonts under src/overflight/web/static, with licences and sums.

A maintainer runs it to move to another release; the result is committed, so nobody else needs Node:

    pip install fonttools==4.68.0 brotli==1.2.1
    python scripts/vendor.py        # uses the client `npm`

Everything comes from npm packages at the versions below, whose sums are checked. Three things are changed:
the pointers to source maps are cut off, pmtiles loses its only import (a gunzip for browsers older than
MapLibre itself accepts), and the fonts for pictures are joined out of the fonts for pages.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parent.parent / "src/overflight/web/static"


class Package(NamedTuple):
    """An npm package: name with version, and the sum that npm publishes for it."""

    name: str
    licence: str
    integrity: str


MAPLIBRE = Package(
    "maplibre-gl@6.17.0",
    "BSD-3-Clause",
    "sha512-2chIZwpLGenoUQOcnm9Pk4SLbA8ppNFq8jlpXiq9vcYm3Y1wJ3fc82FL0GLwBaPYJCLzPv/mC46KEupVov75rQ==",
)
PMTILES = Package(
    "pmtiles@4.5.0",
    "BSD-3-Clause",
    "sha512-CBeD4SoUluFziGdy/8k7FOjQxQy486n+929W/tWophauvMICpkZ26vGBWhDt/6b1FZQWNaf4jFdT/5+q0Wii5w==",
)
NOTO = Package(
    "@fontsource/noto-sans@5.3.0",
    "OFL-1.1",
    "sha512-fBCog2PY7DiVVTEEqtI/Qdinx/knobHYfoGpjFXdfBX5RoJaBp1Prw2G75p0OIsdlMZg3cLo0c+YbIUYOxnQJw==",
)
VARIABLE = Package(
    "@fontsource-variable/noto-sans@5.3.0",
    "OFL-1.1",
    "sha512-e3ZuxzY9AL2psXPZlhwhnYrHUHv6PMoyK9MQ7croF0CUgURLqu9EMjW7q2FgVLwij1tjLsIHQrnwQ8aUcg4BiA==",
)
HEBREW = Package(
    "@fontsource/noto-sans-hebrew@5.3.0",
    "OFL-1.1",
    "sha512-7owtzuw9D+ipt0g8mcBGOm7MS/mv/REKsjSwEUe749UUsrnG54TSmusNn7oxv2GxbUORAzADLQ8ggdtt7oKkpg==",
)
ARABIC = Package(
    "@fontsource/noto-sans-arabic@5.3.0",
    "OFL-1.1",
    "sha512-i3t6GR0LOReyJVEk+YfYCnxv53wuIelg7Y9NGNvOq4Diq/EP0YszaGXkQwfQNigLjfO4POrLaPGM0sNliGYk7A==",
)

FFLATE = 'import{decompressSync as W}from"fflate";'
NO_FFLATE = 'const W=()=>{throw new Error("this browser has no DecompressionStream")};'
# Letters of European languages and what register extracts use; the rest of Latin Extended is phonetics.
LATIN_EXT = [*range(0x0100, 0x0250), *range(0x1E00, 0x1F00), *range(0x20A0, 0x20C0)]
# The Arabic of names: the Persian and Urdu letters are in the first block, the shapes come with them.
ARABIC_TEXT = [*range(0x0600, 0x0700), 0x200C, 0x200D]
PMTILES_LICENCE = """\
The npm package pmtiles names its licence, BSD-3-Clause, and carries no copy. This is the text of
its project.

Copyright 2021 Protomaps LLC

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions
and the following disclaimer in the documentation and/or other materials provided with the
distribution.

3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse
or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF
THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def fetched(package: Package) -> dict[str, bytes]:
    """Contents of a package by name, once its sum was checked."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["npm", "pack", "--silent", package.name], cwd=work, check=True, capture_output=True)
        raw = next(Path(work).glob("*.tgz")).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()
    if found != package.integrity:
        raise SystemExit(f"{package.name}: its sum is {found}, not the one this script was written for")
    with tarfile.open(fileobj=BytesIO(raw)) as tar:
        held = {m.name.removeprefix("package/"): tar.extractfile(m) for m in tar if m.isfile()}
        return {name: file.read() for name, file in held.items() if file is not None}


def script(raw: bytes) -> bytes:
    """A script without the pointer to a source map that is not there."""
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", raw)


def libraries() -> dict[str, bytes]:
    """Files of vendor/ by name. Not .mjs: some plain servers send that as bytes, which no browser runs."""
    maplibre, pmtiles = fetched(MAPLIBRE), fetched(PMTILES)
    code = pmtiles["dist/esm/index.js"].decode()
    if code.count("import") - code.count("important") < 1 or FFLATE not in code:
        raise SystemExit("pmtiles: its imports changed")
    return {
        "maplibre-gl.js": script(maplibre["dist/maplibre-gl.mjs"]),
        "maplibre-gl-worker.js": script(maplibre["dist/maplibre-gl-worker.mjs"]),
        "maplibre-gl.LICENSE.txt": maplibre["LICENSE.txt"],
        "pmtiles.js": script(code.replace(FFLATE, NO_FFLATE).encode()),
        "pmtiles.LICENSE.txt": PMTILES_LICENCE.encode(),
    }


def written(font: Any, flavor: str | None) -> bytes:
    """The bytes of a font; its time of change stays that of the package."""
    font.flavor = flavor
    font.recalcTimestamp = False
    out = BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def subset(raw: bytes, letters: list[int], flavor: str | None) -> bytes:
    """A font with those letters only."""
    font = TTFont(BytesIO(raw), recalcTimestamp=False)
    options = Options(layout_features=["*"], flavor=flavor, notdef_outline=True)
    cutter = Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    return written(font, flavor)


def joined(parts: list[bytes]) -> bytes:
    """One TrueType font out of several scripts of a family."""
    with tempfile.TemporaryDirectory() as work:
        names = []
        for number, raw in enumerate(parts):
            font = TTFont(BytesIO(raw), recalcTimestamp=False)
            for table in ("GPOS", "GSUB", "GDEF", "STAT"):  # features of one script would bind all of them
                if table in font:
                    del font[table]
            names.append(f"{work}/{number}.ttf")
            Path(names[-1]).write_bytes(written(font, None))
        whole = Merger().merge(names)
        first = TTFont(names[0])["head"]
        whole["head"].created, whole["head"].modified = first.created, first.modified  # not the time of now
        return written(whole, None)


def fonts() -> dict[str, bytes]:
    """Files of fonts/ by name: woff2 for pages, ttf for pictures."""
    noto, variable = fetched(NOTO), fetched(VARIABLE)
    hebrew, arabic = fetched(HEBREW), fetched(ARABIC)
    out = {"noto-sans.LICENSE.txt": noto["LICENSE"]}
    for part in ("latin", "cyrillic", "greek"):
        out[f"noto-sans-{part}.woff2"] = variable[f"files/noto-sans-{part}-wght-normal.woff2"]
    wide = variable["files/noto-sans-latin-ext-wght-normal.woff2"]
    out["noto-sans-latin-ext.woff2"] = subset(wide, LATIN_EXT, "woff2")
    for weight, name in (("400", "Regular"), ("700", "Bold")):
        parts = [noto[f"files/noto-sans-{p}-{weight}-normal.woff2"] for p in ("latin", "cyrillic", "greek")]
        more = subset(noto[f"files/noto-sans-latin-ext-{weight}-normal.woff2"], LATIN_EXT, None)
        out[f"NotoSans-{name}.ttf"] = joined([*parts, more])
    right = hebrew["files/noto-sans-hebrew-hebrew-400-normal.woff2"]
    out["NotoSansHebrew-Regular.ttf"] = written(TTFont(BytesIO(right), recalcTimestamp=False), None)
    shaped = arabic["files/noto-sans-arabic-arabic-400-normal.woff2"]
    out["NotoSansArabic-Regular.ttf"] = subset(shaped, ARABIC_TEXT, None)
    return out


def place(folder: Path, files: dict[str, bytes], packages: list[Package]) -> None:
    """Writes the files and the note of where they came from."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    lines = ["Made by scripts/vendor.py; what it changes stands in its first lines.", ""]
    lines += [f"npm {p.name}, licence {p.licence}, integrity\n    {p.integrity}" for p in packages]
    sums = {name: hashlib.sha256(raw).hexdigest() for name, raw in sorted(files.items())}
    lines += ["", *(f"sha256 {value}  {name}" for name, value in sums.items())]
    (folder / "SOURCE.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print(folder.name, {name: len(raw) for name, raw in files.items()})


if __name__ == "__main__":
    place(STATIC / "vendor", libraries(), [MAPLIBRE, PMTILES])
    place(STATIC / "fonts", fonts(), [NOTO, VARIABLE, HEBREW, ARABIC])
