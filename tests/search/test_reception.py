"""Not loaded, not covered, not seen: what hiding a third of the receivers' area changes, and nothing else."""

import numpy as np
import pytest
from test_loaded import position, table

import overflight
from overflight.clock import iso_utc, parse_utc
from overflight.errors import QuestionError
from overflight.search.reception import find_reception, reception_of
from overflight.search.scope import question
from overflight.store.folder import Store
from overflight.units import MILLISECONDS_PER_HOUR as HOUR

DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06")
DARK = DAYS[2]  # the day on which a third is hidden
PLACES = [(50.0, float(lon)) for lon in range(2, 20, 2)]  # nine, 77 nm apart
HIDDEN = PLACES[:3]
NOBODY = "00ffff"  # received elsewhere all the time, but at none of the places


def circle(place):
    return f"circle:{place[0]},{place[1]},25nm"


def traffic(seed=5):
    """Positions at each place in each hour: by day some twenty aircraft, at night hardly any."""
    chance = np.random.default_rng(seed)
    rows = []
    for day in DAYS:
        begin = parse_utc(day)
        for hour in range(24):
            rows.append(position(0xFFFF, begin + hour * HOUR, (10.0, 100.0)))
            for number, place in enumerate(PLACES):
                few = chance.poisson(20 if 6 <= hour < 20 else 0.2)
                for k in range(few):
                    when = begin + hour * HOUR + int(chance.integers(HOUR))
                    where = (place[0] + chance.uniform(-0.2, 0.2), place[1] + chance.uniform(-0.3, 0.3))
                    who = 0x100000 + number * 0x10000 + hour * 0x100 + k
                    rows.append(
                        position(who, when, where, baro_altitude_ft=int(chance.integers(2_000, 38_000)))
                    )
    return rows


def hidden(row):
    """Whether a receiver of the hidden third heard it, on the day they were silent."""
    at = row["latitude_e7"] / 1e7, row["longitude_e7"] / 1e7
    return iso_utc(row["time_ms"])[:10] == DARK and 45 < at[0] < 55 and at[1] < 7


def archive_of(folder, rows):
    with Store.create(folder) as made, made.writer("add") as writer:
        for day in DAYS:
            some = [row for row in rows if iso_utc(row["time_ms"])[:10] == day]
            some.sort(key=lambda r: (r["address"], r["time_ms"]))
            writer.put("positions", day, table("positions", some))
        writer.commit()
    return overflight.open(folder)


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder, rows = tmp_path_factory.mktemp("reception"), traffic()
    whole = archive_of(folder / "whole", rows)
    less = archive_of(folder / "less", [row for row in rows if not hidden(row)])
    with whole, less:
        yield whole, less


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("place", PLACES)
def test_hiding_a_third_makes_not_covered_there_and_nowhere_else(archives, place, day):
    asked = {"place": circle(place), "since": f"{day}T08:00", "until": f"{day}T18:00"}
    before, after = (archive.silence(NOBODY, **asked) for archive in archives)
    assert before.kind == "not seen" and before.not_covered_hour_count == 0
    gone = place in HIDDEN and day == DARK
    assert after.kind == ("not covered" if gone else "not seen")
    assert after.not_covered_hour_count == (10 if gone else 0)
    assert gone or after.sentence == before.sentence


def test_counts_per_covered_hour_stay_within_their_interval(archives):
    for place in PLACES:
        [before], [after] = (archive.coverage(circle(place)).rows for archive in archives)
        assert (
            before["aircraft_per_hour_low"] <= after["aircraft_per_hour"] <= before["aircraft_per_hour_high"]
        )
        if place in HIDDEN:
            assert after["covered_hours"] < before["covered_hours"]
            assert after["aircraft_count"] <= before["aircraft_count"]
        else:
            assert after["position_count"] == before["position_count"]


def test_an_hour_of_night_without_anybody_cannot_be_told(archives):
    whole, less = archives
    nights = [
        less.silence(
            NOBODY, place=circle(HIDDEN[0]), since=f"{DARK}T{h:02d}:00", until=f"{DARK}T{h + 1:02d}:00"
        )
        for h in range(6)
    ]
    kinds = {silence.kind for silence in nights}
    assert kinds == {"cannot be told"}
    text = nights[0].sentence
    assert text.startswith("Cannot be told: ") and "nobody can tell whether it was covered" in text
    assert all(silence.usual_per_hour < 1.5 for silence in nights)
    day = less.silence(NOBODY, place=circle(HIDDEN[0]), since=f"{DARK}T12:00", until=f"{DARK}T13:00")
    assert day.kind == "not covered" and day.usual_per_hour == pytest.approx(20, abs=6)
    assert "where in such hours about" in day.sentence and "an hour are usual" in day.sentence
    assert (
        whole.silence(NOBODY, place=circle(HIDDEN[0]), since=f"{DARK}T12:00", until=f"{DARK}T13:00").kind
        == "not seen"
    )


def test_a_time_with_holes_says_which_hours_it_is_about(archives):
    _, less = archives
    silence = less.silence(NOBODY, place=circle(HIDDEN[0]), since=DAYS[1], until="2025-03-06")
    assert silence.kind == "not seen" and silence.not_covered_hour_count >= 13
    said = silence.covered_hour_count + silence.not_covered_hour_count + silence.untold_hour_count
    assert said == silence.loaded_hour_count == 48
    assert (
        f"Somebody was received there in {silence.covered_hour_count} of the 48 loaded hours"
        in silence.sentence
    )


