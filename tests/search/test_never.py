"""`never`: excluded, possible, entered and not loaded, for aircraft that pass a made-up region."""

import io
from itertools import pairwise

import pytest
import skirting

import overflight
from overflight.errors import QuestionError
from overflight.search.export import write_answer


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    (folder / "flown.csv").write_text(skirting.csv())
    (folder / "made-up-2020-01-01.geojson").write_text(skirting.region())
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(folder / "flown.csv", data_kind="synthetic", licence="CC0")
        archive.add_reference(folder / "made-up-2020-01-01.geojson", licence="CC0")
        (folder / "register_2020-01-01.csv").write_text("hex,reg,type,flags,desc\n4c0004,N404XX,,00,\n")
        archive.add_reference(folder / "register_2020-01-01.csv", licence="CC0")
        yield archive


DAY = {"since": "2024-02-12T10:00", "until": "2024-02-12T11:20"}


def whole(answer):
    (row,) = [row for row in answer if row["part"] == "whole"]
    return row


def test_seen_all_along_outside_is_excluded(archive):
    answer = archive.never("4c0001", place="fir:XAAA", **DAY)
    row = whole(answer)
    assert row["outcome"] == "excluded" and row["excluded_s"] == 80 * 60
    assert 100 < row["nearest_km"] < 112  # 60 nm of latitude, less what is allowed for
    text = answer.sentences()[0]
    assert text.startswith(
        "[synthetic] An aircraft with address 4c0001 cannot have been in the flight information region"
    )
    assert "1,700 kt (type not known and nothing says that it is no combat aircraft" in text
    assert "not territory" in text


def test_a_silence_in_which_it_had_the_time_is_not_excluded(archive):
    answer = archive.never("SILENT1", place="fir:XAAA", **DAY)
    row = whole(answer)
    assert row["outcome"] == "possible"
    could = row["could"]
    assert "2024-02-12T10:2" in could["earliest"] and "2024-02-12T10:5" in could["latest"]
    (silence,) = [r for r in answer if r["outcome"] == "possible" and r["part"] == "stretch"]
    assert (silence["reason"], silence["reception"]) == ("silence", "not seen")
    assert silence["other_aircraft_count"] >= 1
    first, *rest = answer.sentences()
    assert "was not seen to enter" in first and "no sign that it did" in first
    assert any("other aircraft were received there then" in text for text in rest)
    assert not any("cannot have been" in text for text in (first, *rest))


def test_seen_inside_is_entered_and_agrees_with_the_crossings(archive):
    answer = archive.never("4c0003", place="fir:XAAA", **DAY)
    assert whole(answer)["outcome"] == "entered"
    (crossing,) = archive.crossings("4c0003", place="fir:XAAA", until="2024-02-13")
    (inside,) = [r for r in answer if r["part"] == "stretch" and r["outcome"] == "entered"]
    assert inside["since"] == crossing["entry"]["latest"] and inside["until"] == crossing["exit"]["earliest"]


def test_above_the_ceiling_all_along_is_excluded_by_height(archive):
    row = whole(archive.never("4c0004", place="fir:XAAA", **DAY))
    assert row["outcome"] == "excluded" and row["speed_limit_kt"] == 750
    assert "civil mark or a register" in row["speed_source"]
    assert whole(archive.never("4c0004", place="fir:XAAA", floor="FL100", **DAY))["outcome"] == "excluded"


def test_one_of_unknown_type_is_not_called_too_slow_as_if_it_were_an_airliner(tmp_path):
    """Silent for eight minutes, 60 nm away: out of reach at 750 kt, but not of a fighter, nor of its dive."""
    rows = skirting.line(
        "4c0009", "", "2024-02-12T10:00", skirting.SOUTH, 80, 35_000, silent=[(36, 44)]
    ) + skirting.line("4c0004", "HIGH1", "2024-02-12T10:00", skirting.ABOVE, 80, 35_000)
    (tmp_path / "flown.csv").write_text("\n".join([skirting.HEAD, *sorted(rows)]) + "\n")
    (tmp_path / "made-up-2020-01-01.geojson").write_text(skirting.region())
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(tmp_path / "flown.csv", data_kind="synthetic")
        archive.add_reference(tmp_path / "made-up-2020-01-01.geojson")
        for name in ("4c0009", "4c0004"):
            row = whole(archive.never(name, place="fir:XAAA", **DAY))
            assert (row["outcome"], row["speed_limit_kt"]) == ("possible", 1_700), name
        (tmp_path / "list.csv").write_text("hex,reg,type,flags,desc\n4c0009,,,00,\n4c0004,N404XX,,,\n")
        archive.add_reference(tmp_path / "list.csv", day="2024-01-01")
        for name in ("4c0009", "4c0004"):
            row = whole(archive.never(name, place="fir:XAAA", **DAY))
            assert (row["outcome"], row["speed_limit_kt"]) == ("excluded", 750), name


