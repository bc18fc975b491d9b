"""The answers of the archive made by hand, whole, against those read and judged before."""

import pyarrow as pa
import pytest

import hand_made
from overflight.search import contract


def test_the_answers_are_those_on_file(hand):
    """`python tests/hand_made.py` writes the file anew."""
    assert hand_made.answers(hand) == hand_made.GOLDEN.read_text("utf-8").splitlines()


@pytest.mark.parametrize("kind", ["flights", "visits", "crossings"])
def test_keys_and_order_are_the_contract_s(hand, kind):
    answer = getattr(hand, kind)()
    assert len(answer) >= 3
    for row in answer:
        assert list(row) == contract.SCHEMAS[kind].names
        assert row["schema"] == "overflight/1"
        assert row["archive_version"] == hand.version


@pytest.mark.parametrize("kind", ["flights", "visits", "crossings"])
def test_the_table_holds_the_rows(hand, kind):
    answer = getattr(hand, kind)()
    assert answer.table.schema == contract.SCHEMAS[kind]
    assert answer.table["id"].to_pylist() == [row["id"] for row in answer]
    assert pa.table(answer).equals(answer.table)  # by the PyCapsule interface, as other libraries read it


def test_times_of_the_table_are_instants(hand):
    answer = hand.flights("G-TEST")
    assert answer.table["first_seen"][0].as_py().isoformat() == "2016-04-04T08:00:00+00:00"
    assert answer.table["origin"][0].as_py()["latest"].isoformat() == "2016-04-04T08:00:00+00:00"


def test_counts_keep_the_merely_compatible_apart(made, sharp):
    assert (
        made.visits().footer()
        == "[partly not recorded] 2 = 2 observed + 0 inferred (+ 1 compatible + 1 unknown)"
    )
    assert made.visits("G-TEST").footer() == "2 = 2 observed + 0 inferred"
    assert made.visits("4K-78131").footer() == "[reconstruction] 0 = 0 observed + 0 inferred (+ 1 compatible)"
    assert sharp.visits("4K-78131").footer() == "[reconstruction] 1 = 0 observed + 1 inferred"
    assert made.visits("nobody").footer() == "no visit found"
