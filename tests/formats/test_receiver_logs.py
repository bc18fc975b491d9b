"""What receivers keep: Beast, AVR, timed frames and SBS logs, made up, and real where they are at hand."""

import gzip
import json
import os

import pytest
from frames_made import airborne, beast, flight, identity, line, surface, velocity
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_samples import shared, taken, tar_bytes, written, zipped

import overflight
from overflight.clock import parse_utc
from overflight.errors import InputError
from overflight.formats import sniff
from overflight.formats.mode_s import clocks, samples
from overflight.formats.reading import ReadOptions

PLACES = line(34.5, 33.1, 12)
STARTED = parse_utc("2025-03-01T21:59:58Z")
NOT_READ = "no position in the frame: call sign, speed, status or reply, joined to positions where it says so"


def log(start_s=7.0):
    """(seconds, frame) of a flight of twelve positions with a call sign and a speed."""
    return [
        (start_s, identity("MADEUP1")),
        (start_s + 0.1, velocity(300, 400)),
        *flight(PLACES, start_s + 0.2),
    ]


def started(text="2025-03-01T21:59:58Z"):
    return ReadOptions(started_ms=parse_utc(text))


def avr(frames, signal=""):
    mark = "<" if signal else "@"
    return "".join(
        f"{mark}{round(s * 12e6):012X}{signal}{frame.hex().upper()};\n" for s, frame in frames
    ).encode()


def sbs(kind, seconds, *values, date="2025/03/01", clock=None, message="MSG", icao24="4C0001"):
    """A line; values: call sign, altitude, speed, track, latitude, longitude, climb, squawk, ... ground."""
    time = (
        clock
        if clock is not None
        else f"{int(seconds // 3600):02d}:{int(seconds // 60 % 60):02d}:{seconds % 60:06.3f}"
    )
    fields = [message, kind, 1, 1, icao24, 1, date, time, date, time, *values]
    return ",".join("" if value is None else str(value) for value in fields) + "," * (21 - len(fields) + 1)


def lines(tmp_path, *rows, **options):
    return taken(written(tmp_path, ("\r\n".join(rows) + "\r\n").encode()), ReadOptions(**options))


def test_beast_counts_from_the_start_that_is_given(tmp_path):
    positions, claims, tally = taken(written(tmp_path, beast(log())), started())
    assert tally.format == "beast" and tally.rows_read == 14 and tally.refused == {NOT_READ: 2} and not claims
    assert [p["time_ms"] - STARTED for p in positions] == [200 + 500 * n for n in range(12)]
    assert {(p["callsign"], p["groundspeed_kt"], p["source"], p["feed"]) for p in positions[:10]} == {
        ("MADEUP1", 500, "adsb_icao", "beast")
    }
    assert tally.remarks == {"times are counted from the start given with --started": 1}


def test_beast_without_a_start_is_refused_saying_what_to_give(tmp_path):
    positions, _, tally = taken(written(tmp_path, beast(log())))
    assert not positions and tally.refused == {"frame without a time": 14} and "--started" in tally.unreadable
    path = written(tmp_path, tar_bytes({"a.bin": beast(log()), "b.bin": beast(log())}), "logs.tar")
    positions, _, tally = taken(path, started())
    assert not positions and any(clocks.STARTED_MANY in text for text in tally.examples)


def test_beast_with_a_gps_clock_keeps_its_own_time_of_day(tmp_path):
    def gps(frames):
        raw = b""
        for seconds, frame in frames:
            counter = (int(seconds) % 86_400) << 30 | round(seconds % 1 * 1e9)
            raw += beast([(counter / 12_000_000, frame)])
        return raw

    places = line(34.5, 33.1, 240)
    frames = flight(places, start_s=86_340.25)
    data = gps(frames)
    positions, _, tally = taken(written(tmp_path, data), started("2025-03-01T23:59Z"))
    begin = parse_utc("2025-03-01") + 86_340_250
    assert [p["time_ms"] for p in positions] == [begin + 500 * n for n in range(240)]  # over midnight
    assert "GPS" in next(iter(tally.remarks))
    positions, _, _ = taken(written(tmp_path, data), started("2025-03-02T00:00:30Z"))
    assert positions[0]["time_ms"] == begin  # the date that lies nearer
    positions, _, tally = taken(written(tmp_path, data), started("2025-03-01T12:00Z"))
    assert not positions and "begins at 23:59:00 UTC, which is not near" in tally.unreadable
    positions, _, tally = taken(written(tmp_path, gps(frames[:12])), started("2025-03-01T23:59Z"))
    assert not positions and "too short to tell its clock" in tally.unreadable


