"""Registers and identity lists of several makers in one archive; every row is made up."""

import gzip
import io
import itertools
import json
import lzma
import tarfile
import zipfile

import pyarrow as pa
import pytest
from intake_samples import put_file

from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.formats.checking import claim_rows
from overflight.intake import reference
from overflight.intake.claims import distinct
from overflight.model.fields import CLAIMS, schema
from overflight.registry.register import Register
from overflight.store.folder import Store
from overflight.store.licences import Said
from overflight.store.public import PublicStore

DAY = day_number("2026-08-19")
TAR1090 = "hex,reg,type,flags,desc\n4c0001,X-MADE,A320,00,\n4c0002,X-UP,C130,10,\n~4c0003,X-NO,,,\n"
HEXES = "icao24,r,t,desc\n4C0001,X-MADE,,\n4C0002,X-UPP,,\n"
WATCHED = (
    "$ICAO,$Registration,$Operator,$Type,$ICAO Type,#CMPG,$Tag 1,Category\n"
    "4C0002,X-UP,Made Up Air Force,Hercules,C130,Mil,Cargo,Made Up\n"
)
MICTRONICS = {
    "aircrafts.json": json.dumps({"4C0001": ["X-MADE", "A320", "00"]}, separators=(",", ":")),
    "operators.json": json.dumps({"XMA": ["Made Up Air", "Nowhere", "MADEUP"]}, separators=(",", ":")),
    "dbversion.json": '{"version":301}',
}
VRS = {
    "aircraft/schema-01/4/4C0.csv": "ICAO,Registration,ModelICAO,Manufacturer,Model,ManufacturerAndModel,"
    "IsPrivateOperator,Operator,AirlineCode,SerialNumber,YearBuilt\n"
    "4C0001,X-MADE,A320,Airbus,A320,Airbus A320,0,Made Up Air,XMA,1234,1999\n",
    "airlines/schema-01/airlines.csv": "Code,Name,ICAO,IATA,PositioningFlightPattern,CharterFlightPattern\n"
    "XM,Made Up Air,XMA,XM,,\n",
    "code-blocks/schema-01/code-blocks.csv": "Start,Finish,Count,Bitmask,SignificantBitmask,IsMilitary,"
    "CountryISO2\n4C0000,4C0FFF,4096,,,0,XA\n",
    "registration-prefixes/schema-01/reg-prefixes.csv": "Prefix,CountryISO2,HasHyphen,DecodeFullRegex\n"
    "X,XA,1,y\n",
    "routes/schema-01/X/XMA-all.csv": "Callsign,Code,Number,AirlineCode,AirportCodes\n"
    "XMA1,XMA,1,XMA,LCLK-LGAV\n",
}
OPEN = Said("CC0", None)
TABLES = ("claims", "designators", "address_blocks", "mark_prefixes", "routes")


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "in"


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def add(store, path, day=None, said=OPEN):
    report = reference.add(store, path, day, workers=1, said=said)
    for file in report.files:
        assert file.read == file.accepted + file.refused + file.duplicate, file
    assert store.verify() == []
    return report


