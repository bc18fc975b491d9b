"""Lists of airfields and registers added as dated snapshots, and what they change of what was derived."""

import gzip

import pytest
from intake_samples import FIELDS, OPTIONS, START_S, Pilot, hashes, put_file, states_csv, trace_json

from overflight.clock import day_number
from overflight.errors import InputError, QuestionError
from overflight.intake import reference, run
from overflight.intake.places import airframes_of, gazetteer_of
from overflight.store.folder import Store

HEX, DESERT = "4c0001", (24.5, 12.5, 1500.0)  # no field within 50 nm of it in the packaged list
AIRPORTS = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,iso_region,municipality,"
    "scheduled_service,gps_code,iata_code,local_code,home_link,wikipedia_link,keywords\n"
    "{rows}"
)
FIELD = '{id},{ident},small_airport,"{name}",{lat},{lon},1500,AF,LY,LY-X,,no,{ident},,,,,\n'
RUNWAYS = (
    "id,airport_ref,airport_ident,length_ft,width_ft,surface,lighted,closed,le_ident,le_latitude_deg,"
    "le_longitude_deg,le_elevation_ft,le_heading_degT,le_displaced_threshold_ft,he_ident,he_latitude_deg,"
    "he_longitude_deg,he_elevation_ft,he_heading_degT,he_displaced_threshold_ft\n"
    "1,990001,XDES,8000,150,ASP,1,0,09,24.5,12.49,,,,27,24.5,12.51,,,\n"
)
REGISTER = (
    "hex,reg,type,flags,desc\n{hex},X-ABC,{type},10,made up\n4c0009,X-XYZ,B738,00,made up\nbad row\nzz,,,,\n"
)


def airports(*fields):
    made = [
        FIELD.format(id=i, ident=ident, name=name, lat=lat, lon=lon) for i, ident, name, lat, lon in fields
    ]
    return AIRPORTS.format(rows="".join(made)).encode()


LIST = airports((990001, "XDES", "Desert", *DESERT[:2]))


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "in"


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def landing(hex_=HEX, start_s=START_S):
    """An aircraft that is seen on the ground where only the newer list has a field."""
    pilot = Pilot(hex_, start_s)
    pilot.fly(1, 4.0)
    north, east = DESERT[0] - FIELDS[1][0], DESERT[1] - FIELDS[1][1]
    moved = [
        r._replace(latitude_deg=r.latitude_deg + north, longitude_deg=r.longitude_deg + east)
        for r in pilot.reports
    ]
    on_ground = {"on_ground": True, "altitude_ft": DESERT[2], "groundspeed_kt": 5.0}
    ground = moved[-1]._replace(latitude_deg=DESERT[0], longitude_deg=DESERT[1], **on_ground)
    return moved + [ground._replace(time_s=ground.time_s + 300 + 60 * k) for k in range(3)]


def add_positions(store, inbox, reports, name="states.csv"):
    return run.add(store, [put_file(inbox, name, states_csv(reports))], OPTIONS, workers=1)


def add(store, path, day=None):
    report = reference.add(store, path, day, workers=1)
    for file in report.files:
        assert file.read == file.accepted + file.refused + file.duplicate, file
    assert store.verify() == []
    return report


def places(store):
    return [row["place_ident"] for row in store.find("stops").to_pylist() if row["seen"]]


def test_a_newer_list_changes_the_place_of_a_stop_seen_before(store, inbox):
    add_positions(store, inbox, landing())
    assert places(store) == [None]
    before = {table: store.find(table)["id"].to_pylist() for table in ("flights", "stops")}
    put_file(inbox / "lists", "2024-03_airports.csv", LIST)
    put_file(inbox / "lists", "2024-03_runways.csv.gz", gzip.compress(RUNWAYS.encode(), mtime=0))
    report = add(store, inbox / "lists")
    assert (report.aircraft_derived, report.total("accepted")) == (1, 2)
    assert places(store) == ["XDES"]
    assert {table: store.find(table)["id"].to_pylist() for table in before} == before
    assert {(r.kind, r.name, r.day) for r in store.references()} == {
        ("ourairports", kind, day_number("2024-03-01")) for kind in ("airports", "runways")
    }


