"""Made-up claims through FollowTheMoney and back, in its own judgement where its validator is at hand."""

import gzip
import json

import pytest
from ftm_samples import BEGAN, TODAY, back, documents
from ftm_validator import running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.formats.followthemoney import (
    entities_of,
    read_claims,
    read_entities,
    sniff,
    write_line,
)
from overflight.formats.reading import Tally
from overflight.model.sayings import GRADES, PARTY_KINDS, STATEMENTS
from overflight.units import MILLISECONDS_PER_DAY

MONTH_MS = 30 * MILLISECONDS_PER_DAY
HOSTILE = (
    "\x00\u202egnorts\ufeff", "'\"quoted\"'", "  a  b\t\n c ; d,,. ", "overflight.grade: \"official\"",
    "e\u0301 \u200d \u00a0x", "ESQ., <BR/>", "=cmd|' /C calc'!A0", "💣" * 300, "a" * 70_000, "\u2028",
    "'", "\r", "icao24:abcdef", "javascript:alert(1)", "http://a.b/%%[", "https://example.org", "12 to 13",
    "\ud7ff\ue000",
)  # fmt: skip




@pytest.fixture(scope="module")
def validator():
    yield from running()


texts = st.one_of(st.text(max_size=20), st.sampled_from(HOSTILE), st.sampled_from(["4K-78131", "A Company"]))
instants = st.one_of(
    st.none(), st.integers(-(2**62), 2**62), st.integers(0, 2 * 10**12),
    st.integers(0, 20_000).map(lambda day: day * MILLISECONDS_PER_DAY),
)  # fmt: skip
days = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1), st.integers(0, 20_000))
rows = st.fixed_dictionaries({
    "address": st.one_of(st.none(), st.integers(0, 0xFFFFFF), st.just(0x4C0001)),
    "registration": st.none() | texts, "serial": st.none() | texts, "as_reported": texts,
    "statement": st.sampled_from(STATEMENTS), "value": st.none() | texts, "place": st.none() | texts,
    "latitude_deg": st.none() | st.floats(-90, 90), "longitude_deg": st.none() | st.floats(-180, 180),
    "since_earliest_ms": instants, "since_latest_ms": instants, "until_earliest_ms": instants,
    "until_latest_ms": instants, "published_day": days, "withdrawn_day": days,
    "recorded_day": days.filter(lambda day: day is not None), "source": texts,
    "title": st.none() | texts, "link": st.none() | texts,
    "copy_sha256": st.none() | texts, "quotation": st.none() | texts, "grade": st.sampled_from(GRADES),
    "party_kind": st.sampled_from([None, *PARTY_KINDS]), "licence": st.none() | texts,
    "may_publish": st.booleans(), "data_kind": st.sampled_from(["recorded", "synthetic", "reconstruction"]),
})  # fmt: skip
short = st.lists(
    rows.map(lambda row: {k: v[:9000] if isinstance(v, str) else v for k, v in row.items()}), max_size=4
)


@given(short)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_any_claims_come_back_as_they_were(found):
    told = documents(*found)
    assert back(entities_of(told)).to_pylist() == told.to_pylist()


@given(short)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_followthemoney_takes_any_claims_and_changes_nothing(validator, found):
    told = documents(*found)
    made = list(entities_of(told))
    ids = {one["id"] for one in made}
    assert len(ids) == len(made)
    assert back(validator.cleaned(made)).to_pylist() == told.to_pylist()


OTHERS = [
    {"id": "p", "schema": "Company", "caption": "Made-up Air",
     "properties": {"name": ["MADE UP", "Made-up Air"]}},
    {"id": "a", "schema": "Airplane", "datasets": ["made_up"], "properties": {
        "registrationNumber": ["XY-ABC"], "icaoCode": ["IL76"], "operator": ["p", "missing"],
        "notes": ["Mode S transponder code 4C0001"], "sourceUrl": ["https://list.example/a"]}},
    {"id": "o", "schema": "Ownership", "datasets": ["made_up"], "properties": {
        "owner": ["p"], "asset": ["a"], "startDate": ["2014-09"], "endDate": ["2016-01-02T10:00:00+02:00"]}},
    {"id": "l", "schema": "UnknownLink", "properties": {"subject": ["p"], "object": ["a"], "role": ["Lessee"],
                                                       "publisher": ["A register"], "date": ["2015-05-05"]}},
    {"id": "s", "schema": "Ownership", "properties": {"owner": ["p"], "asset": ["p2"]}},
    {"id": "v", "schema": "Vessel", "properties": {"name": ["A ship"]}},
]  # fmt: skip


def read_others(data):
    tally = Tally("made up")
    return read_claims(data, tally), tally


