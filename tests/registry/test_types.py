import pytest

from overflight.model.fields import TYPES, schema
from overflight.registry.types import TypeNeeds

NEEDS = TypeNeeds.packaged()


def fits(designator, length_ft, width_ft):
    need = NEEDS.need_of(designator)
    return (need.runway_length_ft or 0) <= length_ft and (need.runway_width_ft or 0) <= width_ft


def test_the_il_76_fits_four_fields_of_2016_and_not_ein_yahav():
    assert not fits("IL76", 3943, 60)
    assert NEEDS.need_of("IL76").runway_length_ft > 3943 and NEEDS.need_of("IL76").runway_width_ft > 60
    for length_ft, width_ft in [(9843, 148), (10991, 147), (9876, 148), (7948, 131), (9657, 112)]:
        assert fits("IL76", length_ft, width_ft)  # LLOV, LLNV, LLRM, LLHB's two longest
    assert "unpaved" in NEEDS.need_of("IL76").source and NEEDS.need_of("il76").unpaved is True


@pytest.mark.parametrize("designator", [None, "", "ZZZZ", "----"])
def test_an_unknown_type_rules_nothing_out(designator):
    need = NEEDS.need_of(designator)
    assert need.category == "unknown" and fits(designator, 0, 0) and need.cruise_kt is None and need.source


def test_helicopters_need_no_runway():
    for designator in ("EC35", "H60", "MI8", "R44", "GLID", "BALL"):
        need = NEEDS.need_of(designator)
        assert need.runway_length_ft is None and need.category in ("helicopter", "glider", "balloon")


def test_the_types_an_embargo_monitor_meets_are_there():
    wanted = """IL76 A124 AN12 AN26 AN72 AN30 AN32 IL62 IL96 T154 T134 A400 C130 C30J C17 C5M C160 CN35 C295
    C27J K35R B703 B741 B742 B744 B748 MD11 DC10 B762 B763 B77L B77W A306 A310 A332 A333 A320
    A319 A321 A20N A21N B737 B738 B739 B38M B734 E145 E170 E190 E75L CRJ2 CRJ7 CRJ9 AT72 DH8D
    GLEX GLF4 GLF5 GLF6 C25A C68A C172 P28R BE20 BE30 BE9L PC12 B06 EC35 H60 AS50 R44""".split()
    assert [d for d in wanted if NEEDS.need_of(d).category == "unknown"] == []


def test_every_figure_is_possible_and_has_a_source():
    table = NEEDS.table()
    assert table.schema.equals(schema(TYPES)) and table.num_rows > 100
    for row in table.to_pylist():
        assert len(row["source"]) > 10 and row["name"]
        assert row["category"] in ("landplane", "helicopter", "seaplane", "glider", "balloon")
        if row["category"] == "landplane":
            assert 500 <= (row["runway_length_ft"] or 500) <= 8000 and 60 <= row["cruise_kt"] <= 520
        assert row["runway_width_ft"] is None or 40 <= row["runway_width_ft"] <= 150


def test_an_airliner_is_not_kept_from_fields_it_is_scheduled_to():
    for designator in ("A319", "B738", "E190"):
        assert fits(designator, 4341, 138)  # Rio Santos Dumont
    assert fits("C17", 3580, 100)  # landed at Peter O. Knight, Tampa, by mistake in 2012, and left again
