"""Words for certainty and for what may be wrong, each said once."""

from __future__ import annotations

OBSERVED, INFERRED, COMPATIBLE, UNKNOWN, CONTRADICTED = (
    "observed",  # surface or very low reports on the field, good enough, nothing contradicts
    "inferred",  # not seen, but at least as likely as not
    "compatible",  # could have been (at least one chance in a hundred), nothing more
    "unknown",  # the data do not say
    "contradicted",  # the data were there and say no
)
GRADES = (OBSERVED, INFERRED, COMPATIBLE, UNKNOWN, CONTRADICTED)

# Probabilities from which a place that was not seen is called so: docs/method/dark-stops.md
INFERRED_LEAST, COMPATIBLE_LEAST = 0.5, 0.01

BEFORE, ALL = "before", "all"  # which calls at a field count as the history of an unseen stop

RECORDED, RECONSTRUCTION, SYNTHETIC, MIXED = "recorded", "reconstruction", "synthetic", "mixed"
DATA_KINDS = (RECORDED, RECONSTRUCTION, SYNTHETIC, MIXED)

# Integrity flags of a position: bit, word, sentence.
FLAG_BITS: dict[str, int] = {
    "stale": 1,  # the source says the position is not fresh
    "frozen": 2,  # position or state repeated while the reported speed says it moved
    "teleport": 4,  # reachable only at an impossible speed from what surrounds it
    "two_places": 8,  # two emitters at once under one address
    "out_of_order": 16,  # lies behind positions of an earlier time on the same path
    "shared_point": 32,  # several aircraft reported this very point, from different heights or courses
    "shared_circle": 64,  # several aircraft flew this very circle at once
    "poor_integrity": 128,  # NIC, NACp or SIL below what a landing or a crossing may rest on
    "ground_bit_wrong": 256,  # says on the ground at flying speed or height
    "same_time": 512,  # another position of the address at the same instant, elsewhere
    "marked_spoofed": 1024,  # the source itself marks the position as spoofed or made up
    "document": 2048,  # a website or a paper printed it: no reception is at hand that could be checked
    "processed": 4096,  # a program may have resampled it or filled it in, and nothing says whether it did
}
# Flags with which a position tells roughly where the aircraft was, but can never make anything `observed`.
PROVES_NOTHING = ("poor_integrity", "document", "processed")

# Reasons against a candidate field: bit, word. Those in RULING_OUT make it `ruled_out`.
OBJECTION_BITS: dict[str, int] = {
    "runway_short": 1,
    "runway_narrow": 2,
    "no_runway_record": 4,
    "not_open_yet": 8,
    "closed_before": 16,
    "not_reachable": 32,
    "surface_unpaved": 64,
    "steep_descent": 128,
    "listed_closed": 256,  # closed in the list, date unknown
}
RULING_OUT = ("runway_short", "runway_narrow", "not_open_yet", "closed_before", "not_reachable")


def words(bits: int, table: dict[str, int]) -> list[str]:
    """Words of a bit set, in the table's order."""
    return [word for word, bit in table.items() if bits & bit]
