"""Areas from a KML or OpenAir file that the asker gives as a place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from overflight.detect.layers import Bound, Layer
from overflight.errors import QuestionError
from overflight.formats.airspaces import read_outlines
from overflight.formats.outlines import Limit, Outline
from overflight.geo.area import Area
from overflight.search.limits import limits_said, no_bound

LARGEST_BYTES = 64 << 20  # the airspaces of a continent are a tenth of it


@dataclass(frozen=True)
class Outlined:
    """What a file draws: its outline, floor and ceiling, those in words, and what has to be said of it."""

    area: Area
    layer: Layer
    limits: str
    remarks: tuple[str, ...]


def outlined(path: Path) -> Outlined:
    """The area of a file, several outlines with the same limits taken together; raises QuestionError."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise QuestionError(f"the area {path} has more than {LARGEST_BYTES >> 20} MB")
        found = read_outlines(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"cannot read the area {path}: {error}") from error
    if not found:
        raise QuestionError(f"{path} draws no area: neither KML polygons nor OpenAir airspaces are in it")
    limits = {(one.floor, one.ceiling) for one in found}
    if len(limits) > 1:
        raise QuestionError(
            f"{path} holds {len(found)} airspaces with different limits; take it in with `overflight "
            f"reference add` and ask for one of them, such as airspace:{found[0].ident}"
        )
    whole = {"type": "GeometryCollection", "geometries": [one.geometry for one in found]}
    area = Area.from_geojson(whole, found[0].name if len(found) == 1 else path.stem)
    return Outlined(area, layer_of(found[0]), limits_said(found[0].floor, found[0].ceiling), ())


def layer_of(one: Outline) -> Layer:
    """Floor and ceiling of an outline as the kernels want them."""
    return Layer(*(_bounds(limit) for limit in (one.floor, one.ceiling)))


def _bounds(limit: Limit) -> tuple[Bound, ...]:
    return () if no_bound(limit.reference) else (Bound(limit.ft, str(limit.reference)),)
