"""Floors and ceilings in words, and those that a question asks for."""

from __future__ import annotations

import re

from overflight.detect.layers import EVERY_HEIGHT, Bound, Layer
from overflight.errors import QuestionError
from overflight.formats.outlines import AGL, FL, Limit
from overflight.units import FEET_PER_FLIGHT_LEVEL

_WORDS = {None: None, "sfc": "the ground", "unl": "no upper limit", "unknown": "a limit not understood"}
_HEIGHT = re.compile(r"(FL)?\s*(-?\d{1,6})\s*(FT)?", re.IGNORECASE)


def no_bound(reference: str | None) -> bool:
    """Whether a limit with that reference leaves nothing out."""
    return reference in (None, "sfc", "unl")


def limit_said(ft: int | None, reference: str | None) -> str | None:
    """`FL195`, `2,500 ft above the sea`, `the ground`; None where the list says nothing."""
    if reference in _WORDS or ft is None:
        return _WORDS.get(reference, _WORDS["unknown"])
    if reference == FL:
        return f"FL{round(ft / FEET_PER_FLIGHT_LEVEL):03d}"
    return f"{ft:,} ft {'above the ground' if reference == AGL else 'above the sea'}"


def limits_said(floor: Limit, ceiling: Limit) -> str:
    """`the ground to FL195`; empty where nothing is said of either."""
    low, high = (limit_said(one.ft, one.reference) for one in (floor, ceiling))
    if low is None and high is None:
        return ""
    return f"{low or 'floor not stated'} to {high or 'ceiling not stated'}"


def asked_height(text: str | float | None, what: str) -> float | None:
    """Feet of pressure altitude of `10000` or `FL100`; raises QuestionError."""
    if text is None:
        return None
    match = _HEIGHT.fullmatch(str(text).strip().replace(",", ""))
    if match is None:
        raise QuestionError(
            f"{text!r} is no {what}; write feet of pressure altitude (18000) or a level (FL180)"
        )
    return float(match[2]) * (FEET_PER_FLIGHT_LEVEL if match[1] else 1)


def asked_layer(floor_ft: float | None, ceiling_ft: float | None) -> tuple[Layer, str]:
    """The layer between heights asked for (pressure altitude), and it in words."""
    if floor_ft is None and ceiling_ft is None:
        return EVERY_HEIGHT, ""
    if floor_ft is not None and ceiling_ft is not None and floor_ft >= ceiling_ft:
        raise QuestionError(
            f"the floor asked for, {floor_ft:g} ft, is not under the ceiling, {ceiling_ft:g} ft"
        )
    low, high = ((() if ft is None else (Bound(ft, FL),)) for ft in (floor_ft, ceiling_ft))
    words = [f"from {floor_ft:,.0f} ft"] if floor_ft is not None else []
    words += [f"up to {ceiling_ft:,.0f} ft"] if ceiling_ft is not None else []
    return Layer(low, high), f"{' '.join(words)} pressure altitude"
