"""`overflight fetch` as it is typed, against a source on this machine: files, the archive, statuses."""

import gzip
import io
import json
import os
import tarfile
import time
from pathlib import Path

import pytest

import overflight
from local_source import Source, trace
from overflight.cli.app import build_parser, main
from overflight.cli.fetch_arguments import SOURCES, VARIANTS
from overflight.cli.fetching import run_fetch
from overflight.clock import day_text, iso_utc, utc_day
from overflight.errors import ArchiveError, QuestionError
from overflight.fetch import adsb_lol, lists
from overflight.fetch.bases import Bases
from overflight.fetch.wire import Manners

ONE = ("adsb.lol", "--aircraft", "4c0001")
FIRST = ("--since", "2025-11-01", "--until", "2025-11-02")
FAST = Manners(pause_s=0, first_wait_s=0)
TODAY = day_text(utc_day(int(time.time() * 1000)))
AIRPORTS = b"id,ident,type,name,latitude_deg,longitude_deg,iso_region\n1,XX01,heliport,Made,33,33,CY-02\n"
RUNWAYS = b"id,airport_ident,length_ft,width_ft,le_ident,he_ident\n1,XX01,3000,60,09,27\n"
REGISTER = gzip.compress(b"4C0001;X-MADE;A320;00;AIRBUS A-320;;;\n")


