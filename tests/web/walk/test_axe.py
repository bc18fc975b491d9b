"""axe-core over every kind of page, light and dark: no serious violation. `scripts/axe` fetches it."""

from pathlib import Path

import pytest
import walked
from walked import PAGES, SERVED_ONLY

AXE = Path(__file__).resolve().parents[3] / ".venv/share/axe/axe.min.js"
pytestmark = pytest.mark.skipif(not AXE.exists(), reason="no axe-core (scripts/axe fetches it)")
# WCAG 2.2 AA and what axe counts as good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, *SERVED_ONLY])
def test_no_serious_violation(chrome, served, path, scheme):
    context = chrome.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(served + path)
    if page.locator("figure[data-map]").count():
        walked.drawn(page)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    context.close()
    assert len(found["passes"]) > 10
    assert [
        (rule["impact"], rule["id"], nodes[:4])
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical", "moderate")
        and (nodes := [node["html"][:160] for node in rule["nodes"] if not is_disc(rule, node)])
    ] == []


def is_disc(rule, node):
    """A disc stands where its field is, near others or not; the table leads to the same (WCAG 2.5.8)."""
    return rule["id"] == "target-size" and 'class="map-disc' in node["html"]
