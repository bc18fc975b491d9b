"""Made-up claims of documents and lists, and their entities, for the tests of FollowTheMoney."""

import pyarrow as pa

from overflight.clock import day_number
from overflight.formats.followthemoney import read_entities, write_line
from overflight.formats.reading import Tally
from overflight.model.fields import CLAIMS, DOCUMENTS, schema
from overflight.units import MILLISECONDS_PER_DAY

TODAY = day_number("2026-01-31")
BEGAN = day_number("2014-09-01") * MILLISECONDS_PER_DAY
SAID = {
    "id": "claim-000000000001", "address": 0x4C0001, "registration": "XY-ABC", "serial": None,
    "as_reported": "XY ABC", "statement": "owner", "value": "Ministry of Examples", "place": None,
    "latitude_deg": None, "longitude_deg": None, "since_earliest_ms": BEGAN,
    "since_latest_ms": BEGAN + MILLISECONDS_PER_DAY, "until_earliest_ms": None, "until_latest_ms": None,
    "published_day": day_number("2016-04-26"), "recorded_day": day_number("2020-01-01"),
    "withdrawn_day": None, "source": "A newspaper", "title": "Who flies", "link": "https://news.example/who?a=1",
    "copy_sha256": None, "quotation": "has owned it since", "grade": "published", "party_kind": "government",
    "licence": None, "may_publish": True, "data_kind": "recorded",
}  # fmt: skip


def documents(*changes):
    rows = [SAID | {"id": f"claim-{n:012x}"} | change for n, change in enumerate(changes, 1)]
    return pa.Table.from_pylist(rows, schema=schema(DOCUMENTS))


def back(entities):
    tally = Tally("made up")
    table = read_entities("".join(write_line(one) for one in entities).encode(), tally, TODAY)
    assert not tally.refused and tally.unreadable is None
    return table


def of(entities, name):
    return [one["properties"] for one in entities if one["schema"] == name]


def claims(*changes):
    row = dict.fromkeys(field.name for field in CLAIMS) | {
        "address": 0x4C0001, "day": 18_000, "registration": "XY-ABC", "source": "a list",
        "data_kind": "recorded", "grade": "list",
    }  # fmt: skip
    return pa.Table.from_pylist([row | change for change in changes], schema=schema(CLAIMS))


LISTED = claims(
    {"owner": "A Company", "party_kind": "organisation", "party_region": "Calgary, Alberta, CANADA",
     "type_designator": "IL76", "description": "Ilyushin Il-76", "built": "1986", "military": False,
     "manufacturer": "Ilyushin", "serial": "0023", "tags": "interesting", "link": "https://list.example/1"},
    {"day": 18_100, "owner": "A Company", "party_kind": "organisation", "serial": "0023",
     "party_region": "Calgary, Alberta, CANADA", "link": "https://list.example/1", "operator": "Somebody"},
    {"day": 18_200, "registrant": "J. Example", "party_kind": "person", "valid_from_day": 18_150,
     "valid_until_day": 18_190, "serial": "0023", "data_kind": "synthetic"},
)  # fmt: skip
