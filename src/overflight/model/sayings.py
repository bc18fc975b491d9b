"""Words for what sources say of aircraft: kinds of source, kinds of statement, reasons for a removal."""

from __future__ import annotations

# Kinds of source, in the order in which what they say is displayed where they contradict each other: the
# nearer to whoever keeps the record, the earlier. Nothing is dropped for coming later.
OFFICIAL, DOCUMENT, PUBLISHED, IMAGE, LIST, OPINION = (
    "official",  # the register or authority that keeps the record
    "document",  # made in the course of business: invoice, contract, flight plan, extract
    "published",  # printed under the name of an editor, author or body: press, NGO, UN panel, court
    "image",  # a photograph or satellite image, as somebody read it
    "list",  # a compilation without sources of its own: community lists, decoders' databases
    "opinion",  # a tag, a category, a guess
)
GRADES = (OFFICIAL, DOCUMENT, PUBLISHED, IMAGE, LIST, OPINION)

PARTIES = ("owner", "operator", "registrant")  # roles of parties
IDENTITY = (*PARTIES, "registration", "type_designator", "serial", "address", "military")
VISIT, SIGHTING, NOT_THERE, REMARK = "visit", "sighting", "not_there", "remark"
PLACED = (VISIT, SIGHTING, NOT_THERE)  # on the ground there; seen there or near; was not there
STATEMENTS = (*IDENTITY, *PLACED, REMARK)

PIA = "PIA"  # the tag of an FAA privacy address, as readers write it
# What of a claim is never joined to an address made so that nobody can tell whose it is.
WITHHELD = ("registration", *PARTIES, "party_region", "serial")

PERSON, ORGANISATION, GOVERNMENT = "person", "organisation", "government"
PARTY_KINDS = (PERSON, ORGANISATION, GOVERNMENT)

REMOVALS = ("privacy", "safety", "court_order", "wrong", "licence")  # classes of reasons
