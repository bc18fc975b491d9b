import hashlib
import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from overflight.clock import day_number
from overflight.model.fields import AIRFIELDS, LISTED_AIRFIELDS, RUNWAYS, schema
from overflight.registry.airfields import Gazetteer, Snapshot, packaged_snapshot
from overflight.registry.countries import country_names
from overflight.registry.facts import AirfieldFact, packaged_facts
from overflight.registry.packaged import packaged_bytes

APRIL_2016 = day_number("2016-04-04")
DATA = Path(__file__).parents[2] / "src" / "overflight" / "data"


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.packaged()


def field(ident, number=None, kind="small_airport", **more):
    return {
        "ident": ident,
        "name": f"{ident} field",
        "country": "IL",
        "kind": kind,
        "latitude_deg": 30.0,
        "longitude_deg": 35.0,
        "source_id": number,
        **more,
    }


def strip(ident, length_ft=8000, closed=False):
    return {"ident": ident, "name": "01/19", "length_ft": length_ft, "width_ft": 148, "closed": closed}


def snapshot(date, fields, strips=()):
    return Snapshot(
        day_number(date),
        pa.Table.from_pylist(fields, schema=schema(LISTED_AIRFIELDS)),
        pa.Table.from_pylist(list(strips), schema=schema(RUNWAYS)),
        date,
    )


def fact(ident, opened=None, closed=None, kind=None):
    days = [day_number(text) if text else None for text in (opened, closed)]
    return AirfieldFact(ident, *days, kind, None, "said so", "somebody")


def on(gazetteer, ident, date):
    fields, strips = gazetteer.on(day_number(date))
    assert fields.schema.equals(schema(AIRFIELDS)) and strips.schema.equals(schema(RUNWAYS))
    found = fields.filter(pc.equal(fields["ident"], ident)).to_pylist()
    assert len(found) <= 1
    return (found[0] if found else None), strips.filter(pc.equal(strips["ident"], ident)).to_pylist()


def test_the_fields_of_the_2016_case(gazetteer):
    for ident, length_ft, width_ft in [
        ("LLOV", 9843, 148),
        ("LLNV", 10991, 147),
        ("LLRM", 9876, 148),
        ("LLHB", 9657, 112),
        ("LLEY", 3943, 60),
    ]:
        row, strips = on(gazetteer, ident, "2016-04-04")
        assert row["kind"] != "closed" and row["opened_day"] is None and row["closed_day"] is None
        longest = max(strips, key=lambda s: s["length_ft"])
        assert (longest["length_ft"], longest["width_ft"]) == (length_ft, width_ft)


def test_eilat_is_the_airport_it_was_until_it_closed(gazetteer):
    row, strips = on(gazetteer, "LLET", "2016-04-04")
    assert row["kind"] == "medium_airport" and row["closed_day"] == day_number("2019-03-19")
    assert [(s["length_ft"], s["closed"]) for s in strips] == [(6234, False)]
    assert "18 March 2019" in row["note"] and row["note_source"]
    assert on(gazetteer, "LLET", "2019-03-18")[0]["kind"] == "medium_airport"
    assert on(gazetteer, "LLET", "2019-03-19")[0]["kind"] == "closed"


def test_ramon_is_listed_with_its_opening(gazetteer):
    row, _ = on(gazetteer, "LLER", "2016-04-04")
    assert row["opened_day"] > APRIL_2016 and "21 January 2019" in row["note"]


def test_every_fact_is_about_a_field_of_the_packaged_list():
    idents = set(packaged_snapshot().airfields["ident"].to_pylist())
    later = {"UBBZ"}  # opened nine days after the list was made; of use once a newer list is added
    assert {fact.ident for fact in packaged_facts()} - idents == later


def test_facts_are_in_order_and_sourced():
    facts = packaged_facts()
    assert len({f.ident for f in facts}) == len(facts) > 15
    for each in facts:
        assert each.fact and each.source
        if each.opened_day and each.closed_day:
            assert each.opened_day < each.closed_day
        if each.closed_day:
            assert each.kind and each.kind != "closed"  # what it was, for the days before


def test_packaged_files_are_what_their_source_says():
    said = (DATA / "airfields.SOURCE.txt").read_text()
    for name in ("airfields.parquet", "runways.parquet"):
        metadata = pq.read_schema(pa.BufferReader(packaged_bytes(name))).metadata
        assert metadata[b"date"] == b"2022-10-11" and metadata[b"sha256"].decode() in said
    listed = packaged_snapshot()
    assert f"{listed.airfields.num_rows} airfields, {listed.runways.num_rows} runways" in said
    assert sum(len(packaged_bytes(f"{n}.parquet")) for n in ("airfields", "runways")) < 4 << 20
    assert {"closed", "heliport", "large_airport"} <= set(listed.airfields["kind"].to_pylist())
    assert set(listed.airfields["country"].drop_null().to_pylist()) <= set(country_names())
    assert pc.count_distinct(listed.airfields["ident"]).as_py() == listed.airfields.num_rows


