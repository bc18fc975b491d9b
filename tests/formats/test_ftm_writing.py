"""How made-up claims of documents become FollowTheMoney entities: schemas, dates, losses, names."""

from ftm_samples import BEGAN, back, claims, documents, of

from overflight.formats.followthemoney import entities_of, losses_of
from overflight.model.address import NOT_ICAO_BIT
from overflight.units import MILLISECONDS_PER_DAY


def test_each_kind_of_statement_has_its_schema():
    told = documents(
        {}, {"statement": "operator", "value": "Somebody", "party_kind": None},
        {"statement": "registrant", "value": "J. Example", "party_kind": "person"},
        {"statement": "visit", "value": None, "place": "LLOV", "latitude_deg": 29.94, "longitude_deg": 34.93},
        {"statement": "not_there", "value": None, "place": "LLOV"}, {"statement": "military", "value": "yes"},
    )  # fmt: skip
    made = list(entities_of(told))
    assert [one["schema"] for one in made] == [
        "Airplane", "Article", "PublicBody", "Ownership", "LegalEntity", "UnknownLink", "Person",
        "UnknownLink", "Address", "Event", "UnknownLink", "Documentation", "Documentation",
    ]  # fmt: skip
    assert of(made, "Airplane")[0]["registrationNumber"] == ["XY-ABC"]
    assert of(made, "Airplane")[0]["notes"][0] == "icao24:4c0001"
    assert of(made, "Ownership")[0]["startDate"] == ["2014-09-01"]
    assert [one["role"] for one in of(made, "UnknownLink")] == [["operator"], ["registrant"], ["visit"]]
    assert [one["role"] for one in of(made, "Documentation")] == [["not_there"], ["military"]]
    assert made == list(entities_of(told))


def test_the_type_designator_alone_stands_in_icao_code():
    for statement, value, stands in (("type_designator", "IL76", ["IL76"]), ("address", "4c0001", None)):
        (airplane,) = of(list(entities_of(documents({"statement": statement, "value": value}))), "Airplane")
        assert airplane.get("icaoCode") == stands


def test_bounds_become_the_most_precise_date_that_is_true():
    day = MILLISECONDS_PER_DAY
    told = documents(
        {"since_latest_ms": BEGAN + 20 * day}, {"since_latest_ms": BEGAN + 90 * day},
        {"since_latest_ms": BEGAN + 400 * day}, {"since_earliest_ms": None},
        {"since_latest_ms": BEGAN + 60_000},
        {"since_earliest_ms": BEGAN + 500, "since_latest_ms": BEGAN + 501},
    )  # fmt: skip
    dates = [one.get("startDate") for one in of(list(entities_of(told)), "Ownership")]
    assert dates == [["2014-09"], ["2014"], None, None, ["2014-09-01T00:00"], ["2014-09-01T00:00:00"]]
    assert back(entities_of(told)).to_pylist() == told.to_pylist()


def test_what_has_no_place_is_counted_by_field():
    losses = losses_of(documents({}, {"withdrawn_day": 17_000, "quotation": "x" * 66_000}))
    assert losses.kept == {"grade": 2, "may_publish": 2, "recorded_day": 2, "withdrawn_day": 1}
    assert losses.left_out == {"quotation: longer than FollowTheMoney allows": 1}
    assert "withdrawn_day (1)" in losses.told()[0]
    assert losses_of(documents()).told() == []


def test_two_airframes_on_one_address_are_two_airplanes():
    made = list(entities_of(documents({"serial": "1"}, {"serial": "2"}, {})))
    assert [one.get("serialNumber") for one in of(made, "Airplane")] == [["1"], ["2"], None]
    assert len(of(list(entities_of(documents({"serial": "1"}, {}))), "Airplane")) == 1


def test_people_of_one_name_are_never_put_together_and_bodies_are():
    other = {"address": 0x4C0002, "registration": "XY-DEF"}
    for kind, count in (("person", 2), (None, 2), ("organisation", 1), ("government", 1)):
        made = list(entities_of(documents({"party_kind": kind}, other | {"party_kind": kind})))
        assert len({one["id"] for one in made if "name" in one["properties"]}) == count


def test_nobody_is_named_for_an_anonymous_address():
    anonymous = documents({"address": NOT_ICAO_BIT | 5}, {"address": NOT_ICAO_BIT | 5, "registration": None,
                          "statement": "sighting", "value": None, "place": "LLOV"})  # fmt: skip
    made = list(entities_of(anonymous))
    assert "Ministry" not in str(made) and of(made, "Airplane")[0]["notes"][0] == "icao24:~000005"
    private = claims({"owner": "A Person", "tags": "PIA"}, {"owner": "Somebody"})
    losses = losses_of(documents({}), private)
    assert sum(losses.left_out.values()) == 5
    told = str(list(entities_of(documents({}), private)))
    assert "Person" not in told and "Ministry" not in told
    assert "XY-ABC" not in str(list(entities_of(None, private)))
