import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from trace_samples import shared, taken, tar_bytes, trace_bytes, written, zipped

from overflight.formats import Reader, aircraft_documents, aircraft_json, sniff
from overflight.formats.containers import files_under
from overflight.formats.reading import ReadOptions

NOW = 1_700_000_100.125
READSB = {
    "hex": "4c0001", "type": "adsb_icao", "flight": "MADEUP1 ", "r": "X-MADE", "t": "A320", "desc": "made up",
    "ownOp": "nobody", "dbFlags": 1, "alt_baro": 5000, "alt_geom": 5125, "gs": 251.3, "track": 123.4,
    "baro_rate": -640, "geom_rate": -600, "squawk": "1234", "lat": 34.5, "lon": 33.1, "nic": 8, "rc": 186,
    "seen_pos": 0.5, "version": 2, "nac_p": 9, "sil": 3, "mlat": [], "tisb": [], "messages": 9, "seen": 0.1,
    "rssi": -20.1,
}  # fmt: skip
OLD = {
    "hex": "4c0002", "squawk": "1234", "flight": "MADEUP2 ", "lat": 34.5, "lon": 33.1, "nucp": 7,
    "validposition": 1,
    "seen_pos": 2.5, "altitude": 7000, "vert_rate": 64, "track": 12, "speed": 300, "mlat": [], "tisb": [],
    "messages": 3, "seen": 0.4, "rssi": -30.0,
}  # fmt: skip


def snapshot(*aircraft, now=NOW, key="aircraft", **more):
    return {"now": now, "messages": 12345, key: list(aircraft), **more}


def as_dump1090(*aircraft, now=NOW):
    """A snapshot as dump1090 and readsb write it, one aircraft a line."""
    lines = ",\n".join("    " + json.dumps(one, separators=(",", ":")) for one in aircraft)
    return f'{{ "now" : {now:.3f},\n  "messages" : 12345,\n  "aircraft" : [\n{lines}\n  ]\n}}\n'.encode()


def rows_of(tmp_path, made, options=None):
    data = made if isinstance(made, bytes) else json.dumps(made).encode()
    return taken(written(tmp_path, data), options)


def many(count, start=0, **more):
    return [READSB | {"hex": f"4c{start + n:04x}", "lat": 30 + n / 1000} | more for n in range(count)]


def test_every_field_arrives_in_its_unit(tmp_path):
    positions, claims, tally = rows_of(tmp_path, snapshot(READSB))
    assert (tally.format, tally.rows_read, tally.remarks, tally.broke) == ("aircraft_json", 1, {}, None)
    assert positions == [{
        "address": 0x4C0001, "time_ms": 1_700_000_099_625, "latitude_e7": 345_000_000,
        "longitude_e7": 331_000_000, "baro_altitude_ft": 5000, "geo_altitude_ft": 5125,
        "groundspeed_kt": pytest.approx(251.3), "track_deg": pytest.approx(123.4), "vertical_rate_fpm": -640,
        "vertical_rate_geometric": False, "on_ground": False, "callsign": "MADEUP1", "squawk": "1234",
        "source": "adsb_icao", "nic": 8, "nac_p": 9, "sil": 3, "adsb_version": 2, "stale": False,
        "new_leg": False, "feed": "aircraft_json", "data_kind": "recorded", "assumed": None,
    }]  # fmt: skip
    said = [{k: v for k, v in row.items() if v is not None} for row in claims]
    assert said == [{
        "address": 0x4C0001, "day": 19675, "registration": "X-MADE", "type_designator": "A320",
        "description": "made up", "operator": "nobody", "military": True, "source": "aircraft_json",
        "data_kind": "recorded",
    }]  # fmt: skip