def test_loading_is_quick():
    Gazetteer.packaged().on(APRIL_2016)  # the first time pays for the libraries
    began = time.perf_counter()
    Gazetteer.packaged().on(APRIL_2016)
    assert time.perf_counter() - began < 1.0  # measured 0.06 s; a second is what a busy machine may take


def test_the_list_in_force_is_the_latest_not_after_the_day_else_the_earliest_after_it():
    lists = [snapshot(d, [field("LLXX", 1, name=d)]) for d in ("2021-02-01", "2026-08-01", "2022-10-11")]
    gazetteer = Gazetteer(lists, [])
    for date, name in [
        ("2016-04-04", "2021-02-01"),
        ("2021-02-01", "2021-02-01"),
        ("2022-10-10", "2021-02-01"),
        ("2022-10-11", "2022-10-11"),
        ("2026-07-31", "2022-10-11"),
        ("2026-08-01", "2026-08-01"),
    ]:
        assert on(gazetteer, "LLXX", date)[0]["name"] == name


def test_a_field_only_another_list_has_is_kept_with_a_note_unless_closed_there():
    first = snapshot("2022-10-11", [field("LLAA", 1)], [strip("LLAA")])
    other = snapshot(
        "2026-08-01", [field("LLBB", 2), field("LLCC", 3, "closed")], [strip("LLBB", 5000), strip("LLCC")]
    )
    gazetteer = Gazetteer([first, other], [])
    row, strips = on(gazetteer, "LLBB", "2016-04-04")
    assert row["note"] == "in the list of 2026-08-01, not in that of 2022-10-11"
    assert [s["length_ft"] for s in strips] == [5000]
    assert on(gazetteer, "LLCC", "2016-04-04") == (None, [])
    assert on(gazetteer, "LLBB", "2026-09-01")[0]["note"] is None
    assert "not in that of 2026-08-01" in on(gazetteer, "LLAA", "2026-09-01")[0]["note"]


def test_a_changed_ident_is_still_the_same_field():
    before = snapshot("2018-01-01", [field("LLET", 4415, "medium_airport")], [strip("LLET", 6234)])
    after = snapshot("2026-08-01", [field("IL-0021", 4415, "closed")], [strip("IL-0021", 6234, closed=True)])
    dated = [fact("LLET", closed="2019-03-19", kind="small_airport")]
    both = Gazetteer([before, after], dated)
    assert on(both, "LLET", "2016-04-04")[0]["kind"] == "medium_airport"
    assert on(both, "IL-0021", "2016-04-04") == (None, [])
    assert on(both, "IL-0021", "2026-09-01")[0]["closed_day"] == day_number("2019-03-19")
    alone = Gazetteer([after], [fact("IL-0021", closed="2019-03-19", kind="small_airport")])
    row, strips = on(alone, "IL-0021", "2016-04-04")
    assert row["kind"] == "small_airport" and not strips[0]["closed"]  # the fact's kind: no list knows better
    assert on(alone, "IL-0021", "2020-01-01")[1][0]["closed"]


def test_a_reused_ident_does_not_mix_two_fields():
    before = snapshot("2020-01-01", [field("EDDB", 2209, name="old"), field("BER", 9, "closed", name="new")])
    after = snapshot(
        "2022-10-11", [field("EDDB", 9, name="new"), field("DE-0440", 2209, "closed", name="old")]
    )
    dated = [fact("EDDB", opened="2020-10-31"), fact("DE-0440", closed="2020-10-31", kind="large_airport")]
    gazetteer = Gazetteer([after, before], dated)  # facts name idents of the first list given
    old, _ = on(gazetteer, "EDDB", "2019-01-01")
    assert old["name"] == "old" and old["closed_day"] and old["opened_day"] is None
    new, _ = on(gazetteer, "EDDB", "2023-01-01")
    assert new["name"] == "new" and new["opened_day"] == day_number("2020-10-31")
    assert on(gazetteer, "BER", "2021-06-01")[0]["kind"] == "small_airport"  # the old list closed it too long


def test_runways_are_borrowed_where_the_list_in_force_has_none_of_the_field():
    bare = snapshot("2021-02-01", [field("AZ-0011", 7), field("LLAA", 1)], [strip("LLAA", 8000)])
    full = snapshot(
        "2022-10-11", [field("AZ-0011", 7), field("LLAA", 1)], [strip("AZ-0011"), strip("LLAA", 1)]
    )
    gazetteer = Gazetteer([bare, full], [])
    assert [s["length_ft"] for s in on(gazetteer, "AZ-0011", "2021-03-01")[1]] == [8000]
    assert [s["length_ft"] for s in on(gazetteer, "LLAA", "2021-03-01")[1]] == [8000]


