import os
from pathlib import Path

import program
import pytest
import walked
from browsing import CHROMIUM, NO_BROWSER, Watch, browser


@pytest.fixture(scope="module")
def chrome():
    """A browser for each file: its loop would be in the way of one that another file starts."""
    pytest.importorskip("playwright", reason="playwright's driver is not in the environment")
    if not CHROMIUM.exists():
        pytest.skip(NO_BROWSER)
    with browser() as held:
        yield held


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    archive = tmp_path_factory.mktemp("demo") / "archive"
    program.run("--archive", archive, "demo", "--no-serve")
    return archive


@pytest.fixture(scope="session")
def served(demo, tmp_path_factory):
    with program.program(demo, tmp_path_factory.mktemp("cache")) as base:
        yield base


@pytest.fixture(scope="session")
def published(demo, tmp_path_factory):
    above = tmp_path_factory.mktemp("host")
    program.run("--archive", demo, "publish", above / "mirror", "--quiet")
    with walked.folder(above, "mirror") as base:
        yield base


@pytest.fixture(params=["served", "published"])
def site(request):
    """Name and address of each way the site is served."""
    return request.param, request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Where screenshots are kept: OVERFLIGHT_SCREENSHOTS, else the folder of this run of pytest."""
    named = os.environ.get("OVERFLIGHT_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def opened(chrome):
    """Opens a watched page; afterwards it must have done nothing wrong."""
    held = []

    def go(base, width=1280, **options):
        context = chrome.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        held.append((context, Watch(page, base)))
        return page

    yield go
    for context, watch in held:
        context.close()
        assert watch.wrong == []