def as_tar(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"vrs_standing_data/{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


def as_zip(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return made.getvalue()


def files_in(inbox):
    """Lists of several days and makers, packed as they are published; the day in the name, but for VRS."""
    return [
        (put_file(inbox, "tar1090db_2020-01-07.csv.gz", gzip.compress(TAR1090.encode())), None),
        (put_file(inbox, "tar1090db_2023-08-14.csv", TAR1090.replace(",10,", ",00,").encode()), None),
        (put_file(inbox, "flightaware-20180720.csv.xz", lzma.compress(HEXES.encode())), None),
        (put_file(inbox, "plane-alert-db_2021-04-26.csv", WATCHED.encode()), None),
        (put_file(inbox, "Mictronics_db_2022-05-15.zip", as_zip(MICTRONICS)), None),
        (put_file(inbox, "vrs_standing_data.tar.gz", as_tar(VRS)), DAY),
    ]


def listed(store):
    return [(r.kind, r.name, r.day) for r in store.references()]


def test_one_tar_holds_five_lists_of_one_day(store, inbox):
    report = add(store, put_file(inbox, "vrs_standing_data.tar.gz", as_tar(VRS)), DAY)
    assert [store.find(table).num_rows for table in TABLES] == [1] * 5
    assert {tuple(store.find(table)["day"].to_pylist()) for table in TABLES} == {(DAY,)}
    names = ("address blocks", "designators", "mark prefixes", "register", "routes")
    assert listed(store) == [("vrs-standing-data", name, DAY) for name in names]
    assert report.total("read") == report.total("accepted") == 5
    assert store.find("claims").to_pylist()[0]["party_kind"] == "organisation"


def test_a_zip_holds_aircraft_and_operators(store, inbox):
    report = add(store, put_file(inbox, "Mictronics_db_2022-05-15.zip", as_zip(MICTRONICS)))
    day = day_number("2022-05-15")
    assert listed(store) == [("mictronics", "designators", day), ("mictronics", "register", day)]
    assert report.files[0].unread == {"in an archive, and no list that is read here": 1}
    assert store.find("designators").to_pylist()[0]["telephony"] == "MADEUP"


def test_every_order_and_one_folder_give_the_same_tables(tmp_path, inbox):
    files = files_in(inbox)
    digests = set()
    for number, order in enumerate(list(itertools.permutations(files))[:: 119]):
        with Store.create(tmp_path / f"archive-{number}") as store:
            for path, day in order:
                add(store, path, day)
            digests.add((store.version.digest, tuple(listed(store))))
    vrs = files.pop()[0]
    with Store.create(tmp_path / "folder") as store:
        vrs.unlink()
        add(store, inbox)
        add(store, put_file(inbox, vrs.name, as_tar(VRS)), DAY)
        digests.add((store.version.digest, tuple(listed(store))))
        assert store.find("claims").num_rows == 3 + 3 + 2 + 1 + 1 + 1
    assert len(digests) == 1


def test_a_second_time_adds_nothing(store, inbox):
    for path, day in files_in(inbox):
        first, again = add(store, path, day), add(store, path, day)
        assert again.version_after == first.version_after and again.files[0].known
        assert (again.total("accepted"), again.total("refused")) == (0, first.total("refused"))


def test_claims_lie_by_address_and_no_tilde_address_has_a_mark(store, inbox):
    mixed = "icao24,r,t,desc\n4C0009,X-B,,\n4C0001,X-A,,\n4C0009,X-A,,\n4C0009,X-B,,\n~4C0001,X-NO,,\n"
    report = add(store, put_file(inbox, "flightaware-2018-07-20.csv", mixed.encode()))
    assert (report.total("accepted"), report.total("duplicate")) == (4, 1)
    (entry,) = store.files("claims")
    assert entry.partition == f"flightaware-registrations/{day_number('2018-07-20')}"
    rows = store.read(entry).select(["address", "registration"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (0x4C0001, "X-A"), (0x4C0009, "X-A"), (0x4C0009, "X-B"), (0x14C0001, None),
    ]  # fmt: skip


def test_the_day_is_needed_and_read_from_names_of_both_forms(store, inbox):
    with pytest.raises(QuestionError, match=r"as of which day is hexes\.csv"):
        add(store, put_file(inbox, "hexes.csv", HEXES.encode()))
    for name in ("20991350.csv", "120180720.csv", "2018072.csv"):
        with pytest.raises(QuestionError):
            add(store, put_file(inbox, name, HEXES.encode()))
    assert store.references() == []


def test_a_list_that_is_not_whole_ends_nothing(store, inbox):
    many = "icao24,r,t,desc\n" + "".join(f"{n:06X},X-{n * 7919 % 99991:05d},,\n" for n in range(5000))
    add(store, put_file(inbox, "f-20160914.csv", HEXES.encode()))
    add(store, put_file(inbox, "f-20180720.csv.gz", gzip.compress(many.encode())[:-9000]))
    path = put_file(inbox, "4C0-2026-08-19.csv", VRS["aircraft/schema-01/4/4C0.csv"].encode())
    report = add(store, path)
    assert report.files[0].accepted == 1
    assert listed(store) == [
        ("flightaware-registrations", "part of a register", day_number("2018-07-20")),
        ("flightaware-registrations", "register", day_number("2016-09-14")),
        ("vrs-standing-data", "part of a register", DAY),
    ]


def test_what_may_not_be_published_is_withheld_list_by_list(store, inbox):
    files = files_in(inbox)
    for path, day in files:
        add(store, path, day, Said(None, False) if "vrs" in path.name else Said("CC0", None))
    shown = PublicStore(store)
    assert [shown.find(table).num_rows for table in TABLES] == [10, 1, 0, 0, 0]
    assert "vrs-standing-data of 2026-08-19" in shown.withheld().sentence
    assert {row["source"] for row in shown.find("designators").to_pylist()} == {"mictronics"}


def test_claims_without_an_address_stay_and_break_nothing(store):
    columns = {
        "address": pa.array([None, 5, None], pa.uint32()), "registration": ["X-B", "X-A", "X-B"],
        "day": pa.array([1, 1, 1], pa.int32()), "source": ["made-up"] * 3, "data_kind": ["synthetic"] * 3,
    }  # fmt: skip
    rows = distinct(claim_rows(columns, 3))
    assert [(row["address"], row["registration"]) for row in rows.to_pylist()] == [(5, "X-A"), (None, "X-B")]
    with store.writer("made up") as writer:
        writer.put("claims", "made-up/1", rows)
        writer.commit()
    assert store.verify() == []
    assert Register(store.find("claims")).claims.num_rows == 1
    assert PublicStore(store).find("claims").num_rows == 2


def test_distinct_is_one_order_whatever_the_order_of_arrival():
    rows = claim_rows(
        {
            "address": pa.array([7, 5, 7, 7, 5], pa.uint32()), "day": pa.array([1] * 5, pa.int32()),
            "registration": ["X-B", "X-A", None, "X-B", "X-A"], "military": [None, True, True, None, False],
            "source": ["made-up"] * 5, "data_kind": ["synthetic"] * 5,
        },
        5,
    )  # fmt: skip
    kept = [distinct(rows.take(list(order))) for order in itertools.permutations(range(5))]
    assert all(table.equals(kept[0]) for table in kept)
    told = kept[0].select(["address", "registration", "military"]).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        (5, "X-A", False), (5, "X-A", True), (7, "X-B", None), (7, None, True),
    ]  # fmt: skip
    assert distinct(schema(CLAIMS).empty_table()).num_rows == 0
