import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.registry.garbling import alike, readings

PLAIN = st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=10)


@given(PLAIN)
def test_readings_are_distinct_ranked_and_never_the_text_itself(text):
    found = readings(text)
    assert text not in {reading.text for reading in found}
    assert len({reading.text for reading in found}) == len(found)
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert all(0 < r.score < 1 and r.reason for r in found)


@given(PLAIN)
def test_a_turned_text_leads_back(text):
    turned = text[1:] + text[0]
    if turned != text:
        assert text in {reading.text for reading in readings(turned)}


@given(PLAIN, st.data())
def test_every_single_mishap_leads_back(text, data):
    k = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("7QX"))
    before, after = text[:k], text[k + 1 :]
    for damaged in (before + after, before + letter + text[k:], before + letter + after):
        if len(damaged) >= 4 and damaged != text:
            assert text in {reading.text for reading in readings(damaged)}


@pytest.mark.parametrize(("one", "other"), ["O0", "I1", "L1", "Z2", "S5", "B8", "G6"])
def test_shapes_are_mistaken_both_ways(one, other):
    assert f"A{other}" in {reading.text for reading in alike(f"A{one}")}
    assert f"A{one}" in {reading.text for reading in alike(f"A{other}")}


def test_work_is_bounded_whatever_the_text():
    assert len(readings("1" * 200)) < 5_000
