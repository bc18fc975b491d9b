"""adsb.lol: which addresses are asked for, and traces out of a day's tar that is never written."""

import hashlib
import io
import tarfile

import pytest

from local_source import trace
from overflight.clock import day_number, parse_utc
from overflight.errors import FetchError, QuestionError
from overflight.fetch import adsb_lol
from overflight.fetch.bases import Bases, hosts_of
from overflight.fetch.day_tar import take_out
from overflight.fetch.haul import Haul, take_each
from overflight.fetch.taking import Taker

NOW = parse_utc("2026-11-23T14:00:30.5Z")
DAY = day_number("2026-11-01")
TAG = "v2026.11.01-planes-readsb-prod-0"
API = "/repos/adsblol/globe_history_2026/releases/tags/"
DOWN = "/adsblol/globe_history_2026/releases/download/"


def paths(wanted):
    return [(one.url.removeprefix("https://adsb.lol"), one.path) for one in wanted]


def test_a_day_of_an_aircraft():
    [one] = adsb_lol.traces(Bases(), ["61313a"], parse_utc("2026-11-01"), parse_utc("2026-11-02"), NOW)
    assert one.url == "https://adsb.lol/globe_history/2026/11/01/traces/3a/trace_full_61313a.json"
    assert one.path == "globe_history/2026/11/01/trace_full_61313a.json"
    assert "not seen by its receivers that day, or perhaps expired" in one.absent


def test_a_span_ends_with_what_there_is_of_today():
    since, until = parse_utc("2026-11-22T18:00Z"), parse_utc("2026-12-24")
    assert paths(adsb_lol.traces(Bases(), ["~2a3f01"], since, until, NOW)) == [
        ("/globe_history/2026/11/22/traces/01/trace_full_~2a3f01.json",
         "globe_history/2026/11/22/trace_full_~2a3f01.json"),
        ("/data/traces/01/trace_full_~2a3f01.json", "now/2026-11-23T140030Z/trace_full_~2a3f01.json"),
        ("/data/traces/01/trace_recent_~2a3f01.json", "now/2026-11-23T140030Z/trace_recent_~2a3f01.json"),
    ]  # fmt: skip


def test_a_month_is_a_request_a_day():
    wanted = adsb_lol.traces(Bases(), ["613133"], parse_utc("2026-10-01"), parse_utc("2026-11-01"), NOW)
    assert len({one.url for one in wanted}) == 31
    with pytest.raises(QuestionError):
        adsb_lol.traces(Bases(), ["613133"], parse_utc("2026-11-24"), parse_utc("2026-11-25"), NOW)


def test_where_a_release_may_stand():
    def asked(day, variant=None):
        places = adsb_lol.releases_asked(Bases(), day, variant)
        return [api.rpartition("globe_history_")[2] for api, _ in places]

    assert asked(DAY) == [f"2026/releases/tags/{TAG}", f"2026/releases/tags/{TAG.replace('prod', 'staging')}"]
    assert asked(DAY, "mlatonly") == [f"2026/releases/tags/{TAG.replace('prod', 'mlatonly')}"]
    december = asked(day_number("2025-12-20"), "prod")  # stands in both repositories
    assert [text[:4] for text in december] == ["2025", "2026"]
    assert [text[:4] for text in asked(day_number("2022-12-31"), "prod")] == ["2023"]
    with pytest.raises(QuestionError, match="since 2023"):
        asked(day_number("2021-01-01"))


# The day's tar


