"""How a removal knows a name again of which it keeps a hash; all names are made up."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.model.fields import CLAIMS, DOCUMENTS, TOMBSTONES, schema
from overflight.registry.privacy import Removals, without_removed
from overflight.registry.removed_names import MOST_WORDS, digest_of, name_digest, tells_any

NAME = "John Q Public"


def stones(*names: str, address: int | None = None, field: str = "party") -> pa.Table:
    """Removals of parties."""
    rows = [
        {"id": name, "address": address, "field": field, "value_sha256": name_digest(name),
         "reason": "privacy", "day": 17000}
        for name in names
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema(TOMBSTONES))


def claims(*owners: str | None, address: int = 1) -> pa.Table:
    """Sayings of a list, of one aircraft."""
    same = {"address": address, "day": 0, "source": "a", "data_kind": "recorded", "party_region": "Zug"}
    return pa.Table.from_pylist([same | {"owner": owner} for owner in owners], schema=schema(CLAIMS))


def owners_without(table: pa.Table, gone: pa.Table) -> list[tuple[str | None, str | None]]:
    """Owner and region as they are still told."""
    told = without_removed(table, gone)
    assert told.schema == table.schema
    return list(zip(told["owner"].to_pylist(), told["party_region"].to_pylist(), strict=True))


@pytest.mark.parametrize("text", ["JOHN Q PUBLIC", "John Q. Public", "PUBLIC, John Q", " public  john q "])
def test_a_party_goes_from_lists_however_it_is_spelled(text: str) -> None:
    assert owners_without(claims(text), stones(NAME)) == [(None, None)]


@pytest.mark.parametrize("text", ["John Public", "John Q Publik", "John Q Public Trust", "Q Public"])
def test_another_name_stays(text: str) -> None:
    assert owners_without(claims(text), stones(NAME)) == [(text, "Zug")]


def test_of_joint_parties_the_others_stay_until_they_are_removed_too() -> None:
    table = claims("Jane Doe; John Roe", "ROE JOHN; Mary Major", None)
    told = owners_without(table, stones("John Roe"))
    assert told == [("Jane Doe", None), ("Mary Major", None), (None, "Zug")]
    told = owners_without(table, stones("John Roe", "Doe, Jane"))
    assert told == [(None, None), ("Mary Major", None), (None, "Zug")]
    assert owners_without(table, stones("Jane Doe; John Roe"))[0] == (None, None)


def test_a_removal_of_one_aircraft_or_role_leaves_the_others() -> None:
    assert owners_without(claims(NAME), stones(NAME, address=2)) == [(NAME, "Zug")]
    assert owners_without(claims(NAME), stones(NAME, address=1)) == [(None, None)]
    assert owners_without(claims(NAME), stones(NAME, field="operator")) == [(NAME, "Zug")]
    without_region = claims(NAME).select(["address", "owner"])
    assert without_removed(without_region, stones(NAME))["owner"].to_pylist() == [None]


@pytest.mark.parametrize(
    "text",
    [
        "It was John Q. Public's, they say.", "https://a.example/public-john-q.html", "PUBLIC; John Q",
        "«John Q Public»", "x " * 200 + "John Q Public" + " y" * 200, "Ｊｏｈｎ Q Public",
    ],
)  # fmt: skip
def test_a_name_is_known_within_a_text(text: str) -> None:
    assert tells_any(text, {name_digest(NAME)})


@pytest.mark.parametrize("text", ["", "public notice", "John Q sold the public jet", "Johnq Public"])
def test_its_words_apart_are_not_the_name(text: str) -> None:
    assert not tells_any(text, {name_digest(NAME)})
    assert not tells_any(text, set())


def test_canonical_words_are_known_within_a_text_too() -> None:
    gone = {name_digest("Ministry of Defence of Azerbaijan")}
    assert tells_any("They sold it to the Azerbaijani Defence Ministry in 2014.", gone)
    assert not tells_any("They sold it to the Defence Ministry of Georgia in 2014.", gone)


def test_what_has_no_words_is_known_as_it_is() -> None:
    assert name_digest("!!!") == digest_of("!!!")
    assert tells_any("!!!", {name_digest("!!!")})


def test_a_claim_whose_aircraft_is_not_known_may_be_of_the_one_meant() -> None:
    said = {"id": "claim-1", "statement": "remark", "value": f"of {NAME}"}
    claim = dict.fromkeys(schema(DOCUMENTS).names) | said
    removals = Removals(stones(NAME, address=1))
    assert [removals.refusal_of(claim, address) is None for address in (1, 2, None)] == [False, True, False]
    assert Removals(stones("Jane Doe")).refusal_of(claim, 1) is None
    assert Removals(stones(NAME, field="owner")).refusal_of(claim, 1) is None
    assert Removals(stones(NAME, field="remark")).refusal_of(claim | {"value": NAME}, 1) is not None


WORDS = st.lists(st.text("abcdefgh", min_size=2, max_size=9), min_size=1, max_size=MOST_WORDS)


@given(WORDS, WORDS, WORDS)
def test_a_name_is_known_wherever_it_stands(before: list[str], name: list[str], after: list[str]) -> None:
    text = " ".join([*before, *name, *after])
    # no word that means something of its own, such as a legal form
    if name_digest(" ".join(name)) == digest_of(" ".join(sorted(set(name)))):
        assert tells_any(text, {name_digest(" ".join(name[::-1]))})


@given(st.text(max_size=300), st.text(max_size=40))
def test_no_text_breaks_it(text: str, name: str) -> None:
    assert tells_any(name, {name_digest(name)})
    tells_any(text, {name_digest(name)})
