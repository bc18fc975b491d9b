"""Fields of who and what: what registers and documents say of aircraft, addresses and call signs.

`model.fields` has them among all other tables.
"""

from __future__ import annotations

import pyarrow as pa

from overflight.model.field import ADDRESS_MEANING, DATA_KIND, may, must

_TEXT, _FLAG, _DAY, _MS = pa.string(), pa.bool_(), pa.int32(), pa.int64()
_GRADE = "what kind of source it is: a word of model.sayings.GRADES"
_PARTY_KIND = "person, organisation or government, where the source says what the party is"

CLAIMS = (
    may("address", pa.uint32(), f"{ADDRESS_MEANING}; null where a register names none"),
    must("day", _DAY, "UTC day (since 1970-01-01) on which the source said it"),
    may("registration", _TEXT, "nationality and registration mark"),
    may("type_designator", _TEXT, "ICAO Doc 8643 type designator"),
    may("description", _TEXT, "type in words"),
    may("operator", _TEXT, "operator, or whom a list names without saying whether owner or operator, as it words it"),
    may("military", _FLAG, "the source marks the aircraft as military"),
    must("source", _TEXT, "who says so"),
    DATA_KIND,
    may("manufacturer", _TEXT, "who built it, as the source words it"),
    may("serial", _TEXT, "manufacturer's serial number"),
    may("built", _TEXT, "year or date of manufacture, as stated"),
    may("owner", _TEXT, "who owns it, only where the source says owner"),
    may("registrant", _TEXT, "in whose name it is registered"),
    may("party_kind", _TEXT, f"of the owner, registrant or operator: {_PARTY_KIND}"),
    may("party_region", _TEXT, "town, province and country of the registrant; street lines are never kept"),
    may("valid_from_day", _DAY, "first UTC day on which it holds, where the source itself says since when"),
    may("valid_until_day", _DAY, "first UTC day on which it no longer holds, where the source itself says until when"),
    may("tags", _TEXT, "what the list calls it, `; ` between tags: the list's opinion"),
    may("link", _TEXT, "where the list points for more"),
    may("grade", _TEXT, _GRADE),
)

DOCUMENTS = (
    must("id", _TEXT, "claim- and 12 hex digits of a hash of what is said and who says it"),
    may("address", pa.uint32(), "address of the aircraft, where the document or whoever recorded it names one"),
    may("registration", _TEXT, "its mark in the usual spelling, likewise"),
    may("serial", _TEXT, "its manufacturer's serial number, likewise"),
    must("as_reported", _TEXT, "the aircraft as the document itself names it"),
    must("statement", _TEXT, "what is said: a word of model.sayings.STATEMENTS"),
    may("value", _TEXT, "owner, operator, mark, type ... or a remark, in the document's words"),
    may("place", _TEXT, "of a visit, sighting or not_there: an airfield's ident, or the place in words"),
    may("latitude_deg", pa.float64(), "of the place, where the document gives a position"),
    may("longitude_deg", pa.float64(), "the same"),
    may("since_earliest_ms", _MS, "it cannot have begun before; null: open"),
    may("since_latest_ms", _MS, "it had begun by then; null: not said"),
    may("until_earliest_ms", _MS, "it cannot have ended before; null: not said"),
    may("until_latest_ms", _MS, "it had ended by then; null: open"),
    may("published_day", _DAY, "UTC day of publication or of signing"),
    must("recorded_day", _DAY, "UTC day on which it was recorded here"),
    may("withdrawn_day", _DAY, "UTC day on which the source took it back"),
    must("source", _TEXT, "who says so: publication, author, authority"),
    may("title", _TEXT, "of the document"),
    may("link", _TEXT, "where it can be read"),
    may("copy_sha256", _TEXT, "SHA-256 of the copy kept by whoever recorded it"),
    may("quotation", _TEXT, "the very words"),
    must("grade", _TEXT, _GRADE),
    may("party_kind", _TEXT, _PARTY_KIND),
    may("licence", _TEXT, "terms of what is quoted"),
    must("may_publish", _FLAG, "may be shown on a public page"),
    DATA_KIND,
)

TOMBSTONES = (
    must("id", _TEXT, "tombstone- and 12 hex digits"),
    may("address", pa.uint32(), "address of which it is no longer told; null: of all"),
    must("field", _TEXT, "owner, operator, registrant, party (all three), or claim (a document's claim)"),
    must("value_sha256", _TEXT, "SHA-256 of the canonical words of the name that is no longer told, in alphabetical order, or of the claim's id"),
    must("reason", _TEXT, "class of the reason: a word of model.sayings.REMOVALS"),
    must("day", _DAY, "UTC day of the removal"),
)

DESIGNATORS = (
    must("code", _TEXT, "ICAO three-letter designator, or a prefix of call signs of State aircraft"),
    must("name", _TEXT, "operator as the list words it"),
    may("country", _TEXT, "as the list words it: a name, or an ISO 3166-1 alpha-2 code"),
    may("telephony", _TEXT, "telephony designator"),
    may("iata", _TEXT, "IATA code"),
    must("source", _TEXT, "which list"),
    must("day", _DAY, "UTC day of the list"),
)

ADDRESS_BLOCKS = (
    must("first_address", pa.uint32(), "first 24-bit address of the block"),
    must("last_address", pa.uint32(), "last one, included"),
    must("country", _TEXT, "ISO 3166-1 alpha-2 code as the list gives it, in capitals"),
    may("military", _FLAG, "the list says that the block is for State aircraft; null: it does not tell"),
    must("source", _TEXT, "which list"),
    must("day", _DAY, "UTC day of the list"),
)

MARK_PREFIXES = (
    must("prefix", _TEXT, "nationality mark, or the beginning of marks of a territory"),
    must("country", _TEXT, "ISO 3166-1 alpha-2 code"),
    may("hyphen", _FLAG, "written with a hyphen after the prefix"),
    must("source", _TEXT, "which list"),
    must("day", _DAY, "UTC day of the list"),
)