def day_tar(*members, aircraft=()):
    """A tar as adsb.lol makes them: `tar -C FOLDER -cf NAME .`"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:

        def put(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

        put("./README.txt", b"This database is made available under the Open Database License")
        put("./heatmap/00.bin.ttf", bytes(range(256)) * 400)
        for address in aircraft:
            put(f"./traces/{address[-2:]}/trace_full_{address}.json", trace(address))
        for name, data in members:
            put(name, data)
    return out.getvalue()


def publish(source, data, tag=TAG, cut_at=60_000, digests=True, names=None, **how):
    """Put a release on the source, in two parts; returns the parts."""
    parts = [data[:cut_at], data[cut_at:]] if cut_at else [data]
    names = names or ([f"{tag}.tar.aa", f"{tag}.tar.ab"] if cut_at else [f"{tag}.tar"])
    assets = [{"name": "checksums.txt", "size": 3}]
    for name, part in zip(names, parts, strict=True):
        digest = f"sha256:{hashlib.sha256(part).hexdigest()}" if digests else None
        assets.append({"name": name, "size": len(part), "digest": digest})
        source.say(f"{DOWN}{tag}/{name}", part, **how)
    source.say(f"{API}{tag}", {"tag_name": tag, "assets": assets[::-1]})
    return parts


@pytest.fixture
def taker(tmp_path, wire):
    with Taker(adsb_lol.ORIGIN, tmp_path / "data", wire, "overflight test").at_work() as one:
        yield one


@pytest.fixture
def haul():
    return Haul(adsb_lol.ORIGIN)


def release_of(wire, bases, **how):
    return adsb_lol.find_release(wire, bases, DAY, **how)


def test_the_larger_release_is_taken(source, wire, bases):
    publish(source, day_tar())
    staging = TAG.replace("prod", "staging")
    publish(source, day_tar(aircraft=[f"4c{k:04x}" for k in range(20)]), staging)
    publish(source, day_tar() * 9, TAG.replace("prod", "mlatonly"), cut_at=None)
    assert release_of(wire, bases).tag == staging
    assert release_of(wire, bases, variant="prod").tag == TAG
    assert len(release_of(wire, bases, variant="mlatonly").parts) == 1


def test_a_day_that_has_only_a_tmp_release(source, wire, bases):
    publish(source, day_tar(), f"{TAG}tmp")
    found = release_of(wire, bases)
    assert found.tag == f"{TAG}tmp" and found.parts[0][0].endswith(f"/{TAG}tmp/{TAG}tmp.tar.aa")


def test_no_release(source, wire, bases):
    assert release_of(wire, bases) is None
    assert len(source.asked) == 4
    assert "says nothing about any aircraft" in adsb_lol.absent_day(DAY)


@pytest.mark.parametrize(
    "names",
    [
        [f"{TAG}.tar.ab", f"{TAG}.tar.ac"],
        [f"{TAG}.tar", f"{TAG}.tar.ab"],
        ["../../evil.tar", f"{TAG}.tar.ab"],
        ["other.tar.aa", "other.tar.ab"],
    ],
)
def test_a_release_that_is_not_whole_or_has_names_of_its_own(source, wire, bases, names):
    publish(source, day_tar(), names=names)
    with pytest.raises(FetchError, match="not whole on GitHub"):
        release_of(wire, bases)


def test_a_listing_in_another_form(source, wire, bases):
    source.say(f"{API}{TAG}", {"files": []})
    with pytest.raises(FetchError, match="another form"):
        release_of(wire, bases)


def test_a_whole_day(source, wire, bases, taker, haul):
    data = day_tar(aircraft=["4c0001"])
    publish(source, data)
    take_each(taker, haul, adsb_lol.whole_day(release_of(wire, bases), DAY))
    assert haul.stopped is None
    assert [one.record.path for one in haul.got] == [
        f"releases/2026-11-01/{TAG}.tar.aa", f"releases/2026-11-01/{TAG}.tar.ab"
    ]  # fmt: skip
    assert b"".join(one.path.read_bytes() for one in haul.got) == data


def test_a_part_with_another_hash_than_github_says(source, wire, bases, taker, haul):
    publish(source, day_tar())
    source.says[f"{DOWN}{TAG}/{TAG}.tar.ab"][0].body = b"x" * len(day_tar()[60_000:])
    take_each(taker, haul, adsb_lol.whole_day(release_of(wire, bases), DAY))
    assert len(haul.got) == 1 and "SHA-256" in haul.stopped


def test_a_few_aircraft_out_of_a_day(source, wire, bases, taker, haul):
    publish(source, day_tar(aircraft=["4c0001", "4c0002", "4c0003"]))
    take_out(taker, haul, release_of(wire, bases), ["4c0002"], DAY)
    [got] = haul.got
    assert got.path == taker.folder / "globe_history/2026/11/01/trace_full_4c0002.json"
    assert got.path.read_bytes() == trace("4c0002")
    assert got.record.part_of == f"{TAG}: ./traces/02/trace_full_4c0002.json"
    assert "the tar's was not compared" in got.record.note
    kept = sorted(p.name for p in taker.folder.rglob("*") if p.is_file())
    assert kept == [".fetch.lock", "fetch.jsonl", "trace_full_4c0002.json"]
    asked = len(source.asked)
    take_out(taker, Haul(adsb_lol.ORIGIN), release_of(wire, bases), ["4c0002"], DAY)
    assert len(source.asked) == asked + 2  # the two listings: the tar is not read again


@pytest.mark.parametrize("digests, words", [(True, "its SHA-256 is GitHub's"), (False, "states no hash")])
def test_an_aircraft_that_is_not_in_a_day(source, wire, bases, taker, haul, digests, words):
    publish(source, day_tar(aircraft=["4c0001"]), digests=digests)
    take_out(taker, haul, release_of(wire, bases), ["4c0001", "aaaaaa"], DAY)
    assert len(haul.got) == 1
    assert haul.absent == [
        f"aaaaaa 2026-11-01: no trace in adsb.lol's whole day ({TAG}): it kept nothing of that address "
        "that day; that is no proof that it did not fly, or that nobody received it"
    ]
    assert words in (taker.folder / "fetch.jsonl").read_text()


def test_a_tar_is_read_on_after_a_cut(source, wire, bases, taker, haul):
    data = day_tar(aircraft=["4c0001", "4c0002"])
    parts = publish(source, data)
    for name, part in zip(("aa", "ab"), parts, strict=True):
        path = f"{DOWN}{TAG}/{TAG}.tar.{name}"
        source.says[path] = []
        source.say(path, part, cut=20_000)
        source.say(path, part, cut=0)
        source.say(path, part, ranges=name == "ab")
    take_out(taker, haul, release_of(wire, bases), ["4c0002", "aaaaaa"], DAY)
    assert [one.path.read_bytes() for one in haul.got] == [trace("4c0002")] and len(haul.absent) == 1
    asked = [headers.get("Range") for path, headers, _ in source.asked if path.endswith(".aa")]
    assert asked == [None, "bytes=20000-", "bytes=20000-"]


def test_a_tar_that_changes_while_it_is_read(source, wire, bases, taker, haul):
    parts = publish(source, day_tar(aircraft=["4c0001"]))
    path = f"{DOWN}{TAG}/{TAG}.tar.aa"
    source.says[path][0].cut = 20_000
    source.say(path, parts[0], etag='"two"')
    with pytest.raises(FetchError, match="changed while it was read"):
        take_out(taker, haul, release_of(wire, bases), ["4c0001"], DAY)


def test_a_tar_that_never_comes_whole(source, wire, bases, taker, haul):
    publish(source, day_tar(aircraft=["4c0001"]))
    source.says[f"{DOWN}{TAG}/{TAG}.tar.aa"][0].cut = 0
    with pytest.raises(FetchError, match="broke off after 0 bytes; tried 5 times"):
        take_out(taker, haul, release_of(wire, bases), ["4c0001"], DAY)


@pytest.mark.parametrize("how", ["header", "bytes", "short", "page"])
def test_a_damaged_tar_is_never_taken_for_an_absent_aircraft(source, wire, bases, taker, haul, how):
    data = bytearray(day_tar(aircraft=["4c0001", "4c0002", "4c0003"]))
    at = data.rindex(b"./traces/02")
    if how == "header":
        data[at + 3] ^= 1
        publish(source, bytes(data), digests=False)
    if how == "bytes":
        publish(source, bytes(data))
        source.says[f"{DOWN}{TAG}/{TAG}.tar.ab"][0].body = bytes(len(data) - 60_000)
    if how == "short":
        publish(source, bytes(data[:at]), digests=False)
    if how == "page":
        publish(source, b"<html>" * 20_000, digests=False)
    with pytest.raises(FetchError) as error:
        take_out(taker, haul, release_of(wire, bases), ["4c0003", "aaaaaa"], DAY)
    assert haul.absent == []
    words = ("damaged", "not what GitHub says", "no tar")
    assert any(word in str(error.value) for word in words)


def test_a_trace_that_is_not_what_its_name_says(source, wire, bases, taker, haul):
    publish(source, day_tar(("./traces/01/trace_full_4c0001.json", trace("4c0009"))))
    with pytest.raises(FetchError, match=r"not of 4c0001\. It was not kept"):
        take_out(taker, haul, release_of(wire, bases), ["4c0001"], DAY)
    assert haul.got == []


def test_names_in_a_tar_lead_nowhere(source, wire, bases, taker, haul):
    evil = [("../../traces/01/trace_full_4c0001.json", trace("4c0001")),
            ("/traces/01/trace_full_4c0001.json", trace("4c0001")),
            ("./traces/01/trace_full_4c0001.json/../x", trace("4c0001"))]  # fmt: skip
    publish(source, day_tar(*evil), digests=False)
    take_out(taker, haul, release_of(wire, bases), ["4c0001"], DAY)
    assert haul.got == [] and len(haul.absent) == 1
    assert sorted(p.name for p in taker.folder.iterdir()) == [".fetch.lock", "fetch.jsonl"]


def test_a_member_of_absurd_size(source, wire, bases, taker, haul, monkeypatch):
    monkeypatch.setattr("overflight.fetch.day_tar.TRACE_MAX", 100)
    publish(source, day_tar(aircraft=["4c0001"]))
    with pytest.raises(FetchError, match="at most of such a file"):
        take_out(taker, haul, release_of(wire, bases), ["4c0001"], DAY)


def test_hosts():
    assert hosts_of(Bases().adsb_lol) == {"adsb.lol"}
    github = hosts_of(Bases().github, Bases().github_api)
    assert {"github.com", "api.github.com", "release-assets.githubusercontent.com"} <= github
    assert hosts_of(Bases().ourairports) == {"davidmegginson.github.io"}
