import json
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_samples import shared, taken, written

from overflight.errors import InputError
from overflight.formats import Reader, column_map
from overflight.formats.reading import ReadOptions

BASE = {"icao24": "hex", "time": "when", "latitude_deg": "lat", "longitude_deg": "lon"}


def mapped(tmp_path, text, **parts):
    """A CSV read by a map made of the parts."""
    plan = {"columns": BASE} | parts
    path = written(tmp_path, json.dumps(plan).encode(), "map.json")
    return taken(written(tmp_path, text.encode()), ReadOptions(column_map=path))


def at(tmp_path, when, **time):
    """Milliseconds of one written time (None where refused) and the tally."""
    text = f"hex;when;lat;lon\n4c0001;{when};34,5;33\n".replace("34,5", "34.5")
    positions, _, tally = mapped(tmp_path, text, time=time)
    return (positions[0]["time_ms"] if positions else None), tally


def test_a_whole_map(tmp_path):
    text = (
        "hex,when,lat,lon,height,level,speed,climb,ground,cs,sq,mark,type,guess\n"
        "4c0001,2016-04-04 07:12:00,40.5,50.1,1000,FL350,926,5.08,no,azaf8,1200,4K-X,IL76,time\n"
        "4c0001,2016-04-04 07:13:00,40.6,50.2,ground,,,,,,,4K-X,IL76,\n"
    ).replace(",no,", ",0,")
    positions, claims, tally = mapped(
        tmp_path,
        text,
        columns=BASE
        | {
            "baro_altitude": "height",
            "geo_altitude": "level",
            "groundspeed": "speed",
            "vertical_rate": "climb",
            "on_ground": "ground",
            "callsign": "cs",
            "squawk": "sq",
            "assumed": "guess",
        },
        units={"baro_altitude": "m", "geo_altitude": "FL", "groundspeed": "km/h", "vertical_rate": "m/s"},
        time={"zone": "+04:00"},
        claims={"registration": "mark", "type_designator": "type"},
        constants={
            "data_kind": "reconstruction",
            "operator": "somebody",
            "source": "other",
            "military": True,
        },
    )
    first, second = positions
    assert first["time_ms"] == 1_459_739_520_000
    assert (first["baro_altitude_ft"], first["geo_altitude_ft"]) == (3281, 35_000)
    assert first["groundspeed_kt"] == 500 and first["vertical_rate_fpm"] == 1000
    assert (first["callsign"], first["squawk"], first["on_ground"]) == ("AZAF8", "1200", False)
    assert (first["assumed"], first["data_kind"], first["source"]) == ("time", "reconstruction", "other")
    assert second["on_ground"] is True and second["baro_altitude_ft"] is None and second["assumed"] is None
    assert not first["stale"] and first["feed"] == tally.format == "generic_csv"
    said = [{k: v for k, v in row.items() if v is not None or k == "description"} for row in claims]
    assert said == [
        {
            "address": 0x4C0001,
            "day": 16895,
            "registration": "4K-X",
            "type_designator": "IL76",
            "description": None,
            "operator": "somebody",
            "military": True,
            "source": "generic_csv",
            "data_kind": "reconstruction",
        }
    ]


def test_a_toml_map_with_one_aircraft_for_the_whole_file_and_ages(tmp_path):
    plan = b"""
    constants = { icao24 = "613133", time = "2022-05-01T00:00:00Z" }
    columns = { latitude_deg = "lat", longitude_deg = "lon", age_s = "seen_pos" }
    """
    path = written(tmp_path, plan, "map.toml")
    csv = written(tmp_path, b"lat,lon,seen_pos\n1,2,10.5\n1,2,\n1,2,old\n")
    positions, _, tally = taken(csv, ReadOptions(column_map=path))
    assert [p["time_ms"] for p in positions] == [1_651_363_189_500, 1_651_363_200_000]
    assert positions[0]["address"] == 0x613133 and dict(tally.refused) == {"age_s is not a number": 1}


@pytest.mark.parametrize(
    ("when", "time", "expected"),
    [
        ("2025-01-28T16:26:26.190Z", {}, 1_738_081_586_190),
        ("2025-01-28 16:26:26.190123+03:00", {}, 1_738_070_786_190),
        ("2025-01-28T16:26Z", {}, 1_738_081_560_000),
        ("2025-01-28 16:26:26", {"zone": "UTC"}, 1_738_081_586_000),
        ("2025-01-28", {"zone": "UTC"}, 1_738_022_400_000),
        ("20250128T162626", {"zone": "UTC"}, 1_738_081_586_000),
        ("2025-01-28 08:26:26", {"zone": "America/Los_Angeles"}, 1_738_081_586_000),
        ("2025-01-28T08:26:26Z", {"zone": "America/Los_Angeles"}, 1_738_052_786_000),
        ("28.01.2025 16:26", {"format": "%d.%m.%Y %H:%M", "zone": "UTC"}, 1_738_081_560_000),
        ("28.01.2025 16:26 +0300", {"format": "%d.%m.%Y %H:%M %z"}, 1_738_070_760_000),
        ("1738081586.19", {"format": "unix_s"}, 1_738_081_586_190),
        ("1738081586190", {"format": "unix_ms"}, 1_738_081_586_190),
        ("2025-11-02 01:30:00", {"zone": "America/Los_Angeles", "ambiguous": "earlier"}, 1_762_072_200_000),
        ("2025-11-02 01:30:00", {"zone": "America/Los_Angeles", "ambiguous": "later"}, 1_762_075_800_000),
    ],
)
def test_times(tmp_path, when, time, expected):
    found, tally = at(tmp_path, when, **time)
    assert found == expected, tally


