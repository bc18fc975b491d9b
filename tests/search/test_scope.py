import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import QuestionError
from overflight.search.scope import find_aircraft, question, read_names


def scope(hand, *names):
    return find_aircraft(names, hand._sources.view)


def test_each_kind_of_name(hand):
    assert scope(hand, "400ABC").addresses == {0x400ABC}
    assert scope(hand, "g-test").marks == {0x400ABC: frozenset({"G-TEST"})}
    assert scope(hand, "4k 78131").addresses == {0x613133}
    assert scope(hand, "AZAF8").flight_ids == {"flight-613133-1", "flight-613133-2"}


def test_what_nothing_bears_is_reported_as_it_was_written(hand):
    found = scope(hand, "K-781314", "g-test", "ffffff")
    assert found.missing == ("K-781314", "ffffff") and found.addresses == {0x400ABC}


def test_a_prefix_says_which_kind_of_name_it_is(hand):
    assert scope(hand, "callsign:400abc").missing == ("callsign:400abc",)
    assert scope(hand, "mark:400abc").missing == ("mark:400abc",)
    assert scope(hand, "hex:ffffff").addresses == {0xFFFFFF}  # taken at its word


def test_an_address_asked_for_as_such_is_wanted_under_every_mark(hand):
    assert scope(hand, "G-TEST", "400abc").marks == {}


def test_a_garbled_mark_is_suggested_never_rewritten(hand):
    answer = hand.flights("K-781314")
    assert (len(answer), answer.missing) == (0, ("K-781314",))
    assert "4K-78131" in answer.remarks[0] and "stands at the end" in answer.remarks[0]


def test_a_list_has_one_name_a_line_and_comments(tmp_path, hand):
    path = tmp_path / "list.txt"
    path.write_text("\ufeff# mine\n G-TEST # the first\n\n613133\nNOBODY\n", encoding="utf-8")
    assert read_names(path) == ["G-TEST", "613133", "NOBODY"]
    answer = hand.flights(aircraft_file=path)
    assert len(answer) == 3 and answer.missing == ("NOBODY",)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00"])
def test_a_list_that_names_nobody_is_no_question(tmp_path, content):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(QuestionError, match="list of aircraft"):
        read_names(tmp_path / "list.txt")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "yesterday"}, "yesterday"),
        ({"since": "2016-04-05", "until": "2016-04-05"}, "empty"),
        ({"min_grade": "certain"}, "certain"),
        ({"aircraft_file": "/no/such/file"}, "/no/such/file"),
    ],
)
def test_a_wrong_question_says_what_is_wrong(asked, words):
    with pytest.raises(QuestionError, match=words):
        question(**asked)


@settings(deadline=None)  # the first question loads the lists
@given(st.text(max_size=12))
def test_any_name_is_found_or_missing(hand, name):
    found = scope(hand, name)
    assert found.addresses or found.flight_ids or found.missing == (name.strip(),)
