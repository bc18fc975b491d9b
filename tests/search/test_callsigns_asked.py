"""`callsign`: readings with their sources, from an archive with a small made-up list of designators."""

import json

import pyarrow as pa
import pytest

from overflight.cli.app import main
from overflight.clock import day_number
from overflight.errors import QuestionError
from overflight.search import contract
from overflight.search.callsigns import callsign_remarks


def test_one_row_a_reading_in_the_contract_s_words(hand):
    (row,) = hand.callsign(" azaf8", "2016-04-04")
    assert list(row) == contract.SCHEMAS["callsigns"].names
    assert (row["callsign"], row["as_reported"], row["on"]) == ("AZAF8", " azaf8", "2016-04-04")
    assert (row["kind"], row["name"], row["country"], row["confidence"]) == (
        "state_prefix", "Azerbaijani Air Force", "AZ", "medium"
    )  # fmt: skip
    assert "Alitalia" not in row["name"] and row["source"]


def test_ids_stay_and_rows_are_a_table(hand):
    answer = hand.callsign("AZA123", "2016-04-04")
    assert answer.table.schema == contract.SCHEMAS["callsigns"]
    assert pa.table(answer)["id"].to_pylist() == [row["id"] for row in hand.callsign("aza123", "2016-04-04")]
    assert len({row["id"] for row in answer}) == len(answer)


def test_a_call_sign_that_says_nothing(hand):
    answer = hand.callsign("SHADOW", "2016-04-04")
    assert (len(answer), answer.missing) == (0, ("SHADOW",))
    assert "not a three-letter designator" in answer.remarks[0]


def test_no_text_and_no_day(hand):
    for asked in (("  ", "2016-04-04"), ("AZAF8", "yesterday")):
        with pytest.raises(QuestionError):
            hand.callsign(*asked)


def test_remarks_name_state_aircraft_only():
    (text,) = callsign_remarks(["AZAF8", "THY1", "N1"], day_number("2016-04-04"))
    assert text.startswith("call sign AZAF8 points to the Azerbaijani Air Force: medium confidence")


def test_the_verb(hand_folder, capsys):
    asked = ["callsign", "AZAF8", "--on", "2016-04-04", "--format", "ndjson"]
    assert main(["--archive", str(hand_folder), *asked]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["name"] == "Azerbaijani Air Force"
    assert main(["--archive", str(hand_folder), "callsign", "SHADOW"]) == 1
    table = ["--archive", str(hand_folder), "callsign", "AZAF8", "--format", "table", "--sentences"]
    assert main(table) == 0
    assert "points to the Azerbaijani Air Force (medium confidence)" in capsys.readouterr().out