def test_lists_before_or_after_positions_give_the_same_tables(tmp_path, inbox):
    lists = put_file(inbox / "lists", "2024-03-10_airports.csv", LIST).parent
    found = []
    for order in ("positions first", "lists first"):
        with Store.create(tmp_path / order) as store:
            if order == "positions first":
                add_positions(store, inbox, landing())
            add(store, lists)
            if order == "lists first":
                add_positions(store, inbox, landing())
            found.append(hashes(store))
    assert found[0] == found[1]


def test_each_list_holds_from_its_own_day(store, inbox):
    old = airports((990001, "XDES", "Desert", *DESERT[:2]))
    new = airports((990001, "XNEW", "Desert", *DESERT[:2]))
    put_file(inbox / "lists", "2024-06-01_airports.csv", old)
    put_file(inbox / "lists", "2024-06-14_airports.csv", new)
    add_positions(store, inbox, landing() + landing(start_s=START_S + 6 * 86_400))
    add(store, inbox / "lists")
    assert places(store) == ["XDES", "XNEW"]


def test_a_second_time_adds_nothing(store, inbox):
    path = put_file(inbox, "2024-03_airports.csv", LIST)
    add_positions(store, inbox, landing())
    first = add(store, path)
    again = add(store, path)
    assert again.version_after == first.version_after and again.aircraft_derived == 0
    assert again.files[0].known and again.total("duplicate") == 1 and again.total("accepted") == 0
    assert len(store.references()) == 1


def test_another_list_of_the_same_day_never_replaces_one(store, inbox):
    add(store, put_file(inbox, "2024-03_airports.csv", LIST))
    other = put_file(inbox, "2024-03_airports-2.csv", airports((990002, "XOTH", "Other", 10, 10)))
    version = store.version
    report = add(store, other)
    assert "another list of airports as of 2024-03-01" in report.files[0].unreadable
    assert report.all_refused and report.total("refused") == 1
    assert store.version == version
    assert add(store, other, day_number("2024-04-01")).total("accepted") == 1


def test_a_day_given_counts_more_than_one_in_the_name_and_none_is_an_error(store, inbox):
    path = put_file(inbox, "airports.csv", LIST)
    with pytest.raises(QuestionError, match=r"as of which day is airports.csv.*--day"):
        add(store, path)
    assert store.references() == []
    add(store, path, day_number("2023-05-06"))
    add(store, put_file(inbox, "2020-01_airports.csv", LIST), day_number("2023-05-07"))
    assert [r.day for r in store.references()] == [day_number("2023-05-06"), day_number("2023-05-07")]
    with pytest.raises(QuestionError, match="2024-13-01"):
        add(store, put_file(inbox, "2024-13_airports.csv", LIST))


def test_what_is_no_reference_is_refused_and_the_rest_taken(store, inbox):
    put_file(inbox, "2024-03_airports.csv", LIST)
    put_file(inbox, "letter.txt", b"Dear Sir or Madam,")
    put_file(inbox, "empty-2024-03.csv", b"")
    put_file(inbox, "2024-03_runways.csv.gz", gzip.compress(RUNWAYS.encode() * 40, mtime=0)[:-20])
    report = add(store, inbox)
    told = {file.name: file for file in report.files}
    assert told["2024-03_airports.csv"].accepted == 1
    for name in ("letter.txt", "empty-2024-03.csv"):
        assert told[name].unreadable.startswith("neither OurAirports")
    broken = told["2024-03_runways.csv.gz"]
    assert broken.broke and "breaks off" in broken.unreadable and broken.accepted == 0
    assert [r.name for r in store.references()] == ["airports"]
    with pytest.raises(InputError, match="no file or folder"):
        add(store, inbox / "nowhere")


