"""What stands beside an answer in formats that have room for it: how to read times, units and grades."""

from __future__ import annotations

from overflight.model.grades import COMPATIBLE, CONTRADICTED, INFERRED, OBSERVED, UNKNOWN
from overflight.search.about import About

GRADES = (
    (OBSERVED, "surface or very low reports on the field, good enough, and nothing contradicts them"),
    (INFERRED, "not seen, but at least as likely as not"),
    (COMPATIBLE, "could have been there (at least one chance in a hundred), nothing more"),
    (UNKNOWN, "the data do not say"),
    (CONTRADICTED, "the data were there and say no"),
)
_READING = (
    ("Times", "UTC. Of an interval, an empty side means that the data set no bound there."),
    ("Empty cells", "not known; never zero and never no."),
    ("Units", "in the names: _deg degrees (WGS-84), _ft feet, _fpm feet a minute, _km kilometres, _s s."),
    ("baro_altitude_ft", "pressure altitude above 1013.25 hPa: no height above ground or sea."),
    ("geo_altitude_ft", "height above the WGS-84 ellipsoid: not above sea level."),
    ("probability", "calculated, not seen, except where it is 1 beside the grade observed."),
    ("registration, operator", "as the loaded source has it; that says nothing of who flew or paid."),
    ("data_kind", "recorded, reconstruction, synthetic, or mixed: only what is recorded was received."),
)


def notes_of(about: About) -> list[tuple[str, str]]:
    """(Name, text) of everything to be said beside an answer; what is not known is left out."""
    made = [
        ("Question", about.question), ("Answer", about.count), ("Archive version", about.archive_version),
        *(("Remark", remark) for remark in about.remarks), *(("Terms", terms) for terms in about.terms),
    ]  # fmt: skip
    graded = [(f"Grade {grade}", meaning) for grade, meaning in GRADES]
    return [(name, text) for name, text in (*made, *_READING, *graded) if text]
