import pytest

from overflight.errors import QuestionError
from overflight.store.licences import KNOWN, RECONSTRUCTION, Said, Terms, licence_named, restated, terms_of


def test_every_known_licence_has_a_source_and_its_own_names():
    names = [name for one in KNOWN for name in (one.name, *one.also)]
    assert len({licence_named(name) for name in names}) == len(KNOWN)
    assert all(one.source for one in KNOWN)


@pytest.mark.parametrize(
    "text", ["cc0", "CC0-1.0", " odbl 1.0 ", "CC BY-SA 4.0", "Public Domain.", RECONSTRUCTION]
)
def test_a_licence_is_known_by_its_exact_name(text):
    assert terms_of(Said(text)) == Terms(text.strip(), True)


@pytest.mark.parametrize(
    "text", [None, "", "CC BY-NC 4.0", "like CC0", "CC0 except", "research only", "ODbL?"]
)
def test_any_other_text_withholds(text):
    assert not terms_of(Said(text)).may_publish


def test_somebody_may_decide_but_must_name_the_licence():
    assert terms_of(Said("letter of 3 May", True)) == Terms("letter of 3 May", True)
    assert terms_of(Said("CC0", False)) == Terms("CC0", False)
    with pytest.raises(QuestionError, match="--licence"):
        terms_of(Said(None, True))


OPEN, SHUT = Terms("CC0", True), Terms("own", False)


@pytest.mark.parametrize(
    "stood, said, now",
    [
        (OPEN, Said(), OPEN),
        (SHUT, Said(), SHUT),
        (OPEN, Said("own"), SHUT),
        (OPEN, Said(None, False), Terms("CC0", False)),
        (SHUT, Said("CC0"), SHUT),
        (SHUT, Said("CC0", True), OPEN),
        (OPEN, Said("ODbL"), Terms("ODbL", True)),
    ],
)
def test_what_is_said_again_narrows_and_widens_only_outright(stood, said, now):
    assert restated(stood, said) == now
