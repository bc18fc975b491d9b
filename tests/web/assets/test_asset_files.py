"""What lies in the static folder: that it is what its note says, small and safe."""

import gzip
import hashlib
import re
import struct

import pytest
import resvg_py
from asset_server import STATIC

SCRIPTS = sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("name", ["vendor", "fonts"])
def test_every_file_is_the_one_its_source_names(name):
    folder = STATIC / name
    named = dict(re.findall(r"^sha256 (\w{64})  (\S+)$", (folder / "SOURCE.txt").read_text(), re.M))
    sums = {hashlib.sha256(f.read_bytes()).hexdigest(): f.name for f in folder.iterdir()}
    ours = {"SOURCE.txt", "fonts.css"}
    assert {k: v for k, v in sums.items() if v not in ours} == named
    assert any("LICENSE" in file for file in named.values())


def test_the_ground_is_the_one_its_source_names():
    raw = (STATIC / "basemap.pmtiles").read_bytes()
    assert hashlib.sha256(raw).hexdigest() in (STATIC / "basemap.SOURCE.txt").read_text()
    assert raw[:7] == b"PMTiles"
    low, high = raw[100], raw[101]
    assert (low, high) == (0, 6)
    assert len(raw) < 3_000_000
    start, length = struct.unpack_from("<QQ", raw, 24)
    held = gzip.decompress(raw[start : start + length]).decode()
    for layer in ("land", "lakes", "boundaries", "countries", "cities", "airfields"):
        assert f'"id":"{layer}"' in held.replace(" ", "")
    assert "/tmp" not in held and "/home" not in held


def test_sizes():
    """Fonts within 1.5 MB; what a page fetches before its map stays far below 300 KB."""
    size = {f: f.stat().st_size for f in STATIC.rglob("*") if f.is_file()}
    assert sum(n for f, n in size.items() if f.parent.name == "fonts") < 1_500_000
    assert sum(len(gzip.compress(f.read_bytes())) for f in SCRIPTS) < 30_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_set_no_markup_and_ask_no_other_host(path):
    text = path.read_text("utf-8")
    wrong = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "setHTML",
    ]
    assert [word for word in wrong if word in text] == []
    assert re.findall(r"""setAttribute\(["'](?:style|on\w+)["']""", text) == []
    hosts = set(re.findall(r"https?://[^\"'`\s)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert hosts == set()
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("name", ["map.css", "fonts/fonts.css"])
def test_styles_ask_for_nothing_outside(name):
    path = STATIC / name
    text = path.read_text("utf-8")
    assert "data:" not in re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    assert "//" not in re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def test_the_libraries_import_nothing():
    for name in ("maplibre-gl.js", "maplibre-gl-worker.js", "pmtiles.js"):
        text = (STATIC / "vendor" / name).read_text("utf-8")
        assert re.findall(r"""(?:^|[;}])\s*import\s*(?:[\w{*][^;"']*from)?\s*["']""", text) == []
        assert "sourceMappingURL" not in text


@pytest.mark.parametrize(
    "text", ["Azerbaijan 0123", "Азербайджан", "Κύπρος", "Český Ústí Łódź Çatalca", "עובדה", "الأردن"]
)
@pytest.mark.parametrize("weight", ["400", "700"])
def test_pictures_can_be_lettered(text, weight):
    """Every letter has a shape: the picture differs from that of as many letters which no font has."""
    fonts = [str(f) for f in sorted((STATIC / "fonts").glob("*.ttf"))]

    def drawn(letters):
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text x="5" y="28" '
            f'font-size="20" font-weight="{weight}" font-family="Noto Sans">{letters}</text></svg>'
        )
        held = {"font_files": fonts, "skip_system_fonts": True, "font_family": "Noto Sans"}
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, **held))

    missing = "\U000f0000" * len(text)
    assert drawn(text) not in (drawn(missing), drawn(""))
