"""Options of `claim`: what a document says of an aircraft; importing it loads nothing heavy."""

from __future__ import annotations

import argparse

from overflight.cli.arguments import output_arguments, terms_arguments
from overflight.cli.output import FORMATS, MAPS
from overflight.model.sayings import GRADES, PARTY_KINDS, REMOVALS

ACTIONS = ("add", "list", "show", "withdraw", "remove")
SAYINGS = {
    "owner": ("owner", "TEXT", "who owns it, in the document's words"),
    "operator": ("operator", "TEXT", "who operates it"),
    "registrant": ("registrant", "TEXT", "in whose name it is registered"),
    "registration": ("registration", "MARK", "which mark it bears"),
    "type": ("type_designator", "TYPE", "its ICAO type designator"),
    "serial": ("serial", "TEXT", "its manufacturer's serial number"),
    "address": ("address", "HEX", "its 24-bit address"),
    "military": ("military", "yes|no", "whether it is a military aircraft"),
    "visit": ("visit", "PLACE", "that it was on the ground there: an airfield's ident, or a place in words"),
    "sighting": ("sighting", "PLACE", "that it was seen there or near"),
    "not-there": ("not_there", "PLACE", "that it was not there, all through the time given"),
    "remark": ("remark", "TEXT", "anything else that it says"),
}


def claim_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `claim`."""
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument(
        "what", nargs="*", metavar="SUBJECT|FILE|ID",
        help="add: an aircraft (address or mark) and what is said of it, or claim files and folders; list: "
        "aircraft, all by default; show, withdraw, remove: the claim",
    )  # fmt: skip
    said = parser.add_argument_group("what it says (one of these; for several claims write a file)")
    for option, (name, shown, help_) in SAYINGS.items():
        said.add_argument(f"--{option}", dest=f"says_{name}", metavar=shown, help=help_)
    _when_and_who(parser)
    gone = parser.add_argument_group("withdraw and remove")
    gone.add_argument("--why", metavar="TEXT", default="", help="withdraw: why the source took it back")
    gone.add_argument("--party", metavar="NAME", help="remove: this owner, operator or registrant, for good")
    gone.add_argument("--aircraft", metavar="HEX", help="remove --party: of this address alone")
    gone.add_argument("--reason", choices=REMOVALS, help="remove: the class of the reason, which is told")
    output_arguments(parser, tuple(f for f in FORMATS if f not in MAPS))
    parser.add_argument(
        "--sentences", action="store_true", help="each claim as sentences that can be printed"
    )


def _when_and_who(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("when, and who says so")
    group.add_argument("--since", metavar="T", help="since when: 2014-09-01, 2014-09, before 2014-09 ...")
    group.add_argument("--until", metavar="T", help="until when, likewise")
    group.add_argument("--on", metavar="T", help="on that day (or month, minute); withdraw: since that day")
    group.add_argument("--between", metavar="A..B", help="at some time, or all the time, from A to B")
    group.add_argument("--position", metavar="LAT,LON", help="of the place, where the document gives it")
    group.add_argument("--source", metavar="TEXT", help="the publication, author or authority")
    group.add_argument("--title", metavar="TEXT", help="of the document")
    group.add_argument("--link", metavar="URL", help="where it can be read")
    group.add_argument("--copy", metavar="FILE", help="a copy kept elsewhere: its SHA-256 is recorded")
    group.add_argument("--quote", dest="quotation", metavar="TEXT", help="the very words")
    group.add_argument("--published", metavar="DATE", help="when it was published or signed")
    group.add_argument("--grade", choices=GRADES, help="what kind of source it is (docs/claims.md)")
    group.add_argument("--party-kind", choices=PARTY_KINDS, help="what the party is, if the source says it")
    group.add_argument("--as-reported", metavar="TEXT", help="the aircraft as the document names it")
    terms_arguments(parser)
