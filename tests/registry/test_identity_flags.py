"""Flags of made-up sayings about made-up aircraft, but for 4K-78131, as the lists have it."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.clock import day_number
from overflight.formats.checking import claim_rows
from overflight.model.address import NOT_ICAO_BIT
from overflight.model.fields import ADDRESS_BLOCKS, schema
from overflight.registry.blocks import AddressBlocks
from overflight.registry.identity_flags import FLAGS, TOLD, flags_of, flags_of_many, one_apart, plain_serial
from overflight.registry.placeholders import placeholder
from overflight.registry.register import Register

D2018, D2020, D2021, D2023 = (day_number(f"{y}-01-01") for y in (2018, 2020, 2021, 2023))
LISTS = pa.Table.from_pylist(
    [
        {"first_address": 0x600800, "last_address": 0x600BFF, "country": "AZ", "military": False,
         "source": "vrs", "day": D2020},
        {"first_address": 0x600801, "last_address": 0x600801, "country": "AZ", "military": True,
         "source": "vrs", "day": D2020},
        {"first_address": 0x600800, "last_address": 0x600FFF, "country": "AZ", "military": None,
         "source": "ranges", "day": D2021},
    ],
    schema=schema(ADDRESS_BLOCKS),
)  # fmt: skip


def claims(*rows):
    """Sayings (address, day, source, further columns)."""
    same = {"data_kind": "synthetic"}
    given = [{"address": a, "day": d, "source": s, **same, **more} for a, d, s, more in rows]
    names = {name for row in given for name in row}
    columns = {name: pa.array([row.get(name) for row in given]) for name in names}
    return claim_rows({n: c for n, c in columns.items() if not pa.types.is_null(c.type)}, len(given))


def raised(rows, address, day, **more):
    return {flag.name: flag.evidence for flag in flags_of(Register(claims(*rows)), address, day, **more)}


def test_the_2016_aircraft():
    rows = [
        (0x613133, D2020, "tar1090-db", {"registration": "4K-78131", "military": True}),
        (0x613133, D2021, "tar1090-db", {"registration": "4K-78131", "military": False}),
    ]
    flags = raised(rows, 0x613133, day_number("2016-04-04"), blocks=AddressBlocks.packaged(LISTS))
    assert set(flags) == {"address_outside_block", "military_flag_flips"}
    assert "600800-600BFF" in flags["address_outside_block"]
    assert "600800-600FFF by" in flags["address_outside_block"] and "ranges" in flags["address_outside_block"]
    assert flags["military_flag_flips"] == (
        "tar1090-db marks it as military on 2020-01-01, not military on 2021-01-01"
    )


def test_what_was_not_yet_known_raises_nothing():
    rows = [
        (0x613133, D2020, "a", {"registration": "4K-78131", "military": True}),
        (0x613133, D2021, "a", {"registration": "4K-78131", "military": False}),
    ]
    assert "military_flag_flips" not in raised(rows, 0x613133, D2023, known_day=D2020)


def test_sources_that_differ_on_the_block():
    rows = [(0x600C01, D2020, "a", {"registration": "4K-AZ1"})]
    flags = raised(rows, 0x600C01, D2021, blocks=AddressBlocks.packaged(LISTS))
    assert set(flags) == {"block_lists_differ"}
    assert "by ranges of 2021-01-01" in flags["block_lists_differ"]
    assert "vrs of 2020-01-01" in flags["block_lists_differ"].partition("outside by")[2]


def test_the_block_of_another_state_is_a_hint():
    flags = raised([(0x738123, D2020, "a", {"registration": "4K-AZ1"})], 0x738123, D2021)
    assert set(flags) == {"address_outside_block", "block_of_another_state"}
    assert "a hint" in flags["block_of_another_state"] and "IL" in flags["block_of_another_state"]


@pytest.mark.parametrize("mark", ["ZK334", "ET-197", "24-8395", "B-16701"])
def test_a_serial_is_no_mark_of_a_state(mark):
    address = 0x899010 if mark.startswith("B") else 0x43C001
    assert raised([(address, D2020, "a", {"registration": mark})], address, D2021) == {}


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ({"registration": "C-FYAH"}, {"registration": "C-YAH"}, "likely a slip"),
        ({"registration": "G-AAAA"}, {"registration": "G-BAAA"}, "likely a slip"),
        ({"registration": "RA-93952"}, {"registration": "RF-93952"}, "two nationality marks"),
        ({"registration": "G-AAAA", "serial": "0012"}, {"registration": "G-BBBB", "serial": "34"}, "serial"),
        ({"registration": "G-AAAA", "serial": "0012"}, {"registration": "G-BBBB", "serial": "12"}, "of one"),
        ({"registration": "G-AAAA", "type_designator": "C172"},
         {"registration": "G-BBBB", "type_designator": "B738"}, "marks and types"),
        ({"registration": "G-AAAA"}, {"registration": "G-BBBB"}, "may not know yet"),
    ],
)  # fmt: skip
def test_two_airframes_on_one_address(one, two, words):
    rows = [(0x400001, D2020, "a", one), (0x400001, D2020, "b", two)]
    flags = raised(rows, 0x400001, D2021)
    assert words in flags["two_airframes_on_address"]
    assert "a 2020-01-01" in flags["two_airframes_on_address"]


def test_one_mark_written_differently_is_one():
    rows = [(0x400001, D2020, s, {"registration": mark}) for s, mark in (("a", "G-AAAA"), ("b", "GAAAA"))]
    assert raised(rows, 0x400001, D2021) == {}


def test_one_airframe_on_two_addresses():
    rows = [
        (0x400001, D2020, "a", {"registration": "G-AAAA", "serial": "7"}),
        (0x400002, D2020, "b", {"registration": "G-AAAA", "serial": "7"}),
    ]
    flags = raised(rows, 0x400001, D2021)
    assert set(flags) == {"airframe_on_two_addresses"}
    assert flags["airframe_on_two_addresses"] == (
        "G-AAAA (a 2020-01-01) stands on that day also at 400002 G-AAAA serial 7 (b 2020-01-01); "
        "one digit apart, perhaps a slip of a list"
    )


def test_a_mark_used_again_is_told_and_is_no_contradiction():
    rows = [
        (0x400001, D2018, "a", {"registration": "G-AAAA", "serial": "7"}),
        (0x400001, D2020, "a", {"registration": "G-CCCC", "serial": "7"}),
        (0x400002, D2020, "a", {"registration": "G-AAAA", "serial": "9"}),
    ]
    flags = raised(rows, 0x400002, D2021)
    assert set(flags) == {"mark_reused"}
    assert "400001 G-AAAA serial 7 (a 2018-01-01)" in flags["mark_reused"]


def test_an_absence_from_the_next_list_ends_what_stood_elsewhere():
    table = claims(
        (0x400001, D2018, "a", {"registration": "G-AAAA"}), (0x400002, D2020, "a", {"registration": "G-AAAA"})
    )
    kept = flags_of(Register(table), 0x400002, D2021)
    ended = flags_of(Register(table, {"a": [D2018, D2020]}), 0x400002, D2021)
    assert [f.name for f in kept] == ["airframe_on_two_addresses"]
    assert [f.name for f in ended] == ["mark_reused"]


def test_bearers_may_come_from_elsewhere_as_claims():
    ours = Register(claims((0x400001, D2020, "a", {"registration": "G-AAAA"})))
    all_of_them = claims(
        (0x400001, D2020, "a", {"registration": "G-AAAA"}), (0x400002, D2020, "b", {"registration": "G-AAAA"})
    )
    assert flags_of(ours, 0x400001, D2021) == []
    (one,) = flags_of(ours, 0x400001, D2021, bearers=all_of_them)
    assert one.name == "airframe_on_two_addresses"


def test_a_short_serial_is_painted_on_many():
    rows = [(0x400001, D2020, "a", {"registration": "501"}), (0x738001, D2020, "b", {"registration": "501"})]
    assert raised(rows, 0x400001, D2021) == {}


def test_nobody_is_named_for_anonymous_and_privacy_addresses():
    foreign = 0x2A3F01 | NOT_ICAO_BIT
    rows = [
        (foreign, D2020, "a", {"registration": "N1AB", "operator": "Somebody"}),
        (0xA00001, D2020, "a", {"tags": "interesting; PIA"}),
        (0xA00001, D2020, "b", {"registration": "N2AB", "operator": "Somebody"}),
    ]
    for address, name in ((foreign, "anonymous_address"), (0xA00001, "privacy_address")):
        flags = raised(rows, address, D2021)
        assert set(flags) == {name}
        assert "N1AB" not in str(flags) and "N2AB" not in str(flags) and "Somebody" not in str(flags)


@pytest.mark.parametrize("address", [0, 0xFFFFFF, 0x123456, 0x222222, 0x000101, 0xABCDEF, 0xFEDCBA])
def test_placeholders_have_a_reason(address):
    assert placeholder(address)
    assert "placeholder_address" in raised([(address, D2020, "a", {"registration": "X"})], address, D2021)


@pytest.mark.parametrize("address", [0x613133, 0x400001, 0x004000, 0x2A3F01 | NOT_ICAO_BIT])
def test_no_placeholders(address):
    assert placeholder(address) is None


def test_long_evidence_is_cut_and_says_so():
    rows = [(0x400000 + i, D2020, "a", {"registration": "G-AAAA"}) for i in range(TOLD + 4)]
    text = raised(rows, 0x400000, D2021)["airframe_on_two_addresses"]
    assert "; and 3 more;" in text


@pytest.mark.parametrize("word", ["SERV", "VARIOUS", "Tactical", "3X+XX", "25 BLUE"])
def test_words_in_place_of_marks_are_not_followed(word):
    rows = [(0xC1E5B1, D2020, "a", {"registration": word}), (0xC1E5B2, D2020, "a", {"registration": word})]
    assert raised(rows, 0xC1E5B1, D2021) == {}


def test_a_serial_is_not_the_mark_it_looks_like_without_its_hyphen():
    rows = [
        (0xA68B66, D2020, "a", {"registration": "N52007"}),
        (0x7CFA0F, D2020, "a", {"registration": "N52-007"}),
    ]
    assert raised(rows, 0xA68B66, D2021) == raised(rows, 0x7CFA0F, D2021) == {}


def test_an_address_one_digit_apart_is_likely_a_slip():
    rows = [
        (0x739490, D2020, "a", {"registration": "4X-OYN"}), (0x7394B0, D2020, "b", {"registration": "4X-OYN"})
    ]  # fmt: skip
    assert "one digit apart" in raised(rows, 0x739490, D2021)["airframe_on_two_addresses"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("ABC", "ABD", True), ("ABC", "AC", True), ("ABC", "ABCD", True), ("", "A", True), ("ABC", "ABC", False),
     ("ABC", "ACB", False), ("ABC", "A", False), ("", "", False)],
)  # fmt: skip
def test_one_apart(one, other, apart):
    assert one_apart(one, other) is one_apart(other, one) is apart


def test_serials():
    assert plain_serial("00434-525 34") == "43452534"


SAYINGS = st.lists(
    st.tuples(
        st.sampled_from([0, 0x400001, 0x400002, 0x613133, 0xFFFFFF, 0x1000001]),
        st.integers(D2018, D2023),
        st.sampled_from("abc"),
        st.fixed_dictionaries(
            {},
            optional={
                "registration": st.text(max_size=9) | st.sampled_from(["G-AAAA", "4K-78131", "N1"]),
                "serial": st.text(max_size=5),
                "military": st.booleans(),
                "tags": st.sampled_from(["PIA", "PIAB", "x; PIA; y", ""]),
            },
        ),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(SAYINGS, st.integers(D2018, D2023), st.none() | st.integers(D2018, D2023), st.randoms())
def test_no_sayings_break_it_and_their_order_is_nothing(rows, day, known, chance):
    addresses = sorted({row[0] for row in rows}) or [7]
    found = flags_of_many(Register(claims(*rows)), addresses, day, known)
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert flags_of_many(Register(claims(*shuffled)), addresses, day, known) == found
    for flags in found.values():
        names = [flag.name for flag in flags]
        assert set(names) <= set(FLAGS) and all(flag.evidence for flag in flags)
        assert [n for n in dict.fromkeys(names)] == sorted(set(names), key=FLAGS.index)