def test_a_counter_that_goes_back_ends_the_file(tmp_path):
    data = beast(log(500)) + beast(log(3))
    positions, _, tally = taken(written(tmp_path, data), started())
    assert len(positions) == 12 and "frame 15" in tally.broke and tally.refused["frame without a time"] == 14


def test_frames_of_multilateration_and_without_a_counter_have_no_time(tmp_path):
    frames = log()
    extra = [(0, airborne(*PLACES[5], True)), (0xFF004D4C4154 / 12e6, airborne(*PLACES[5], True))]
    positions, _, tally = taken(written(tmp_path, beast([*frames[:6], *extra, *frames[6:]])), started())
    assert len(positions) == 12 and tally.refused["frame without a time"] == 2


def test_a_cut_beast_log_keeps_its_good_part(tmp_path):
    data = beast(log())
    for end in range(len(data) - 22, len(data), 3):
        positions, _, tally = taken(written(tmp_path, data[:end]), started())
        assert len(positions) == 11 and tally.rows_read == 14
    noise = b"\x1a5" + bytes(21) + b"\x1a1" + bytes(range(1, 10)) + b"\x1a\x33\x01\x02"
    positions, _, tally = taken(written(tmp_path, data + noise + data[:0]), started())
    assert len(positions) == 12 and tally.remarks["records that are no frames passed over"] == 1
    assert tally.refused["Mode A/C reply, which has no address"] == 1
    assert tally.refused["record cut off or damaged"] == 1


@pytest.mark.parametrize("signal", ["", "40"])
def test_avr_with_a_counter(tmp_path, signal):
    data = avr(log(), signal) + b"@0000000000011200;\n" + b"no frame\n"
    positions, _, tally = taken(written(tmp_path, data), started())
    assert tally.format == "avr" and [p["time_ms"] - STARTED for p in positions] == [
        200 + 500 * n for n in range(12)
    ]
    assert tally.refused == {NOT_READ: 2, "Mode A/C reply, which has no address": 1, "no whole frame": 1}
    assert "--started" in taken(written(tmp_path, data))[2].unreadable


@pytest.mark.parametrize("shape", ["*{};", "{}", ":{};"])
def test_avr_without_a_time_is_refused_whatever_is_given(tmp_path, shape):
    data = "".join(shape.format(frame.hex()) + "\r\n" for _, frame in log()).encode()
    positions, _, tally = taken(written(tmp_path, data), started())
    assert not positions and tally.refused == {"frame without a time": 14}
    assert "nothing says when they were heard" in tally.unreadable


def json_lines(frames):
    return b"".join(
        json.dumps({"timestamp": 1_700_000_000 + s, "frame": frame.hex(), "df": "17"}).encode() + b"\n"
        for s, frame in frames
    )


def test_json_lines_of_jet1090(tmp_path):
    data = json_lines(log())
    positions, _, tally = taken(written(tmp_path, zipped(data)))
    assert tally.format == "timed_frames" and len(positions) == 12 and tally.rows_read == 14
    assert positions[0]["time_ms"] == 1_700_000_007_200
    positions, _, tally = taken(written(tmp_path, data + b'{"timestamp": 1, "frame": 7}\n{"timesta'))
    assert len(positions) == 12 and tally.refused["no whole frame"] == 2


