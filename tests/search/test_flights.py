import made_weights
import overflight


def ids(answer):
    return [row["id"] for row in answer]


def test_ends_are_graded_with_their_bounds(hand):
    (flight,) = hand.flights("G-TEST")
    assert (flight["origin"]["grade"], flight["origin"]["place"]["ident"]) == ("observed", "LSZH")
    assert flight["destination"]["earliest"] == "2016-04-04T09:30:00Z"
    assert flight["stop_ids"] == ["stop-400abc-1", "stop-400abc-2"]


def test_an_end_without_a_stop_is_unknown_but_bounded(hand):
    first, second = hand.flights("4K-78131")
    assert first["origin"] | {"fix": None} == {
        "grade": "unknown", "place": None, "probability": None, "earliest": None,
        "latest": "2016-04-04T04:00:00Z", "candidates": [], "candidate_count": 0, "fix": None,
    }  # fmt: skip
    assert (second["destination"]["earliest"], second["destination"]["latest"]) == (
        "2016-04-04T12:20:00Z",
        None,
    )
    assert first["destination"]["candidate_count"] > 3


def test_the_ends_of_flights_carry_the_probability_of_their_place(made, sharp):
    for archive, grade in ((made, "compatible"), (sharp, "inferred")):
        (visit,) = archive.visits("4K-78131")
        into, out = archive.flights("4K-78131")
        for end in (into["destination"], out["origin"]):
            assert (end["grade"], end["place"]["ident"]) == (grade, "LLOV")
            assert end["probability"] == visit["probability"]
            assert end["candidates"] == visit["candidates"]
    (seen,) = made.flights("G-TEST")
    assert (seen["origin"]["probability"], seen["destination"]["probability"]) == (1, 1)


def test_an_end_that_no_field_explains_has_no_place(hand_folder):
    weights = made_weights.made_weights(ln_strips_per_nm2=3.0)  # strips everywhere
    with overflight.open(hand_folder) as archive:
        end = made_weights.asked_by(archive, weights).flights("4K-78131")[0]["destination"]
    assert (end["grade"], end["place"], end["probability"]) == ("unknown", None, None)
    assert end["candidates"][0]["outcome"] == "unlisted" and end["candidate_count"] > 3


def test_at_an_airfield_flights_with_an_end_there(made, sharp):
    assert ids(made.flights(place="LSZH")) == ["flight-400abc-1"]
    assert ids(made.flights(place="LLOV")) == ["flight-613133-1", "flight-613133-2"]
    assert ids(made.flights(place="LLOV", min_grade="inferred")) == []
    assert ids(sharp.flights(place="LLOV", min_grade="inferred")) == ["flight-613133-1", "flight-613133-2"]


def test_flights_at_a_place_are_graded_as_its_visits_are(made):
    place = "circle:31,35,100nm"  # no field alone is likelier than not, all of them together are
    assert [visit["grade"] for visit in made.visits(place=place)] == ["inferred"]
    assert made.flights(place=place).counts == {"inferred": 2}


def test_in_a_country_flights_that_crossed_it_count_too(hand, made):
    assert ids(hand.flights(place="FR", min_grade="observed")) == ["flight-400abc-1"]
    assert ids(made.flights(place="IL")) == ["flight-613133-1", "flight-613133-2"]
    assert hand.flights(place="DE").counts == {"inferred": 1}
    assert ids(hand.flights("4K-78131", place="FR")) == []


def test_in_a_drawn_area_by_the_line_flown(hand):
    assert ids(hand.flights(place="circle:49.2,4.5,10nm")) == ["flight-400abc-1"]
    assert ids(hand.flights(place="circle:45.0,4.5,10nm")) == []


def test_by_call_sign_only_the_flights_that_used_it(hand):
    assert ids(hand.flights("azaf8")) == ["flight-613133-1", "flight-613133-2"]
    assert ids(hand.flights("callsign:TST1")) == ["flight-400abc-1"]


def test_paths_are_the_positions_in_pieces(hand):
    pieces = hand.paths(hand.flights("G-TEST"))["flight-400abc-1"]
    assert [len(piece) for piece in pieces] == [5]
    assert pieces[0][0] == (8.548, 47.458)
