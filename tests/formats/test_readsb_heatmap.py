import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_heatmap import TYPES, Fix, Said, heatmap
from trace_samples import taken, tar_bytes, trace_bytes, written, zipped

from overflight.formats import readsb_heatmap, sniff
from overflight.formats.reading import ReadOptions

START = 1_718_020_800_000
READ = ReadOptions(heatmaps=True)


def rows_of(tmp_path, slices, **kind):
    return taken(written(tmp_path, heatmap(slices, **kind)), READ)


def one(tmp_path, fix):
    (row,), _, _ = rows_of(tmp_path, [[fix]])
    return row


def test_every_field_arrives_in_its_unit(tmp_path):
    slices = [[], [Said("4c0001", "MADEUP1", "1234"), Fix("4c0001", 34.5, -33.123456, 5025, 251.3, "mlat")]]
    positions, claims, tally = rows_of(tmp_path, slices)
    assert not claims and (tally.rows_read, tally.format, tally.broke) == (1, "readsb_heatmap", None)
    assert positions == [{
        "address": 0x4C0001, "time_ms": START + 30_000,
        "latitude_e7": 345_000_000, "longitude_e7": -331_234_560,
        "baro_altitude_ft": 5025, "geo_altitude_ft": None, "groundspeed_kt": pytest.approx(251.3),
        "track_deg": None, "vertical_rate_fpm": None, "vertical_rate_geometric": None, "on_ground": False,
        "callsign": "MADEUP1", "squawk": "1234", "source": "mlat", "nic": None, "nac_p": None, "sil": None,
        "adsb_version": None, "stale": False, "new_leg": False, "feed": "readsb_heatmap",
        "data_kind": "recorded", "assumed": "time",
    }]  # fmt: skip
    assert tally.remarks == {"heard within the 30 s after its time": 1}


def test_the_ground_and_what_is_unknown(tmp_path):
    ground = one(tmp_path, Fix("4c0001", 1, 2, "ground", 3.0))
    assert (ground["on_ground"], ground["baro_altitude_ft"]) == (True, None)
    unknown = one(tmp_path, Fix("4c0001", 1, 2, None, None, None))
    assert [unknown[name] for name in ("on_ground", "baro_altitude_ft", "groundspeed_kt", "source")] == [
        None
    ] * 4
    assert one(tmp_path, Fix("4c0001", 1, 2, -1025))["baro_altitude_ft"] == -1025


@pytest.mark.parametrize("source", TYPES)
def test_how_it_was_heard(tmp_path, source):
    assert one(tmp_path, Fix("4c0001", 1, 2, 5000, 100, source))["source"] == source


def test_an_address_not_from_icao_keeps_its_mark(tmp_path):
    row = one(tmp_path, Fix("~2a3f01", -0.000001, -180.0, 5000, 100, "tisb_other"))
    assert row["address"] == 0x2A3F01 | 1 << 24
    assert (row["latitude_e7"], row["longitude_e7"]) == (-10, -1_800_000_000)


def test_what_was_said_belongs_to_the_next_position_of_that_aircraft_alone(tmp_path):
    fix, other = Fix("4c0001", 1, 2, 5000), Fix("4c0002", 3, 4, 6000)
    slices = [
        [other, Said("4c0001", "OLD"), Said("4c0001", "NEW1", "0021"), other, fix],
        [fix],
        [Said("4c0001", "LATER", "7000")],
        [fix, Said("4c0002", "", "0000"), other],
    ]
    positions, _, tally = rows_of(tmp_path, slices)
    said = [(p["callsign"], p["squawk"]) for p in positions if p["address"] == 0x4C0001]
    assert said == [("NEW1", "0021"), (None, None), ("LATER", "7000")]
    assert all(p["callsign"] is None and p["squawk"] is None for p in positions if p["address"] == 0x4C0002)
    assert tally.unread == {"call signs and squawks said with no position soon after": 1}


def test_what_was_said_long_before_is_not_said_of_a_position(tmp_path):
    slices = [[Said("4c0001", "OLD")], [], [], [], [Fix("4c0001", 1, 2, 5000)]]
    positions, _, tally = rows_of(tmp_path, slices)
    assert positions[0]["callsign"] is None and sum(tally.unread.values()) == 1
    positions, _, _ = rows_of(tmp_path, slices[:1] + slices[2:])
    assert positions[0]["callsign"] == "OLD"


def test_a_bad_call_sign_is_dropped_not_the_row(tmp_path):
    positions, _, tally = rows_of(tmp_path, [[Said("4c0001", "=HYP()"), Fix("4c0001", 1, 2)]])
    assert positions[0]["callsign"] is None and tally.remarks["callsign not understood, dropped"] == 1


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        (Fix("4c0001", 90.1, 2), "latitude outside -90 to 90"),
        (Fix("4c0001", 1, -180.1), "longitude outside -180 to 180"),
        (Fix("4c0001", 1, 2, 200_025), "baro_altitude_ft outside -10,000 to 200,000"),
        (Fix("4c0001", 1, 2, 0, -20), "groundspeed_kt outside 0 to 10,000"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, fix, reason):
    positions, _, tally = rows_of(tmp_path, [[fix, Fix("4c0002", 1, 2)]])
    assert len(positions) == 1 and tally.refused == {reason: 1}