@pytest.mark.parametrize("head", ["", "\ufeff", "time,raw,icao\n"])
def test_csv_of_times_and_frames(tmp_path, head):
    rows = [f'{1_700_000_000 + s:.3f},"{frame.hex().upper()}",4C0001' for s, frame in log()]
    data = head + "\n".join([*rows, "1700000030,nothing,4C0001", "x,y"]) + "\n"
    positions, _, tally = taken(written(tmp_path, data.encode()))
    assert tally.format == "timed_frames" and len(positions) == 12 and tally.rows_read == 16
    assert tally.refused["no whole frame"] == 1 and positions[-1]["callsign"] == "MADEUP1"


def test_sbs_joins_what_other_lines_of_the_aircraft_say(tmp_path):
    rows = [sbs(1, 36_000, "MADEUP1"), sbs(3, 36_010, None, 5000, None, None, 34.5, 33.1, *[None] * 5, 0),
            sbs(4, 36_012, None, None, 250, 90.5, None, None, -640),
            sbs(4, 36_011, None, None, 100, 10, None, None, 0, icao24="4C0002"),
            sbs(6, 36_013, None, 5000, None, None, None, None, None, "0123"),
            sbs(3, 36_014, None, 5100, None, None, 34.5, 33.2, *[None] * 5, 0),
            sbs(3, 36_018, None, 5200, 240, 91, 34.5, 33.3, 64),
            sbs(3, 36_070, None, 5200, None, None, 34.5, 33.4), sbs(8, 36_071),
            "STA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM"]  # fmt: skip
    positions, _, tally = lines(tmp_path, *rows)
    assert tally.format == "sbs" and tally.rows_read == 10 and len(positions) == 4
    first, second, third, last = positions
    assert first["time_ms"] == parse_utc("2025-03-01T10:00:10Z") and first["baro_altitude_ft"] == 5000
    assert (first["callsign"], first["squawk"], first["on_ground"]) == ("MADEUP1", None, False)
    assert (first["groundspeed_kt"], first["track_deg"], first["vertical_rate_fpm"]) == (250, 90.5, -640)
    assert (second["groundspeed_kt"], second["squawk"]) == (250, "0123")
    assert (third["groundspeed_kt"], third["track_deg"], third["vertical_rate_fpm"]) == (
        240,
        91,
        64,
    )  # its own
    assert (last["groundspeed_kt"], last["squawk"], last["callsign"]) == (None, None, None)
    assert {p["source"] for p in positions} == {None}


def test_sbs_times_are_in_the_zone_given_or_utc_which_is_said(tmp_path):
    row = sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1)
    positions, _, tally = lines(tmp_path, row)
    assert positions[0]["assumed"] == "time_zone"
    assert tally.remarks == {
        "lines whose time has no zone, read as UTC, which is assumed: --zone gives another": 1
    }
    for zone, hour in (("UTC", 10), ("+02:00", 8), ("Asia/Nicosia", 8), ("America/Los_Angeles", 18)):
        positions, _, tally = lines(tmp_path, row, zone=zone)
        assert (
            positions[0]["time_ms"] == parse_utc(f"2025-03-01T{hour:02d}:00Z")
            and positions[0]["assumed"] is None
        )
        assert tally.remarks == {f"lines whose time has no zone, read as {zone}, as given": 1}
    twice = sbs(3, 3_600 + 1_800, None, 5000, None, None, 34.5, 33.1, date="2025/11/02")
    _, _, tally = lines(tmp_path, twice, zone="America/Los_Angeles")
    assert tally.refused == {"local time that occurs twice in America/Los_Angeles: clocks went back": 1}


