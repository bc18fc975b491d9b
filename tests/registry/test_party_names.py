"""Names of owners and operators made comparable. Made-up parties, and states and well-known bodies."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.registry.packaged import packaged_bytes
from overflight.registry.party_names import (
    country_tokens,
    folded_name,
    looks_like_organisation,
    one_slip,
    same_party,
    tokens_by_name,
    tokens_of,
)

MINISTRY = frozenset({"azerbaijan", "ministry", "defence"})


@pytest.mark.parametrize(
    "text",
    [
        "Azerbaijani Defence Ministry",
        "Ministry of Defence of Azerbaijan",
        "Ministry of Defense, Republic of Azerbaijan",
        "Azerbaijan Republic: Min. of Defence",
        "MINISTRY OF NATIONAL DEFENCE OF AZERBAIJAN",
        "Azerbaijan MoD",
        "Министерство обороны Азербайджана",
        "Министерство обороны Азербайджанской Республики",
        "Azərbaycan Respublikası Müdafiə Nazirliyi",
    ],
)
def test_one_ministry_in_many_spellings(text):
    assert tokens_of(text) == MINISTRY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Meridian Cargo LLC", "MERIDIAN CARGO"),
        ("Meridian Cargo Co., Ltd.", "Meridian Cargo"),
        ("Alta S.p.A.", "Alta"),
        ("Nordlicht GmbH & Co. KG", "Nordlicht"),
        ("ООО Ромашка", "Romashka LLC"),
        ("ЗАО «Ромашка»", "Romashka"),
        ("PT Garuda Maju Tbk", "Garuda Maju"),
        ("U.S. Air Force", "USAF"),
        ("United States Air Force", "USAF"),
        ("Royal Air Force", "RAF"),
        ("Japan Air Self-Defence Force", "Japanese Air Self Defense Force"),
        ("Gov of Kuwait", "State of Kuwait, Government"),
        ("Azerbaijan AF", "Azerbaijani Air Force"),
        ("Monroe County Sheriff’s Office", "Monroe County Sheriffs Office"),
        ("Los Angeles Police Department", "Los Angeles Police"),
        ("Département de l'Ain", "Departement de l’Ain"),
    ],
)
def test_spellings_of_one_party_have_the_same_tokens(one, other):
    assert tokens_of(one) == tokens_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gulf Airways", "Gulf Airlines"),
        ("Azerbaijan Air Force", "Azerbaijan Ministry of Defence"),
        ("AF Aviation", "Air Force Aviation"),
        ("New Jersey State Police", "New Jersey Police"),
        ("Niger Air", "Nigerian Air"),
        ("Guinea Air", "Guinea-Bissau Air"),
        ("Congo (Kinshasa) Air", "Congo (Brazzaville) Air"),
        ("151 Squadron", "161 Squadron"),
        ("North Korean Air Force", "South Korean Air Force"),
        ("American Air", "United States Air"),
    ],
)
def test_what_is_not_the_same_stays_apart(one, other):
    assert tokens_of(one) != tokens_of(other)


def test_a_name_is_never_left_without_words():
    assert tokens_of("Co., Ltd.") == {"co"}
    assert tokens_of("AG") == {"ag"}
    assert tokens_of("The") == {"the"}
    assert tokens_of("") == tokens_of(None) == tokens_of("...") == frozenset()


def test_folding():
    assert folded_name("4К-Ромашка  «Ltd.»") == "4k romashka ltd"
    assert folded_name("Für Müßig & Søn A/S") == "fur mussig son a s"
    assert folded_name("No.12 Wing") == "no 12 wing"
    assert folded_name(None) == ""


@given(st.text(max_size=600))
def test_folding_twice_changes_nothing_and_any_text_has_an_answer(text):
    folded = folded_name(text)
    assert folded_name(folded) == folded
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert tokens_of(folded) == tokens_of(text)
    assert bool(tokens_of(text)) == bool(folded)
    assert looks_like_organisation(text) in (True, False)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_between_0_and_1_and_the_same_both_ways(one, other):
    there, back = same_party(one, other), same_party(other, one)
    assert 0 <= there.score <= 1
    assert there.score == back.score
    assert same_party(one, one).score == (1 if folded_name(one) else 0)


def test_likeness_gives_its_reason():
    assert same_party("PayPal", "PayPal Inc").score == 1
    assert same_party("Royal Air Force", "Royal Air Force").reason == "same name"
    slip = same_party("Battle of Britiain Flight", "Battle of Britain Flight")
    assert 0.9 < slip.score < 1 and "britiain and britain" in slip.reason
    held = same_party("Meridian Cargo Baku", "Meridian Cargo")
    assert held.score == pytest.approx(2 / 3) and "holds all words" in held.reason
    assert same_party("Meridian Cargo", "Ministry of Defence").reason == "no word in common"
    assert same_party(None, "Meridian").reason == "one name is missing"


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("britiain", "britain", True),
        ("columbia", "colombia", True),
        ("meridain", "meridian", True),
        ("metrea", "meta", False),
        ("army", "arms", False),
        ("wing151", "wing161", False),
        ("meridian", "meridian", False),
        ("meridian", "obsidian", False),
    ],
)
def test_one_slip_of_spelling(one, other, slip):
    assert one_slip(one, other) is slip
    assert one_slip(other, one) is slip


@pytest.mark.parametrize(
    "text",
    ["Smith Aviation LLC", "Kuwait Air Force", "USAF", "Gov of Kuwait", "Министерство обороны", "Alta Oil"],
)
def test_organisations(text):
    assert looks_like_organisation(text)


@pytest.mark.parametrize(
    "text",
    [
        "John Smith",
        "SMITH JOHN A JR",
        "João de Sá",
        "Dr. Jane Smith Aviation",
        "John Smith DBA Smith Aviation LLC",
        "Smith Aviation LLC c/o John Smith",
        "Smith Family Holding",
        "Bank of Somewhere Trustee",
        "Private",
        "Jane Steel",
        "Иван Петров",
        "",
        None,
    ],
)
def test_unsure_is_no(text):
    assert not looks_like_organisation(text)


def test_tokens_by_name_holds_each_distinct_name_once():
    assert tokens_by_name(["USAF", None, "", "USAF", "Alta"]) == {
        "USAF": {"unitedstates", "airforce"},
        "Alta": {"alta"},
    }


def test_every_form_of_a_country_reads_as_that_country():
    rows = list(csv.DictReader(io.StringIO(packaged_bytes("demonyms.csv").decode())))
    assert len(rows) > 240
    seen = {}
    for row in rows:
        forms = [row["name"], *(form for form in row["forms"].split(";") if form.strip())]
        for form in forms:
            (token,) = tokens_of(form)
            assert token in country_tokens(), form
            assert seen.setdefault(folded_name(form), token) == token, f"{form} is said of two countries"
        assert len({token for form in forms for token in tokens_of(form)}) == 1, row
