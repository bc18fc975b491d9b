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
    assert first["destination"]["grade"] == "compatible" and first["destination"]["candidate_count"] > 3


def test_at_an_airfield_flights_with_an_end_there(hand):
    assert ids(hand.flights(place="LSZH")) == ["flight-400abc-1"]
    assert ids(hand.flights(place="LLOV")) == ["flight-613133-1", "flight-613133-2"]
    assert ids(hand.flights(place="LLOV", min_grade="inferred")) == []


def test_in_a_country_flights_that_crossed_it_count_too(hand):
    assert ids(hand.flights(place="FR", min_grade="observed")) == ["flight-400abc-1"]
    assert ids(hand.flights(place="IL")) == ["flight-613133-1", "flight-613133-2"]
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
