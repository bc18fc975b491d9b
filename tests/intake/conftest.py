"""What the tests of the intake share: reference data made ready once, as it is the same for every archive."""

import pytest
from intake_samples import START_S

from overflight.geo.borders import Borders
from overflight.intake import context
from overflight.intake.places import footprints_for
from overflight.registry.airfields import Gazetteer


@pytest.fixture(scope="session")
def made_ready():
    days = range(START_S // 86_400 - 3, START_S // 86_400 + 60)
    return footprints_for(Gazetteer.packaged(), days), Borders.load()


@pytest.fixture(scope="module")
def quick_places(made_ready):
    """Packaged lists and shapes are not read anew for each archive (0.3 s), which may not add lists."""
    places, borders = made_ready
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "gazetteer_of", lambda view: None)
        patch.setattr(context, "footprints_for", lambda gazetteer, days: places)
        patch.setattr(context.Borders, "load", staticmethod(lambda: borders))
        yield
