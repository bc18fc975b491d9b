"""The archive made by hand that the tests of the desk, of the questions and of the command line ask."""

import pytest

import hand_made
import overflight


@pytest.fixture(scope="session")
def hand_folder(tmp_path_factory):
    return hand_made.write_archive(tmp_path_factory.mktemp("hand") / "archive")


@pytest.fixture(scope="session")
def hand(hand_folder):
    with overflight.open(hand_folder) as archive:
        yield archive
