from pathlib import Path

import pytest

from overflight.errors import QuestionError
from overflight.settings import Settings, settings_from


@pytest.fixture
def home(tmp_path):
    (tmp_path / "config" / "overflight").mkdir(parents=True)
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


def test_nothing_is_set(home, tmp_path):
    assert settings_from(home, tmp_path) == Settings()


def test_the_environment_wins_over_the_folder_over_the_home(home, tmp_path):
    (tmp_path / "config" / "overflight" / "config.toml").write_text(
        'archive = "/from/home"\nlicence = "CC0"\n'
    )
    assert settings_from(home, tmp_path) == Settings(Path("/from/home"), "CC0")
    (tmp_path / "overflight.toml").write_text('archive = "here"\n')
    assert settings_from(home, tmp_path) == Settings(tmp_path / "here")
    assert settings_from(home | {"OVERFLIGHT_ARCHIVE": "/env"}, tmp_path).archive == Path("/env")


def test_consent_is_a_plain_yes_or_no(home, tmp_path):
    name = "OVERFLIGHT_PUBLISH_RECEIVER_AREA"
    assert settings_from(home | {name: "TRUE"}, tmp_path).publish_receiver_area is True
    (tmp_path / "overflight.toml").write_text("publish_receiver_area = true\n")
    assert settings_from(home, tmp_path).publish_receiver_area is True
    assert settings_from(home | {name: "false"}, tmp_path).publish_receiver_area is False
    with pytest.raises(QuestionError, match="true or false"):
        settings_from(home | {name: "maybe"}, tmp_path)


@pytest.mark.parametrize(
    "text", ["archive = [", "archives = 'x'", "archive = 3", "publish_receiver_area = 'x'"]
)
def test_a_wrong_file_says_which_and_what(home, tmp_path, text):
    (tmp_path / "overflight.toml").write_text(text)
    with pytest.raises(QuestionError, match=r"overflight\.toml"):
        settings_from(home, tmp_path)
