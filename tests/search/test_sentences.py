import re

import pytest

from overflight.search.sentences import CANDIDATES_NAMED, Sentences, fitting, marked, percent, place_named


def chances(answer):
    """Percentages of the outcomes of the only visit, by ident or outcome."""
    (row,) = answer
    return {
        c["place"]["ident"] if c["place"] else c["outcome"]: percent(c["probability"])
        for c in row["candidates"]
    }


def test_a_dark_stop_is_never_told_as_a_landing(made):
    answer = made.visits("4K-78131")
    (text,), told = answer.sentences(), chances(answer)
    assert text.startswith(
        "[reconstruction] An aircraft registered as 4K-78131 (type IL76), call sign AZAF8, was last seen at "
        "2016-04-04 07:12 UTC (10:12 local) near 30.767 N 35.283 E at about 11,000 ft, descending "
        "(time assumed); "
        "it was next seen at 2016-04-04 09:45 UTC (12:45 local) near 30.900 N 35.200 E at about 13,000 ft, "
        "climbing (time assumed). Where it was in between was not observed. Among others Ovda Airport (LLOV) "
        f"({told['LLOV']}), then "
    )
    assert f"; calculated, not shown (compatible). A place in no list: {told['unlisted']}; " in text
    assert f"that it did not come down, or far away: {told['kept_flying']}." in text
    assert "Ein Yahav Airfield (LLEY): its only runway is 3,943 x 60 ft" in text
    assert "Ramon International Airport (LLER): opened on 21 January 2019" in text
    assert "If it landed" in text and "landed" not in text.replace("If it landed", "").split("Ruled out")[0]


def test_what_is_likelier_than_not_is_said_to_be_probable_and_calculated(sharp):
    answer = sharp.visits("4K-78131")
    (text,) = answer.sentences()
    assert f"Most probably Ovda Airport (LLOV) ({chances(answer)['LLOV']}), then " in text
    assert "; calculated, not shown (inferred)." in text and "landed at" not in text


def test_a_seen_stop_has_its_field_and_local_time(hand):
    _, text = hand.visits("G-TEST").sentences()
    assert text == (
        "An aircraft registered as G-TEST (type A320), call sign TST1, was seen on the ground at London "
        "Heathrow Airport (EGLL); it arrived between 2016-04-04 09:30 UTC (10:30 local) and 2016-04-04 09:31 "
        "UTC (10:31 local); it was not seen to leave, on the ground for at least 30 min."
    )


def test_a_stop_in_no_list_and_in_no_register(hand):
    (text,) = hand.visits("aaaaaa").sentences()
    assert (
        "An aircraft with address aaaaaa was seen on the ground at a place in no list at 20.000,-20.000"
        in text
    )
    assert "local" not in text  # at sea: UTC alone


def test_at_a_place_asked_for_its_own_percentage_is_said(made):
    answer = made.visits(place="IL")
    (text,) = answer.sentences()
    assert f" (compatible). In Israel: {percent(answer[0]['probability'])}. A place in no list: " in text
    (text,) = made.visits(place="LLOV").sentences()
    assert text.count("(LLOV)") == 1


def test_a_place_asked_for_is_named_though_five_others_are_likelier(made):
    (row,) = made.visits("4K-78131")
    sixth = [c for c in row["candidates"] if c["place"] and not c["ruled_out"]][5]
    asked = row | {"place": sixth["place"], "probability": 0.03}
    told = Sentences(lambda *_: None).of("visits", asked)
    assert f" At {place_named(sixth['place'])}: 3 %. A place in no list: " in told


def test_where_no_field_stands_out_none_is_named(made):
    (row,) = made.visits("4K-78131")
    faint = [c | {"probability": 0.005 if c["place"] else c["probability"]} for c in row["candidates"]]
    told = Sentences(lambda *_: None).of("visits", row | {"candidates": faint, "probability": 0.005})
    assert "No airfield on record stands out. A place in no list: " in told
    assert "LLOV" not in told


def test_fitting_names_the_likeliest_with_their_grade():
    def end(*chances):
        place = {"ident": "AAAA", "name": "A"}
        return {"candidates": [{"place": place, "ruled_out": False, "probability": p} for p in chances]}

    assert fitting(end(0.62, 0.2)) == (
        "most probably A (AAAA) (62 %), then A (AAAA) (20 %); calculated, not shown (inferred)"
    )
    assert fitting(end(0.5)).startswith("most probably ") and fitting(end(0.49)).startswith("among others ")
    assert fitting(end(0.0099)) == fitting(end()) == ""
    assert fitting(end(*[0.1] * 7)).count("AAAA") == CANDIDATES_NAMED


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "under 1 %"), (0.0099, "under 1 %"), (0.01, "1 %"), (0.618, "62 %"), (0.99, "99 %"),
     (0.994, "over 99 %"), (1.0, "over 99 %")],
)  # fmt: skip
def test_a_percentage_never_claims_to_be_certain(chance, text):
    assert percent(chance) == text


def test_a_flight_and_its_ends(hand):
    (text,) = hand.flights("G-TEST").sentences()
    assert (
        "It had left from Zürich Airport (LSZH) between" in text and "It came down at London Heathrow" in text
    )


def test_a_flight_into_the_dark(made):
    first, second = made.flights("4K-78131").sentences()
    chance = chances(made.visits("4K-78131"))["LLOV"]
    assert "Where it came from the data do not say." in first
    assert f"Where it went was not observed; among others Ovda Airport (LLOV) ({chance}), then " in first
    assert (
        f"Where it came from was not observed; among others Ovda Airport (LLOV) ({chance}), then " in second
    )
    assert first.endswith("; calculated, not shown (compatible).") and "landed" not in first + second


def test_an_end_seen_by_reports_that_prove_nothing_is_no_calculation(hand):
    (row,) = hand.flights("G-TEST")
    doubtful = row | {"destination": row["destination"] | {"grade": "inferred"}}
    text = Sentences(lambda *_: None).of("flights", doubtful)
    assert "It came down at London Heathrow Airport (EGLL) between 2016-04-04 09:30 UTC" in text
    assert text.endswith(" (inferred: no report from the ground is fit to prove it).")
    assert "calculated" not in text and "%" not in text


def test_a_crossing_names_its_shapes_and_their_error(hand):
    texts = hand.crossings("G-TEST").sentences()
    assert (
        "was seen inside Switzerland: it entered not later than 2016-04-04 08:00 UTC and left between"
        in texts[0]
    )
    assert texts[0].endswith("good to 2 km).")
    assert "was not seen inside, but its line of positions leads through, Germany" in texts[1]
    assert "had not left when its flight was last seen" in texts[3]


def test_an_aircraft_with_what_is_odd_about_it(hand):
    (text,) = hand.aircraft("613133").sentences()
    assert "outside Azerbaijan's block" in text
    assert "AZA is the designator of Alitalia" in text
    assert "Sources differ on military" in text


@pytest.mark.parametrize("kind", ["flights", "visits", "crossings"])
def test_no_sentence_says_who_flew_or_owns(made, kind):
    for text in getattr(made, kind)().sentences():
        assert not re.search(r"\b(flew to|owned by|owns|landed at|operated by)\b", text)
        assert text.endswith(".") and "None" not in text and "  " not in text


def test_what_is_not_recorded_says_so_first():
    assert marked("recorded", "x") == "x"
    assert marked("reconstruction", "x") == "[reconstruction] x"
    assert marked("synthetic", "x") == "[synthetic] x"
    assert marked("mixed", "x") == "[partly not recorded] x"
