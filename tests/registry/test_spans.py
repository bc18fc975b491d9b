import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.model.fields import CLAIMS, schema
from overflight.registry.register import Register
from overflight.registry.spans import spans_of

HEX = 0x613133


def claim(day, source="list", **values):
    return {"address": HEX, "day": day, "source": source, "data_kind": "recorded", **values}


def spans(*rows, editions=None, **asked):
    table = pa.Table.from_pylist(list(rows), schema=schema(CLAIMS))
    return spans_of(Register(table, editions or {}), HEX, **asked)


def brief(found):
    return [(s.value, s.first_said_day, s.last_said_day, s.after_day, s.before_day) for s in found]


def test_snapshots_that_say_the_same_are_one_span_between_those_that_do_not():
    rows = [claim(200, operator="A"), claim(300, operator="A"), claim(400, operator="B")]
    found = spans(*rows, editions={"list": [100, 200, 300, 400, 500]}, fields=("operator",))
    assert brief(found) == [("A", 200, 300, 100, 400), ("B", 400, 400, 300, 500)]
    assert [(s.since_day, s.until_day) for s in found] == [(None, None)] * 2  # the list changed: no more


def test_an_aircraft_that_was_out_of_a_list_for_a_while_has_two_spans():
    rows = [claim(100, operator="A"), claim(300, operator="A")]
    assert brief(spans(*rows, editions={"list": [100, 200, 300]}, fields=("operator",))) == [
        ("A", 100, 100, None, 200), ("A", 300, 300, 200, None),
    ]  # fmt: skip
    # of a source that publishes no lists nothing is known in between
    assert brief(spans(*rows, fields=("operator",))) == [("A", 100, 300, None, None)]


def test_what_was_said_later_is_left_out():
    rows = [claim(100, operator="A"), claim(200, operator="B")]
    listed = {"list": [100, 200]}
    assert brief(spans(*rows, editions=listed, known_day=150)) == [("A", 100, 100, None, None)]
    assert len(spans(*rows, editions=listed, known_day=200)) == 2
    assert spans(*rows, editions=listed, known_day=99) == []


def test_dates_that_the_source_states_part_spans():
    rows = [
        claim(100, registrant="A", valid_from_day=10, valid_until_day=50),
        claim(100, registrant="A", valid_from_day=70),
        claim(200, registrant="A", valid_from_day=70),
    ]
    found = spans(*rows, fields=("registrant",))
    assert [(s.since_day, s.until_day, s.first_said_day, s.last_said_day) for s in found] == [
        (10, 50, 100, 100), (70, None, 100, 200),
    ]  # fmt: skip


ROWS = st.lists(
    st.builds(claim, day=st.integers(0, 6), source=st.sampled_from("xy"), operator=st.sampled_from("AB"),
              registration=st.sampled_from(["N1", "N2", None])),
    max_size=10, unique_by=lambda row: (row["day"], row["source"]),
)  # fmt: skip


@settings(deadline=None)
@given(ROWS, st.sets(st.integers(0, 7), max_size=5), st.randoms(use_true_random=False))
def test_every_saying_is_in_one_span_and_order_does_not_matter(rows, listed, random):
    editions = {"x": sorted(listed | {row["day"] for row in rows if row["source"] == "x"})}
    found = spans(*rows, editions=editions)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert spans(*shuffled, editions=editions) == found
    for row in rows:
        for name in ("operator", "registration"):
            holding = [
                s for s in found
                if (s.field, s.value, s.source) == (name, row[name], row["source"])
                and s.first_said_day <= row["day"] <= s.last_said_day
            ]  # fmt: skip
            assert len(holding) == (row[name] is not None)
    for span in found:  # nothing in between says otherwise
        ours = [row for row in rows if row["source"] == span.source]
        others = {row["day"] for row in ours if row[span.field] not in (span.value, None)}
        assert not others & set(range(span.first_said_day, span.last_said_day + 1))