def test_hours_that_are_not_loaded_are_neither(archives):
    whole, _ = archives
    rows = whole.coverage(
        circle(PLACES[0]), by="hour", since="2025-03-02T22:00", until="2025-03-03T08:00"
    ).rows
    assert [row["reception"] for row in rows[:2]] == ["not loaded"] * 2
    assert [row["loaded_hours"] for row in rows] == [0, 0, *[1] * 8]
    assert rows[-1]["reception"] == "covered" and rows[-1]["aircraft_per_hour_low"] is None


def test_by_day_and_at_once_add_up(archives):
    _, less = archives
    [whole] = less.coverage(circle(HIDDEN[1]), since=DAYS[0], until="2025-03-07").rows
    days = less.coverage(circle(HIDDEN[1]), by="day", since=DAYS[0], until="2025-03-07").rows
    assert [row["since"][:10] for row in days] == list(DAYS)
    for name in (
        "hours",
        "loaded_hours",
        "covered_hours",
        "not_covered_hours",
        "untold_hours",
        "position_count",
    ):
        assert sum(row[name] for row in days) == whole[name], name
    assert days[2]["reception"] == "not covered" and days[2]["aircraft_count"] == 0
    assert whole["hours"] == whole["covered_hours"] + whole["not_covered_hours"] + whole["untold_hours"]


def test_by_cell_and_by_height(archives):
    _, less = archives
    asked = {"since": f"{DARK}T08:00", "until": f"{DARK}T18:00"}
    area = '{"type": "Polygon", "coordinates": [[[1, 49], [13, 49], [13, 51], [1, 51], [1, 49]]]}'
    cells = less.coverage(area, by="cell", **asked).rows
    west = {row["reception"] for row in cells if row["longitude_deg"] < 7}
    east = {row["reception"] for row in cells if row["longitude_deg"] > 7.5}
    assert west == {"not covered"} and east == {"covered"}
    assert sum(row["position_count"] for row in cells) == less.coverage(area, **asked)[0]["position_count"]
    assert all(row["low_ft"] >= row["lowest_ft"] >= 2_000 for row in cells if row["position_count"])


def test_rings_of_an_airfield(tmp_path):
    egll = (51.4706, -0.461941)
    rows = [
        position(1, parse_utc(DAYS[0]), egll, on_ground=True, baro_altitude_ft=None),
        position(2, parse_utc(DAYS[0]) + 1, (51.57, -0.46), baro_altitude_ft=2_000),
        position(3, parse_utc(DAYS[0]) + 2, (51.80, -0.46), baro_altitude_ft=7_000),
    ]
    with archive_of(tmp_path / "a", rows) as archive:
        [row] = archive.coverage("EGLL", since=DAYS[0], until=DAYS[1]).rows
    assert [(r["radius_nm"], r["aircraft_count"], r["lowest_ft"], r["low_ft"]) for r in row["rings"]] == [
        (5.0, 1, 0, None), (10.0, 2, 0, 2_000), (25.0, 3, 0, 2_250),
    ]  # fmt: skip
    assert (row["on_ground_count"], row["hours"], row["loaded_hours"]) == (1, 24, 1)


def test_every_row_has_a_sentence_and_stands_in_the_contract(archives):
    _, less = archives
    answer = less.coverage(circle(HIDDEN[0]), by="hour", since=DARK, until=DAYS[3])
    texts = answer.sentences()
    assert len(texts) == 24 and answer.table.num_rows == 24
    assert "the place was not covered" in texts[12] and "cannot be told" in texts[2]
    [at_once] = less.coverage(circle(HIDDEN[0])).sentences()
    assert "in each covered hour" in at_once and "nobody was though somebody was to be expected" in at_once


def test_between_heights(archives):
    whole, _ = archives
    [low] = whole.coverage(circle(PLACES[4]), ceiling="FL100").rows
    [high] = whole.coverage(circle(PLACES[4]), floor="FL100").rows
    [both] = whole.coverage(circle(PLACES[4])).rows
    assert low["low_ft"] < 10_000 < high["low_ft"]
    # who flies at the limit itself is on neither side for sure
    sure = low["position_count"] + high["position_count"]
    assert 0.97 * both["position_count"] < sure <= both["position_count"]


def test_only_known_parts(archives):
    whole, _ = archives
    with pytest.raises(QuestionError, match="hour, day, cell"):
        whole.coverage("EGLL", by="week")


def test_a_type_that_was_not_there_is_named(archives):
    whole, _ = archives
    silence = whole.silence(
        place=circle(PLACES[0]), type=["A124"], since=f"{DARK}T08:00", until=f"{DARK}T18:00"
    )
    assert silence.kind == "not seen" and "but none of type A124" in silence.sentence


def test_a_part_of_a_time_is_told_as_if_it_alone_had_been_asked(archives):
    whole = archives[1]
    place = whole._sources.place_asked(question(place=circle(PLACES[0])))
    loaded, bounds = whole.loaded(), (parse_utc("2025-03-03T01:20Z"), parse_utc("2025-03-06T18:30Z"))
    span = find_reception(whole._sources, loaded, place, *bounds)
    for step in (HOUR, 24 * HOUR):
        for k in range(bounds[0] // step, -(-bounds[1] // step)):
            ends = max(k * step, bounds[0]), min((k + 1) * step, bounds[1])
            part, alone = span.cut(*ends), reception_of(span.near, span.group, 1, loaded, ends)
            for name in ("hours", "counts", "usual", "states"):
                assert np.array_equal(getattr(part, name), getattr(alone, name), equal_nan=name == "usual")
            assert part.verdict() == alone.verdict() and part.expected() == alone.expected()
            assert sorted(part.asked["time_ms"].to_pylist()) == sorted(alone.asked["time_ms"].to_pylist())
