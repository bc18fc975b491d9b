"""Positions that their source calls spoofed, and positions that somebody printed: what may rest on them."""

import pytest
from tracks import A, B, derived, flags_of, fly, seen, table, trip

from overflight.model.grades import OBSERVED
from overflight.model.heard import PROCESSED, document_of, is_document, is_marked_spoofed, marked_spoofed

PRINTED = {"feed": "fr24", "source": document_of("fr24"), "assumed": "address"}
WORKED_OVER = {"feed": "traffic", "source": PROCESSED}
SPOOFED = {"feed": "generic_csv", "source": marked_spoofed("adsc")}


def grades(rows):
    """Every grade that is derived of the rows."""
    found = derived(rows)
    names = {
        "stops": ("grade", "arrival_grade", "departure_grade"), "crossings": ("entry_grade", "exit_grade")
    }  # fmt: skip
    return {
        grade
        for name, columns in names.items()
        for column in columns
        for grade in getattr(found, name)[column].to_pylist()
    }


def test_words_of_the_classes():
    assert document_of("fr24") == "document_fr24" and is_document("fr24/document_fr24")
    assert not is_document("document_feed/adsb_icao") and not is_document("generic_csv")
    assert marked_spoofed(None) == "marked_spoofed" and is_marked_spoofed("generic_csv/marked_spoofed:adsc")
    assert not is_marked_spoofed("marked_spoofed/adsb_icao") and not is_marked_spoofed("adsb_icao")


@pytest.mark.parametrize(
    ("more", "flag"),
    [(PRINTED, "document"), (WORKED_OVER, "processed"), (SPOOFED, "marked_spoofed")],
)
def test_every_such_position_is_flagged(more, flag):
    assert set(flags_of([row | more for row in trip()])) == {(flag,)}


def test_the_same_trip_is_observed_where_it_was_received():
    assert OBSERVED in grades(trip())


@pytest.mark.parametrize("more", [PRINTED, WORKED_OVER, SPOOFED])
def test_nothing_that_rests_on_them_is_observed(more):
    rows = [row | more for row in trip()]
    assert OBSERVED not in grades(rows)


def test_a_printed_trip_is_inferred_and_a_spoofed_one_is_no_flight_to_anywhere():
    printed, spoofed = ([row | more for row in trip()] for more in (PRINTED, SPOOFED))
    assert "inferred" in grades(printed)
    assert grades(spoofed) <= {"unknown", "compatible"} and derived(spoofed).crossings.num_rows == 0


@pytest.mark.parametrize("more", [PRINTED, SPOOFED])
@pytest.mark.parametrize("shift_deg", [0.0, 0.3, 5.0])
def test_they_cast_no_doubt_on_what_was_received(more, shift_deg):
    received = trip()
    other = [
        row | more | {"latitude_e7": row["latitude_e7"] + round(shift_deg * 1e7)} for row in received[::2]
    ]
    alone = dict(zip(keys(received), flags_of(received), strict=True))
    both = dict(zip(keys(received + other), flags_of(received + other), strict=True))
    assert {key: both[key] for key in alone} == alone
    assert seen(received + other) == seen(received)


def keys(rows):
    """What tells the rows of a table apart, in its order."""
    names = ("time_ms", "latitude_e7", "source")
    return list(zip(*(table(rows)[name].to_pylist() for name in names), strict=True))


def test_documents_that_contradict_what_was_received_are_flagged():
    received = fly(A, B)
    elsewhere = [row | PRINTED | {"latitude_e7": row["latitude_e7"] + 5_000_000} for row in received[3:6]]
    found = dict(zip(keys(received + elsewhere), flags_of(received + elsewhere), strict=True))
    printed = [found[key] for key in keys(elsewhere)]
    assert all("same_time" in flags and "document" in flags for flags in printed)


def test_two_documents_are_looked_at_among_themselves():
    rows = [row | PRINTED for row in fly(A, B)]
    rows[4] |= {"latitude_e7": rows[4]["latitude_e7"] + 200_000_000}
    found = flags_of(rows)
    assert [n for n, flags in enumerate(found) if "teleport" in flags] == [4]