def test_sbs_over_midnight_with_dates_and_without(tmp_path):
    def at(seconds, **rest):
        return sbs(3, seconds % 86_400, None, 5000, None, None, 34.5, 33.1, **rest)

    rows = [at(86_399), at(86_401, date="2025/03/02")]
    positions, _, _ = lines(tmp_path, *rows)
    assert [p["time_ms"] for p in positions] == [
        parse_utc("2025-03-01T23:59:59Z"),
        parse_utc("2025-03-02T00:00:01Z"),
    ]
    bare = [at(86_390, date=""), at(86_399, date=""), at(86_401, date=""), at(86_398, date=""),
            at(86_405, date=""), at(2 * 86_400 + 3_600, date="")]  # fmt: skip
    _, _, tally = lines(tmp_path, *bare)
    assert tally.refused == {"no date in the line: give the time of the first line with --started": 6}
    positions, _, _ = lines(tmp_path, *bare, started_ms=parse_utc("2025-03-01T23:59:50Z"))
    assert [(p["time_ms"] - parse_utc("2025-03-01")) / 1000 for p in positions[:5]] == [
        86_390, 86_399, 86_401, 86_398, 86_405,
    ]  # fmt: skip


def undated(tmp_path, clocks, begun="2025-03-01T09:00:00Z", **options):
    """Seconds since the day began of each position, and the tally, of a log of such times without dates."""
    rows = [sbs(3, 0, None, 5000, None, None, 34.5, 33.1 + n / 1e3, date="", clock=clock)
            for n, clock in enumerate(clocks)]  # fmt: skip
    positions, _, tally = lines(tmp_path, *rows, started_ms=parse_utc(begun), **options)
    return [(p["time_ms"] - parse_utc("2025-03-01")) / 1000 for p in positions], tally


@pytest.mark.parametrize(
    "clock", ["20:00:00", "23:30:00", "10:06:00", "22:00:00", "08:54:00", "07:00:00", "01:00:00"]
)
def test_an_sbs_log_without_dates_ends_where_the_day_cannot_be_told(tmp_path, clock):
    seconds, tally = undated(tmp_path, ["09:00:00", "09:00:10", clock, "09:00:20"])
    assert seconds == [32_400, 32_410] and tally.rows_read == 4
    assert tally.refused == {"no date in the line, after a jump of the clock: its day is not known": 2}
    assert f"jump from 09:00:10 to {clock}" in tally.broke and "cut the file there" in tally.broke


def test_an_sbs_log_without_dates_goes_on_over_small_steps_and_midnight(tmp_path):
    clocks = ["23:10:00", "23:06:00", "23:59:59", "00:00:01", "23:59:58", "00:59:00", "02:00:00"]
    seconds, tally = undated(tmp_path, clocks, begun="2025-03-01T23:10:00Z")
    assert seconds == [83_400, 83_160, 86_399, 86_401, 86_398, 89_940, 93_600] and tally.broke is None


def test_an_sbs_log_whose_first_line_is_not_at_the_start_that_was_given(tmp_path):
    seconds, tally = undated(tmp_path, ["11:00:00", "11:00:05"])
    assert seconds == [] and "first line without a date is of 11:00:00" in tally.broke
    seconds, tally = undated(tmp_path, ["11:00:00", "11:00:05"], zone="+02:00")
    assert seconds == [32_400, 32_405] and tally.broke is None


def test_an_sbs_log_with_dates_may_pause_for_any_time(tmp_path):
    times = ((32_400, "2025/03/01"), (72_000, "2025/03/01"), (3_600, "2025/03/04"))
    rows = [sbs(3, s, None, 5000, None, None, 34.5, 33.1, date=day) for s, day in times]
    positions, _, tally = lines(tmp_path, *rows, started_ms=parse_utc("2025-03-01T09:00:00Z"))
    assert len(positions) == 3 and tally.broke is None


def test_sbs_uses_the_time_logged_where_none_was_generated(tmp_path):
    row = "MSG,3,1,1,4C0001,1,,,2025/03/01,10:00:00,,5000,,,34.5,33.1,,,,,,-1"
    positions, _, tally = lines(tmp_path, row)
    assert positions[0]["time_ms"] == parse_utc("2025-03-01T10:00Z") and positions[0]["on_ground"] is True
    assert tally.remarks["time generated is missing, time logged used"] == 1