def test_half_a_list_takes_the_other_half_from_the_nearest():
    whole = snapshot("2022-10-11", [field("LLAA", 1)], [strip("LLAA")])
    runways = snapshot("2026-08-01", [], [strip("LLAA", 9000)])
    row, strips = on(Gazetteer([whole, runways], []), "LLAA", "2026-09-01")
    assert row and [s["length_ft"] for s in strips] == [9000]


def test_a_list_without_numbers_is_matched_by_ident():
    plain = snapshot("2024-01-01", [field("LLET", None, "closed"), field("LLNN", None)])
    plain = Snapshot(plain.day, plain.airfields.select(schema(AIRFIELDS).names), plain.runways, "x")
    gazetteer = Gazetteer.packaged([plain])
    row, strips = on(gazetteer, "LLET", "2024-06-01")
    assert row["closed_day"] == day_number("2019-03-19") and len(strips) == 1
    assert on(gazetteer, "LLNN", "2024-06-01")[0]["note"] is None


def test_an_edition_is_built_once_and_changes_only_at_its_bounds(gazetteer):
    assert gazetteer.edition(APRIL_2016) == gazetteer.edition(APRIL_2016 + 1)
    assert gazetteer.on(APRIL_2016)[1] is gazetteer.on(APRIL_2016 + 1)[1]
    closing = day_number("2019-03-19")
    assert gazetteer.edition(closing) == gazetteer.edition(closing - 1) + 1


def test_the_digest_changes_with_what_it_covers():
    one, two = snapshot("2021-02-01", [field("LLAA", 1)]), snapshot("2022-10-11", [field("LLAA", 1)])
    digests = {
        Gazetteer(s, f).digest for s in ([one], [two], [one, two]) for f in ([], [fact("LLAA", "2020-01-01")])
    }
    assert len(digests) == 6
    assert Gazetteer([one, two], []).digest == Gazetteer([two, one], []).digest
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("LLOV", "LLOV"),
        (" llov ", "LLOV"),
        ("TLV", "LLBG"),
        ("UBBF", "AZ-0011"),
        ("Uvda", "LLOV"),
        ("ovda airport", "LLOV"),
        ("Fizuli", "AZ-0011"),
        ("Khmeimim", "OSLK"),
        ("J. Hozman", "LLET"),
        ("ben gurion", "LLBG"),
        ("goekcen", None),
        ("gokcen", "LTFJ"),
        ("no such (place", None),
        ("", None),
    ],
)
def test_find(gazetteer, text, first):
    found = gazetteer.find(text, APRIL_2016)
    assert found.schema.equals(schema(AIRFIELDS))
    assert (found["ident"].to_pylist() or [None])[0] == first


def test_find_puts_large_fields_first_and_closed_ones_last(gazetteer):
    kinds = gazetteer.find("berlin", day_number("2022-01-01"))["kind"].to_pylist()
    assert kinds[0] == "large_airport" and kinds[-1] == "closed"


def test_find_shows_the_field_as_of_the_day(gazetteer):
    assert gazetteer.find("LLET", APRIL_2016)["kind"].to_pylist() == ["medium_airport"]
    assert gazetteer.find("LLET", day_number("2022-01-01"))["kind"].to_pylist() == ["closed"]


def test_with_the_lists_of_2021_and_2026():
    shared = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not shared:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    # the reader is a neighbour: a test may use both rooms, the package may not
    from overflight.formats.ourairports import read_airports, read_runways
    from overflight.formats.reading import Tally

    folder = Path(shared) / "reference" / "ourairports"
    added = [
        Snapshot(
            day_number(date),
            read_airports((folder / f"{stem}_airports.csv.gz").read_bytes(), Tally(stem)),
            read_runways((folder / f"{stem}_runways.csv.gz").read_bytes(), Tally(stem)),
            stem,
        )
        for date, stem in [("2021-02-01", "2021-02_pru"), ("2026-08-01", "2026-08_FSOps")]
    ]
    gazetteer = Gazetteer.packaged(added)
    for date in ("2016-04-04", "2022-01-01", "2023-06-01", "2026-09-01"):
        fields, _ = gazetteer.on(day_number(date))
        assert pc.count_distinct(fields["ident"]).as_py() == fields.num_rows
    assert on(gazetteer, "LLET", "2016-04-04")[0]["kind"] != "closed"
    assert on(gazetteer, "IL-0021", "2026-09-01")[0]["closed_day"] == day_number("2019-03-19")
    assert on(gazetteer, "EDDB", "2016-04-04")[0]["name"] == "Berlin-Schönefeld Airport"
    assert on(gazetteer, "EDDB", "2026-09-01")[0]["name"] == "Berlin Brandenburg Airport"
    assert on(gazetteer, "UBBZ", "2016-04-04")[0]["opened_day"] > APRIL_2016
    assert gazetteer.find("LLET", day_number("2026-09-01"))["ident"].to_pylist() == ["IL-0021"]
