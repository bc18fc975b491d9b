"""Lists of airfields of several days: each visit by the list of its day, and what changed is said."""

import pytest

import overflight

HEAD = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,"
    "geoaltitude,lastposupdate,lastcontact\n"
)
AIRPORTS = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,iso_region,municipality,"
    "scheduled_service,gps_code,iata_code,local_code,home_link,wikipedia_link,keywords\n"
)
FIELD = '{id},{ident},{kind},"{name}",{lat},12.5,1500,AF,LY,LY-X,,no,{ident},,,,,\n'
DESERT, OTHER = 24.5, 25.5
DAY_S = 86_400
JUNE_10 = 1_718_020_800  # 2024-06-10T12:00Z


def visit(start_s):
    """Comes from the north, stands ten minutes in the desert, and leaves again."""
    rows = []
    for k in range(31):
        lat = DESERT + max(0.0, (10 - k) * 0.05, (k - 20) * 0.05)
        ground, time = 10 <= k <= 20, start_s + k * 60
        height = 457 if ground else 457 + 300 * abs(15 - k)
        rows.append(f"{time},4c0001,{lat:.4f},12.5,{3 if ground else 120},180,,MADEUP1,{ground},False,False,,"
                    f"{height},{height},{time},{time}\n")  # fmt: skip
    return rows


def listed(*fields):
    return AIRPORTS + "".join(
        FIELD.format(id=i, ident=d, kind=k, name=n, lat=lat) for i, d, k, n, lat in fields
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    (folder / "states.csv").write_text(HEAD + "".join(visit(JUNE_10) + visit(JUNE_10 + 6 * DAY_S)))
    lists = {
        "2024-06-01": [
            (990001, "XDES", "small_airport", "Desert", DESERT),
            (990002, "XTWO", "small_airport", "Two", OTHER),
        ],
        "2024-06-14": [
            (990001, "XNEW", "medium_airport", "New Desert", DESERT),
            (990002, "XTWO", "closed", "Two", OTHER),
        ],
    }  # fmt: skip
    with overflight.open(folder / "archive", create=True) as archive:
        archive.add(folder / "states.csv", data_kind="synthetic")
        for day, fields in lists.items():
            (folder / f"{day}_airports.csv").write_text(listed(*fields))
            archive.add_reference(folder / f"{day}_airports.csv")
        yield archive


JUNE = {"since": "2024-06-05", "until": "2024-06-30"}


def test_each_visit_is_told_by_the_list_of_its_day(archive):
    seen = [row for row in archive.visits("4c0001") if row["seen"]]
    assert [(row["place"]["ident"], row["place"]["kind"]) for row in seen] == [
        ("XDES", "small_airport"), ("XNEW", "medium_airport")
    ]  # fmt: skip


@pytest.mark.parametrize("ident", ["XDES", "XNEW"])
def test_a_field_that_was_renamed_is_found_by_both_names_with_a_remark(archive, ident):
    answer = archive.visits(place=ident, **JUNE)
    assert [row["arrival"]["latest"][:10] for row in answer if row["seen"]] == ["2024-06-10", "2024-06-16"]
    (remark,) = [text for text in answer.remarks if "the lists changed" in text]
    assert "between 2024-06-01 and 2024-06-14" in remark
    assert "XDES (small airport), then XNEW (medium airport)" in remark


def test_within_one_list_nothing_is_remarked(archive):
    answer = archive.visits(place="XDES", since="2024-06-05", until="2024-06-12")
    assert not any("lists changed" in text for text in answer.remarks)
    assert len([row for row in answer if row["seen"]]) == 1


def test_a_field_that_closed_between_two_lists_is_remarked(archive):
    answer = archive.visits(place="XTWO", **JUNE)
    assert any("XTWO (small airport), then XTWO (closed)" in text for text in answer.remarks)


def test_flights_say_it_too(archive):
    assert any("the lists changed" in text for text in archive.flights(place="XDES", **JUNE).remarks)


def test_an_ident_that_two_fields_bore_is_said_to_be(tmp_path):
    (tmp_path / "2024-06-01_airports.csv").write_text(
        listed((990001, "XDES", "small_airport", "Old", DESERT))
    )
    (tmp_path / "2024-06-14_airports.csv").write_text(
        listed((990003, "XDES", "small_airport", "Young", OTHER))
    )
    with overflight.open(tmp_path / "archive", create=True) as archive:
        for day in ("2024-06-01", "2024-06-14"):
            archive.add_reference(tmp_path / f"{day}_airports.csv")
        answer = archive.visits(place="XDES", **JUNE)
        assert any("is another field in other lists" in text for text in answer.remarks)
