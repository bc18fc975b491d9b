"""National registers, a decoder's database, a register with a map, added to an archive; all rows made up."""

import gzip
import io
import sqlite3
import zipfile

import pytest
from intake_samples import put_file

import overflight
from overflight.cli.app import main
from overflight.clock import day_number
from overflight.errors import InputError, QuestionError
from overflight.intake import reference
from overflight.store.folder import Store

DAY = day_number("2024-05-01")
STREET = "77 NOWHERE STREET"
# Fewer columns than the FAA's: they are found by name.
MASTER = (
    "N-NUMBER,SERIAL NUMBER,MFR MDL CODE,TYPE REGISTRANT,NAME,STREET,CITY,CERT ISSUE DATE,MODE S CODE HEX,\n"
    f"1ZZ  ,S-1   ,00AAA01,3,MADE UP AIR LLC   ,{STREET},NOWHERE ,20200304,A00009    ,\n"
    f"0ZZ  ,S-2   ,00AAA01,3,NO MARK           ,{STREET},NOWHERE ,20200304,A00010    ,\n"
)
DEREG = (
    "N-NUMBER,SERIAL-NUMBER,MFR-MDL-CODE,NAME,STREET-MAIL,CANCEL-DATE,CERT-ISSUE-DATE,MODE S CODE HEX,\n"
    f"1ZZ  ,S-0   ,00AAA01,OLD MADE UP AIR   ,{STREET},20150601,20050101,A00009    ,\n"
)
MODELS = "CODE,MFR,MODEL,TYPE-ACFT,\n00AAA01,MADE UP AIRCRAFT    ,ONE-100   ,4,\n"
G_INFO = (
    "Mark,ICAO 24 bit aircraft address,Serial No,Registered owners,Current reg date,Address1\n"
    f"G-ZZZA,400001,S-3,MADE UP AIR PLC,29-Dec-1997,{STREET}\n"
)
MAPPED = f"Mark,Hex,Holder,Street\nZZ-ABC,4b0001,Aero Club,{STREET}\n"
MAP = (
    'source = "made-up-register"\ngrade = "official"\n[columns]\nregistration = "Mark"\naddress = "Hex"\n'
    'registrant = "Holder"\n'
)


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "in"


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "archive") as made:
        yield made


def add(store, path, day=DAY, **more):
    return reference.add(store, path, day, workers=1, **more)


def zipped(**members):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.txt", text)
    return whole.getvalue()


