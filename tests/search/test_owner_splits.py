"""An airframe that changes hands in the middle of a month: its visits are each owner's own."""

import pytest

import hand_made
import overflight
from overflight.clock import day_number
from overflight.store.folder import Store

HEX = 0x50000A
SALE = "2016-04-15"


def stop(day):
    moment = f"{day}T10:00Z"
    begin = hand_made.at(moment)
    like = next(row for row in hand_made.STOPS if row["seen"] and row["place_ident"])
    cleared = {
        name: None for name in like
        if name.endswith(("_ms", "_e7")) or name.startswith(("before_", "after_", "start_", "flight_"))
    }  # fmt: skip
    return like | cleared | {
        "id": f"stop-{HEX:06x}-{begin}", "address": HEX, "arrival_earliest_ms": begin,
        "arrival_latest_ms": begin, "departure_earliest_ms": begin + 3_600_000,
        "departure_latest_ms": begin + 3_600_000, "data_kind": "synthetic",
    }  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = hand_made.write_archive(tmp_path_factory.mktemp("sold") / "archive")
    days = ["2016-04-03", "2016-04-10", "2016-04-14", "2016-04-15", "2016-04-20"]
    official = {"grade": "official", "operator": None}
    said = hand_made.claim(HEX, "2016-06-01", "9H-SLD", "GLF5", None, "a register") | official
    claims = [
        said | {"registrant": "Old Owner Inc", "valid_from_day": day_number("2010-01-01"),
                "valid_until_day": day_number(SALE)},
        said | {"registrant": "New Owner Ltd", "valid_from_day": day_number(SALE)},
    ]  # fmt: skip
    with Store.open(made) as store, store.writer("sold") as writer:
        for day in days:
            writer.put("stops", f"{day}/sold", hand_made.table("stops", [stop(day)]))
        writer.put("claims", "a register/1", hand_made.table("claims", claims))
        writer.commit()
    with overflight.open(made) as opened:
        yield opened


def days_of(answer):
    return [row["arrival"]["earliest"][:10] for row in answer]


def test_each_owner_has_the_visits_of_their_days(archive):
    assert days_of(archive.visits(owner="Old Owner")) == ["2016-04-03", "2016-04-10", "2016-04-14"]
    assert days_of(archive.visits(owner="New Owner")) == ["2016-04-15", "2016-04-20"]
    assert len(archive.visits("9H-SLD")) == 5


def test_what_was_known_before_the_register_came_out_has_no_owner(archive):
    assert archive.who("9H-SLD", "2016-04-10", as_known="2016-05-31").rows[0]["registrant"] is None
    assert archive.who("9H-SLD", "2016-04-10").rows[0]["registrant"]["value"] == "Old Owner Inc"