def test_sbs_surface_lines_multilateration_and_marked_addresses(tmp_path):
    rows = [sbs(2, 36_000, None, 0, 12, 90, 34.5, 33.1),
            sbs(3, 36_001, None, 500, None, None, 34.5, 33.1, message="MLAT"),
            sbs(3, 36_002, None, 500, None, None, 34.5, 33.1, icao24="~2A3F01")]  # fmt: skip
    positions, _, _ = lines(tmp_path, *rows)
    assert [p["on_ground"] for p in positions] == [True, None, None]
    assert [p["source"] for p in positions] == [None, "mlat", None]
    assert positions[2]["address"] == 0x12A3F01


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (sbs(3, 36_000, None, "high", None, None, 34.5, 33.1), "altitude is not a number"),
        (sbs(3, 36_000, None, 5000, None, None, 34.5, None), "no longitude"),
        (sbs(3, 36_000, None, 5000, None, None, 91, 33.1), "latitude outside -90 to 90"),
        (
            sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1, icao24="XYZ"),
            "no aircraft address of six hex digits",
        ),
        (sbs(3, 0, None, 5000, None, None, 34.5, 33.1, date="", clock=""), "no time in the line"),
        (sbs(3, 0, None, 5000, None, None, 34.5, 33.1, clock="25:00:00"), "time is not written as iso"),
        (sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1) + ",9,9", "24 fields where the header has 22"),
    ],
)
def test_sbs_rows_that_cannot_be_used(tmp_path, row, reason):
    good = sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1)
    positions, _, tally = lines(tmp_path, good, row, good)
    assert len(positions) == 2 and tally.refused == {reason: 1}


def test_each_is_told_by_its_content():
    frame = airborne(34.5, 33.1, True)
    assert sniff(beast(log())) == sniff(beast([(1, frame)])) == "beast"
    assert (
        sniff(avr(log()))
        == sniff(b"*" + frame.hex().encode() + b";\n")
        == sniff(frame.hex().encode())
        == "avr"
    )
    assert sniff(json_lines(log())) == "timed_frames"
    assert sniff(sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1).encode()) == "sbs"
    assert (
        sniff(b"\x1a2") is None and sniff(b"12345678901234567\n") is None and sniff(b'{"frame": 1}') is None
    )
    assert not samples.sampled(bytes(range(256)) * 16) and not samples.sampled(b"text " * 1_000)
    assert not samples.sampled(os.urandom(4_096)) and samples.sampled(b"\x7f\x80\x81\x7e" * 1_024)


def test_logs_that_begin_in_the_middle_of_a_record_are_told_too(tmp_path):
    row = sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1)
    for data, name, count in ((beast(log())[5:], "beast", 13), (avr(log())[9:], "avr", 13),
                              (f"{row[30:]}\n{row}\n".encode(), "sbs", 1)):  # fmt: skip
        _, _, tally = taken(written(tmp_path, data), started())
        assert tally.format == name and tally.rows_read == count + 1
    assert sniff(bytes(100) + beast(log())) is None


def test_a_start_that_is_not_needed_is_said(tmp_path):
    row = sbs(3, 36_000, None, 5000, None, None, 34.5, 33.1)
    positions, _, tally = lines(tmp_path, row, started_ms=STARTED)
    assert positions[0]["time_ms"] == parse_utc("2025-03-01T10:00Z")
    assert tally.remarks["lines with a date of their own: --started not used"] == 1


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(("beast", "avr", "json", "csv", "sbs")),
    st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=4)), max_size=6),
    st.integers(0, 900),
)
def test_no_bytes_crash_them(tmp_path_factory, kind, changes, end):
    row = sbs(3, 36_000, "MADE", 5000, 12, 90, 34.5, 33.1, 0, "1234")
    whole = {
        "beast": beast(log()), "avr": avr(log()), "json": json_lines(log()),
        "csv": b"".join(b"1700000000.5,%s\n" % frame.hex().encode() for _, frame in log()),
        "sbs": "\n".join([row] * 8).encode(),
    }[kind]  # fmt: skip
    data = bytearray(whole)
    for place, new in changes:
        data[place : place + 2] = new
    path = written(tmp_path_factory.mktemp("any"), bytes(data[: end or None]))
    for options in (ReadOptions(), ReadOptions(zone="Asia/Nicosia", started_ms=STARTED)):
        taken(path, options)


