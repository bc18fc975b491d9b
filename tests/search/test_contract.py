from hypothesis import given
from hypothesis import strategies as st

from overflight.search import contract

KEYS = contract.SCHEMAS["crossings"].names
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
)
FIELDS = st.fixed_dictionaries(
    {key: VALUES for key in KEYS if key not in ("schema", "archive_version", "version")}
)


@given(FIELDS, st.randoms())
def test_the_version_is_of_the_content_whatever_the_order_of_keys(fields, chance):
    shuffled = list(fields.items())
    chance.shuffle(shuffled)
    row = contract.finish("crossings", fields, "v1")
    assert contract.finish("crossings", dict(shuffled), "v1") == row
    assert list(row) == KEYS and len(row["version"]) == contract.VERSION_DIGITS


@given(FIELDS, st.sampled_from(["flags", "entry", "data_kind"]), st.integers(1))
def test_the_version_changes_when_what_is_said_does_and_only_then(fields, key, add):
    row = contract.finish("crossings", fields, "v1")
    assert contract.finish("crossings", fields, "v2")["version"] == row["version"]
    assert (
        contract.finish("crossings", fields | {key: f"{fields[key]} and {add}"}, "v1")["version"]
        != row["version"]
    )


def test_nested_names_are_joined_for_tables_without_nesting():
    names = contract.flat_names("flights")
    assert "origin_place_ident" in names and "origin_fix_time" in names and "callsigns" in names
    assert len(names) == len(set(names))


def test_a_fix_without_a_time_is_none():
    row = dict.fromkeys(f"before_{name}" for name in ("ms", "latitude_e7"))
    assert contract.fix_object(row, "before") is None
