"""What may not be shown is never told as not seen: two aircraft, whose recordings of some time are secret."""

import pytest
import skirting

import overflight
from overflight.search.prose import itinerary_page
from overflight.search.withheld import SAID as WITHHELD

CIRCLE = "circle:9,-44,30nm"
SHOWN, SECRET = "4c0001", "4c0009"
DAYS = range(1, 21)
HIDDEN = {"since": "2024-02-10T10:00", "until": "2024-02-10T12:00"}


# two flights beside what is hidden are withheld with it: others have to remain
def flown(icao24, days, hour, latitude=9.0):
    way = [(latitude, -46.0), (latitude, -42.0)]
    rows = [skirting.line(icao24, "MADE1", f"2024-02-{d:02d}T{hour:02d}:00", way, 30, 35_000) for d in days]
    return "\n".join([skirting.HEAD, *sorted(row for rows_ in rows for row in rows_)]) + "\n"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shut")
    made = {
        "shown.csv": (flown(SHOWN, (1, 2, 3, 4, 17, 18, 19, 20), 10), "CC0"),
        "other.csv": (flown("4c0005", [day for day in DAYS if day != 15], 8, 14.0), "CC0"),
        "secret.csv": (flown(SHOWN, (10,), 10), "own terms"),
        "secret2.csv": (flown(SECRET, (10,), 11, 9.2), "own terms"),
    }
    with overflight.open(folder / "archive", create=True) as archive:
        for name, (text, licence) in made.items():
            (folder / name).write_text(text)
            archive.add(folder / name, data_kind="synthetic", licence=licence)
        yield archive


@pytest.fixture(scope="module")
def public(archive):
    return archive.public(publish_receiver_area=True)


def test_days_of_which_something_may_not_be_shown_are_no_days_not_seen(archive, public):
    answer = public.itinerary(SHOWN)
    empty = [(row["leg"], row["begin"]["earliest"][:10], row["end"]["earliest"][:10]) for row in answer
             if row["hours"]]  # fmt: skip
    hidden = [row for row in empty if row[0] == "withheld"]
    assert len(hidden) == 1 and hidden[0][1] <= "2024-02-10" < hidden[0][2]
    assert empty[0][:2] == ("not_seen", "2024-02-05") and ("not_loaded", "2024-02-15", "2024-02-16") in empty
    assert WITHHELD in answer.remarks and "that cannot be told here" in answer.footer()
    (told,) = [text for row, text in zip(answer, answer.sentences(), strict=True) if row["leg"] == "withheld"]
    assert "whether it was seen cannot be told here" in told and "not seen" not in told
    assert "whether it was seen cannot be told here" in " ".join(itinerary_page(answer).split())
    whole = archive.itinerary(SHOWN)
    assert WITHHELD not in whole.remarks and "withheld" not in {row["leg"] for row in whole}


ASKED = {
    "count": lambda shelf, time: shelf.count("flights", aircraft=SHOWN, **time),
    "count-pairs": lambda shelf, time: shelf.count("pairs", origin="US", destination="BR", **time),
    "pairs": lambda shelf, time: shelf.pairs(SHOWN, **time),
    "sequence": lambda shelf, time: shelf.sequence(SHOWN, place=CIRCLE, then="BR", **time),
    "itinerary": lambda shelf, time: shelf.itinerary(SHOWN, **time),
    "never": lambda shelf, time: shelf.never(SHOWN, place=CIRCLE, **time),
}


@pytest.mark.parametrize("question", ASKED)
def test_every_question_says_once_that_something_may_not_be_shown(archive, public, question):
    ask, elsewhere = ASKED[question], {"since": "2024-02-01", "until": "2024-02-02"}
    for time in ({}, HIDDEN):
        assert ask(public, time).remarks.count(WITHHELD) == 1
        assert WITHHELD not in ask(archive, time).remarks
    assert WITHHELD not in ask(public, elsewhere).remarks


def test_a_first_trip_may_have_had_one_before_it_that_may_not_be_shown(public):
    late = {"since": "2024-02-19", "until": "2024-02-20"}
    assert WITHHELD not in public.pairs(SHOWN, **late).remarks
    assert WITHHELD in public.pairs(SHOWN, first=True, **late).remarks


def test_never_does_not_say_that_it_was_not_received(archive, public):
    asked = {"place": CIRCLE, **HIDDEN}
    answer = public.never(SHOWN, **asked)
    assert all("withheld" in row["flags"] for row in answer) and "not shown to" in answer.footer()
    said = " ".join(answer.sentences())
    assert "not received" not in said and "not seen" not in said and "no recording is loaded" not in said
    assert "whether more of it was received cannot be told here" in said
    # of the days around nothing may be shown at all: not a time of which nothing is loaded
    hidden = {"since": "2024-02-10T16:00", "until": "2024-02-10T18:00"}
    assert public.never(SHOWN, place=CIRCLE, **hidden)[0]["outcome"] == "possible"
    whole = archive.never(SHOWN, place=CIRCLE, since="2024-02-05", until="2024-02-06")
    assert "withheld" not in whole[0]["flags"] and "was not seen to enter" in whole.sentences()[0]


def test_an_aircraft_of_which_nothing_is_shown_is_not_said_to_be_in_no_recording(archive, public):
    (told,) = [text for text in public.never(f"hex:{SECRET}", place=CIRCLE).remarks if SECRET in text]
    (other,) = [text for text in public.never("hex:4c0042", place=CIRCLE).remarks if "4c0042" in text]
    assert told.replace(SECRET, "4c0042") == other
    assert "whether anything of it was received cannot be told" in told and "in this archive" not in told
    (held,) = [text for text in archive.never("hex:4c0042", place=CIRCLE).remarks if "4c0042" in text]
    assert "nothing of it is in this archive" in held