def test_time_of_which_nothing_is_loaded_is_called_so(archive):
    answer = archive.never("4c0001", place="fir:XAAA", since="2024-02-10", until="2024-02-11")
    assert whole(answer)["outcome"] == "not_loaded" and whole(answer)["excluded_s"] == 0
    assert "no recording is loaded" in answer.sentences()[0]


def test_every_second_asked_about_has_one_outcome(archive):
    asked = {"place": "fir:XAAA", "since": "2024-02-12", "until": "2024-02-13"}
    for row in archive.never(["4c0001", "4c0002", "4c0003"], **asked):
        total = sum(row[f"{name}_s"] for name in ("excluded", "possible", "not_loaded", "entered"))
        if row["part"] == "whole":
            assert total == 86_400


def test_stretches_follow_each_other_without_a_hole(archive):
    rows = [r for r in archive.never("4c0003", place="fir:XAAA", **DAY) if r["part"] == "stretch"]
    assert all(a["until"] <= b["since"] or a["until"] == b["since"] for a, b in pairwise(rows))
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_country_far_away_is_excluded_and_one_nearby_in_a_long_silence_is_not(archive):
    assert whole(archive.never("4c0002", place="JP", **DAY))["outcome"] == "excluded"
    assert whole(archive.never("4c0002", place="circle:8,-42,30nm", **DAY))["outcome"] == "possible"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"aircraft": (), "place": "fir:XAAA"}, "of which aircraft"),
        ({"aircraft": "4c0001"}, "never entered what"),
        ({"place": "LLOV", "aircraft": "4c0001"}, "is an airfield"),
        ({"place": "nowhere at all", "aircraft": "4c0001"}, "no place is called"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(archive, asked, said):
    with pytest.raises(QuestionError, match=said):
        archive.never(**asked)


def test_every_time_in_which_it_could_is_told(archive):
    row = whole(archive.never("4c0002", place="fir:XAAA", since="2024-02-12", until="2024-02-13"))
    assert len(row["windows"]) == 3  # before it was received, in its silence, and afterwards
    assert row["could"] == {"earliest": row["windows"][0]["earliest"], "latest": row["windows"][-1]["latest"]}
    assert row["outcome"] == "possible"


def test_an_aircraft_of_which_nothing_was_received_is_remarked(archive):
    answer = archive.never("hex:4c0099", place="fir:XAAA")
    assert len(answer) == 0 and any(
        "4c0099: nothing of it is in this archive" in text for text in answer.remarks
    )
    assert whole(archive.never("hex:4c0099", place="fir:XAAA", **DAY))["reason"] is None


@pytest.mark.parametrize("format_", ["json", "ndjson", "csv", "geojson", "kml", "gpx", "czml"])
def test_it_can_be_written_in_every_format(archive, format_):
    answer, out = archive.never("4c0002", place="fir:XAAA", **DAY), io.StringIO()
    write_answer("absences", answer.rows, format_, out, dict)
    assert out.getvalue()
    assert answer.table.num_rows == len(answer)


def test_nobody_of_that_name(archive):
    answer = archive.never("NOBODY1", place="JP")
    assert len(answer) == 0 and answer.missing == ("NOBODY1",) and answer.footer() == "no aircraft found"


def test_flagged_positions_are_no_evidence_of_being_outside(tmp_path):
    """One position far away in the middle of a silence near the region: a jump, and no proof of anything."""
    rows = skirting.line(
        "4c0002", "SILENT1", "2024-02-12T10:00", skirting.SOUTH, 80, 35_000, silent=[(20, 60)]
    )
    rows += skirting.line("4c0002", "SILENT1", "2024-02-12T10:40", [(40.0, -60.0), (40.0, -60.01)], 1, 35_000)
    (tmp_path / "flown.csv").write_text("\n".join([skirting.HEAD, *sorted(rows)]) + "\n")
    (tmp_path / "made-up-2020-01-01.geojson").write_text(skirting.region())
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(tmp_path / "flown.csv", data_kind="synthetic")
        archive.add_reference(tmp_path / "made-up-2020-01-01.geojson")
        assert whole(archive.never("4c0002", place="fir:XAAA", **DAY))["outcome"] == "possible"