def test_bits_that_no_heatmap_sets_are_no_address(tmp_path):
    data = bytearray(heatmap([[Fix("4c0001", 1, 2)]]))
    data[-13] |= 0x06
    _, _, tally = taken(written(tmp_path, bytes(data)), READ)
    assert tally.refused == {"no aircraft address of six hex digits": 1}


def world(slices=40, aircraft=50):
    """Slices of aircraft that fly straight, one in five of them saying who it is."""
    made = []
    for number in range(slices):
        made.append([])
        for k in range(aircraft):
            if (number + k) % 5 == 0:
                made[-1].append(Said(f"4c{k:04x}", f"MADE{k}", f"{k % 8}21{k % 7}"))
            made[-1].append(Fix(f"4c{k:04x}", 30 + number / 100, 20 + k / 10, 25 * k, 100 + k, TYPES[k % 13]))
    return made


def test_blocks_of_any_size_give_the_same(tmp_path, monkeypatch):
    data = heatmap(world())
    whole, _, tally = taken(written(tmp_path, data), READ)
    assert len(whole) == tally.rows_read == 2000 and sum(p["callsign"] is not None for p in whole) == 400
    for block in (1, 7, 64, 1000):
        monkeypatch.setattr(readsb_heatmap, "BLOCK", block)
        assert taken(written(tmp_path, data), READ)[0] == whole
    assert taken(written(tmp_path, zipped(data)), READ)[0] == whole
    assert taken(written(tmp_path, heatmap(world(), index=False)), READ)[0] == whole


def test_slices_longer_than_their_field_can_say(tmp_path):
    slices = [[Said("4c0001", "OLD")], [], [Fix("4c0001", 1, 2, 5000)]]
    positions, _, tally = rows_of(tmp_path, slices, interval_ms=120_000)
    assert positions[0]["callsign"] == "OLD"
    assert "heard within the 120 s after its time" in tally.remarks


def test_a_cut_heatmap_keeps_what_came_before_and_says_so(tmp_path):
    data = heatmap(world())
    whole, _, _ = taken(written(tmp_path, data), READ)
    part, _, tally = taken(written(tmp_path, data[: len(data) // 2 // 16 * 16]), READ)
    assert 0 < len(part) < len(whole) and part == whole[: len(part)]
    assert tally.broke.startswith("the index names 40 slices, the file holds ")
    _, _, tally = taken(written(tmp_path, data[:-5]), READ)
    assert tally.broke == "cut off in the middle of a record"
    _, _, tally = taken(written(tmp_path, zipped(data)[:-900]), READ)
    assert tally.broke.startswith("gzip cut off")


@given(
    fixes=st.lists(
        st.tuples(
            st.integers(0, 0x1FFFFFF), st.integers(-90_000_000, 90_000_000),
            st.integers(-180_000_000, 179_999_999), st.integers(-400, 8000), st.integers(0, 32767),
            st.integers(0, 12),
        ),
        min_size=1, max_size=40,
    )
)  # fmt: skip
def test_what_is_written_is_read(tmp_path_factory, fixes):
    made = [
        Fix(f"{'~' if who >> 24 else ''}{who & 0xFFFFFF:06x}", lat / 1e6, lon / 1e6,
            25.0 * height if height not in (-123, -124) else "ground", speed / 10, TYPES[kind])
        for who, lat, lon, height, speed, kind in fixes
    ]  # fmt: skip
    positions, _, tally = rows_of(tmp_path_factory.mktemp("heat"), [made])
    assert len(positions) == len(fixes) and not tally.refused
    for row, (who, lat, lon, height, speed, kind) in zip(positions, fixes, strict=True):
        assert (row["address"], row["latitude_e7"], row["longitude_e7"]) == (who, lat * 10, lon * 10)
        assert row["baro_altitude_ft"] == (None if height in (-123, -124) else height * 25)
        assert row["groundspeed_kt"] == np.float32(speed / 10) and row["source"] == TYPES[kind]


@given(noise=st.binary(max_size=3000), cut=st.integers(0, 5000))
def test_no_bytes_crash_it(tmp_path_factory, noise, cut):
    data = heatmap([[Fix("4c0001", 1, 2)]] * 3)[:cut] + noise
    positions, _, tally = taken(written(tmp_path_factory.mktemp("noise"), data), READ)
    assert len(positions) <= tally.rows_read


def test_heatmaps_are_read_only_where_asked_for(tmp_path):
    data = heatmap(world(3, 4))
    assert sniff(data) == sniff(data[:64]) == "readsb_heatmap" and sniff(bytes(64)) is None
    positions, _, tally = taken(written(tmp_path, data))
    assert not positions and "--heatmaps" in tally.unreadable
    day = tar_bytes({
        "heatmap/00.bin.ttf": zipped(data), "traces/01/trace_full_4c0001.json": zipped(trace_bytes()),
        "heatmap/01.bin.ttf": zipped(data), "acas/acas.csv": b"", "README": b"adsb.lol",
    })  # fmt: skip
    positions, _, tally = taken(written(tmp_path, day))
    assert len(positions) == 40 and list(tally.unread.values()) == [2]
    assert tally.format == "readsb_trace" and tally.broke is None
    positions, _, tally = taken(written(tmp_path, day), READ)
    assert len(positions) == 40 + 2 * 12 and not tally.unread
