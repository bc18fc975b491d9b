"""The way of a reader with a garbled mark to the export of a place, as each kind of site serves it."""

import csv
import io
import json
import re
import urllib.request

import pytest
import walked
from walked import AIRCRAFT, FACTS, FLIGHT, HOUR, PAGES, PLACE, STOP


def taken(page, name):
    """The text of a file that a link of the page downloads."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name, exact=True).click()
    return coming.value.path().read_text("utf-8")


def find(page, base, kind, javascript):
    """Goes from the home page to the aircraft: by the search box, or by the hour where nothing can search."""
    page.goto(base)
    if kind == "published" and not javascript:
        page.get_by_role("link", name="At a time").first.click()
        page.get_by_text("All loaded hours").click()
        page.get_by_role("link", name="2016-04-04 07:00").click()
        page.get_by_role("table").get_by_role("link", name="4K-78131").click()
        return
    page.locator("#front-q").focus()
    page.keyboard.type("K-781314")
    page.keyboard.press("Enter")
    hit = page.locator(".hits a").first
    hit.wait_for()
    assert hit.inner_text() == "4K-78131"
    hit.click()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "nojs"])
@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_garbled_mark_to_an_export(site, opened, pictures, width, javascript):
    kind, base = site
    name = f"{kind}-{width}-{'js' if javascript else 'nojs'}"
    page = opened(base, width, java_script_enabled=javascript, accept_downloads=True)

    def arrived(path, step):
        page.wait_for_url(base + path)
        said = re.sub(r"\s+", " ", page.locator("body").inner_text())
        assert [fact for fact in FACTS[path] if fact not in said] == []
        if javascript and page.locator("figure[data-map]").count():
            walked.drawn(page)
        page.screenshot(path=pictures / f"{name}-{step}.png", full_page=True)

    find(page, base, kind, javascript)
    arrived(AIRCRAFT, "1-aircraft")
    page.locator(f"a[href$='{FLIGHT}']").first.click()
    arrived(FLIGHT, "2-flight")
    page.locator(f"a[href$='{STOP}']").first.click()
    arrived(STOP, "3-stop")
    page.locator("table.candidates").get_by_role("link", name="Ovda").first.click()
    arrived(PLACE, "4-place")
    rows = list(csv.DictReader(io.StringIO(taken(page, "CSV"))))
    assert len(rows) == 2 and {row["grade"] for row in rows} == {"compatible"}
    assert {row["registration"] for row in rows} == {"4K-78131"}
    features = json.loads(taken(page, "GeoJSON"))["features"]
    assert {feature["properties"]["id"] for feature in features} == {row["id"] for row in rows}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.split("/")[0] or "home")
def test_no_page_scrolls_sideways(site, opened, pictures, path):
    kind, base = site
    page = opened(base, 390)
    page.goto(base + path)
    if page.locator("figure[data-map]").count():
        walked.drawn(page)
    assert [width for width in (390, 360, 320) if not walked.fits(page, width)] == []
    page.set_viewport_size({"width": 360, "height": 800})
    page.screenshot(path=pictures / f"{kind}-360-{path.split('/')[0] or 'home'}.png", full_page=True)


def test_the_facts_stand_in_the_html(site):
    _, base = site
    for path, facts in FACTS.items():
        with urllib.request.urlopen(base + path) as answer:
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.read().decode("utf-8")))
        assert [fact for fact in facts if fact not in text] == [], path


def test_the_policy_is_in_header_and_page(served, published):
    with urllib.request.urlopen(served) as answer:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    with urllib.request.urlopen(published) as answer:
        assert b'http-equiv="Content-Security-Policy" content="default-src \'none\'' in answer.read()


@pytest.mark.parametrize("path", [FLIGHT, STOP, PLACE, HOUR, "method/"], ids=lambda p: p.split("/")[0])
def test_dark(served, opened, pictures, path):
    page = opened(served, color_scheme="dark")
    page.goto(served + path)
    if page.locator("figure[data-map]").count():
        walked.drawn(page)
    painted = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", painted)[:3])) < 64
    page.screenshot(path=pictures / f"dark-{path.split('/')[0]}.png", full_page=True)


def test_on_paper(served, opened, pictures):
    page = opened(served)
    page.goto(served + STOP)
    page.emulate_media(media="print")
    assert page.locator(".masthead nav").is_hidden() and page.locator("h1").is_visible()
    page.pdf(path=pictures / "print-stop.pdf")
    page.screenshot(path=pictures / "print-stop.png", full_page=True)


def reached(page, most=400):
    """Names of what the Tab key comes by, in order."""
    names = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; return e === document.body ? null :"
            " (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || '').trim(); }"
        )
        if name is None or (len(names) > 9 and name == names[0]):
            break
        names.append(re.sub(r"\s+", " ", name))
    return names


def test_the_keyboard_reaches_all_of_a_flight(served, opened):
    page = opened(served)
    page.goto(served + FLIGHT)
    walked.drawn(page)
    page.wait_for_selector(".live-range")
    page.evaluate("scrollTo(0, 0)")
    names = reached(page)
    assert names[0] == "Skip to the facts"
    wanted = [
        "Search the archive", "Method", "4K-78131", "Map of the flight", "Zoom in", "Possible destination 1",
        "Time in the flight", "Where it went: candidates", "This stop, with reasons", "CSV", "KML",
    ]  # fmt: skip
    assert [one for one in wanted if not any(name.startswith(one) for name in names)] == []


def test_the_skip_link_and_the_focus_are_seen(site, opened):
    _, base = site
    page = opened(base)
    page.goto(base + STOP)
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    link.wait_for()
    assert link.bounding_box()["y"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
