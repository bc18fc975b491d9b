"""Writes src/overflight/data/countries.npz: every country border with the regions on its two sides.

A maintainer runs it once for each new edition of the shapes; the result is committed, so nobody else needs
Node:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_countries.py package/countries-10m.json

The input is TopoJSON: arcs on a grid of 0.0036 x 0.0017 degrees, shared between neighbours. Rounding to that
grid made about a hundred arcs cross or touch themselves; they are noded here and every face of the resulting
plane is named after the regions its edges had, so that the output is a clean subdivision: walking over any
edge from a region always leads from the region it says to the region it says. Edges on longitude +-180 are
cuts, not borders: dropped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

DATA = Path(__file__).resolve().parent.parent / "src/overflight/data"
PACKAGE = "npm world-atlas 2.0.2, countries-10m.json"
SHA256 = "3bc6f1d367a9bcec479841bae0e76092f512838411d0cef124e92eec4db45f79"  # of that file
WIDTH = 99_999  # last column of the input's grid: longitude +180; column 0 is -180
FLOOR, ROOF = -10_000, 110_000  # rows beyond both poles, to close the plane
Array = np.ndarray[Any, np.dtype[Any]]

# ISO 3166-1 numeric code followed by alpha-2 code (ISO 3166 Maintenance Agency).
ISO = """
004AF 008AL 010AQ 012DZ 016AS 020AD 024AO 028AG 031AZ 032AR 036AU 040AT 044BS 048BH 050BD 051AM
052BB 056BE 060BM 064BT 068BO 070BA 072BW 074BV 076BR 084BZ 086IO 090SB 092VG 096BN 100BG 104MM 108BI 112BY
116KH 120CM 124CA 132CV 136KY 140CF 144LK 148TD 152CL 156CN 158TW 162CX 166CC 170CO 174KM 175YT 178CG 180CD
184CK 188CR 191HR 192CU 196CY 203CZ 204BJ 208DK 212DM 214DO 218EC 222SV 226GQ 231ET 232ER 233EE 234FO 238FK
239GS 242FJ 246FI 248AX 250FR 254GF 258PF 260TF 262DJ 266GA 268GE 270GM 275PS 276DE 288GH 292GI 296KI 300GR
304GL 308GD 312GP 316GU 320GT 324GN 328GY 332HT 334HM 336VA 340HN 344HK 348HU 352IS 356IN 360ID 364IR 368IQ
372IE 376IL 380IT 384CI 388JM 392JP 398KZ 400JO 404KE 408KP 410KR 414KW 417KG 418LA 422LB 426LS 428LV 430LR
434LY 438LI 440LT 442LU 446MO 450MG 454MW 458MY 462MV 466ML 470MT 474MQ 478MR 480MU 484MX 492MC 496MN 498MD
499ME 500MS 504MA 508MZ 512OM 516NA 520NR 524NP 528NL 531CW 533AW 534SX 535BQ 540NC 548VU 554NZ 558NI 562NE
566NG 570NU 574NF 578NO 580MP 581UM 583FM 584MH 585PW 586PK 591PA 598PG 600PY 604PE 608PH 612PN 616PL 620PT
624GW 626TL 630PR 634QA 638RE 642RO 643RU 646RW 652BL 654SH 659KN 660AI 662LC 663MF 666PM 670VC 674SM 678ST
682SA 686SN 688RS 690SC 694SL 702SG 703SK 704VN 705SI 706SO 710ZA 716ZW 724ES 728SS 729SD 732EH 740SR 744SJ
748SZ 752SE 756CH 760SY 762TJ 764TH 768TG 772TK 776TO 780TT 784AE 788TN 792TR 795TM 796TC 798TV 800UG 804UA
807MK 818EG 826GB 831GG 832JE 833IM 834TZ 840US 850VI 854BF 858UY 860UZ 862VE 876WF 882WS 887YE 894ZM
"""
# Regions that have no ISO code of their own keep an ident made from their name, in small letters so that
# nobody takes it for a code. XK is not ISO's but the user-assigned code that the European Union and
# OurAirports use.
OWN_IDENTS = {"Kosovo": "XK", "Ashmore and Cartier Is.": "ashmore-and-cartier-islands"}
# Natural Earth abbreviates for map labels; an answer that is printed should not.
NAMES = {
    "S. Sudan": "South Sudan",
    "W. Sahara": "Western Sahara",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Congo": "Republic of the Congo",
    "Central African Rep.": "Central African Republic",
    "Dominican Rep.": "Dominican Republic",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Eq. Guinea": "Equatorial Guinea",
    "N. Cyprus": "Northern Cyprus",
    "Cyprus U.N. Buffer Zone": "Cyprus UN Buffer Zone",
    "Macedonia": "North Macedonia",
    "eSwatini": "Eswatini",
    "Turks and Caicos Is.": "Turks and Caicos Islands",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
    "St-Martin": "Saint-Martin",
    "St-Barthélemy": "Saint-Barthélemy",
    "Pitcairn Is.": "Pitcairn Islands",
    "Fr. Polynesia": "French Polynesia",
    "Fr. S. Antarctic Lands": "French Southern and Antarctic Lands",
    "Marshall Is.": "Marshall Islands",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "U.S. Minor Outlying Is.": "U.S. Minor Outlying Islands",
    "Antigua and Barb.": "Antigua and Barbuda",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "U.S. Virgin Is.": "U.S. Virgin Islands",
    "British Virgin Is.": "British Virgin Islands",
    "Cayman Is.": "Cayman Islands",
    "Åland": "Åland Islands",
    "Heard I. and McDonald Is.": "Heard Island and McDonald Islands",
    "Faeroe Is.": "Faroe Islands",
    "Indian Ocean Ter.": "Indian Ocean Territories (Christmas and Cocos Islands)",
    "Br. Indian Ocean Ter.": "British Indian Ocean Territory",
    "Cook Is.": "Cook Islands",
    "Wallis and Futuna Is.": "Wallis and Futuna",
    "Solomon Is.": "Solomon Islands",
    "S. Geo. and the Is.": "South Georgia and the South Sandwich Islands",
    "Falkland Is.": "Falkland Islands",
    "N. Mariana Is.": "Northern Mariana Islands",
    "Coral Sea Is.": "Coral Sea Islands",
    "Spratly Is.": "Spratly Islands",
    "Clipperton I.": "Clipperton Island",
    "Ashmore and Cartier Is.": "Ashmore and Cartier Islands",
    "Palestine": "Palestine (West Bank / Gaza)",
    "USNB Guantanamo Bay": "Guantanamo Bay Naval Base (U.S.)",
    "Baikonur": "Baikonur (leased to Russia)",
}
SOURCE = """\
countries.npz: borders of countries and disputed areas, with the region on either side of every edge.

