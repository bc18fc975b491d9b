"""The archive of journeys made by hand, its unseen stop weighed by made-up weights: LLOV inferred."""

import pytest

import journeys_made
import made_weights
import overflight


@pytest.fixture(scope="session")
def journeys_folder(tmp_path_factory):
    return journeys_made.write_archive(tmp_path_factory.mktemp("journeys") / "archive")


@pytest.fixture(scope="session")
def journeys(journeys_folder):
    with overflight.open(journeys_folder) as archive:
        yield made_weights.asked_by(archive, made_weights.made_weights(sharper=3.0))
