import pytest

from local_source import Source
from overflight.fetch.bases import Bases
from overflight.fetch.wire import Manners, Wire


@pytest.fixture
def source():
    one = Source()
    yield one
    one.close()


@pytest.fixture
def bases(source):
    return Bases(*[source.base] * 8)


@pytest.fixture
def rests():
    """Seconds rested, instead of resting."""
    return []


@pytest.fixture
def said():
    return []


@pytest.fixture
def wire(source, rests, said):
    one = Wire({source.host}, "overflight/test", Manners(), said.append, rests.append)
    yield one
    one.close()