Source:   {package}, sha256 {sha256}
          which redistributes Natural Earth 4.1.0, Admin 0 countries, 1:10m (naturalearthdata.com).
Licence:  Natural Earth is in the public domain; the repackaging is under the ISC licence (Mike Bostock).
Made by:  scripts/build_countries.py, which also lists the names it spells out and the ISO 3166-1 codes.
Holds:    {regions} regions, {arcs} arcs, {vertices} vertices on a grid of {step_x:.6f} x {step_y:.6f}
          degrees. Smaller than that grid, hence without a shape: {lost}.
Error:    about 2 km. Natural Earth draws for maps of 1:10,000,000, where a line of 0.2 mm is 2 km wide;
          the grid adds up to 0.2 km. Near Hatzeva in the Arava valley a fix on the Israeli side falls 0.8 km
          inside Jordan.
Says:     what Natural Earth draws: who controls the ground, not who claims it (Crimea is drawn with Russia,
          Northern Cyprus, Somaliland, Kosovo, Siachen and others on their own). No position of this project.
          Territorial waters are not in it: a coast is the border between a country and the sea.
"""


class Edges(NamedTuple):
    """Directed edges: `a` and `b` grid points (n, 2), `left` and `right` region or -1 for the sea."""

    a: Array
    b: Array
    left: Array
    right: Array


def ident_of(geometry: dict[str, Any], taken: set[str]) -> str:
    """ISO alpha-2 code, or an own ident in small letters."""
    name = geometry["properties"]["name"]
    iso = {word[:3]: word[3:] for word in ISO.split()}
    code = iso.get(geometry.get("id", ""))
    if name in OWN_IDENTS or code is None or code in taken:
        code = OWN_IDENTS.get(name) or "-".join(NAMES.get(name, name).split("(")[0].lower().split())
    taken.add(code)
    return code


def labelled_edges(topology: dict[str, Any]) -> Edges:
    """All edges of the file; TopoJSON's outer rings run clockwise, so a ring has its region on the right."""
    arcs = [np.cumsum(np.array(arc), axis=0) for arc in topology["arcs"]]
    left, right = np.full(len(arcs), -1), np.full(len(arcs), -1)
    for region, geometry in enumerate(topology["objects"]["countries"]["geometries"]):
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for arc in (arc for polygon in polygons for ring in polygon for arc in ring):
            (right if arc >= 0 else left)[arc if arc >= 0 else ~arc] = region
    owner = np.repeat(np.arange(len(arcs)), [len(arc) - 1 for arc in arcs])
    a, b = np.concatenate([arc[:-1] for arc in arcs]), np.concatenate([arc[1:] for arc in arcs])
    return without_seam(Edges(a, b, left[owner], right[owner]))


