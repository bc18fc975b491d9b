import subprocess
import sys

import pytest

import hand_made
import overflight
from overflight import ArchiveError, InputError, OverflightError, QuestionError

TRACE = "icao24,time,latitude,longitude,altitude\n400abc,2016-04-04T08:00:00Z,47.5,8.5,5000\n"


def test_import_is_light():
    heavy = ("pyarrow", "numpy", "duckdb", "shapely")
    code = f"import sys, overflight; print(*[m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "\n"


def test_the_promised_names():
    assert set(overflight.__all__) >= {"open", "__version__", "QuestionError", "InputError", "ArchiveError"}
    assert all(issubclass(error, OverflightError) for error in (ArchiveError, InputError, QuestionError))


def test_an_archive_that_is_not_there_is_not_made_by_asking(tmp_path):
    with pytest.raises(ArchiveError, match="does not exist"):
        overflight.open(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_create_makes_one_and_opens_one(tmp_path):
    with overflight.open(tmp_path / "new", create=True) as archive:
        version = archive.version
        assert (len(archive.flights()), len(archive.visits()), len(archive.crossings())) == (0, 0, 0)
    with overflight.open(tmp_path / "new", create=True) as archive:
        assert archive.version == version


def test_info_says_what_it_holds(hand):
    facts = hand.info()
    assert facts["archive_version"] == hand.version
    assert facts["tables"]["flights"]["rows"] == len(hand_made.FLIGHTS)
    assert len(facts["tables"]["flights"]["hash"]) == 64
    assert "candidates" not in facts["tables"]


def test_the_same_rows_make_the_same_version(hand, tmp_path):
    with overflight.open(hand_made.write_archive(tmp_path / "again")) as again:
        assert again.version == hand.version
        assert again.visits().rows == hand.visits().rows


def test_adding_moves_the_archive_to_the_new_version(tmp_path):
    csv = tmp_path / "mine.csv"
    csv.write_text(TRACE)
    columns = tmp_path / "map.toml"
    columns.write_text(
        '[columns]\nicao24 = "icao24"\ntime = "time"\nlatitude_deg = "latitude"\n'
        'longitude_deg = "longitude"\nbaro_altitude = "altitude"\n'
        '[units]\nbaro_altitude = "ft"\n[time]\nformat = "iso"\nzone = "UTC"\n'
    )
    with overflight.open(tmp_path / "archive", create=True) as archive:
        before = archive.version
        seen = []
        report = archive.add(csv, column_map=columns, progress=lambda *step: seen.append(step))
        assert (report.total("read"), report.total("accepted"), report.total("refused")) == (1, 1, 0)
        assert archive.version == report.version_after != before
        assert seen and all(0 <= done <= of for _, done, of in seen)
        assert [row["icao24"] for row in archive.flights()] == ["400abc"]
        assert archive.add(csv, column_map=columns).version_after == archive.version


def test_what_does_not_exist_cannot_be_added(tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as archive:
        with pytest.raises(InputError):
            archive.add(tmp_path / "no.csv")
        with pytest.raises(InputError):
            archive.add_reference(tmp_path / "no.csv", day="2026-08-01")
