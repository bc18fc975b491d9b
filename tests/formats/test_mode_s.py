"""Raw frames to positions, against made-up frames and, where they are at hand, real ones and their decode."""

import gzip
import json
import random

import numpy as np
import pyarrow as pa
import pytest
from frames_made import (
    airborne,
    all_call,
    emergency,
    flight,
    halves,
    identity,
    line,
    reply,
    squitter,
    status,
    surface,
    velocity,
    zones,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import shared

from overflight.formats.mode_s import bits, cpr, fixes
from overflight.formats.mode_s.decoding import decoded
from overflight.formats.mode_s.frames import LONG, Frames
from overflight.formats.reading import ReadOptions, Source, Tally
from overflight.geo.sphere import distance_nm
from overflight.model.address import NOT_ICAO_BIT

START = 1_700_000_000.0
RESOLUTION_NM = 0.006  # half a step of a half position is 2.6 m of latitude, 7 m of longitude


def frames_of(timed):
    """Frames of (seconds, bytes)."""
    data, size = np.zeros((len(timed), LONG), np.uint8), np.zeros(len(timed), np.uint8)
    for row, (_, frame) in enumerate(timed):
        data[row, : len(frame)] = list(frame)
        size[row] = len(frame)
    return Frames(np.array([(START + seconds) * 1000 for seconds, _ in timed]), data, size)


def read(timed, **windows):
    """Positions as rows in order of time, and the tally; counts add up."""
    source = Source(None, Tally("made"), 0)
    pieces = list(decoded([frames_of(timed)], source, ReadOptions(), "made", **windows))
    table = pa.concat_tables([piece.positions for piece in pieces])
    assert source.tally.rows_read == len(timed) == table.num_rows + source.tally.refused_count
    return table.sort_by([("time_ms", "ascending"), ("latitude_e7", "ascending")]).to_pylist(), source.tally


def seconds(row):
    return round((row["time_ms"] - START * 1000) / 1000, 3)


def near(row, place):
    """Whether a position is where its aircraft was, as well as halves can tell."""
    at = row["latitude_e7"] / 1e7, row["longitude_e7"] / 1e7
    return distance_nm(*at, *place) <= RESOLUTION_NM


def test_every_position_of_a_plain_flight_is_found():
    places = line(34.5, 33.1, 20)
    rows, tally = read(flight(places))
    assert not tally.refused and all(near(row, place) for row, place in zip(rows, places, strict=True))


@settings(max_examples=150, deadline=None)
@given(
    st.floats(-89.9, 89.9), st.floats(-180, 179.9), st.floats(-0.0015, 0.0015), st.floats(-0.002, 0.002),
    st.booleans(),
)  # fmt: skip
def test_no_position_is_ever_elsewhere(latitude, longitude, north, east, on_surface):
    places = [(max(-90, min(90, a)), b) for a, b in line(latitude, longitude, 12, north, east)]
    timed = flight(places[:6])
    if on_surface:
        timed += [(4 + n * 0.5, surface(*at, n % 2 == 1)) for n, at in enumerate(places[6:])]
    else:
        timed += [(4 + n * 0.5, airborne(*at, n % 2 == 1)) for n, at in enumerate(places[6:])]
    rows, tally = read(timed)
    truth = {time: place for (time, _), place in zip(timed, places, strict=True)}
    assert all(near(row, truth[seconds(row)]) for row in rows)
    # Longitude runs fast beside the poles: what is then too far to be believed is refused, not invented.
    assert abs(latitude) > 85 or len(rows) >= 10, tally.refused


@pytest.mark.parametrize("place", [(0, 0), (0, 179.9999), (0.0001, -180), (-0.0001, -179.9999), (10.4704, 50),
                                   (51.5, 179.9995), (-87.0001, 12), (89.99, -60), (-89.99, 120),
                                   (-33.9, 151.2)])  # fmt: skip
def test_edges_of_the_grid(place):
    places = line(*place, 10, north=0.00005, east=0.0001)
    rows, tally = read(flight(places))
    assert len(rows) == 10 and all(near(row, at) for row, at in zip(rows, places, strict=True)), tally.refused
    assert all(-1_800_000_000 <= row["longitude_e7"] < 1_800_000_000 for row in rows)


def test_halves_that_straddle_a_latitude_zone_make_no_position_of_their_own():
    edge = 10.47047130
    timed = [(0, airborne(edge - 0.003, 50, False)), (0.5, airborne(edge + 0.003, 50, True))]
    assert zones(edge - 0.003) != zones(edge + 0.003)
    rows, tally = read(timed)
    assert not rows and tally.refused == {fixes.REASONS[fixes.ZONES]: 2}
    around = [(-1, airborne(edge - 0.006, 50, True)), *timed, (1, airborne(edge + 0.006, 50, False))]
    rows, _ = read(around)  # with frames before and after, each half has another in its own zone
    assert [seconds(row) for row in rows] == [-1, 0, 0.5, 1]


def test_a_pair_alone_is_not_believed_and_halves_far_apart_are_no_pair():
    places = line(34.5, 33.1, 3)
    assert read(flight(places[:2]))[1].refused == {fixes.REASONS[fixes.LONE]: 2}
    assert len(read(flight(places))[0]) == 3
    assert read(flight(places, step_s=10.001))[1].refused == {fixes.REASONS[fixes.HALF]: 3}
    assert len(read(flight(places, step_s=10))[0]) == 3


def test_the_same_transmission_heard_by_several_receivers_confirms_nothing():
    first, second = flight(line(34.5, 33.1, 2))
    copies = [(first[0] + 0.02, first[1]), (second[0] + 0.02, second[1]), (second[0] + 0.05, second[1])]
    assert read([first, second, *copies])[1].refused == {fixes.REASONS[fixes.LONE]: 5}
    many = [(time + delay, frame) for time, frame in flight(line(34.5, 33.1, 8)) for delay in (0, 0.01, 0.05)]
    assert len(read(many)[0]) == 24


def test_a_half_counts_beside_a_believed_position_within_reach_only():
    places = line(34.5, 33.1, 4)
    timed = flight(places)
    late = [(50, airborne(34.6, 33.2, True)), (200, airborne(34.6, 33.2, True))]
    rows, tally = read([*timed, *late])
    assert [seconds(row) for row in rows][-1] == 50 and tally.refused == {fixes.REASONS[fixes.HALF]: 1}
    rows, tally = read([*timed, (20, airborne(35.5, 33.2, True))])  # 60 nm in 17 s
    assert len(rows) == 4 and tally.refused == {fixes.REASONS[fixes.FAR]: 1}


def test_two_transmitters_under_one_address_never_make_a_third_place():
    chance = random.Random(5)
    one, other = line(34.5, 33.1, 200), line(48.1, 11.3, 200)
    timed = []
    for n in range(200):
        timed.append((n * 0.5, airborne(*one[n], chance.random() < 0.5)))
        timed.append((n * 0.5 + chance.random() * 0.4, airborne(*other[n], chance.random() < 0.5)))
    rows, tally = read(timed)
    assert tally.refused[fixes.REASONS[fixes.CONTRADICTED]] > 300
    for row in rows:
        n = int(seconds(row) * 2)
        assert near(row, one[n]) or near(row, other[n])


def test_apart_in_time_both_transmitters_of_an_address_are_seen():
    rows, tally = read(flight(line(34.5, 33.1, 10)) + flight(line(48.1, 11.3, 10), start_s=40))
    assert len(rows) == 20 and not tally.refused


def test_the_order_of_frames_and_the_windows_change_nothing():
    timed = []
    for n in range(6):
        places = line(30 + 3 * n, 20 + n, 150)
        timed += flight(places, start_s=n * 0.07, address=0x4C0000 + n)
        timed += [(k * 5 + 0.2, identity(f"MADE{n}", address=0x4C0000 + n)) for k in range(15)]
    timed.sort(key=lambda one: one[0])
    whole, tally = read(timed)
    assert len(whole) == 900
    shuffled = list(timed)
    random.Random(1).shuffle(shuffled)
    assert read(shuffled)[0] == whole
    rows, cut = read(timed, core=100, margin=900)
    assert rows == whole and cut.refused == tally.refused


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 111))
def test_one_wrong_bit_and_the_frame_is_refused(place):
    timed = flight(line(34.5, 33.1, 6))
    broken = bytearray(timed[3][1])
    broken[place // 8] ^= 0x80 >> place % 8
    timed[3] = (timed[3][0], bytes(broken))
    rows, tally = read(timed)
    assert len(rows) == 5 and sum(tally.refused.values()) == 1


def test_on_the_ground_a_position_in_the_air_tells_which_of_eight_places():
    for place in ((34.87, 33.62), (-33.94, 151.17), (51.47, -0.45), (-0.001, -0.001), (64.1, -179.99)):
        air = flight(line(*place, 6))
        ground = [(60 + n * 0.5, surface(*place, n % 2 == 1, movement=20, track=90)) for n in range(4)]
        rows, tally = read(air + ground)
        assert not tally.refused and len(rows) == 10
        for row in rows[6:]:
            assert near(row, place) and row["on_ground"] and row["baro_altitude_ft"] is None
            assert row["groundspeed_kt"] == 5.5 and row["track_deg"] == 90
        assert [row["on_ground"] for row in rows[:6]] == [False] * 6


def test_on_the_ground_before_take_off_counts_and_without_any_flight_does_not():
    place = (34.87, 33.62)
    ground = [(n * 5, surface(*place, n % 2 == 1)) for n in range(300)]
    rows, tally = read(ground)
    assert not rows and tally.refused == {fixes.REASONS[fixes.ANYWHERE]: 300}
    rows, tally = read(ground + flight(line(*place, 6), start_s=1600))
    assert len(rows) == 306 and not tally.refused
    rows, tally = read(ground + flight(line(*place, 6), start_s=1500 + 901))  # a silence before it
    assert len(rows) == 6 and tally.refused == {fixes.REASONS[fixes.ANYWHERE]: 300}


def test_on_the_ground_halves_of_a_fast_roll_must_be_close_in_time():
    place = (34.87, 33.62)
    air = flight(line(*place, 6))
    for movement, apart, count in ((1, 40, 4), (100, 40, 0), (100, 9, 4)):
        timed = [(100 + n * apart, surface(*place, n % 2 == 1, movement=movement)) for n in range(4)]
        assert len(read(air + timed)[0]) - 6 == count, (movement, apart)


def test_what_other_frames_say_is_joined_within_its_bounds():
    timed = flight(line(34.5, 33.1, 240), step_s=1)
    timed += [(10.5, velocity(-300, 400, climb=-1280, difference=-250)), (20.2, identity("MADEUP1")),
              (30.2, status(nac_p=9, sil=3)), (40.2, emergency("7700")),
              (41.2, emergency("7700"))]  # fmt: skip
    rows, _ = read(timed)
    by = {seconds(row): row for row in rows}
    moved = by[11]
    assert moved["groundspeed_kt"] == 500 and moved["track_deg"] == pytest.approx(323.13, abs=0.01)
    assert moved["vertical_rate_fpm"] == -1280 and moved["vertical_rate_geometric"] is False
    assert moved["baro_altitude_ft"] == 35_000 and moved["geo_altitude_ft"] == 34_750
    known = {name: [s for s, row in by.items() if row[name] is not None]
             for name in ("groundspeed_kt", "callsign", "nac_p", "squawk")}  # fmt: skip
    assert (known["groundspeed_kt"][0], known["groundspeed_kt"][-1]) == (6, 15)
    assert (known["callsign"][0], known["callsign"][-1]) == (21, 80)
    assert (known["nac_p"][0], known["nac_p"][-1]) == (31, 90)
    assert (known["squawk"][0], known["squawk"][-1]) == (41, 56)
    assert by[50]["callsign"] == "MADEUP1" and by[50]["squawk"] == "7700"
    assert (by[50]["nac_p"], by[50]["sil"], by[50]["adsb_version"], by[50]["nic"]) == (9, 3, 2, 8)


def test_a_reply_counts_where_its_address_is_known_and_it_is_told_twice():
    timed = flight(line(34.5, 33.1, 20))
    rows, _ = read([*timed, (2.1, reply("1234")), (2.2, reply("1234")), (2.3, reply("4321"))])
    assert {row["squawk"] for row in rows if seconds(row) > 2.3} == {"1234"}
    rows, _ = read([*timed, (2.1, reply("1234"))])
    assert {row["squawk"] for row in rows} == {None}
    rows, _ = read(
        [*timed, *[(2 + n / 10, reply("1234", address=0x4C0002)) for n in range(5)], (1, all_call(0x4C0002))]
    )
    assert {row["squawk"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("control", "mark", "source", "other"),
    [(0, 0, "adsb_icao_nt", False), (1, 0, "adsb_other", True), (2, 0, "tisb_icao", False),
     (2, 1, "tisb_trackfile", True), (5, 0, "tisb_other", True), (6, 0, "adsr_icao", False),
     (6, 1, "adsr_other", True)],
)  # fmt: skip
def test_addresses_that_are_no_aircrafts_keep_their_mark(control, mark, source, other):
    rows, tally = read(flight(line(34.5, 33.1, 5), df=18, low=control, supplement=mark))
    assert not tally.refused and {row["source"] for row in rows} == {source}
    assert {row["address"] for row in rows} == {0x4C0001 | (NOT_ICAO_BIT if other else 0)}


def test_halves_of_an_aircraft_and_of_its_rebroadcast_are_not_paired():
    places = line(34.5, 33.1, 6)
    timed = [
        (n * 0.5, airborne(*at, n % 2 == 1, df=17 + n % 2, low=6 if n % 2 else 5))
        for n, at in enumerate(places)
    ]
    assert read(timed)[1].refused == {fixes.REASONS[fixes.HALF]: 6}


def test_what_has_no_position_is_told_by_reason():
    zeros = squitter(15 << 51)
    _, tally = read([
        (1, zeros), (2, squitter(3 << 51, df=18, low=3)), (3, b"\x8d" * 7), (4, b""),
        (5, b"\x5d\x4c\x00\x01\x00\x00\x00"),
        (float("nan"), airborne(1, 2, False)), (-1.7e9, airborne(1, 2, False)), (6, velocity(1, 1)),
    ])  # fmt: skip
    assert sorted(tally.refused.values()) == [1] * 8 and len(tally.refused) == 8


def test_ground_bit_is_what_the_aircraft_says():
    for capability, said in ((4, None), (5, False), (6, None), (7, None)):
        rows, _ = read(flight(line(34.5, 33.1, 4), low=capability))
        assert {row["on_ground"] for row in rows} == {said}


def test_heights_of_every_code():
    code = np.arange(1 << 12)
    feet = bits.altitude_ft(code.astype(np.uint64) << np.uint64(36))
    assert np.isnan(feet[0])
    fine = feet[(code & 16) > 0]
    assert sorted(fine) == list(np.arange(-1_000, 50_200, 25))
    gillham = feet[(code & 16) == 0]
    assert sorted(gillham[~np.isnan(gillham)]) == list(np.arange(-1_200, 126_800, 100))


def test_geometric_position_types_carry_geometric_height():
    rows, _ = read(flight(line(34.5, 33.1, 4), kind=20))
    assert {(row["baro_altitude_ft"], row["geo_altitude_ft"], row["nic"]) for row in rows} == {
        (None, 35_000, 11)
    }


def test_integrity_by_type_version_and_supplements():
    yes, no = np.array([True]), np.array([False])

    def nic(kind, version, a=no, b=no, c=no):
        return int(bits.containment(np.array([kind]), np.array([version]), a, b, c)[0])

    assert [nic(11, 2), nic(11, 2, yes, yes), nic(11, 1, yes), nic(11, 0, yes, yes), nic(11, -1, yes)] == [
        8,
        9,
        8 + 1,
        8,
        8,
    ]
    assert [
        nic(16, 2),
        nic(16, 2, yes, yes),
        nic(16, 0),
        nic(8, 2, yes, c=yes),
        nic(8, 2, yes),
        nic(8, 1),
    ] == [2, 3, 1, 7, 6, 0]
    assert [nic(kind, 2) for kind in (5, 6, 7, 9, 10, 12, 13, 14, 15, 17, 18, 22)] == [
        11,
        10,
        8,
        11,
        10,
        7,
        6,
        5,
        4,
        1,
        0,
        0,
    ]


def test_zones_agree_with_the_formula():
    for latitude in np.linspace(-90, 90, 7_001):
        assert cpr.longitude_zones(np.array([latitude]))[0] == zones(latitude), latitude


def test_the_encoder_agrees_with_a_published_frame():
    # J. Sun, The 1090 Megahertz Riddle (2nd ed., 2021), chapter 5: the even frame of the example, 38,000 ft
    assert halves(52.2572, 3.91937, False) == (93_000, 51_372)
    frame = bytes.fromhex("8D40621D58C382D690C8AC2863A7")
    made = airborne(52.2572, 3.91937, False, feet=38_000, address=0x40621D)
    assert made == frame


def test_golden_decode_of_another_program():
    golden = json.loads(shared("mode_s", "pymodes_golden_v2.json").read_text())
    known = {key: value for key, value in golden.items() if value["df"] == 17}
    data = np.array([list(bytes.fromhex(key)) for key in known], np.uint8)
    message = bits.messages(data)
    heights, calls = bits.altitude_ft(message), bits.callsigns8(message)
    speed, track = bits.velocity(message)
    rate, _ = bits.vertical_rate_fpm(message)
    for row, said in enumerate(known.values()):
        if "altitude" in said:
            assert heights[row] == said["altitude"]
            assert bits.flag(message, 22)[row] == bool(said["cpr_format"])
        if "groundspeed" in said:
            assert int(speed[row]) == said["groundspeed"] and track[row] == pytest.approx(said["track"])
            assert rate[row] == said["vertical_rate"]
        if "callsign" in said:
            assert calls[row].decode().replace(" ", "_") == said["callsign"]
    replies = {key: value for key, value in golden.items() if value["df"] == 21}
    raw = np.array([list(bytes.fromhex(key)) for key in replies], np.int64)
    told = bits.squawk_digits(((raw[:, 2] & 0x1F) << 8) | raw[:, 3])
    assert [f"{code:04d}" for code in told] == [value["squawk"] for value in replies.values()]
    assert len(known) == 200 and len(replies) == 200


def test_every_position_of_a_real_flight_equals_its_reference_decode():
    with gzip.open(shared("mode_s", "full_flight_short.jsonl.gz")) as file:
        lines = [json.loads(text) for text in file]
    timed = [(one["timestamp"] - START, bytes.fromhex(one["frame"])) for one in lines]
    rows, tally = read(timed)
    reference = [one for one in lines if "latitude" in one]
    reference.sort(key=lambda one: (
        round(one["timestamp"] * 1000), round(one["latitude"] * 1e7), one.get("groundspeed", 0)
    ))  # fmt: skip
    rows.sort(key=lambda row: (
        row["time_ms"], row["latitude_e7"], row["groundspeed_kt"] if row["on_ground"] else 0
    ))  # fmt: skip
    assert tally.rows_read == 57_793 and len(rows) == len(reference) == 8_324
    for row, one in zip(rows, reference, strict=True):
        assert row["time_ms"] == round(one["timestamp"] * 1000)
        assert abs(row["latitude_e7"] / 1e7 - one["latitude"]) < 1e-7
        assert abs(row["longitude_e7"] / 1e7 - one["longitude"]) < 1e-7
        if one["bds"] == "05":
            assert row["baro_altitude_ft"] == one["altitude"]
            continue
        assert row["on_ground"]
        # From 2 to 15 kt the reference counts steps of 0.25 kt, not Doc 9871's 0.5: it jumps from 8.25 to 15.
        speed = one["groundspeed"]
        assert row["groundspeed_kt"] == (2 + 2 * (speed - 2) if 2 <= speed < 15 else speed)
