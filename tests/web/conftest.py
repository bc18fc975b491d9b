"""The app over the archive made by hand, with a site of three pages in place of the real one."""

import pytest
from web_client import TestClient

from overflight.web.app import make_app
from overflight.web.document import Document, SiteOptions

HTML = "text/html; charset=utf-8"


class FewPages:
    """`document` as Site has it; counts how often each path was made."""

    def __init__(self, text="one"):
        self.text, self.made = text, []

    def document(self, path, query=None):
        self.made.append(path)
        if path == "search/":
            return Document(f"results for {dict(query)}".encode(), HTML, keep=False)
        if path == "flight/old/":
            return Document(b"", HTML, 301, "flight/new/")
        if path in ("", "flight/new/"):
            return Document(f"<h1>{path} {self.text}</h1>{'fact ' * 400}".encode(), HTML)
        if path == "static/basemap.pmtiles":
            return Document(bytes(range(256)) * 40, "application/vnd.pmtiles")
        return Document(f"no page {path}".encode(), HTML, 404)

    def paths(self):
        yield from ("static/basemap.pmtiles", "", "flight/new/", "flight/old/")


@pytest.fixture
def pages():
    return FewPages()


@pytest.fixture
def served(made, pages, tmp_path):
    """A client of the app over the archive made by hand, and of the few pages."""
    app = make_app(made, pages.document, cache=tmp_path / "cache", version="0")
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def api_app(hand):
    return make_app(hand, FewPages().document, SiteOptions(public=True), version="0")


@pytest.fixture(scope="session")
def api(api_app):
    with TestClient(api_app, follow_redirects=False) as client:
        yield client
