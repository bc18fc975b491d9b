"""The archive made by hand that the tests of the desk, of the questions and of the command line ask."""

import pytest

import hand_made
import made_weights
import overflight


@pytest.fixture(scope="session")
def hand_folder(tmp_path_factory):
    return hand_made.write_archive(tmp_path_factory.mktemp("hand") / "archive")


@pytest.fixture(scope="session")
def hand(hand_folder):
    with overflight.open(hand_folder) as archive:
        yield archive


@pytest.fixture(scope="session")
def made(hand_folder):
    """The same, its unseen stop weighed by made-up weights: LLOV is likeliest, but under one half."""
    with overflight.open(hand_folder) as archive:
        yield made_weights.asked_by(archive, made_weights.made_weights())


@pytest.fixture(scope="session")
def sharp(hand_folder):
    """The same, with weights that tell more: LLOV is likelier than not."""
    with overflight.open(hand_folder) as archive:
        yield made_weights.asked_by(archive, made_weights.made_weights(sharper=3.0))
