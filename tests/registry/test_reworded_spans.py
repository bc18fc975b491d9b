"""Spans of one list that only word the same party anew. All aircraft and lists are made up."""

import pyarrow as pa
import pytest

from overflight.model.fields import CLAIMS, schema
from overflight.registry.register import Register
from overflight.registry.reworded_spans import batch_of, rewordings_of, runs_of_one_party
from overflight.registry.rewording import CHANGED, RENAMED, REWORDED, UNCLEAR, Batch
from overflight.registry.spans import spans_of

DAYS = (10, 20, 30, 40)


def register(lists, source="made-up-list"):
    """A register of lists on DAYS: for each address its operators, one a day, None where it is not listed."""
    rows = [
        {"address": address, "day": day, "operator": name, "source": source, "data_kind": "synthetic"}
        for address, names in lists.items()
        for day, name in zip(DAYS, names, strict=False)
        if name is not None
    ]
    claims = pa.Table.from_pylist(rows, schema=schema(CLAIMS))
    return Register(claims, {source: DAYS[: max(len(names) for names in lists.values())]})


def read(lists, address=1):
    held = register(lists)
    spans = spans_of(held, address)
    return spans, rewordings_of(held, address, spans)


def test_a_timeline_says_re_worded_where_the_list_only_changed_its_words():
    spans, readings = read({1: ("Gov of Kuwait", "Government of Kuwait", "Obsidian", "Quartz")})
    assert [(r.before.value, r.after.value, r.change.kind) for r in readings] == [
        ("Gov of Kuwait", "Government of Kuwait", REWORDED),
        ("Government of Kuwait", "Obsidian", UNCLEAR),
        ("Obsidian", "Quartz", CHANGED),
    ]
    runs = runs_of_one_party(spans, readings)
    assert [[span.value for span in run] for run in runs] == [
        ["Gov of Kuwait", "Government of Kuwait"],
        ["Obsidian"],
        ["Quartz"],
    ]


def test_a_text_that_comes_back_is_a_change_each_time():
    spans, readings = read({1: ("USAF", "United States Air Force", "USAF")})
    assert [r.change.kind for r in readings] == [REWORDED, REWORDED]
    assert [len(run) for run in runs_of_one_party(spans, readings)] == [3]


def test_the_other_aircraft_of_the_lists_are_asked():
    fleet = {address: ("Obsidian", "Quartz") for address in range(1, 7)}
    _, readings = read(fleet)
    assert [r.change.kind for r in readings] == [RENAMED]
    assert "all 6 aircraft" in readings[0].change.reason
    _, readings = read({**fleet, 9: ("Obsidian", "Obsidian")})
    assert [r.change.kind for r in readings] == [UNCLEAR]


def test_a_list_in_between_without_the_aircraft_parts_two_texts():
    spans, readings = read({1: ("USAF", None, "United States Air Force"), 2: ("Quartz",) * 3})
    assert readings == []
    assert [len(run) for run in runs_of_one_party(spans, readings)] == [1, 1]


def test_two_texts_at_once_are_not_read():
    rows = [(1, 10, "Obsidian"), (1, 20, "Quartz"), (1, 20, "Basalt")]
    claims = pa.Table.from_pylist(
        [
            {"address": a, "day": d, "operator": name, "source": "made-up-list", "data_kind": "synthetic"}
            for a, d, name in rows
        ],
        schema=schema(CLAIMS),
    )
    held = Register(claims, {"made-up-list": (10, 20)})
    assert rewordings_of(held, 1, spans_of(held, 1)) == []


@pytest.mark.parametrize(
    ("before", "after", "batch"),
    [("Obsidian", "Quartz", Batch(2, 1, 1)), ("Basalt", "Quartz", Batch(1, 0, 1))],
)
def test_batch_of_two_lists(before, after, batch):
    older = pa.table({"address": [1, 2, 3, 4], "party": ["Obsidian", "Obsidian", "Obsidian", "Quartz"]})
    newer = pa.table({"address": [1, 2, 3, 4], "party": ["Quartz", "Quartz", "Obsidian", None]})
    assert batch_of(older, newer, before, after) == batch
