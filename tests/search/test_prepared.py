"""Prepared chances change no answer: the same rows, and sums that differ by less than one in a hundred."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import hand_made
import made_weights
import overflight
from overflight.search import inside, visits
from overflight.search.prepared import CHANCES, HINT, name_of
from overflight.store.prepared import prepared_path

PLACES = ("LLOV", "LLBG", "IL", "JO", "circle:30.9,35.2,60nm", "EGLL")
SPANS = (
    {},
    {"since": "2016-04-04", "until": "2016-04-05"},
    {"since": "2016-04-04T08:00Z", "until": "2016-04-04T08:30Z"},
    {"since": "2016-04-05"},
    {"min_grade": "compatible"},
    {"type": "IL76"},
    {"history": "all"},
)
STOPS = 60
_LATEST = ("arrival_latest_ms", "departure_latest_ms")


def dark_stops():
    """Made-up stops that nobody saw, some without a fix on one side, around the hand-made one."""
    random = np.random.default_rng(7)
    rows = []
    for k in range(STOPS):
        south, east = random.uniform(-1, 1, 2)
        minute = int(random.integers(0, 120))
        into = f"{5 + minute // 60:02}:{minute % 60:02}"
        out = f"{9 + minute // 60:02}:{minute % 60:02}"
        fix = (31 + float(south), 35 + float(east), int(random.integers(1, 30)) * 1000)
        track = float(random.uniform(0, 360))
        one = hand_made.fix("before", into, *fix, track)
        other = hand_made.fix("after", out, *fix, track) if k % 3 else {}
        rows.append(hand_made.stop(
            f"stop-made-{k}", 0xB00000 + k, kind="synthetic", seen=False, flags=["dark"],
            flight_in_id=f"flight-made-{k}", ground_min_s=0, arrival_earliest_ms=hand_made.at(into),
            **(dict.fromkeys(_LATEST, hand_made.at(out)) if other else {}),
            **one, **other,
        ))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared") / "archive"
    patched = hand_made.STOPS
    hand_made.STOPS = [*patched, *dark_stops()]
    try:
        hand_made.write_archive(folder)
    finally:
        hand_made.STOPS = patched
    with overflight.open(folder) as archive:
        yield made_weights.asked_by(archive, made_weights.made_weights(sharper=2.0))


@pytest.fixture
def kept(shelf):
    """The file of the prepared archive."""
    assert shelf.prepare() == STOPS + 1
    return prepared_path(shelf._store.folder, name_of(shelf._sources))


def without(kept, ask):
    """An answer given while nothing is prepared."""
    aside = kept.with_suffix(".aside")
    kept.rename(aside)
    try:
        return ask()
    finally:
        aside.rename(kept)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("span", SPANS, ids=str)
@pytest.mark.parametrize("verb", ["visits", "flights"])
def test_answers_are_the_same_with_and_without_it(shelf, kept, verb, place, span):
    ask = getattr(shelf, verb)
    prepared, plain = ask(place=place, **span), without(kept, lambda: ask(place=place, **span))
    assert list(prepared) == list(plain)
    assert prepared.expected == (plain.expected and pytest.approx(plain.expected, rel=0.01, abs=0.002))


def test_it_is_used_and_saves_weighing(shelf, kept, monkeypatch):
    weighed = []
    plain = inside.weigh
    monkeypatch.setattr(
        inside, "weigh", lambda s, stops, *more: weighed.append(len(stops)) or plain(s, stops, *more)
    )
    shelf.visits(place="LLOV")
    assert weighed == []
    without(kept, lambda: shelf.visits(place="LLOV"))
    assert weighed[0] > 0


def test_what_is_told_is_weighed_by_the_page(shelf, monkeypatch):
    """And answers still held when the archive closes are told first."""
    weighed = []
    plain = visits.weigh
    monkeypatch.setattr(
        visits, "weigh", lambda s, stops, *more: weighed.append(len(stops)) or plain(s, stops, *more)
    )
    answer = shelf.visits(place="LLOV")
    assert len(answer) and len(answer.brief) == len(answer) and weighed == []
    first = answer[0]
    assert len(weighed) == 1 and (first["id"], first["grade"]) == (
        answer.brief[0]["id"], answer.brief[0]["grade"],
    )  # fmt: skip
    assert answer[0] is first and len(weighed) == 1


def test_a_damaged_file_is_not_used(shelf, kept):
    whole = kept.read_bytes()
    wanted = list(shelf.visits(place="LLOV"))
    try:
        for harm in (
            b"",
            whole[: len(whole) // 2],
            b"\0" * len(whole),
            whole[:40] + b"\xff" * 400 + whole[440:],
        ):
            kept.write_bytes(harm)
            assert list(shelf.visits(place="LLOV")) == wanted
    finally:
        kept.write_bytes(whole)


def test_other_weights_do_not_use_it_and_two_are_kept(shelf, kept):
    with overflight.open(shelf._store.folder) as other:
        made_weights.asked_by(other, made_weights.made_weights(sharper=3.0))
        assert name_of(other._sources) != kept.stem
        other.prepare()
        assert kept.exists() and len(list(kept.parent.glob("*.parquet"))) == 2
        made_weights.asked_by(other, made_weights.made_weights(sharper=4.0))
        other._sources._digests.clear()
        other.prepare()
        assert len(list(kept.parent.glob("*.parquet"))) == 2


def test_it_is_no_part_of_the_archive(shelf, kept):
    assert shelf._store.verify() == []
    with overflight.open(shelf._store.folder) as again:
        assert again.version == shelf.version and again.info()["tables"] == shelf.info()["tables"]


def test_rows_are_sorted_by_field_and_no_smaller_than_said(shelf, kept):
    rows = pq.read_table(kept)
    assert rows.schema.equals(CHANCES)
    assert rows["ident"].to_pylist() == sorted(rows["ident"].to_pylist())
    one = rows.filter(rows["stop_id"].is_valid())
    assert min(one["probability"].to_pylist()) >= 1e-4 * (1 - 1e-6)
    assert set(pc.unique(one["stop_id"]).to_pylist()) <= {s["id"] for s in [*hand_made.STOPS, *dark_stops()]}


def test_what_took_long_says_how_to_prepare(shelf, kept, monkeypatch):
    monkeypatch.setattr(inside, "MANY", 10)
    remarks = without(kept, lambda: shelf.visits(place="LLBG").remarks)
    assert [text for text in remarks if "prepare" in text] == [HINT.format(count=STOPS + 1)]
    assert not any("prepare" in text for text in shelf.visits(place="LLBG").remarks)
    without(kept, lambda: shelf.flights(place="LLBG")).remarks.index(HINT.format(count=STOPS + 1))


def test_an_archive_without_unseen_stops_can_be_prepared(tmp_path):
    with overflight.open(tmp_path / "empty", create=True) as empty:
        assert empty.prepare() == 0
        assert not [*(tmp_path / "empty" / "prepared").glob("*.parquet")]  # the index of names alone


def test_progress_is_told(shelf):
    told = []
    shelf.prepare(progress=lambda what, done, of: told.append((done, of)))
    assert told[-1] == (STOPS + 1, STOPS + 1)
