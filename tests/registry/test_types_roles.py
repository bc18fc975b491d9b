"""Every listed type has a role that agrees with its category, its figures and what public lists say of it."""

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from overflight.model.fields import TYPES, schema
from overflight.registry.packaged import packaged_rows
from overflight.registry.types import TypeNeeds

NEEDS = TypeNeeds.packaged()
ROWS = NEEDS.table().to_pylist()

# Least and greatest runway length (ft) and cruise (kt) of a role; no length: nothing of it needs a runway.
# Wide enough for any type of the role, so that a figure or a role put in the wrong row stands out.
SANE = {
    "airliner": ((4000, 7000), (400, 500)),
    "regional": ((1000, 5000), (170, 450)),
    "business": ((2000, 4100), (330, 490)),
    "utility": ((1000, 3100), (150, 290)),
    "light": ((600, 1800), (80, 250)),
    "transport": ((1000, 7300), (100, 470)),
    "combat": ((1000, 5100), (80, 490)),
    "helicopter": (None, (60, 250)),
    "glider": (None, (50, 100)),
    "balloon": (None, None),
}
# What may come without a runway length: water, any field, or a vertical landing will do for it.
WITHOUT_RUNWAY = {"helicopter", "glider", "balloon", "light", "seaplane", "HAR", "VF35"}


def data_file(*parts):
    root = os.environ.get("OVERFLIGHT_SHARED_DATA")
    if not root:
        pytest.skip("OVERFLIGHT_SHARED_DATA is not set")
    path = Path(root, *parts)
    if not path.is_file():
        pytest.skip(f"no {'/'.join(parts)} in OVERFLIGHT_SHARED_DATA")
    return path


@pytest.mark.parametrize(
    ("role", "designators"),
    [
        ("airliner", "A320 B738 B77W MD11 A3ST BLCF IL96 T154 E190 C919"),
        ("regional", "CRJ2 E75L AT76 DH8D SF34 B190 AN24 YK40 F27"),
        ("business", "C25B GLF5 PC24 E35L SF50 WW24 G150 C501"),
        ("utility", "PC12 BE20 C208 TBM9 PAY3 P46T C425 CL2T"),
        ("light", "C172 PA31 DHC2 DHC3 SREY ULAC AN2 T6 SPIT PIVE"),
        ("transport", "IL76 AN12 AN26 A124 C17 C130 C30J A400 K35R P8 E3TF S2P C212 Q4"),
        ("combat", "F16 EUFI TEX2 HAWK B52 L39 PC21 SU25 Q9"),
        ("helicopter", "EC35 BK17 H60 V22 GYRO MT UHEL"),
        ("glider", "GLID SF25 DIMO DUOD"),
        ("balloon", "BALL SHIP"),
    ],
)
def test_each_role_has_the_types_it_is_known_for(role, designators):
    assert {d: NEEDS.need_of(d).role for d in designators.split()} == dict.fromkeys(designators.split(), role)


def test_every_row_has_a_known_role_and_every_role_a_row():
    assert schema(TYPES).field("role").nullable is False
    assert {row["role"] for row in ROWS} == set(SANE)


def test_a_type_not_listed_has_no_role():
    assert NEEDS.need_of("ZZZZ").role is None and NEEDS.need_of(None).role is None


def test_categories_and_roles_agree():
    for row in ROWS:
        about = (row["type_designator"], row["category"], row["role"])
        for same in ("helicopter", "glider", "balloon"):
            assert (row["category"] == same) == (row["role"] == same), about
        if row["category"] == "seaplane":
            assert row["role"] in ("light", "utility", "transport"), about


def test_rows_are_sorted_unique_and_whole():
    rows = packaged_rows("types.csv")
    designators = [row["type_designator"] for row in rows]
    assert designators == sorted(set(designators)) and len(designators) >= 600
    for row in rows:
        assert None not in row and None not in row.values(), row  # no cell too many or too few
        assert all(value == value.strip() for value in row.values()), row
        assert row["type_designator"].isalnum() and 2 <= len(row["type_designator"]) <= 4, row
        assert row["unpaved"] in ("", "0", "1"), row


def test_figures_are_sane_for_the_role():
    for row in ROWS:
        about = (row["type_designator"], row["role"])
        length, cruise = SANE[row["role"]]
        may_lack = WITHOUT_RUNWAY & {row["role"], row["category"], row["type_designator"]}
        assert row["runway_length_ft"] is not None or may_lack, about
        assert (row["cruise_kt"] is None) == (cruise is None), about
        for value, bounds in ((row["runway_length_ft"], length), (row["cruise_kt"], cruise)):
            assert value is None or (bounds and bounds[0] <= value <= bounds[1]), (about, value)
        if row["role"] == "airliner":
            assert row["runway_width_ft"] >= 75, about


def test_only_what_was_published_is_not_called_a_class_value():
    published = {row["type_designator"] for row in ROWS if not row["source"].startswith("class value: ")}
    assert published == set("A319 A400 B737 B738 C130 C17 C295 C30J E190 E195 IL76".split())


def test_classes_agree_with_the_list_of_designators():
    kinds = {"Amphibian": "seaplane", "Helicopter": "helicopter", "Gyrocopter": "helicopter"}
    kinds |= {"Tiltrotor": "helicopter", "LandPlane": "landplane", "Landplane": "landplane"}
    classes = {}
    path = data_file("reference", "icao_lists", "ICAOList.csv")
    with path.open(encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            classes.setdefault(row["Aircraft TypeDesignator"], set()).add(kinds.get(row["Class"], "any"))
    # KODI was replaced by K100; motor gliders are landplanes to the list
    wrong = {
        need["type_designator"]: (need["category"], classes.get(need["type_designator"]))
        for need in ROWS
        if need["role"] not in ("glider", "balloon")
        and not {need["category"], "any"} & classes.get(need["type_designator"], set())
    }
    assert wrong.keys() <= {"KODI"}, wrong


def test_nine_in_ten_airframes_of_a_public_list_have_a_role():
    path = data_file("reference", "tar1090_db", "tar1090db_2023-08-14.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        count = Counter(row["type"] for row in csv.DictReader(file) if row["type"])
    covered = sum(number for kind, number in count.items() if NEEDS.need_of(kind).role)
    assert covered / sum(count.values()) > 0.9
