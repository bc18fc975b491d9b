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
    "block_lists_differ": "whether the address lies in its State's block depends on the list",
    "block_of_another_state": "the address lies in another State's block: a hint at who registered it once",
    "two_airframes_on_address": "lists of that day give the address to different marks or serial numbers",
    "airframe_on_two_addresses": "the same mark stands at another address in a list of that day",
    "mark_reused": "the mark has been on another airframe at another time: usual, and told",
    "placeholder_address": "the address is one that is sent or typed where none is set",
    "anonymous_address": "no State assigned the address: nobody is named for it",
    "privacy_address": "a privacy address of the FAA: nobody is named for it",
    "military_flag_flips": "one list called it military at one time and not at another",
}


def in_words(flag: str) -> str:
    """A sentence's worth of a flag; one that is not known is shown as it stands."""
    if flag.startswith("near_border:"):
        return f"nearer to the border than the shapes are good to: it may be {flag.partition(':')[2]} instead"
    return _WORDS.get(flag, flag.replace("_", " "))