def test_the_dialect_of_dump1090_before_2018(tmp_path):
    positions, claims, _ = rows_of(tmp_path, snapshot(OLD, OLD | {"hex": "4c0003", "altitude": "ground"}))
    one, ground = positions
    assert (one["baro_altitude_ft"], one["groundspeed_kt"], one["vertical_rate_fpm"]) == (7000, 300, 64)
    assert one["vertical_rate_geometric"] is None and one["source"] is None and not claims
    assert (ground["on_ground"], ground["baro_altitude_ft"]) == (True, None)
    _, _, tally = rows_of(tmp_path, snapshot(OLD | {"validposition": 0}))
    assert tally.refused == {"the file says that the position is not valid": 1}


def test_the_dialect_of_dump1090_fa(tmp_path):
    made = {
        name: READSB[name] for name in ("hex", "flight", "alt_baro", "gs", "track", "lat", "lon", "seen_pos")
    }
    mlat = {"mlat": ["lat", "lon", "track"], "geom_rate": 128}
    positions, _, _ = rows_of(tmp_path, snapshot(made, made | {"hex": "4c0002"} | mlat))
    assert [p["source"] for p in positions] == [None, "mlat"]
    assert (positions[1]["vertical_rate_fpm"], positions[1]["vertical_rate_geometric"]) == (128, True)


def test_the_dialect_of_interfaces(tmp_path):
    made = {"ac": [READSB], "msg": "No error", "now": 1_700_000_100_125, "total": 1, "ctime": 1, "ptime": 2}
    positions, _, _ = rows_of(tmp_path, made)
    assert positions[0]["time_ms"] == 1_700_000_099_625


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ({"type": "adsb_icao", "mlat": ["gs", "lat"]}, "mlat"),
        ({"type": "tisb_trackfile", "tisb": ["lat"]}, "tisb_trackfile"),
        ({"type": "adsb_icao", "tisb": ["lat"]}, "tisb_icao"),
        ({"type": "adsb_icao", "tisb": ["lat"], "hex": "~4c0001"}, "tisb_other"),
        ({"type": "adsb_icao", "mlat": ["gs"], "tisb": ["track"]}, "adsb_icao"),
        ({"type": "unknown"}, None),
        ({"type": "adsc", "mlat": 0, "tisb": "lat"}, "adsc"),
    ],
)
def test_how_the_position_was_heard(tmp_path, said, source):
    positions, _, _ = rows_of(tmp_path, snapshot(READSB | said))
    assert positions[0]["source"] == source


def test_an_old_position_is_stale_and_has_its_own_time(tmp_path):
    positions, _, _ = rows_of(
        tmp_path, snapshot(*(READSB | {"seen_pos": age, "lat": age} for age in (0, 15, 15.001, 59.9)))
    )
    assert [p["stale"] for p in positions] == [False, False, True, True]
    assert positions[3]["time_ms"] == 1_700_000_040_225


MOVING = ("baro_altitude_ft", "geo_altitude_ft", "groundspeed_kt", "track_deg", "vertical_rate_fpm")


def test_beside_a_stale_position_no_height_or_speed_of_a_later_moment(tmp_path):
    ages = {"4c0001": 15, "4c0002": 15.1, "4c0003": 40}
    rows = [READSB | {"hex": name, "seen_pos": age} for name, age in ages.items()]
    rows[2]["alt_baro"] = "ground"
    positions, _, tally = rows_of(tmp_path, snapshot(*rows))
    for name in (*MOVING, "on_ground", "vertical_rate_geometric"):
        assert [p[name] is None for p in positions] == [False, True, True], name
    assert [p["callsign"] for p in positions] == ["MADEUP1"] * 3
    assert tally.remarks == {"height and speed newer than the position by over 15 s, dropped": 2}


def told(*said, **more):
    """Snapshots one a line: seconds after NOW, age of the position, height."""
    return b"\n".join(
        json.dumps(snapshot(READSB | {"seen_pos": age, "alt_baro": feet} | more, now=NOW + after)).encode()
        for after, age, feet in said
    )


