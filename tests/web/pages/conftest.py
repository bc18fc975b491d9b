from pathlib import Path

import pytest

import overflight
from overflight.web.site import Site

DATA = Path(overflight.__file__).parent / "data"


@pytest.fixture(scope="session")
def case(tmp_path_factory):
    """An archive of the 2016 case."""
    folder = tmp_path_factory.mktemp("pages") / "archive"
    with overflight.open(folder, create=True) as archive:
        archive.add(
            DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml", data_kind="reconstruction"
        )
        yield archive


@pytest.fixture(scope="session")
def site(case):
    return Site(case)
