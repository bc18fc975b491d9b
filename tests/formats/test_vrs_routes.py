import gzip
import io
import os
import tarfile
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.formats.containers import ByteStream, members
from overflight.formats.gzip import Gunzip
from overflight.formats.reading import Source, Tally
from overflight.formats.vrs_routes import kind_of, read_routes
from overflight.model.fields import ROUTES, schema

HEADER = b"\xef\xbb\xbfCallsign,Code,Number,AirlineCode,AirportCodes\n"
MADE_UP = b"XMA1,XMA,1,XMA,LCLK-LGAV\nXMA22C,XMA,22C,XMA,LGAV-LCLK-OLBA\n"
DAY = day_number("2026-08-19")


class Plain:
    broke = None

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size):
        return self._file.read(size)


def rows(data, zipped=False):
    tally = Tally("x")
    stream = ByteStream(Plain(data))
    source = Source(ByteStream(Gunzip(stream)) if zipped else stream, tally, 0)
    table = read_routes(source, DAY)
    assert table.schema.equals(schema(ROUTES))
    assert tally.rows_read == table.num_rows + tally.refused_count
    return table.to_pylist(), tally


def refusals(*lines):
    kept, tally = rows(HEADER + b"".join(line + b"\n" for line in lines))
    return kept, dict(tally.refused), tally.examples


def test_routes_as_published():
    kept, tally = rows(HEADER + MADE_UP)
    published = {"day": DAY, "source": "VRS standing data"}
    assert kept == [
        {"callsign": "XMA1", "airports": ["LCLK", "LGAV"], **published},
        {"callsign": "XMA22C", "airports": ["LGAV", "LCLK", "OLBA"], **published},
    ]
    assert (tally.format, tally.rows_read, tally.refused_count) == ("vrs_routes", 2, 0)


def test_columns_are_taken_by_name_and_line_ends_do_not_matter():
    other = b"AirportCodes,Callsign\r\nLCLK - LGAV , XMA1 \r\nLGAV-LCLK-OLBA,XMA22C"
    assert rows(other)[0] == rows(HEADER + MADE_UP)[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b",XMA,1,XMA,LCLK-LGAV", "no call sign"),
        (b"  ,XMA,1,XMA,LCLK-LGAV", "no call sign"),
        (b"XMA3,XMA,3,XMA,", "no airports"),
        (b"XMA3,XMA,3,XMA,-", "no airports"),
        (b"XMA3,XMA,3,XMA,LCLK", "fewer than two airports"),
        (b"XMA3,XMA,3,XMA,LCLK--LGAV", "an airport without a code"),
        (b"XMA3,XMA,3,XMA,LCLK-LGAV-", "an airport without a code"),
        (b"XMA3,XMA,3,XMA", "4 fields instead of 5"),
    ],
)
def test_bad_rows_are_refused_with_their_reason(line, reason):
    kept, refused, examples = refusals(MADE_UP.strip(), line)
    assert len(kept) == 2 and refused == {reason: 1}
    assert examples[0].startswith(f"{reason}: ")


def test_a_row_is_refused_for_one_reason_only():
    _, refused, examples = refusals(*[b",XMA,3,XMA,"] * 9)
    assert refused == {"no call sign": 9} and len(examples) == 5


def test_a_cut_file_keeps_its_whole_lines():
    numbered = b"".join(b"XMA%d,XMA,%d,XMA,LCLK-LGAV\n" % (n, n * n) for n in range(400))
    kept, tally = rows(gzip.compress(HEADER + numbered)[:-60], zipped=True)
    assert 200 < len(kept) < 400 and tally.refused == {"line cut off": 1}
    assert [row["callsign"] for row in kept] == [f"XMA{n}" for n in range(len(kept))]


def test_kinds_are_told_by_the_header():
    assert kind_of(HEADER) == kind_of(gzip.compress(HEADER + MADE_UP)) == "routes"
    assert kind_of(b"Start,Finish,Count,Bitmask,SignificantBitmask,IsMilitary,CountryISO2\n") == "code blocks"
    assert kind_of(b"\xef\xbb\xbfISO,Name\r\nAD,Andorra\r\n") == "countries"
    for other in (b"", b"Callsign,Number\n", b"Callsign,Callsign,AirportCodes\n", b"id,ident\n", b"\x1f\x8b"):
        assert kind_of(other) is None


def test_a_list_without_rows_is_no_error():
    for data in (HEADER, HEADER.strip(), HEADER + b"\n\n"):
        kept, tally = rows(data)
        assert kept == [] and not tally.refused


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_hostile_bytes_after_a_header_never_crash(tail):
    rows(HEADER + MADE_UP + tail)


@settings(deadline=None)
@given(st.text('XMA1,-" \n', max_size=60))
def test_hostile_quotes_and_hyphens_never_make_an_airport_without_a_code(tail):
    for row in rows(HEADER + tail.encode())[0]:
        assert row["callsign"] and len(row["airports"]) >= 2 and all(row["airports"])


def test_the_list_as_published():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    path = Path(shared) / "reference" / "vrs_standing_data.tar.gz"
    tally, found = Tally(path.name), {}
    for source in members(path, tally):
        kind = kind_of(source.stream.peek(4096))
        assert kind is not None, source.member
        if source.member.endswith("/DLH-all.csv"):
            found[kind] = read_routes(source, DAY)
    table = found["routes"]
    assert table.num_rows == tally.rows_read > 5_000
    first = table.filter(pc.equal(table["callsign"], "DLH1")).to_pylist()
    assert [row["airports"] for row in first] == [["EDDH", "EDDF"]]
    with tarfile.open(path) as tar:
        lists = [name for name in tar.getnames() if "/routes/" in name and name.endswith(".csv")]
    assert len(lists) > 1_500