def test_a_position_that_snapshots_go_on_showing_counts_once(tmp_path, monkeypatch):
    data = told((0, 0.5, 5000), (1, 1.5, 5050), (2, 2.6, 5100), (10.1, 10.5, 5500), (30, 30.4, 6000))
    positions, claims, tally = rows_of(tmp_path, data)
    assert [(p["time_ms"], p["baro_altitude_ft"]) for p in positions] == [(1_700_000_099_625, 5000)]
    assert tally.rows_read == 5 and tally.refused == {"the position of an earlier snapshot again": 4}
    assert len(claims) == 1
    monkeypatch.setattr(aircraft_json, "BATCH_ROWS", 1)
    again, _, tally = rows_of(tmp_path, data)
    assert again == positions and tally.refused.total() == 4


def test_the_same_place_at_another_time_is_another_position(tmp_path):
    positions, _, _ = rows_of(tmp_path, told((0, 0.5, 5000), (1, 1.0, 5000), (2, 1.5, 5000), (2, 1.0, 5000)))
    assert len(positions) == 4
    other, place = told((0, 0.5, 5000), hex="4c0002"), told((0, 0.5, 5000), lat=34.6)
    positions, _, _ = rows_of(tmp_path, b"\n".join([told((0, 0.5, 5000)), other, place]))
    assert len(positions) == 3


def test_a_refused_row_does_not_take_the_position_with_it(tmp_path):
    positions, _, tally = rows_of(tmp_path, told((0, 0.5, 999_999), (1, 1.5, 5000)))
    assert [p["baro_altitude_ft"] for p in positions] == [5000] and tally.refused.total() == 1


def test_what_a_file_gives_does_not_depend_on_the_files_beside_it(tmp_path):
    one, two = told((0, 0.5, 5000)), told((1, 1.5, 5050))
    paths = [written(tmp_path, one, "a.json"), written(tmp_path, two, "b.json")]
    together = [r for reading in Reader(files_under(tmp_path)) for r in reading.positions.to_pylist()]
    assert together == [*taken(paths[0])[0], *taken(paths[1])[0]] and len(together) == 2
    positions, _, _ = taken(written(tmp_path, tar_bytes({"a.json": one, "b.json": two}), "both.tar"))
    assert positions == together


def test_a_position_of_unknown_age_says_so(tmp_path):
    bare = {name: value for name, value in READSB.items() if name not in ("seen_pos", "seen")}
    positions, _, tally = rows_of(tmp_path, snapshot(bare, bare | {"seen": 40.0, "hex": "4c0002"}))
    assert [p["assumed"] for p in positions] == ["time", "time"]
    assert [p["time_ms"] for p in positions] == [1_700_000_100_125, 1_700_000_060_125]
    assert [p["stale"] for p in positions] == [False, True]
    assert tally.remarks == {"age of the position not said, its time assumed": 2}


def test_a_rewritten_row_says_nothing_of_the_ground_by_its_height(tmp_path):
    bare = {"now": NOW, "hex": "4c0001", "lat": 1, "lon": 2}
    lines = [bare | {"alt_baro": height} for height in (0, 5000, "ground")] + [
        READSB | {"now": NOW, "alt_baro": 0}
    ]
    positions, _, tally = rows_of(tmp_path, b"\n".join(json.dumps(one).encode() for one in lines))
    assert [p["baro_altitude_ft"] for p in positions] == [None, 5000, None, 0]
    assert [p["on_ground"] for p in positions] == [None, None, True, False]
    assert tally.remarks["height 0 of a rewritten row, no measurement, dropped"] == 1