@pytest.mark.parametrize(
    ("when", "time", "reason"),
    [
        ("2025-03-09 02:30:00", {"zone": "America/Los_Angeles"}, "does not exist in America/Los_Angeles"),
        ("2025-11-02 01:30:00", {"zone": "America/Los_Angeles"}, "occurs twice in America/Los_Angeles"),
        ("yesterday", {"zone": "UTC"}, "time is not written as iso"),
        ("2025-13-40 00:00:00", {"zone": "UTC"}, "time is not written as iso"),
        ("1.2.2025", {"format": "%Y", "zone": "UTC"}, "time is not written as %Y"),
        ("noon", {"format": "unix_s"}, "time is not a number"),
        ("9999-12-31 23:59:59", {"zone": "America/Los_Angeles"}, "time outside 1990 to 2100"),
        ("0001-01-01 00:00:00", {"zone": "America/Los_Angeles"}, "time outside 1990 to 2100"),
        ("", {"zone": "UTC"}, "no time"),
    ],
)
def test_times_that_are_none(tmp_path, when, time, reason):
    found, tally = at(tmp_path, when, **time)
    assert found is None and reason in str(dict(tally.refused))


@given(
    moment=st.datetimes(
        min_value=__import__("datetime").datetime(1995, 1, 1),
        max_value=__import__("datetime").datetime(2030, 1, 1),
    ),
    zone=st.sampled_from(
        ["America/St_Johns", "Asia/Baku", "Australia/Lord_Howe", "Europe/London", "Asia/Kathmandu"]
    ),
)
def test_local_times_are_those_of_the_zone(tmp_path_factory, moment, zone):
    local = moment.replace(microsecond=0, tzinfo=zoneinfo.ZoneInfo(zone))
    found, _ = at(
        tmp_path_factory.mktemp("zone"), f"{local:%Y-%m-%d %H:%M:%S}", zone=zone, ambiguous="earlier"
    )
    back = local.astimezone(zoneinfo.ZoneInfo("UTC"))
    exists = back.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)
    assert found == (int(back.timestamp()) * 1000 if exists else None)


def test_date_and_time_of_day_in_two_columns(tmp_path):
    text = "hex,day,clock,lat,lon\n4c0001,2025-01-28,08:26:26,1,2\n4c0001,,08:26:26,1,2\n"
    positions, _, tally = mapped(
        tmp_path, text, columns=BASE | {"time": ["day", "clock"]}, time={"zone": "America/Los_Angeles"}
    )
    assert [p["time_ms"] for p in positions] == [1_738_081_586_000] and dict(tally.refused) == {"no time": 1}


def test_times_without_a_zone_ask_for_one(tmp_path):
    _, tally = at(tmp_path, "2025-01-28 08:26:26")
    assert 'set "time": {"zone": "UTC"}' in tally.unreadable and "2025-01-28 08:26:26" in tally.unreadable


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path):
    _, _, tally = mapped(tmp_path, "hex,when,latitude,lon\n4c0001,1,2,3\n")
    assert tally.unreadable == "column 'lat' of the map is not in the file; it has: hex, when, latitude, lon"
    assert tally.rows_read == 0


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"columns": {**BASE, "baro_altitude_ft": "alt"}}, "did you mean baro_altitude?"),
        ({"columns": {"icao24": "hex", "time": "t", "latitude_deg": "lat"}}, "longitude_deg is missing"),
        ({"columns": {**BASE, "callsign": ["a", "b"]}}, "only time may be made of several"),
        ({"columns": BASE, "units": {"baro_altitude": "yd"}}, "write one of ft, m, FL"),
        ({"columns": BASE, "time": {"zone": "Mars/Olympus"}}, "unknown time zone 'Mars/Olympus'"),
        ({"columns": BASE, "time": {"zone": "../../etc/passwd"}}, "unknown time zone"),
        ({"columns": BASE, "time": {"format": "american"}}, "is none of iso"),
        ({"columns": BASE, "constants": {"icao24": "61313"}}, "is not six hex digits"),
        ({"columns": BASE, "constants": {"data_kind": "true"}}, "is none of recorded"),
        ({"columns": BASE, "delimiter": "::"}, "one character"),
        ({"colums": BASE}, "unknown field"),
        ({"columns": 5}, "Expected `object`"),
    ],
)
def test_a_wrong_map_says_what_would_be_right(tmp_path, parts, words):
    path = written(tmp_path, json.dumps(parts).encode(), "map.json")
    with pytest.raises(InputError) as caught:
        Reader([], ReadOptions(column_map=path))
    assert words in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"{", b"columns = [", b"\xff\xfe{}", b"{" * 100_000])