def test_a_register_says_who_and_what_as_of_its_day(store, inbox):
    path = put_file(inbox, "tar1090db_2023-08-14.csv", REGISTER.format(hex=HEX, type="R44").encode())
    report = add(store, path)
    assert (report.total("accepted"), report.total("refused")) == (2, 2)
    claim = store.find("claims").to_pylist()[0]
    assert (claim["registration"], claim["military"], claim["day"]) == (
        "X-ABC",
        True,
        day_number("2023-08-14"),
    )
    again = add(store, path)
    assert (again.total("accepted"), again.total("duplicate")) == (0, 2)
    known = airframes_of(store, [0x4C0009, int(HEX, 16), 5])
    assert known.address.tolist() == [int(HEX, 16), 0x4C0009]
    assert known.category.tolist() == [2, 1]


def test_of_those_without_a_listed_type_it_is_known_who_is_no_combat_aircraft(store, inbox):
    rows = b"hex,reg,type,flags,desc\n4c0001,N1,,,\n4c0002,ZK334,,,\n4c0003,N2,ZZZZ,,\n4c0004,N3,,10,\n"
    add(store, put_file(inbox, "tar1090db_2023-08-14.csv", rows + b"4c0005,,,00,\n4c0006,N4,B738,,\n"))
    known = airframes_of(store, range(0x4C0001, 0x4C0008))
    assert known.civil.tolist() == [0x4C0001, 0x4C0003, 0x4C0005]
    assert airframes_of(store, [0x4C0001, 0x4C0002]).civil.tolist() == [0x4C0001]


def test_a_register_beside_another_of_its_day_and_a_cut_one(store, inbox):
    one = put_file(inbox, "a_2023-08-14.csv", REGISTER.format(hex=HEX, type="R44").encode())
    more = REGISTER.format(hex="4c0077", type="B738").encode()
    two = put_file(inbox, "b_2023-08-14.csv.gz", gzip.compress(more + b"4c0078,,B738,00,\n" * 900)[:-40])
    add(store, one)
    report = add(store, two)
    assert report.files[0].broke
    assert {row["address"] for row in store.find("claims").to_pylist()} >= {int(HEX, 16), 0x4C0009, 0x4C0077}
    first = store.table_hash("claims")
    with Store.create(inbox / "other") as other:
        add(other, two)
        add(other, one)
        assert other.table_hash("claims") == first


@pytest.mark.parametrize("kind", ["register", "trace"])
def test_a_type_from_a_register_or_a_trace_derives_the_same(tmp_path, inbox, kind):
    """An aircraft hovering over a field: down for all that is known, not once it is a helicopter."""
    pilot = Pilot(HEX)
    pilot.fly(1, 4.0)
    pilot.hover(4)
    states = put_file(inbox, "states.csv", states_csv(pilot.reports))
    if kind == "trace":
        said = put_file(inbox, "trace.json", trace_json(HEX, [], t="R44"))
    else:
        said = put_file(inbox, "db_2023-08-14.csv", REGISTER.format(hex=HEX, type="R44").encode())
    found = []
    for order in ("before", "after"):
        with Store.create(tmp_path / order) as store:
            for path in (said, states) if order == "before" else (states, said):
                if path == said and kind == "register":
                    add(store, said)
                else:
                    run.add(store, [path], OPTIONS, workers=1)
            found.append(hashes(store))
            assert places(store) == []
    assert found[0] == found[1]


def test_the_gazetteer_knows_what_was_added(store, inbox):
    add(store, put_file(inbox, "2024-03_airports.csv", LIST))
    add(store, put_file(inbox, "2024-03_runways.csv", RUNWAYS.encode()))
    gazetteer = gazetteer_of(store)
    fields, strips = gazetteer.on(day_number("2024-03-02"))
    assert "XDES" in fields["ident"].to_pylist() and "XDES" in strips["ident"].to_pylist()
