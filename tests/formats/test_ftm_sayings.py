"""How made-up sayings of lists, and answers, become FollowTheMoney entities."""

import pytest
from ftm_samples import LISTED, back, documents, of
from ftm_validator import running

from overflight.formats.followthemoney import entities_of, entities_of_answer


@pytest.fixture(scope="module")
def validator():
    yield from running()


def test_what_lists_say_names_the_list_and_its_days(validator):
    made = list(entities_of(documents({}), LISTED))
    validator.cleaned(made)
    (airplane,) = of(made, "Airplane")
    assert airplane["serialNumber"] == ["0023"] and airplane["icaoCode"] == ["IL76"]
    assert airplane["buildDate"] == ["1986"] and airplane["type"] == ["Ilyushin Il-76"]
    owned = of(made, "Ownership")[1]
    assert owned["date"] == ["2019-04-14", "2019-07-23"] and owned["publisher"] == ["a list"]
    assert of(made, "Organization")[0]["address"] == ["Calgary, Alberta, CANADA"]
    registered = next(one for one in of(made, "UnknownLink") if one["role"] == ["registrant"])
    assert (registered["startDate"], registered["endDate"]) == (["2019-09-11"], ["2019-10-21"])
    assert 'overflight.data_kind: "synthetic"' in registered["description"]
    assert any("a list: tags interesting" in text for one in of(made, "Note") for text in one["description"])
    read = back(entities_of(None, LISTED)).to_pylist()
    assert [(row["statement"], row["value"], row["grade"]) for row in read] == [
        ("owner", "A Company", "list"), ("operator", "Somebody", "list"),
        ("registrant", "J. Example", "list"),
    ]  # fmt: skip


SAYING = {"value": "A Company", "since": "2014-09-01", "until": None, "source": "a list", "grade": "list",
          "said_first": "2020-01-07", "said_last": "2021-01-07", "claim_id": None, "quotation": None,
          "link": None, "licence": "CC0-1.0", "party_kind": None, "party_region": None}  # fmt: skip


def test_answers_about_identity_become_entities(validator):
    about = {"icao24": "4c0001", "data_kind": "recorded", "registration": "XY-ABC", "type_designator": "IL76",
             "serial": None}  # fmt: skip
    told = {"first_day": "2020-01-07", "last_day": "2020-01-07", "source": "a list", "operator": "Somebody",
            "military": True}  # fmt: skip
    rows_by_kind = {
        "who": about
        | {"timeline": [SAYING | {"field": "owner"}, SAYING | {"field": "mark", "value": "XY-ABC"}]},
        "fleet": about
        | {"role": "operator", "party": SAYING, "before": SAYING | {"value": "B"}, "after": None},
        "aircraft": about | {"statements": [told]},
    }  # fmt: skip
    for kind, row in rows_by_kind.items():
        made = validator.cleaned(entities_of_answer(kind, [row]))
        assert of(made, "Airplane")[0]["registrationNumber"] == ["XY-ABC"]
        links = [one for one in made if one["schema"] in ("Ownership", "UnknownLink")]
        assert len(links) == (2 if kind == "fleet" else 1)
    (alone,) = entities_of_answer("who", [about | {"timeline": []}])
    assert alone["schema"] == "Airplane"