def decoder(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE Aircraft (ModeS TEXT, Registration TEXT, RegisteredOwners TEXT)")
    rows = [("4C0001", "ZZ-AAA", "Made Up Air"), ("?", "x", ""), (999, "ZZ-AAB", None)]
    connection.executemany("INSERT INTO Aircraft VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


def told(store, *columns):
    return [tuple(row[c] for c in columns) for row in store.find("claims").to_pylist()]


def listed(store):
    return {(r.kind, r.name, r.day) for r in store.references()}


def test_the_faas_zip_as_it_is(store, inbox):
    data = zipped(MASTER=MASTER, DEREG=DEREG, ACFTREF=MODELS, ENGINE="CODE,MFR,MODEL,TYPE,HORSEPOWER,\n")
    report = add(store, put_file(inbox, "ReleasableAircraft.zip", data)).files[0]
    assert (report.read, report.refused, report.reasons) == (3, 1, {"no N-number": 1})
    assert report.unread == {"FAA's database, models": 1, "FAA's database, engines": 1}
    assert sorted(told(store, "source", "registrant", "description", "valid_until_day")) == [
        ("faa-deregistered", "OLD MADE UP AIR", "MADE UP AIRCRAFT ONE-100", day_number("2015-06-01")),
        ("faa-registry", "MADE UP AIR LLC", "MADE UP AIRCRAFT ONE-100", None),
    ]
    assert listed(store) == {("faa-registry", "register", DAY), ("faa-deregistered", "register", DAY)}


def test_the_same_files_unpacked_say_the_same(store, inbox, tmp_path):
    for name, text in (("MASTER", MASTER), ("DEREG", DEREG), ("ACFTREF", MODELS)):
        put_file(inbox, f"{name}.txt", text.encode())
    report = add(store, inbox)
    assert [file.unreadable for file in report.files] == [None, None, None]
    with Store.create(tmp_path / "other") as other:
        add(other, put_file(tmp_path / "z", "a.zip", zipped(MASTER=MASTER, DEREG=DEREG, ACFTREF=MODELS)))
        assert other.find("claims").equals(store.find("claims"))


def test_no_street_is_anywhere_in_the_archive_nor_in_a_report(store, inbox, tmp_path):
    put_file(inbox, "MASTER.txt", (MASTER + f"one field too many,{STREET},,,,,,,,,,\n").encode())
    put_file(inbox, "DEREG.txt", DEREG.encode())
    put_file(inbox, "g-info.csv", (G_INFO + f"G-ZZZB,{STREET}\n").encode())
    report = add(store, inbox)
    assert report.total("refused") == 3 and STREET not in str(report)
    mapped = put_file(tmp_path / "m", "register.csv", (MAPPED + f"{STREET}\n").encode())
    report = add(store, mapped, column_map=put_file(tmp_path, "map.toml", MAP.encode()))
    assert report.total("accepted") == 1 and STREET not in str(report)
    assert STREET not in str(store.find("claims").to_pylist())
    held = [path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert held and not any(STREET.encode() in data for data in held)


def test_a_decoders_database(store, inbox):
    report = add(store, decoder(inbox / "BaseStation.sqb")).files[0]
    assert report.reasons == {"no six-digit address": 1} and report.format == "basestation_sqb"
    assert told(store, "address", "registration", "operator", "source") == [
        (0x000999, "ZZ-AAB", None, "basestation"), (0x4C0001, "ZZ-AAA", "Made Up Air", "basestation"),
    ]  # fmt: skip
    assert listed(store) == {("basestation", "part of a register", DAY)}


def test_a_decoders_database_that_cannot_be_used_says_why(store, inbox):
    data = decoder(inbox / "x" / "BaseStation.sqb").read_bytes()
    put_file(inbox, "a.sqb.gz", gzip.compress(data))
    put_file(inbox, "b.sqb", data[:60] + bytes(len(data) - 60))
    packed, damaged, good = add(store, inbox).files
    assert "unpack it" in packed.unreadable and "b.sqb" in damaged.unreadable and good.unreadable is None


def test_these_files_do_not_say_of_which_day_they_are(store, inbox):
    for path in (decoder(inbox / "BaseStation.sqb"), put_file(inbox, "MASTER.txt", MASTER.encode())):
        with pytest.raises(QuestionError, match="--day"):
            add(store, path, None)
    assert told(store, "address") == []


def test_a_register_with_a_map(tmp_path, inbox, capsys):
    path = put_file(inbox, "register-2024-05-01.csv", MAPPED.encode())
    column_map = put_file(inbox, "map.toml", MAP.encode())
    ask = ["reference", "add", str(path), "--archive", str(tmp_path / "a"), "--map"]
    assert main([*ask, str(column_map)]) == 0
    with overflight.open(tmp_path / "a") as shelf:
        report = shelf.add_reference(path, column_map=column_map)
        assert report.total("duplicate") == 1
        registrant = shelf.who("4b0001", on="2024-05-02")[0]["registrant"]
    assert (registrant["value"], registrant["source"], registrant["grade"]) == (
        "Aero Club", "made-up-register", "official",
    )  # fmt: skip
    wrong = put_file(inbox, "wrong.toml", MAP.replace('"Holder"', '"Street"').encode())
    assert main([*ask, str(wrong)]) == 3
    assert "never stored" in capsys.readouterr().err


def test_a_wrong_map_takes_nothing_in(store, inbox):
    path = put_file(inbox, "register.csv", MAPPED.encode())
    column_map = put_file(inbox, "map.toml", MAP.replace('"Hex"', '"Hexx"').encode())
    with pytest.raises(InputError, match="did you mean 'Hex'"):
        add(store, path, column_map=column_map)
    assert told(store, "address") == [] and listed(store) == set()
