"""What earlier calls do to an unseen stop, and what later ones may do only where they are asked for.

The stop asked about is that of an Il-76 with the call sign AZAF8, dark from 07:12 on 4 April 2016.
"""

import pytest

import hand_made
import made_weights
import overflight
from overflight.errors import QuestionError
from overflight.search.scope import LATER_COUNTED, question

FIELD = "OJAQ"
EARLIER = [hand_made.call(FIELD, f"2016-03-{day:02}T10:00Z", callsign=f"AZAF{day}") for day in range(1, 9)]
OTHERS = [row | {"operator": "XXX", "callsign": "XXX1"} for row in EARLIER]
LATER = [hand_made.call(FIELD, f"2016-05-{day:02}T10:00Z", callsign=f"AZAF{day}") for day in range(1, 9)]
ITSELF = hand_made.call(FIELD, "07:12", address=hand_made.IL76, callsign="AZAF8", seen=False, probability=0.4)


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """The dark visit of an archive that holds these calls; asked once for each question."""
    known = {}

    def ask(calls=(), **asked):
        key = (repr(calls), repr(asked))
        if key not in known:
            folder = hand_made.write_archive(tmp_path_factory.mktemp("history") / "archive", calls)
            with overflight.open(folder) as archive:
                made_weights.asked_by(archive, made_weights.made_weights())
                known[key] = archive.visits("4K-78131", **asked)
        return known[key]

    return ask


def chance(answer, ident=FIELD):
    (row,) = answer
    return next(c["probability"] for c in row["candidates"] if c["place"] and c["place"]["ident"] == ident)


def said(answer):
    """What is said, apart from which archive it was."""
    return [{k: v for k, v in row.items() if k not in ("archive_version", "version")} for row in answer]


def test_earlier_calls_raise_a_field(visit):
    assert chance(visit(OTHERS)) > chance(visit()) + 0.1


def test_those_of_the_same_letters_raise_it_further(visit):
    assert chance(visit(EARLIER)) > chance(visit(OTHERS)) + 0.05
    assert visit(EARLIER)[0]["place"]["ident"] == FIELD
    (row,) = visit(EARLIER)
    first = next(c for c in row["candidates"] if c["place"])
    assert (
        "about 8 stops are known of any aircraft there before, about 8 under call signs of the same letters"
        in first["reasons_for"]
    )


def test_what_would_change_names_the_history_that_decides(visit):
    told = visit(EARLIER)[0]["what_would_change"]
    assert any(text.startswith("without who called where before, LLOV would come first (") for text in told)


def test_the_other_outcomes_make_room(visit):
    (row,) = visit(EARLIER)
    assert sum(c["probability"] for c in row["candidates"]) == pytest.approx(1.0, abs=2e-3)
    assert chance(visit(EARLIER), "LLOV") < chance(visit(), "LLOV")


def test_what_came_later_does_not_count_by_itself(visit):
    assert said(visit(LATER)) == said(visit())
    assert said(visit(EARLIER + LATER)) == said(visit(EARLIER))
    assert visit(LATER).remarks == ()


def test_where_it_is_asked_for_it_counts_and_is_said_so(visit):
    everything = visit(LATER, history="all")
    assert chance(everything) > chance(visit(LATER)) + 0.1
    assert everything.remarks == (LATER_COUNTED,)


def test_what_came_before_counts_the_same_either_way(visit):
    assert said(visit(EARLIER, history="all")) == said(visit(EARLIER))
    assert said(visit(EARLIER, history="before")) == said(visit(EARLIER))


def test_a_stop_is_no_evidence_for_itself(visit):
    for history in ("before", "all"):
        assert said(visit([ITSELF], history=history)) == said(visit(history=history))


def test_flights_say_too_that_later_stops_were_counted(hand):
    assert hand.flights("4K-78131", history="all").remarks == (LATER_COUNTED,)
    assert hand.flights("4K-78131").remarks == ()


def test_another_choice_of_history_is_refused():
    with pytest.raises(QuestionError, match="'later' is no choice of history; they are before and all"):
        question(history="later")


def an_earlier_stop():
    """The same silence two years before, under the same call sign."""
    (dark,) = [row for row in hand_made.STOPS if not row["seen"]]
    back_ms = 730 * 86_400_000
    moved = {k: v - back_ms for k, v in dark.items() if k.endswith("_ms") and v is not None}
    return dark | moved | {"id": "stop-613133-0"}


def routed(tmp_path, *routes, stops=()):
    folder = hand_made.write_archive(tmp_path / f"archive{len(routes)}{len(stops)}", (), routes, stops)
    with overflight.open(folder) as archive:
        made_weights.asked_by(archive, made_weights.made_weights())
        return archive.visits("hex:613133").rows


def field_of(row, ident=FIELD):
    return next(c for c in row["candidates"] if c["place"] and c["place"]["ident"] == ident)


def test_a_published_route_raises_its_end_and_is_told_as_a_schedule(visit, tmp_path):
    (row,) = routed(tmp_path, hand_made.route("AZAF8", "2016-01-01", "UBBB", FIELD))
    assert field_of(row)["probability"] > chance(visit()) + 0.1
    text = "the published route of its call sign ends there (a schedule, not a flight)"
    assert text in field_of(row)["reasons_for"]
    assert any("not on the published route" in reason for reason in field_of(row, "LLOV")["reasons_against"])
    assert row["place"]["ident"] == FIELD
    assert any("without the published route of its call sign" in text for text in row["what_would_change"])


def test_a_route_of_another_call_sign_says_nothing(visit, tmp_path):
    (row,) = routed(tmp_path, hand_made.route("AZAF9", "2016-01-01", "UBBB", FIELD))
    assert said([row]) == said(visit())


def test_each_stop_is_weighed_by_the_routes_of_its_own_day(tmp_path):
    old = hand_made.route("AZAF8", "2013-01-01", "UBBB", "HETB")
    new = hand_made.route("AZAF8", "2016-01-01", "UBBB", FIELD)
    (alone,) = routed(tmp_path, old, new)
    both = routed(tmp_path, old, new, stops=[an_earlier_stop()])
    assert [row["place"]["ident"] for row in both] == ["HETB", FIELD]
    assert both[1]["candidates"] == alone["candidates"]
