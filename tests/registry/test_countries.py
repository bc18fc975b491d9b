import pytest

from overflight.registry.countries import country_code, country_names


@pytest.mark.parametrize(
    ("text", "code"),
    [("IL", "IL"), ("il", "IL"), ("Israel", "IL"), (" azerbaijan ", "AZ"), ("Namibia", "NA"), ("NA", "NA"),
     ("UAE", "AE"), ("Türkiye", "TR"), ("turkey", "TR"), ("Atlantis", None), ("", None)],
)  # fmt: skip
def test_country_code(text, code):
    assert country_code(text) == code


def test_names():
    names = country_names()
    assert len(names) > 240 and all(len(code) == 2 for code in names) and names["CY"] == "Cyprus"