def test_a_file_that_is_no_map(tmp_path, text):
    with pytest.raises(InputError):
        column_map.load(written(tmp_path, text, "map"))
    with pytest.raises(InputError, match="cannot be opened"):
        column_map.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text",
    [
        "hex,when,lat,lon\n4c0001,1700000000,1,2\n",
        "\ufeffhex,when,lat,lon\r\n4c0001,1700000000,1,2\r\n",
        "hex\twhen\tlat\tlon\n4c0001\t1700000000\t1\t2",
        'hex,when,lat,lon\n"4c0001","1700000000","1","2"\n',
        'note,hex,when,lat,lon\n"a, b",4C0001, 1700000000 ,1,2\n',
    ],
)
def test_dialects(tmp_path, text):
    positions, _, tally = mapped(tmp_path, text, time={"format": "unix_s"})
    assert [(p["address"], p["latitude_e7"]) for p in positions] == [(0x4C0001, 10_000_000)], tally


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("39460000.0,1700000000,1,2", "no aircraft address of six hex digits"),
        ("4c0001,1700000000,north,2", "latitude_deg is not a number"),
        ("4c0001,1700000000,1,2,3", "5 fields where the header has 4"),
        ('4c0001,1700000000,"1\n2",2', "quotes that do not match"),
    ],
)
def test_bad_rows(tmp_path, row, reason):
    text = f"hex,when,lat,lon\n4c0001,1700000000,1,2\n{row}\n4c0001,1700000001,1,2\n"
    positions, _, tally = mapped(tmp_path, text, time={"format": "unix_s"})
    assert len(positions) == 2 and reason in tally.refused


@given(changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes_never_raise(tmp_path_factory, changes):
    rows = [f"4c{n:04x},2025-01-28 16:26:{n:02d}.5,{n / 9},{n / 7},{n}\n" for n in range(40)]
    data = bytearray("".join(["hex,when,lat,lon,alt\n", *rows]).encode())
    for at_byte, value in changes:
        data[at_byte % len(data)] = value
    folder = tmp_path_factory.mktemp("changed")
    plan = {"columns": BASE | {"baro_altitude": "alt"}, "time": {"zone": "UTC"}}
    path = written(folder, json.dumps(plan).encode(), "map.json")
    _, _, tally = taken(written(folder, bytes(data)), ReadOptions(column_map=path))
    assert tally.unreadable is not None or tally.rows_read >= 38 - len(changes)


def test_without_a_map_one_is_suggested_that_works(tmp_path):
    head = "icao,point_time,lat,lon,altitude,ground_speed,call_sign"
    text = f"{head}\n4c0001,2025-01-28 16:26:26,1,2,ground,5,AB1\n"
    path = written(tmp_path, text.encode())
    _, _, tally = taken(path)
    suggested = json.loads(tally.unreadable[tally.unreadable.index("{") :])
    plan = written(tmp_path, json.dumps(suggested).encode(), "map.json")
    positions, _, _ = taken(path, ReadOptions(column_map=plan))
    assert positions[0]["callsign"] == "AB1" and positions[0]["on_ground"] is True


@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [
        ("flight_traces_0d086e_20250203.csv.gz", {"time": "point_time", "callsign": "call_sign"}, 6109),
        ("flight_traces_a97753_20250201.csv.gz", {"time": ["flight_date_pst", "point_time_pst_clean"]}, 6196),
        ("raw_c060ba_2025-02-07_2025-02-08.csv.gz", {"time": "ping_time", "geo_altitude": "alt_geom"}, 6444),
    ],
)
def test_real_traces_flattened_by_others(tmp_path, name, columns, rows):
    zone = "America/Los_Angeles" if "a97753" in name else "UTC"
    plan = {
        "columns": {
            "icao24": "icao",
            "latitude_deg": "lat",
            "longitude_deg": "lon",
            "baro_altitude": "altitude",
            "groundspeed": "ground_speed",
            "track_deg": "heading",
        }
        | columns,
        "time": {"zone": zone},
    }
    path = written(tmp_path, json.dumps(plan).encode(), "map.json")
    positions, _, tally = taken(shared("adsbx_csv", name), ReadOptions(column_map=path))
    assert len(positions) == tally.rows_read == rows and not tally.refused
    assert sum(p["on_ground"] is True for p in positions) == (837 if "raw" in name else 0)
