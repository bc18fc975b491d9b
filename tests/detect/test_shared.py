import numpy as np
from tracks import ADDRESS, START_S, row, stand, table

from overflight.detect.columns import columns_of
from overflight.detect.shared import SharedRules, find_shared
from overflight.geo.sphere import destination
from overflight.model.grades import FLAG_BITS

BEIRUT = (33.8209, 35.4884)
HOUR_S = START_S - START_S % 3600


def bits(rows):
    return find_shared(columns_of(table(rows)), SharedRules())


def circled(centre, radius_nm, minutes, address, step_s=10.0, speed=200.0, turn=1.0, from_s=HOUR_S, **more):
    """Reports that go round a circle."""
    per_report = speed * step_s / 3600 / radius_nm
    angles = np.degrees(np.arange(0, minutes * 60 / step_s) * per_report * turn) + address % 7
    lat, lon = destination(*centre, angles, radius_nm)
    return [
        row(from_s + k * step_s, y, x, 20_000, speed, (a + 90 * turn) % 360, False, address=address, **more)
        for k, (a, y, x) in enumerate(zip(angles, lat, lon, strict=True))
    ]


def gathered(count, heights, courses, place=BEIRUT, speed=300.0):
    return [
        row(HOUR_S + 600 * k, *place, heights[k % len(heights)], speed, courses[k % len(courses)], False,
            address=ADDRESS + k)
        for k in range(count)
    ]  # fmt: skip


def test_a_point_on_which_several_flying_aircraft_are_shown():
    rows = gathered(3, [9_000, 35_000, 22_000], [10, 10, 10])
    assert set(bits(rows)) == {FLAG_BITS["shared_point"]}
    assert set(bits(gathered(3, [9_000], [10, 100, 190]))) == {FLAG_BITS["shared_point"]}
    assert set(bits(gathered(3, [9_000, 35_000], [0], speed=0.0))) == {FLAG_BITS["shared_point"]}


def test_two_aircraft_or_one_that_comes_back_are_no_crowd():
    assert not bits(gathered(2, [9_000, 35_000], [10])).any()
    assert not bits([r | {"address": ADDRESS} for r in gathered(5, [9_000, 35_000], [10])]).any()


def test_another_hour_is_another_crowd():
    rows = gathered(3, [9_000, 35_000], [10])
    rows[2]["time_ms"] += 3_600_000
    assert not bits(rows).any()


def test_parked_aircraft_share_a_stand():
    rows = [r | {"address": ADDRESS + k} for k in range(4) for r in stand(BEIRUT, HOUR_S + k, 5)]
    airborne_bit = [r | {"on_ground": False, "track_deg": None} for r in rows]
    assert not bits(rows).any() and not bits(airborne_bit).any()


def test_a_rounded_feed_shares_points_by_rounding():
    assert not bits(gathered(5, [9_000, 35_000], [10], place=(33.82, 35.49))).any()


def test_arrivals_on_one_approach_share_points_of_the_grid_and_are_no_spoofing():
    """Forty arrivals an hour, a report a second, on the 5 m grid of positions as they are sent."""
    rng, rows, grid = np.random.default_rng(3), [], 6 / 2**17
    for k in range(40):
        for second in range(60):
            far = 0.5 + second * 140 / 3600
            lat = BEIRUT[0] + rng.normal(0, 5e-5)
            lon = BEIRUT[1] + far / 60 / np.cos(np.radians(BEIRUT[0]))
            rows.append(row(HOUR_S + 80 * k + second, round(lat / grid) * grid, round(lon / grid) * grid,
                            300 + round(far * 318), 140, 268 + rng.normal(0, 2), False,
                            address=ADDRESS + k))  # fmt: skip
    points = [(r["latitude_e7"], r["longitude_e7"]) for r in rows]
    assert len(set(points)) < len(points) / 2, "the test means nothing without shared points"
    assert not bits(rows).any()


def test_a_circle_on_which_several_aircraft_are_shown():
    rows = [r for k in range(3) for r in circled(BEIRUT, 2.0, 55, ADDRESS + k, turn=1 if k else -1)]
    assert set(bits(rows)) == {FLAG_BITS["shared_circle"]}


def test_a_circle_flown_for_a_part_of_the_hour_is_found():
    """Normal flight, then ten minutes on the circle, each aircraft at its own time of the quarter."""
    rows = []
    for k in range(3):
        way = [
            row(HOUR_S + s, 33.0 + s / 9_000, 34.0 + k, 20_000, 400, 0, False, address=ADDRESS + k)
            for s in range(0, 870, 30)
        ]
        rows += way + circled(BEIRUT, 2.0, 12, ADDRESS + k, from_s=HOUR_S + 900 + 7 * k)
    on_circle = np.array(
        [
            r["time_ms"] >= (HOUR_S + 900) * 1000
            for r in sorted(rows, key=lambda r: (r["address"], r["time_ms"]))
        ]
    )
    found = bits(rows) > 0
    assert found[on_circle].mean() > 0.95
    assert not found[~on_circle].any()


def test_two_on_a_circle_or_circles_elsewhere_are_none():
    assert not bits([r for k in range(2) for r in circled(BEIRUT, 2.0, 55, ADDRESS + k)]).any()
    apart = [(33.8, 35.0), (33.8, 35.2), (33.8, 35.4)]
    assert not bits([r for k, at in enumerate(apart) for r in circled(at, 2.0, 55, ADDRESS + k)]).any()
    sizes = (1.0, 2.0, 4.0)
    assert not bits([r for k, nm in enumerate(sizes) for r in circled(BEIRUT, nm, 55, ADDRESS + k)]).any()


def test_holding_patterns_over_one_fix_are_none():
    """Five aircraft in a stack, two minutes of straight legs in each four-minute racetrack."""
    rows = []
    for k in range(5):
        at, course = (BEIRUT[0] + k / 1_000, BEIRUT[1] - k / 2_000), 30.0
        for s in range(0, 3_500, 10):
            rows.append(row(HOUR_S + s, *at, 7_000 + 1_000 * k, 220, course, False, address=ADDRESS + k))
            course += 30.0 if (s // 60) % 2 else 0.0
            lat, lon = destination(*at, course, 220 * 10 / 3600)
            at = float(lat), float(lon)
    assert not bits(rows).any()


def test_nothing_in_nothing_out():
    assert len(bits([])) == 0
