"""What a flag or remark of an answer means, in words for the page."""

from __future__ import annotations

_WORDS = {
    "stale": "some positions were marked as not fresh by their source",
    "frozen": "some positions were repeated while the reported speed says it moved",
    "teleport": "some positions could be reached only at an impossible speed",
    "two_places": "two transmitters used this address at once",
    "out_of_order": "some positions lie behind earlier ones on the same path",
    "shared_point": "several aircraft reported the very same point: a sign of spoofing",
    "shared_circle": "several aircraft flew the very same circle at once: a sign of spoofing",
    "poor_integrity": "some positions had too poor an integrity to rest a landing or a crossing on",
    "ground_bit_wrong": "some positions claimed to be on the ground at flying speed or height",
    "same_time": "two positions were reported for the same instant",
    "marked_spoofed": "the source itself marks some positions as spoofed or made up",
    "document": "some positions are from a document, not from a receiver: true perhaps, but no proof",
    "processed": "some positions may have been resampled or filled in by a program: no proof",
    "dark": "nobody saw it on the ground: the place is calculated",
    "unseen": "at least one end of the flight was not seen",
    "silence": "there are stretches in which nothing was heard",
    "touch_and_go": "it touched the ground and went on",
    "no_fix_inside": "no position lies inside: the stay rests on the line between positions",
    "flagged_positions": "some positions carry an integrity flag and were kept off the line",
    "zone_assumed": "a log it comes from does not say the zone of its times: read as UTC, an assumption",
    "address_outside_block": "the address lies outside the block of the State the mark belongs to",
}


def in_words(flag: str) -> str:
    """A sentence's worth of a flag; one that is not known is shown as it stands."""
    if flag.startswith("near_border:"):
        return f"nearer to the border than the shapes are good to: it may be {flag.partition(':')[2]} instead"
    return _WORDS.get(flag, flag.replace("_", " "))
