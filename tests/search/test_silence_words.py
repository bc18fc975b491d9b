"""The words for why an answer is empty, and that flagged positions count as nothing."""

import pytest
from test_loaded import DAY, LLOV, LSZH, at, position, table

import overflight
from overflight.model.grades import FLAG_BITS
from overflight.store.folder import Store


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("silence") / "archive"
    heard = [
        position(1, at("08:10"), LSZH), position(2, at("08:40"), LSZH), position(3, at("11:30"), LLOV),
    ]  # fmt: skip
    flag = {name: heard[2][name] for name in ("address", "time_ms", "latitude_e7", "longitude_e7")}
    with Store.create(folder) as made, made.writer("add") as writer:
        writer.put("positions", DAY, table("positions", heard))
        bits = table("position_flags", [flag | {"flags": FLAG_BITS["teleport"]}])
        writer.put("position_flags", DAY, bits)
        writer.commit()
    with overflight.open(folder) as opened:
        yield opened


def test_flagged_positions_count_as_nothing_without_a_place_too(archive):
    time = {"since": f"{DAY}T11:00Z", "until": f"{DAY}T12:00Z"}
    alone = archive.silence("000003", **time)
    assert (alone.kind, alone.position_count) == ("not covered", 0)
    silence = archive.silence("000003", since=DAY, until="2016-04-05")
    assert (silence.kind, silence.aircraft_count, silence.position_count) == ("not seen", 2, 2)
    assert "elsewhere" not in archive.silence("000003", place="LSZH").sentence


def test_everywhere_is_not_said(archive):
    nothing = archive.silence(since=f"{DAY}T08:20Z", until=f"{DAY}T08:30Z")
    assert nothing.sentence == (
        "Not covered: from 2016-04-04T08:20:00Z to 2016-04-04T08:30:00Z the recordings hold no "
        "aircraft at all. That says nothing of whether one was there."
    )


def test_less_than_an_hour_is_not_said_to_be_two(archive):
    short = archive.silence("000003", since=f"{DAY}T08:50Z", until=f"{DAY}T09:05Z")
    assert short.sentence.endswith(" That time falls in 2 clock hours, of which 1 is loaded.")
    whole = archive.silence("000003", since=f"{DAY}T08:00Z", until=f"{DAY}T10:00Z")
    assert whole.sentence.endswith(" Of the 2 hours asked about 1 is loaded.")


def test_nobody_is_missed_where_nobody_was_asked_for(archive):
    silence = archive.silence(place="LSZH", since=f"{DAY}T08:00Z", until=f"{DAY}T09:00Z")
    assert silence.sentence.endswith(
        "2 aircraft were received within 25 nm of Zürich Airport (LSZH), the lowest at 30,000 ft. "
        "More may have been there unheard."
    )
    asked = archive.silence("000003", place="LSZH", since=f"{DAY}T08:00Z", until=f"{DAY}T09:00Z")
    assert asked.sentence.endswith("30,000 ft, but 000003 was not. It may have been there unheard.")