def routes():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        data = b"Callsign,Code,Number,AirlineCode,AirportCodes\nXMA1,XMA,1,XMA,LCLK-LGAV\n"
        info = tarfile.TarInfo("standing-data-x/routes/schema-01/X/XMA-all.csv")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    for name in ("ARCHIVE", "CONTACT", "OPENSKY_CLIENT_ID", "OPENSKY_CLIENT_SECRET"):
        monkeypatch.delenv(f"OVERFLIGHT_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def source():
    one = Source()
    yield one
    one.close()


@pytest.fixture
def fetch(source, capsys):
    def run(*typed):
        options = build_parser().parse_args(["fetch", *typed])
        status = run_fetch(options, Bases(*[source.base] * 8), FAST)
        return status, *capsys.readouterr()

    return run


def say_day(source, day, address="4c0001"):
    path = f"/globe_history/{day.replace('-', '/')}/traces/{address[-2:]}/trace_full_{address}.json"
    source.say(path, trace(address), headers={"Content-Encoding": "gzip"})


def test_an_aircrafts_days_into_a_folder_and_the_archive(source, fetch):
    say_day(source, "2025-11-01")
    typed = ["adsb.lol", "--aircraft", "4C0001", "--since", "2025-11-01", "--until", "2025-11-03"]
    status, out, err = fetch(*typed, "--archive", "made")
    assert (status, out) == (0, "")
    assert "licence ODbL-1.0 (http://opendatacommons.org/licenses/odbl/1.0/)" in err
    assert "1 file fetched" in err and "1 not there" in err
    assert "4c0001 2025-11-02: not in adsb.lol's files: not seen by its receivers that day, or perhaps" in err
    assert "1 file: 120 rows read = 120 accepted" in err
    kept = Path("overflight-data/adsb.lol/globe_history/2025/11/01/trace_full_4c0001.json")
    assert kept.read_bytes() == trace("4c0001")
    with overflight.open("made") as archive:
        [batch] = archive.info()["batches"]
        assert (batch["licence"], batch["may_publish"]) == ("ODbL-1.0", True)
        record = json.loads(Path("overflight-data/adsb.lol/fetch.jsonl").read_text().splitlines()[0])
        assert batch["sha256"] == record["sha256"]  # by which a batch leads back to its address
    asked = len(source.asked)
    status, _, err = fetch(*typed, "--archive", "made")
    assert status == 0 and "0 files fetched (0 bytes), 1 there already, 1 not there" in err
    assert len(source.asked) == asked + 1  # the day that was not there: it may be by now


def test_without_an_archive_the_next_line_is_told(source, fetch):
    say_day(source, "2025-11-01")
    _, _, err = fetch(*ONE, *FIRST)
    told = "overflight --archive DIR add overflight-data/adsb.lol/globe_history --licence ODbL-1.0"
    assert told in err
    assert main(["--archive", "made", *told.split(" DIR ")[1].split()]) == 0


def test_nothing_said_of_time_is_the_last_thirty_days(source, fetch):
    say_day(source, day_text(utc_day(int(time.time() * 1000)) - 3))
    source.say("/data/traces/01/trace_recent_4c0001.json", trace("4c0001"))
    status, _, err = fetch("adsb.lol", "--aircraft", "4c0001")
    assert status == 0 and len(source.asked) == 31
    since = iso_utc((utc_day(int(time.time() * 1000)) - 29) * 86_400_000)
    assert f"no --since given: from {since} on" in err
    assert "2 files fetched" in err and "29 not there" in err and "and 9 more; the record has them all" in err


def test_nothing_there_is_1(source, fetch):
    status, _, err = fetch(*ONE, *FIRST)
    assert status == 1 and "0 files fetched" in err


def test_a_refusal_is_3_and_keeps_and_adds_what_came(source, fetch):
    say_day(source, "2025-11-01")
    source.say("/globe_history/2025/11/02/traces/01/trace_full_4c0001.json", b"", status=403)
    span = ["--since", "2025-11-01", "--until", "2025-11-05"]
    status, _, err = fetch(*ONE, *span, "--archive", "made")
    assert status == 3
    assert "stopped: " in err and "answered 403 (forbidden)" in err and "2 not asked for" in err
    with overflight.open("made") as archive:
        assert len(archive.info()["batches"]) == 1


def test_a_changed_format_is_3(source, fetch):
    source.say("/globe_history/2025/11/01/traces/01/trace_full_4c0001.json", b"<html>Welcome</html>")
    status, _, err = fetch(*ONE, *FIRST, "--quiet")
    assert status == 3 and "it is a web page" in err
    assert not list(Path("overflight-data").rglob("*.json"))


def test_a_dry_run_asks_nothing(source, fetch):
    typed = ["--since", "2025-11-01", "--until", "2025-11-03", "--dry-run"]
    status, out, err = fetch(*ONE, *typed)
    assert status == 0 and out.splitlines() == [
        f"{source.base}/globe_history/2025/11/0{k}/traces/01/trace_full_4c0001.json" for k in (1, 2)
    ]
    assert "licence ODbL-1.0" in err
    _, out, _ = fetch("adsb.lol", "--day", "2025-11-01", "--dry-run")
    assert "planes-readsb-prod-0" in out and "two to four GB" in out
    _, out, _ = fetch("opensky", "--airport", "llbg", *typed)
    assert [line.split("?")[0].rpartition("/")[2] for line in out.splitlines()] == ["arrival", "departure"]
    for name in lists.LISTS:
        assert fetch(name, "--dry-run")[1].startswith("http")
    assert source.asked == [] and list(Path().iterdir()) == []


def test_a_mark_is_looked_up_in_the_archive(source, fetch, hand_folder):
    say_day(source, "2025-11-01", "613133")
    typed = ["adsb.lol", "--aircraft", "4K-78131", *FIRST]
    with pytest.raises(QuestionError, match="without an archive"):
        fetch(*typed)
    status, out, err = fetch(*typed, "--archive", str(hand_folder), "--dry-run")
    assert status == 0 and "trace_full_613133.json" in out and "4K-78131 is 613133 in this archive" in err
    with pytest.raises(QuestionError, match="stands for not one address here but none"):
        fetch("adsb.lol", "--aircraft", "N-OBODY", "--archive", str(hand_folder))


def test_aircraft_from_a_file(source, fetch):
    Path("names.txt").write_text("4c0001 # one\n4C0001\n4c0002\n")
    _, out, _ = fetch("adsb.lol", "--aircraft-file", "names.txt", *FIRST, "--dry-run")
    assert len(out.splitlines()) == 2


def test_a_folder_that_is_no_archive_is_told_before_anything_is_asked(source, fetch):
    Path("made").mkdir()
    Path("made/letter.txt").write_text("mine")
    with pytest.raises(ArchiveError, match="is not an archive"):
        fetch(*ONE, *FIRST, "--archive", "made")
    assert source.asked == []


def test_an_archive_of_the_environment_is_told_of_and_not_added_to(source, fetch, monkeypatch):
    monkeypatch.setenv("OVERFLIGHT_ARCHIVE", "elsewhere")
    say_day(source, "2025-11-01")
    _, _, err = fetch(*ONE, *FIRST)
    assert "to use it: overflight add overflight-data/adsb.lol/globe_history" in err
    assert not Path("elsewhere").exists()


def test_nothing_is_left_behind_where_nothing_came(source, fetch):
    fetch(*ONE, *FIRST)
    left = sorted(str(path) for path in Path("overflight-data/adsb.lol").rglob("*"))
    assert left == [f"overflight-data/adsb.lol/{name}" for name in (".fetch.lock", "fetch.jsonl")]


@pytest.mark.parametrize(
    "typed, words",
    [
        (["adsb.lol"], "what of adsb.lol"),
        (["opensky"], "what of OpenSky"),
        (["adsb.lol", "--aircraft", "zz"], "no address of six hex digits"),
        (["adsb.lol", "--airport", "LLBG"], "--airport says nothing to adsb.lol"),
        (["opensky", "--day", "2025-11-01"], "--day says nothing to opensky"),
        (["ourairports", "--aircraft", "4c0001"], "--aircraft says nothing to ourairports"),
        (["adsb.lol", "--day", "2025-11-01", "--since", "2025-11-01"], "--day is one whole day"),
        (["adsb.lol", "--aircraft", "4c0001", "--variant", "prod"], "--variant goes with --day"),
        (["adsb.lol", "--day", TODAY], "is not over"),
        ([*ONE, "--since", "2025-11-02", "--until", "2025-11-01"], "before --until"),
        ([*ONE, "--since", "2999-01-01"], "before --until, and not in the future"),
        ([*ONE, "--since", "2015-01-01", "--until", "2025-01-01"], "requests, 0 s"),
        (["opensky", "--airport", "TLV"], "four letters of ICAO"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(source, fetch, typed, words):
    with pytest.raises(QuestionError, match=words):
        fetch(*typed)
    assert source.asked == []


def test_the_sources_known_are_those_that_can_be_typed():
    assert SOURCES == ("adsb.lol", "opensky", *lists.LISTS)
    assert VARIANTS == (*adsb_lol.VARIANTS, adsb_lol.MLAT)


def test_who_asks(source, fetch, monkeypatch):
    monkeypatch.setenv("OVERFLIGHT_CONTACT", "desk@example.org")
    say_day(source, "2025-11-01")
    fetch(*ONE, *FIRST)
    agent = source.asked[0][1]["User-Agent"]
    assert agent == f"overflight/{overflight.__version__} (open flight database; contact: desk@example.org)"
    monkeypatch.setenv("OVERFLIGHT_CONTACT", "a\nX-Evil: 1")
    with pytest.raises(QuestionError, match="contact"):
        fetch(*ONE, *FIRST)


def test_a_day_whole_and_a_few_aircraft_of_it(source, fetch):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo("./traces/01/trace_full_4c0001.json")
        info.size = len(trace("4c0001"))
        tar.addfile(info, io.BytesIO(trace("4c0001")))
    tag, data = "v2025.11.01-planes-readsb-prod-0", out.getvalue()
    parts = {f"{tag}.tar.aa": data[:700], f"{tag}.tar.ab": data[700:]}  # cut inside the trace
    listed = [{"name": name, "size": len(part)} for name, part in parts.items()]
    source.say(f"/repos/adsblol/globe_history_2025/releases/tags/{tag}", {"assets": listed})
    for name, part in parts.items():
        source.say(f"/adsblol/globe_history_2025/releases/download/{tag}/{name}", part)
    both = ["--aircraft", "4c0001", "--aircraft", "4c0009"]
    status, _, err = fetch("adsb.lol", "--day", "2025-11-01", *both, "--archive", "few")
    assert status == 0 and f"{tag}: 10.2 kB in 2 parts" in err
    assert "120 rows read = 120 accepted" in err and "no trace in adsb.lol's whole day" in err
    status, _, err = fetch("adsb.lol", "--day", "2025-11-01", "--archive", "whole")
    assert status == 0 and "120 rows read = 120 accepted" in err
    digests = []
    for name in ("few", "whole"):
        with overflight.open(name) as archive:
            digests.append(archive.info()["tables"]["positions"]["rows"])
    assert digests == [120, 120]
    status, _, err = fetch("adsb.lol", "--day", "2025-10-31")
    assert status == 1 and "2025-10-31: adsb.lol has no release of this day on GitHub" in err


def test_real_traces_come_through_unchanged(source, fetch):
    """Real files, served here, one by one or in a day's tar, make the archive that `add` makes of them."""
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA names no folder of real traces")
    files = sorted((Path(shared) / "positions/readsb_traces/2023-08-30").rglob("trace_full_*.json"))
    addresses = [file.stem.removeprefix("trace_full_") for file in files]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for file, address in zip(files, addresses, strict=True):
            inside = f"traces/{address[-2:]}/{file.name}"
            source.say(f"/globe_history/2023/08/30/{inside}", file.read_bytes())
            info = tarfile.TarInfo(f"./{inside}")
            info.size = file.stat().st_size
            tar.addfile(info, io.BytesIO(file.read_bytes()))
    tag = "v2023.08.30-planes-readsb-prod-0"
    data = packed.getvalue()
    listed = [{"name": f"{tag}.tar", "size": len(data)}]
    source.say(f"/repos/adsblol/globe_history_2023/releases/tags/{tag}", {"assets": listed})
    source.say(f"/adsblol/globe_history_2023/releases/download/{tag}/{tag}.tar", data)
    who = [word for address in addresses for word in ("--aircraft", address)]
    span = ["--since", "2023-08-30", "--until", "2023-08-31"]
    assert fetch("adsb.lol", *who, *span, "--to", "one", "--archive", "a")[0] == 0
    assert fetch("adsb.lol", *who, "--day", "2023-08-30", "--to", "two", "--archive", "b")[0] == 0
    assert len(files) > 10 and all(
        next(Path(folder).rglob(file.name)).read_bytes() == file.read_bytes()
        for folder in ("one", "two")
        for file in files
    )
    with overflight.open("c", create=True) as archive:
        archive.add(files, licence="ODbL-1.0")
    digests = set()
    for name in "abc":
        with overflight.open(name) as archive:
            digests.add(archive.info()["tables"]["positions"]["hash"])
    assert len(digests) == 1


def test_opensky_with_keys_of_the_environment(source, fetch, monkeypatch):
    monkeypatch.setenv("OVERFLIGHT_OPENSKY_CLIENT_ID", "me")
    with pytest.raises(QuestionError, match="set together"):
        fetch("opensky", "--states")
    monkeypatch.setenv("OVERFLIGHT_OPENSKY_CLIENT_SECRET", "s3cret")
    source.say("/auth/realms/opensky-network/protocol/openid-connect/token", {"access_token": "t0ken"})
    source.say("/api/states/all?icao24=4c0001", {"time": 1, "states": []})
    status, out, err = fetch("opensky", "--states", "--aircraft", "4c0001")
    assert status == 0 and "terms of use" in err
    kept = "".join(p.read_text() for p in Path("overflight-data").rglob("*") if p.is_file())
    assert "s3cret" not in kept + out + err and "t0ken" not in kept + out + err


def test_opensky_of_an_aircraft_asks_tracks_unless_told_not_to(source, fetch):
    now = int(time.time())
    seen = [{"icao24": "4c0001", "firstSeen": now - 3600, "lastSeen": now - 1800}]
    since = day_text(utc_day(now * 1000))
    _, out, _ = fetch("opensky", "--aircraft", "4c0001", "--since", since, "--dry-run")
    source.say(out.splitlines()[0].removeprefix(source.base), seen)
    source.say(f"/api/tracks/all?icao24=4c0001&time={now - 2700}", {"icao24": "4c0001", "path": []})
    status, _, err = fetch("opensky", "--aircraft", "4c0001", "--since", since)
    assert status == 0 and "2 files fetched" in err and "anonymously" in err
    assert len(source.asked) == 2
    fetch("opensky", "--aircraft", "4c0001", "--since", since, "--no-tracks", "--again")
    assert len(source.asked) == 3


def test_opensky_tracks_into_the_archive(source, fetch):
    now = int(time.time()) - 86_400
    since = day_text(utc_day(now * 1000))
    typed = ["opensky", "--aircraft", "4c0001", "--since", since, "--until", iso_utc(now * 1000 + 1)]
    _, out, _ = fetch(*typed, "--dry-run")
    flight = {"icao24": "4c0001", "firstSeen": now, "lastSeen": now + 600}
    source.say(out.splitlines()[0].removeprefix(source.base), [flight])
    path = [[now + 60 * k, 34 + 0.05 * k, 33.0, 3000, 0, False] for k in range(10)]
    track = {"icao24": "4c0001", "startTime": now, "endTime": now + 600, "callsign": "XMA1", "path": path}
    source.say(f"/api/tracks/all?icao24=4c0001&time={now + 300}", track)
    status, _, err = fetch(*typed, "--archive", "made")
    assert status == 0 and "10 rows read = 10 accepted" in err and "without positions" in err
    with overflight.open("made") as archive:
        [batch] = archive.info()["batches"]
        assert not batch["may_publish"] and "terms of use" in batch["licence"]


def say_lists(source):
    source.say("/ourairports-data/airports.csv", AIRPORTS)
    source.say("/ourairports-data/runways.csv", RUNWAYS)
    elsewhere = {"Location": "/codeload"}
    source.say("/repos/vradarserver/standing-data/tarball", b"", status=302, headers=elsewhere)
    source.say("/codeload", routes(), length=False)
    source.say("/wiedehopf/tar1090-db/raw/refs/heads/csv/aircraft.csv.gz", REGISTER)


@pytest.mark.parametrize(
    "name, accepted, licence",
    [("ourairports", 2, "Public domain"), ("vrs", 1, "CC0-1.0"), ("tar1090-db", 1, "none stated")],
)
def test_lists_into_the_archive(source, fetch, name, accepted, licence):
    say_lists(source)
    status, _, err = fetch(name, "--archive", "made")
    assert status == 0 and f"licence {licence}" in err
    with overflight.open("made") as archive:
        references = archive.info()["references"]
    assert len(references) == accepted
    assert {(one["day"], one["licence"]) for one in references} == {(TODAY, licence)}
    assert {one["may_publish"] for one in references} == {licence != "none stated"}
    written = Path(f"overflight-data/{name}/fetch.jsonl").read_text()
    record = [json.loads(line) for line in written.splitlines()]
    assert len(record) == accepted and all(line["licence"] == licence for line in record)


def test_a_list_without_an_archive_tells_the_next_line(source, fetch):
    say_lists(source)
    _, _, err = fetch("ourairports")
    assert f"reference add overflight-data/ourairports/airports-{TODAY}.csv --licence 'Public domain'" in err


def test_lists_that_no_verb_takes_in_yet(source, fetch):
    source.say("/sdr-enthusiasts/plane-alert-db/main/plane-alert-db.csv", b"$ICAO,$Registration,$Operator\n")
    status, _, err = fetch("plane-alert", "--archive", "made")
    assert status == 0 and "no verb takes plane-alert into an archive yet" in err
    assert Path(f"overflight-data/plane-alert/plane-alert-db-{TODAY}.csv").is_file()
    assert not Path("made").exists()


def test_a_folder_of_ones_own(source, fetch):
    say_lists(source)
    assert fetch("tar1090-db", "--to", "elsewhere/lists")[0] == 0
    assert Path(f"elsewhere/lists/aircraft-{TODAY}.csv.gz").read_bytes() == REGISTER


def test_the_program_itself_without_a_network(monkeypatch, capsys):
    import socket

    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert main(["fetch", "ourairports"]) == 3
    err = capsys.readouterr().err
    assert "davidmegginson.github.io cannot be found: this machine has no network" in err