def without_seam(edges: Edges) -> Edges:
    """The same without cuts along longitude 180, and with each point on it on its own edge's side of the map.

    The file's two sides differ by one row here and there; the upper row gives way so that borders go on.
    """
    a, b = edges.a.copy(), edges.b.copy()
    rows = np.unique(np.concatenate([point[np.isin(point[:, 0], (0, WIDTH)), 1] for point in (a, b)]))
    for point, other in ((a, b), (b, a)):
        on_seam = np.isin(point[:, 0], (0, WIDTH))
        point[:, 0] = np.where(on_seam, np.where(other[:, 0] > WIDTH // 2, WIDTH, 0), point[:, 0])
        point[:, 1] -= on_seam & np.isin(point[:, 1] - 1, rows)
    cut = np.isin(edges.a[:, 0], (0, WIDTH)) & np.isin(edges.b[:, 0], (0, WIDTH))
    keep = ~cut & (a != b).any(axis=1)
    return Edges(a[keep], b[keep], edges.left[keep], edges.right[keep])


def noded(edges: Edges) -> tuple[Array, Array]:
    """Endpoints of the edges after cutting them wherever two meet, snapped to the grid, each once."""
    lines = shapely.linestrings(np.stack([edges.a, edges.b], axis=1).astype(float))
    return segments_of(shapely.get_parts(shapely.union_all(lines, grid_size=1)))


def segments_of(lines: Array) -> tuple[Array, Array]:
    """Start and end points of every segment of the lines."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    inner = owner[:-1] == owner[1:]
    points = np.rint(points).astype(np.int64)
    return points[:-1][inner], points[1:][inner]


def frame(a: Array, b: Array) -> Array:
    """Lines that close the plane: both map edges, cut where a border reaches them, floor and roof."""
    points, lines = np.concatenate([a, b]), []
    for x in (0, WIDTH):
        ys = np.unique(np.concatenate([points[points[:, 0] == x, 1], [FLOOR, ROOF]]))
        lines += [((x, y), (x, z)) for y, z in pairwise(ys)]
    lines += [((0, y), (WIDTH, y)) for y in (FLOOR, ROOF)]
    return shapely.linestrings(np.array(lines, dtype=float))


def key(a: Array, b: Array) -> Array:
    """One integer for each directed edge."""
    x0, y0, x1, y1 = a[:, 0], a[:, 1] - FLOOR, b[:, 0], b[:, 1] - FLOOR
    return ((x0 << 17 | y0) << 30) ^ ((x1 - x0 + (1 << 14)) << 15) ^ (y1 - y0 + (1 << 14))


def face_edges(a: Array, b: Array) -> tuple[Array, Array]:
    """Keys of the directed edges that have a face on their left, and the number of that face."""
    lines = np.concatenate([shapely.linestrings(np.stack([a, b], axis=1).astype(float)), frame(a, b)])
    faces = shapely.get_parts(shapely.polygonize(lines))
    rings, face = shapely.get_rings(shapely.orient_polygons(faces), return_index=True)
    start, end = segments_of(rings)
    owner = np.repeat(face, shapely.get_num_coordinates(rings) - 1)
    near = (np.abs(end - start) < 1 << 14).all(axis=1)  # floor and roof are longer, and no borders
    keys = key(start[near], end[near])
    order = np.argsort(keys)
    return keys[order], owner[near][order]


def relabelled(a: Array, b: Array, raw: Edges) -> Edges:
    """The noded edges that part two regions, with the regions of the faces on their left and right."""
    keys, face = face_edges(a, b)

    def face_left(a: Array, b: Array) -> Array:
        wanted = key(a, b)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, face[at], -1)

    votes = np.zeros((face.max() + 1, int(max(raw.left.max(), raw.right.max())) + 2), dtype=np.int64)
    # The last column stands for the sea, region -1.
    for start, end, label in ((raw.a, raw.b, raw.left), (raw.b, raw.a, raw.right)):
        found = face_left(start, end)
        np.add.at(votes, (found[found >= 0], label[found >= 0]), 1)
    region = np.where(votes.argmax(axis=1) == votes.shape[1] - 1, -1, votes.argmax(axis=1))
    region = np.where(votes.any(axis=1), region, -1)
    left_face, right_face = face_left(a, b), face_left(b, a)
    left, right = region[left_face], region[right_face]
    keep = (left_face >= 0) & (right_face >= 0) & (left != right)
    return Edges(a[keep], b[keep], left[keep], right[keep])


def chained(edges: Edges) -> tuple[list[Array], Array, Array]:
    """Arcs (arrays of grid points) made of the edges, with left and right region of each."""
    lines = shapely.linestrings(np.stack([edges.a, edges.b], axis=1).astype(float))
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    arcs = [np.rint(shapely.get_coordinates(line)).astype(np.int64) for line in merged]
    labels = dict(zip(key(edges.a, edges.b).tolist(), zip(edges.left, edges.right, strict=True), strict=True))
    labels |= dict(
        zip(key(edges.b, edges.a).tolist(), zip(edges.right, edges.left, strict=True), strict=True)
    )
    sides = np.array([labels[int(key(arc[:1], arc[1:2])[0])] for arc in arcs])
    return arcs, sides[:, 0], sides[:, 1]


def check_seam(arcs: list[Array]) -> None:
    """Fail unless the borders that reach longitude +180 go on at -180 in the same rows."""
    points = np.concatenate([arc[[0, -1]] for arc in arcs])
    west, east = (np.sort(points[points[:, 0] == x, 1]) for x in (0, WIDTH))
    if west.tolist() != east.tolist():
        raise SystemExit(f"borders do not meet at longitude 180: {west.tolist()} and {east.tolist()}")


def write(arcs: list[Array], left: Array, right: Array, topology: dict[str, Any], sha256: str) -> None:
    """Write countries.npz and countries.SOURCE.txt."""
    geometries, taken = topology["objects"]["countries"]["geometries"], set[str]()
    names = [NAMES.get(g["properties"]["name"], g["properties"]["name"]) for g in geometries]
    (step_x, step_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    steps = np.concatenate([np.diff(arc, axis=0) for arc in arcs])
    np.savez_compressed(
        DATA / "countries.npz",
        idents=np.array([ident_of(geometry, taken) for geometry in geometries]),
        names=np.array(names),
        dataset=np.array(f"Natural Earth 4.1.0 1:10m ({PACKAGE})"),
        left=left.astype(np.int16),
        right=right.astype(np.int16),
        first=np.array([arc[0] for arc in arcs], dtype=np.int32),
        count=np.array([len(arc) for arc in arcs], dtype=np.int32),
        step_columns=steps[:, 0].astype(np.int16),
        step_rows=steps[:, 1].astype(np.int16),
        grid=np.array([west, south, step_x, step_y]),
    )
    shown = set(left.tolist()) | set(right.tolist())
    text = SOURCE.format(
        package=PACKAGE,
        sha256=sha256,
        regions=len(names),
        arcs=len(arcs),
        vertices=len(steps) + len(arcs),
        step_x=step_x,
        step_y=step_y,
        lost=", ".join(name for number, name in enumerate(names) if number not in shown),
    )
    (DATA / "countries.SOURCE.txt").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the TopoJSON named on the command line and write the package's data files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("topojson", type=Path, help="countries-10m.json of world-atlas 2.0.2")
    content = parser.parse_args().topojson.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != SHA256:
        raise SystemExit(f"this is not {PACKAGE}: sha256 is {sha256}, not {SHA256}")
    topology = json.loads(content)
    raw = labelled_edges(topology)
    arcs, left, right = chained(relabelled(*noded(raw), raw))
    check_seam(arcs)
    write(arcs, left, right, topology, sha256)
    print(f"{len(arcs)} arcs, {sum(map(len, arcs))} vertices")


if __name__ == "__main__":
    main()