NOWHERE = {"hex": "4c0009", "r": "X-NONE"}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (NOWHERE, "no position"),
        (NOWHERE | {"lastPosition": {"lat": 1, "lon": 2, "seen_pos": 63.2}},
         "no position of its moment, an old one only (lastPosition)"),
        (NOWHERE | {"rr_lat": 34.1, "rr_lon": 33.2}, "no position, a rough estimate only (rr_lat, rr_lon)"),
        (READSB | {"lon": None}, "no longitude"),
        (READSB | {"hex": "4c000"}, "no aircraft address of six hex digits"),
        (READSB | {"hex": None}, "no aircraft address of six hex digits"),
        (READSB | {"lat": 91}, "latitude outside -90 to 90"),
        (READSB | {"gs": -1}, "groundspeed_kt outside 0 to 10,000"),
        (READSB | {"seen_pos": -0.2}, "position from after its own snapshot (seen_pos below 0)"),
        (READSB | {"lat": "34.5"}, "lat: Expected float, got str"),
        (READSB | {"alt_baro": "high"}, "alt_baro: Invalid enum value"),
        (READSB | {"alt_geom": [1]}, "alt_geom: Expected float, got array"),
        (READSB | {"gs": float("nan")}, "NaN or an infinite number"),
        (READSB | {"gs": 10**400}, "gs: Number out of range"),
        ("text", "no reason: it is no aircraft"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_reason_and_its_neighbours_stay(tmp_path, made, reason):
    others = OLD, made, OLD | {"hex": "4c0003"}
    for data in (json.dumps(snapshot(*others)).encode(), as_dump1090(*others)):
        positions, _, tally = rows_of(tmp_path, data)
        if isinstance(made, dict):
            assert tally.refused == {reason: 1} and tally.rows_read == 3
        assert len(positions) == 2 and tally.broke is None


def test_texts_of_a_wrong_type_are_dropped_not_the_row(tmp_path):
    positions, claims, tally = rows_of(tmp_path, snapshot(READSB | {"r": 7, "squawk": 1234, "flight": None}))
    assert (positions[0]["squawk"], positions[0]["callsign"]) == (None, None)
    assert claims[0]["registration"] is None and claims[0]["operator"] == "nobody"
    assert tally.remarks == {"texts of a row not understood, dropped": 2}


def test_without_a_time_there_is_no_position(tmp_path):
    lines = b",\n".join(json.dumps(one).encode() for one in (READSB, OLD))
    _, claims, tally = rows_of(tmp_path, lines)
    assert tally.refused == {"no time: neither the file nor the row says `now`": 2} and not claims
    _, _, tally = rows_of(tmp_path, [OLD | {"seen": 3}])
    assert tally.refused.total() == 1


def test_claims_are_told_once_a_day_and_privacy_addresses_have_no_owner(tmp_path):
    days = [snapshot(READSB, NOWHERE, now=NOW + hours * 3600) for hours in (0, 1, 2, 24)]
    pia = snapshot(READSB | {"hex": "4c0007", "dbFlags": 4})
    _, claims, _ = rows_of(tmp_path, b"\n".join(json.dumps(one).encode() for one in [*days, pia]))
    assert [(c["address"], c["day"]) for c in claims if c["address"] != 0x4C0007] == [
        (0x4C0001, 19675), (0x4C0001, 19676), (0x4C0009, 19675), (0x4C0009, 19676),
    ]  # fmt: skip
    private = next(c for c in claims if c["address"] == 0x4C0007)
    assert (private["registration"], private["operator"], private["military"]) == (None, None, False)


def shapes():
    """The same two snapshots of three aircraft, written in every way in which files hold them."""
    one, two = snapshot(*many(3)), snapshot(*many(3, 100), now=NOW + 30)
    flat = [row | {"now": made["now"]} for made in (one, two) for row in made["aircraft"]]
    both = [json.dumps(made).encode() for made in (one, two)]
    yield "lines", b"\n".join(both)
    yield "lines with carriage returns and blank lines", b"\r\n\r\n".join(both) + b"\r\n"
    yield "pretty", b"".join(json.dumps(made, indent=2).encode() for made in (one, two))
    yield (
        "pretty, one after the other",
        b"\n".join(json.dumps(made, indent=2).encode() for made in (one, two)),
    )
    yield "dump1090", b"".join(as_dump1090(*made["aircraft"], now=made["now"]) for made in (one, two))
    yield "an array", json.dumps([one, two]).encode()
    yield "a pretty array", json.dumps([one, two], indent=1).encode()
    yield "aircraft a line", b"\n".join(json.dumps(row).encode() for row in flat)
    yield "aircraft a line, with commas", b",\n".join(json.dumps(row).encode() for row in flat) + b","
    yield "an array of aircraft", json.dumps(flat).encode()
    yield "a pretty array of aircraft", json.dumps(flat, indent=4).encode()
    yield "sorted keys, pretty", json.dumps([one, two], indent=1, sort_keys=True).encode()
    yield "a mark before it", b"\xef\xbb\xbf" + b"\n".join(both)


SHAPES = dict(shapes())


@pytest.mark.parametrize("name", SHAPES)
def test_however_it_is_written_it_reads_the_same(tmp_path, name):
    wanted, claims, _ = rows_of(tmp_path, SHAPES["lines"])
    assert len(wanted) == 6 and len(claims) == 6
    positions, same, tally = rows_of(tmp_path, SHAPES[name])
    assert (positions, same, tally.broke, dict(tally.refused)) == (wanted, claims, None, {})


@pytest.mark.parametrize("name", SHAPES)
def test_a_cut_file_keeps_what_came_before(tmp_path, name):
    wanted, _, _ = rows_of(tmp_path, SHAPES["lines"])
    data = SHAPES[name]
    for cut in range(150, len(data) - 3, 97):
        positions, _, tally = rows_of(tmp_path, data[:cut])
        if b'"hex"' not in data[:cut]:
            continue
        kept = [row for row in wanted if row["address"] in {p["address"] for p in positions}]
        assert [p | {"time_ms": 0} for p in positions] == [row | {"time_ms": 0} for row in kept]
        assert len(positions) >= data[:cut].count(b"rssi") - 1 - tally.refused.total()
        whole_lines = (
            name in ("lines", "aircraft a line") and len(positions) in (3, 4, 5) and not tally.refused
        )
        assert tally.broke is not None or whole_lines or data[:cut].rstrip()[-1:] == b"}"


def test_damage_never_gives_an_aircraft_the_time_of_another_snapshot(tmp_path):
    one, two = snapshot(*many(3)), snapshot(*many(3, 100), now=NOW + 30)
    late = [{name: made[name] for name in ("messages", "aircraft", "now")} for made in (one, two)]
    right = {row["address"]: row["time_ms"] for row in rows_of(tmp_path, SHAPES["lines"])[0]}
    for made in ([one, two], late):
        for data in (json.dumps(made).encode(), b"\n".join(json.dumps(m, indent=1).encode() for m in made)):
            for at in range(2, len(data), 31):
                for changed in (
                    data[:at] + data[at + 1 :],
                    data[:at] + b'"' + data[at:],
                    data[:at] + data[at + 9 :],
                ):
                    for row in rows_of(tmp_path, changed)[0]:
                        shift = 30_000 if row["address"] < 0x4C0064 else -30_000
                        wrong = right.get(row["address"], 0) + shift
                        assert abs(row["time_ms"] - wrong) > 5_000


def test_a_snapshot_that_ends_in_the_middle_does_not_take_the_next_with_it(tmp_path):
    one, two = as_dump1090(*many(3)), as_dump1090(*many(3, 100), now=NOW + 30)
    positions, _, tally = rows_of(tmp_path, one[: one.rindex(b'"rssi"')] + b"\n" + two)
    assert len(positions) == 5 and tally.refused == {"aircraft cut off": 1}
    assert tally.remarks == {"snapshots that end in the middle: their whole aircraft": 1} and not tally.broke
    lines = [json.dumps(row | {"now": NOW}).encode() for row in many(5)]
    lines[2] = lines[2][:40]
    positions, _, tally = rows_of(tmp_path, b"\n".join(lines))
    assert len(positions) == 4 and tally.refused.total() == 1


@pytest.mark.parametrize("layer", [lambda data: data, zipped])
def test_a_folder_of_history_and_the_same_as_a_tar(tmp_path, layer):
    members = {f"history_{n}.json": layer(as_dump1090(*many(4), now=NOW + 30 * n)) for n in range(12)}
    for name, data in members.items():
        written(tmp_path, data, name)
    readings = list(Reader(files_under(tmp_path)))
    rows = [row for reading in readings for row in reading.positions.to_pylist()]
    assert len(rows) == 48 and len({row["time_ms"] for row in rows}) == 12
    positions, _, tally = taken(written(tmp_path, tar_bytes(members)))
    assert sorted(map(str, positions)) == sorted(map(str, rows)) and tally.format == "aircraft_json"


def test_a_line_without_end_stops_the_reading_not_the_program(tmp_path, monkeypatch):
    monkeypatch.setattr(aircraft_documents, "DOCUMENT_MAX", 1 << 20)
    good = json.dumps(snapshot(*many(5))).encode() + b"\n"
    for endless in (
        b'{"now":1,"aircraft":[' + b" " * (4 << 20),
        b'{"now":1,\n"aircraft":[\n' + b"{},\n" * (1 << 19),
    ):
        positions, _, tally = rows_of(tmp_path, good + endless)
        assert len(positions) == 5 and "1,048,576 bytes: the rest was not read" in tally.broke


def test_batches_of_any_size_give_the_same(tmp_path, monkeypatch):
    data = b"\n".join(json.dumps(snapshot(*many(20), now=NOW + n)).encode() for n in range(10))
    whole, _, _ = rows_of(tmp_path, data)
    monkeypatch.setattr(aircraft_json, "BATCH_ROWS", 7)
    monkeypatch.setattr(aircraft_documents, "READ", 100)
    assert rows_of(tmp_path, data)[0] == whole and len(whole) == 200


def test_what_is_told_as_aircraft_json():
    for data in SHAPES.values():
        assert sniff(data[:65536]) == "aircraft_json"
    assert sniff(b'{"now":1,"messages":0,"aircraft":[]}') == "aircraft_json"
    assert sniff(b'{"flight": "N/A", "now": 1}\n{"now": 1, "hex": "4c0001", "lat": 1}') == "aircraft_json"
    for other in (b'{"time":1,"states":[]}', b'{"hex":"colour"}', b'["aircraft"]', trace_bytes()):
        assert sniff(other) != "aircraft_json"


@given(noise=st.binary(max_size=400), at=st.integers(0, 4_000), name=st.sampled_from(sorted(SHAPES)))
@example(noise=b"[" * 300, at=500, name="lines")
@example(noise=b"{" * 300, at=500, name="dump1090")
@example(noise=b'{"now":', at=500, name="dump1090")
def test_no_bytes_crash_it(tmp_path_factory, noise, at, name):
    data = SHAPES[name]
    at %= len(data)
    folder = tmp_path_factory.mktemp("noise")
    for changed in (data[:at] + noise + data[at:], data[:at] + noise + data[at + len(noise) :]):
        positions, _, tally = taken(written(folder, changed))
        assert len(positions) <= tally.rows_read


COUNTS = {  # rows read, accepted: counted by hand from the files with jq
    "aircraft_1.json": (64, 63), "aircraft_2.json": (69, 67), "aircraft_3.json": (80, 77),
    "aircraft_4.json": (59, 57), "aircraft_5.json": (120, 112), "json_1.json": (48, 0),
    "json_2.json": (90, 1), "json_3.json": (11, 5), "jsonl_1hr.json": (5767, 4920),
    "jsonl_20minutes.json": (1612, 1194),
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_real_snapshots_are_read_in_full(name):
    positions, _, tally = taken(shared("readsb_aircraft_json", name), ReadOptions())
    assert (tally.rows_read, len(positions)) == COUNTS[name]
    assert tally.broke is None and tally.unreadable is None