def test_one_start_is_of_one_file_and_a_zone_must_be_one(tmp_path):
    for name in ("a.bin", "b.bin"):
        written(tmp_path, beast(log()), name)
    with overflight.open(tmp_path / "archive", create=True) as archive:
        with pytest.raises(InputError, match="2 files and one start"):
            archive.add([tmp_path / "a.bin", tmp_path / "b.bin"], started="2025-03-01T12:00Z")
        with pytest.raises(InputError, match="unknown time zone 'Mars'"):
            archive.add(tmp_path / "a.bin", zone="Mars")
        assert archive.add(tmp_path / "a.bin").all_refused
        report = archive.add(tmp_path / "a.bin", started="2025-03-01T12:00Z", data_kind="synthetic")
        assert report.total("accepted") == 12
        again = archive.add(tmp_path / "a.bin", started="2025-03-01T12:00Z", data_kind="synthetic")
        assert again.total("duplicate") == 12 and again.version_after == report.version_after


def test_a_flight_from_the_ground_up_is_one_flight(tmp_path):
    """Surface positions, then the climb: the flight leaves the field it was on."""
    ground = [(n * 0.5, surface(34.8790, 33.6290 + n * 1e-5, n % 2 == 1, movement=10)) for n in range(40)]
    places = line(34.8790, 33.6300, 400, north=0.0002, east=0.0006)
    climb = [(20 + n * 0.5, airborne(*at, n % 2 == 1, feet=25 * (n // 2))) for n, at in enumerate(places)]
    written(tmp_path, avr(ground + climb), "log.avr")
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(tmp_path / "log.avr", started="2025-03-01T12:00Z", data_kind="synthetic")
        (row,) = archive.flights("4c0001").rows
    assert row["origin"]["place"]["ident"] == "LCLK" and row["origin"]["grade"] == "observed"


def test_real_sbs_log_is_a_day_in_one_zone_which_is_said_to_be_assumed():
    positions, _, tally = taken(shared("sbs", "N66W.sbs1"))
    assert tally.rows_read == len(positions) == 1_502 and not tally.refused
    days = {p["time_ms"] // 86_400_000 for p in positions}
    assert len(days) == 1 and {p["assumed"] for p in positions} == {"time_zone"}
    assert any("UTC, which is assumed" in text for text in tally.remarks)


def test_real_beast_sample_is_read_whole():
    _, _, tally = taken(shared("beast", "sample_dump1090.bin"))
    assert tally.rows_read == 239 and "--started" in tally.unreadable
    positions, _, tally = taken(shared("beast", "sample_dump1090.bin"), started())
    assert tally.rows_read == 239 and "parity wrong" not in tally.refused
    assert {p["source"] for p in positions} == {"adsb_icao"}


def test_real_frames_with_their_parity_zeroed_are_all_refused():
    _, _, tally = taken(shared("mode_s", "java_adsb_messages_parity_zeroed.txt.gz"))
    assert tally.refused == {"parity wrong": 15_000} and tally.rows_read == 15_000


def test_real_frames_of_other_programs_are_read():
    positions, _, tally = taken(shared("mode_s", "pymodes_sample_data_adsb.csv"))
    assert tally.rows_read == 2_000 and set(tally.refused) == {NOT_READ} and positions
    for name in ("pymodes_sample_data_commb_df20.csv", "pymodes_sample_data_commb_df21.csv"):
        positions, _, tally = taken(shared("mode_s", name))
        assert not positions and tally.refused == {NOT_READ: 5_000}


def test_real_samples_of_a_radio_are_refused_saying_what_to_do():
    assert "demodulate" in taken(shared("iq", "modes1.bin"))[2].unreadable


def test_a_real_flight_is_the_same_from_its_frames_as_from_its_reference_decode(tmp_path):
    """AFR34ZG of 2024-07-06: id, bounds and both ends; the reference goes in as a table with a column map."""
    frames = shared("mode_s", "full_flight_short.jsonl.gz")
    table = ["hex,time,lat,lon,alt,gs,track,call,ground"]
    with gzip.open(frames) as file:
        for one in map(json.loads, file):
            if "latitude" in one:
                ground = one["bds"] == "06"
                table.append(",".join(str(value) for value in (
                    one["icao24"], one["timestamp"], one["latitude"], one["longitude"],
                    one.get("altitude", ""), one.get("groundspeed", ""), one.get("track", ""), "AFR34ZG",
                    "1" if ground else "",
                )))  # fmt: skip
    written(tmp_path, "\n".join(table).encode(), "reference.csv")
    names = {"icao24": "hex", "time": "time", "latitude_deg": "lat", "longitude_deg": "lon"}
    names |= {"on_ground": "ground", "baro_altitude": "alt", "groundspeed": "gs"}
    names |= {"track_deg": "track", "callsign": "call"}
    column_map = {"columns": names, "time": {"format": "unix_s"}}
    written(tmp_path, json.dumps(column_map).encode(), "map.json")
    rows = []
    table_with_map = {"paths": tmp_path / "reference.csv", "column_map": tmp_path / "map.json"}
    for name, what in (("raw", {"paths": frames}), ("reference", table_with_map)):
        with overflight.open(tmp_path / name, create=True) as archive:
            archive.add(**what)
            (row,) = archive.flights("393322").rows
            rows.append(row)
    raw, reference = rows
    for field in ("id", "first_seen", "last_seen", "callsigns", "position_count"):
        assert raw[field] == reference[field]
    for end, ident in (("origin", "LFPG"), ("destination", "LFBO")):
        for row in rows:
            assert row[end]["grade"] == "observed" and row[end]["place"]["ident"] == ident
        assert (
            raw[end]["earliest"] == reference[end]["earliest"]
            and raw[end]["latest"] == reference[end]["latest"]
        )


def test_a_table_that_has_positions_is_no_list_of_frames(tmp_path):
    frame = airborne(34.5, 33.1, True).hex()
    data = f"time,icao24,latitude,longitude,raw\n1700000000,4c0001,34.5,33.1,{frame}\n".encode()
    assert sniff(data) == "generic_csv"
    assert sniff(b"when,stamp,what\n1700000000,20250301120000,x\n") == "generic_csv"
    bare = b"time,raw\n" + b"".join(b"%d,%s\n" % (1_700_000_000 + s, f.hex().encode()) for s, f in log())
    column_map = written(tmp_path, b'{"columns": {"icao24": "a", "time": "time", "latitude_deg": "b", '
                         b'"longitude_deg": "c"}}', "map.json")  # fmt: skip
    _, _, tally = taken(written(tmp_path, bare), ReadOptions(column_map=column_map))
    assert tally.format == "generic_csv"  # a map that is given is used


def test_answers_say_that_a_zone_is_assumed(tmp_path):
    def rows(*zone):
        with overflight.open(tmp_path / f"archive{len(zone)}", create=True) as archive:
            archive.add(path, zone=zone[0] if zone else None, data_kind="synthetic")
            answers = archive.flights("4c0001"), archive.crossings("4c0001"), archive.visits("4c0001")
            return [(row, answer.sentences()[0]) for answer in answers for row in answer.rows[:1]]

    log = [sbs(3, 36_000 + 20 * n, None, 5000 + 50 * n, None, None, 34.9 + n / 100, 33.0) for n in range(60)]
    path = written(tmp_path, "\n".join(log).encode(), "day.sbs")
    assumed, stated = rows(), rows("Asia/Nicosia")
    assert len(assumed) == len(stated) == 3
    assert all("zone_assumed" in row["flags"] and "an assumption" in text for row, text in assumed)
    assert not any("zone_assumed" in row["flags"] or "assum" in text for row, text in stated)
