import pytest

from overflight.errors import QuestionError


def test_what_each_source_says_and_when(hand):
    (row,) = hand.aircraft("613133")
    said = [(s["source"], s["military"], s["first_day"]) for s in row["statements"]]
    assert said == [
        ("by_hand", None, "2016-04-04"),
        ("tar1090-db", True, "2020-01-07"),
        ("tar1090-db", False, "2021-03-22"),
    ]
    assert (row["address_state"], row["registration_state"], row["flags"]) == (
        None,
        "AZ",
        ["address_outside_block", "military_flag_flips"],
    )
    assert (row["flight_count"], row["callsigns"]) == (2, ["AZAF8"])


def test_a_garbled_mark_is_guessed_with_the_reason(hand):
    (row,) = hand.aircraft("K-781314")
    assert row["icao24"] == "613133"
    assert row["matched_as"] == "K-781314 as reported; may be 4K-78131: its first character stands at the end"


def test_by_call_sign_with_the_caution(hand):
    (row,) = hand.aircraft("AZAF8")
    assert row["matched_as"] == "has used the call sign AZAF8"
    assert any("AZA is the designator of Alitalia" in remark for remark in row["remarks"])


def test_one_aircraft_however_often_it_is_named(hand):
    answer = hand.aircraft(["G-TEST", "400abc", "TST1"])
    assert [row["matched_as"] for row in answer] == ["asked for by its mark, G-TEST"]


def test_an_aircraft_in_no_register_is_told_by_its_address(hand):
    (row,) = hand.aircraft("aaaaaa")
    assert (row["registration"], row["statements"], row["first_seen"]) == (None, [], None)


def test_nobody_and_nothing(hand):
    answer = hand.aircraft("ZZ-TOP")
    assert (len(answer), answer.missing) == (0, ("ZZ-TOP",))
    with pytest.raises(QuestionError, match="which aircraft"):
        hand.aircraft([])