def test_collections_of_others_are_read_for_what_they_say_of_aircraft():
    data = "\n".join(map(json.dumps, OTHERS)).encode()
    for given_ in (data, gzip.compress(data), json.dumps(OTHERS, indent=1).encode(), data.splitlines()):
        found, tally = read_others(given_)
        assert [(row["statement"], row["value"]) for row in found] == [
            ("type_designator", "IL76"), ("registration", "XY-ABC"), ("operator", "Made-up Air"),
            ("owner", "Made-up Air"), ("remark", "Lessee: Made-up Air"),
        ]  # fmt: skip
    operator, owner, lessee = found[2:]
    assert owner["address"] == 0x4C0001 and owner["registration"] == owner["as_reported"] == "XY-ABC"
    assert (owner["source"], owner["grade"], owner["party_kind"]) == ("made_up", "list", "organisation")
    assert owner["since_earliest_ms"] == BEGAN and owner["since_latest_ms"] == BEGAN + MONTH_MS
    assert owner["until_earliest_ms"] == 1_451_721_600_000 and owner["link"] == "https://list.example/a"
    assert operator["since_latest_ms"] is None and owner["may_publish"] is None
    assert lessee["since_latest_ms"] // MILLISECONDS_PER_DAY == day_number("2015-05-06")
    assert lessee["until_earliest_ms"] // MILLISECONDS_PER_DAY == day_number("2015-05-05")
    assert sum(tally.unread.values()) == 3 and tally.rows_read == 6


def test_nested_entities_are_read_as_those_beside_each_other():
    company = {"id": "p", "schema": "Person", "properties": {"name": ["J. Example"]}}
    link = {"id": "o", "schema": "Ownership", "properties": {"owner": [company]}}
    airplane = {"id": "a", "schema": "Airplane", "properties": {"name": ["X"], "ownershipAsset": [link]}}
    found, _ = read_others([json.dumps(airplane).encode()])
    (row,) = found
    assert (row["statement"], row["value"], row["party_kind"]) == ("owner", "J. Example", "person")


def test_a_party_for_an_anonymous_address_is_refused():
    anonymous = OTHERS[1] | {"properties": {"notes": ["icao24:~000005"], "icaoCode": ["IL76"]}}
    found, tally = read_others([json.dumps(one).encode() for one in (OTHERS[0], anonymous, *OTHERS[2:4])])
    assert [row["statement"] for row in found] == ["type_designator"]
    assert sum(tally.refused.values()) == 1 and "a party linked to an address" in str(tally.unread)


def test_what_is_no_entity_is_refused():
    lines = [b"{", b"[1]", b'{"id": "a"}', b'{"id": "", "schema": "Airplane"}', b"\xff", b"", b"[" * 100_000]
    found, tally = read_others(lines)
    assert not found and tally.refused_count == tally.rows_read == 6
    assert read_others(b"[{]")[1].unreadable.startswith("not readable JSON")


def test_lines_of_ours_that_do_not_fit_their_field_are_passed_over():
    lied = [
        'overflight.grade: "sworn"', "overflight.may_publish: 7", "overflight.address: -1",
        "overflight.day: x", 'overflight.since_latest: "soon"', "overflight.source: null",
        "overflight.value: [1]",
    ]  # fmt: skip
    link = OTHERS[2] | {"properties": OTHERS[2]["properties"] | {"description": lied}}
    found, _ = read_others([json.dumps(one).encode() for one in (*OTHERS[:2], link)])
    owner = found[-1]
    assert (owner["grade"], owner["may_publish"], owner["address"]) == ("list", None, 0x4C0001)
    assert owner["value"] == "Made-up Air" and owner["source"] == "made_up"


def test_files_are_told_by_content():
    line = json.dumps(OTHERS[0]).encode()
    assert sniff(json.dumps(OTHERS, indent=2).encode())
    assert sniff(line) and sniff(gzip.compress(line)) and sniff(b"[" + line) and sniff(line + b"\n" + line)
    assert sniff(write_line(next(entities_of(documents({})))).encode())
    others = (
        b"", b'{"schema": "overflight/visits-2", "id": "x"}', b'{"type": "Feature", "properties": {}}',
        b"---\nsource: x", b'{"now": 1, "aircraft": []}', b"\x1f\x8b\x00", b'{"schema": 1}',
    )  # fmt: skip
    assert not any(map(sniff, others))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["a", "icao24:4c0001"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from([
    "owner", "asset", "subject", "object", "role", "description", "notes", "startDate", "date", "name",
    "proof", "registrationNumber", "entity", "document", "addressEntity", "latitude", "longitude", "recordId",
    "publishedAt",
])  # fmt: skip
wild = st.fixed_dictionaries({
    "id": st.sampled_from("aplevd"), "properties": st.dictionaries(names, json_values, max_size=6),
    "schema": st.sampled_from([
        "Airplane", "Person", "Ownership", "UnknownLink", "Event", "Documentation", "Address", "Article",
        "Vessel",
    ]),
    "caption": json_values, "datasets": json_values,
})  # fmt: skip


@given(st.lists(wild, max_size=8), st.binary(max_size=60))
@settings(deadline=None)
def test_no_entities_and_no_bytes_crash_the_reader(found, noise):
    data = "\n".join(map(json.dumps, found)).encode() + b"\n" + noise
    tally = Tally("made up")
    table = read_entities(data, tally, TODAY)
    table.validate(full=True)
    assert set(table["statement"].to_pylist()) <= set(STATEMENTS)
    sniff(noise)
