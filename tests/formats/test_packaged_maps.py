import pytest
from trace_samples import shared, taken, written

from overflight.formats import packaged_maps
from overflight.formats.containers import files_under
from overflight.formats.packaged_maps import packaged
from overflight.formats.reading import ReadOptions
from overflight.model.heard import is_marked_spoofed

POINTS = (
    "flight,point_time,flight_date_pst,point_time_pst_clean,altitude,ground_speed,heading,lat,lon,icao,"
    "call_sign,leg_id,flight_leg,geometry\n"
    ",2025-01-28 16:26:26.190,2025-01-28,08:26:26,-50,0.7,10.5,34.5,33.1,4c0001,MADEUP1,1,,POINT (33 34)\n"
)
LOCAL = (
    "flight,flight_date_pst,point_time_pst_clean,altitude,ground_speed,heading,lat,lon,icao,call_sign,"
    "leg_id,flight_leg,geometry\n"
    ",2025-01-28,08:26:26,-50,0.7,10.5,34.5,33.1,4c0001,MADEUP1,1,,POINT (33.1 34.5)\n"
    ",2025-07-28,08:26:26,-50,0.7,10.5,34.5,33.1,4c0001,MADEUP1,1,,POINT (33.1 34.5)\n"
    ",2025-11-02,01:26:26,-50,0.7,10.5,34.5,33.1,4c0001,MADEUP1,1,,POINT (33.1 34.5)\n"
)
RAW = (
    "time,lat,lon,altitude,ground_speed,heading,details,alt_geom,nnumber,model,desc,timestamp,ping_time,icao\n"
    "60.5,34.5,33.1,ground,3.5,10.5,\"{'type': 'mlat', 'flight': 'MADEUP1 ', 'squawk': '1234', 'nic': 8, "
    "'nac_p': 10, 'version': 2, 'sil': 3, 'sil_type': 'perhour'}\",,X-MADE,C172,MADE UP,2025-02-09,"
    "2025-02-09 00:01:00.500,4c0001\n"
    "90,34.5,33.1,32000,300.5,10.5,,33275.0,X-MADE,C172,MADE UP,2025-02-09,2025-02-09 00:01:30,4c0001\n"
)
SNAPSHOT = (
    "hex,type,flight,r,t,alt_baro,gs,track,baro_rate,lat,lon,nic,rc,seen_pos,mlat,tisb,messages,seen,rssi,"
    "is_spoofed\n"
    "4c0001,adsb_icao,MADEUP1 ,X-MADE,C172,5000,100,10.5,64,34.5,33.1,8,186,2.5,[],[],10,0.5,-20.5,False\n"
    "4C0002,adsc,0X0X,0X0X0X,B777,6975,635,247,-1907.4,-18.5,81.9,0,0,13,[],[],500,14,-7,True\n"
    "4c0003,unknown,,,,5000,100,10.5,64,34.5,33.1,,,1,[],[],10,0.5,-20.5,False\n"
)
MOMENT = ReadOptions(started_ms=1_651_363_200_000)


def read(tmp_path, text, options=None):
    return taken(written(tmp_path, text.encode()), options)


def test_points_are_utc_feet_and_knots(tmp_path):
    (one,), claims, tally = read(tmp_path, POINTS)
    assert (tally.format, claims) == ("adsbx_points_csv", [])
    assert {name: value for name, value in one.items() if value is not None} == {
        "address": 0x4C0001, "time_ms": 1_738_081_586_190, "latitude_e7": 345_000_000,
        "longitude_e7": 331_000_000, "baro_altitude_ft": -50, "groundspeed_kt": pytest.approx(0.7),
        "track_deg": 10.5, "callsign": "MADEUP1", "stale": False, "new_leg": False, "feed": "generic_csv",
        "data_kind": "recorded",
    }  # fmt: skip


def test_points_with_local_times_alone(tmp_path):
    positions, _, tally = read(tmp_path, LOCAL)
    assert [p["time_ms"] for p in positions] == [1_738_081_586_000, 1_753_716_386_000]
    assert [("occurs twice" in reason) for reason in tally.refused] == [True]


def test_raw_rows_keep_what_bears_on_trust(tmp_path):
    (one, two), claims, tally = read(tmp_path, RAW)
    assert tally.format == "adsbx_raw_csv" and tally.remarks == {}
    said = {"source": "mlat", "nic": 8, "nac_p": 10, "sil": 3, "adsb_version": 2}
    said |= {"squawk": "1234", "callsign": "MADEUP1"}
    assert {name: one[name] for name in said} == said
    assert (one["on_ground"], one["baro_altitude_ft"], one["time_ms"]) == (True, None, 1_739_059_260_500)
    assert (two["source"], two["nic"], two["on_ground"], two["geo_altitude_ft"]) == (None, None, None, 33_275)
    assert [(c["registration"], c["type_designator"], c["source"]) for c in claims] == [
        ("X-MADE", "C172", "adsbexchange")
    ]


def test_a_snapshot_needs_its_moment(tmp_path):
    positions, _, tally = read(tmp_path, SNAPSHOT)
    assert positions == [] and tally.unreadable == packaged_maps.NO_TIME


def test_what_a_snapshot_calls_spoofed_is_kept_and_marked(tmp_path):
    positions, claims, tally = read(tmp_path, SNAPSHOT, MOMENT)
    assert [p["source"] for p in positions] == ["adsb_icao", "marked_spoofed:adsc", None]
    assert [p["time_ms"] - 1_651_363_200_000 for p in positions] == [-2_500, -13_000, -1_000]
    assert [c["address"] for c in claims] == [0x4C0001]  # a spoofed row says nothing of an aircraft
    assert tally.remarks == {"rows that the source calls spoofed: kept, never part of a line": 1}


def test_other_columns_need_a_map_of_their_own():
    for text in (POINTS, LOCAL, RAW, SNAPSHOT):
        head = text.encode()
        assert packaged(head) is not None
        assert packaged(head.replace(b"lat,", b"lat,more,", 1)) is None
        assert packaged(head.replace(b",lon", b",longitude", 1)) is None


def test_real_files_need_no_map():
    found = {}
    for file in files_under(shared("adsbx_csv")):
        positions, _, tally = taken(file, MOMENT)
        assert tally.unreadable is None
        found[file.name.split("_")[0]] = found.get(file.name.split("_")[0], 0) + len(positions)
        if file.name.startswith("world"):
            assert sum(is_marked_spoofed(p["source"] or "") for p in positions) == 20
            assert tally.refused == {"no latitude": 764}
    assert found == {"flight": 14_003, "raw": 7_774, "world": 7_679}
