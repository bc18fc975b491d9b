"""The modules in a real browser, under the policy of the pages, from a sub-folder of a plain server."""

import pytest

pytest.importorskip("playwright")
import asset_server
from asset_server import Watch, browser, served, write_site

pytestmark = pytest.mark.skipif(
    not asset_server.CHROMIUM.exists(),
    reason=f"no browser at {asset_server.CHROMIUM} (Debian package chromium)",
)
DRAWN = "figure[data-map][data-live=drawn]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("site")
    write_site(made)
    return made


@pytest.fixture(scope="module")
def chrome():
    with browser() as held:
        yield held


@pytest.fixture(scope="module")
def site(folder):
    with served(folder) as (base, _):
        yield base


@pytest.fixture
def opened(chrome, site):
    """Opens a page of the site and afterwards requires that it did nothing wrong."""
    pages = []

    def go(path, **options):
        page = chrome.new_page(**options)
        pages.append((page, Watch(page, site)))
        page.goto(site + path)
        return page

    yield go
    for page, watch in pages:
        page.close()
        assert watch.wrong == []


def drawn(page):
    page.wait_for_selector(DRAWN, timeout=60_000)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_flight_is_drawn_over_its_picture(opened, scheme):
    page = drawn(opened("flight/A/", color_scheme=scheme))
    assert page.locator("figure[data-map] > svg").is_hidden()
    assert page.locator(".map-note").inner_text().startswith("Boundaries not authoritative")
    assert page.locator(".map-disc").count() == 3
    assert page.locator(".map-disc.ruled-out").count() == 0


@pytest.mark.parametrize("path", ["flight/P/", "flight/A/deu.html", "stop/S/", "place/LLOV/"])
def test_every_kind_of_map_is_drawn(opened, path):
    drawn(opened(path))


def test_without_boundaries_the_note_says_so(opened):
    page = drawn(opened("flight/A/none.html"))
    assert page.locator(".map-note").inner_text().startswith("Boundaries not drawn")


def test_a_candidate_is_said_and_found_by_keyboard(opened):
    page = drawn(opened("flight/A/"))
    button = page.get_by_role("button", name="Possible destination 1: LLOV Ovda <b>, probability 62 %")
    button.focus()
    page.keyboard.press("Enter")
    assert "LLOV Ovda <b>" in page.locator("figure[data-map] .live-readout").inner_text()
    assert page.locator("[data-ident=LLOV]").get_attribute("class") == "picked"


def test_one_cursor_for_profile_map_and_events(opened):
    page = drawn(opened("flight/A/"))
    page.wait_for_selector(".live-range")
    page.locator(".live-range").focus()
    page.keyboard.press("End")
    said = page.locator("figure[data-profile] .live-readout").inner_text()
    assert said.replace("\u202f", " ") == (
        "2016-04-04 06:04:00 UTC, 14 000 ft pressure altitude, 420 kt over the ground"
    )
    assert page.locator("figure[data-map] .live-readout").inner_text() == said
    assert page.locator("[data-at-ms][aria-current=true]").inner_text() == "seen again"


def test_a_time_not_seen_is_an_interval_and_no_place(opened):
    page = drawn(opened("flight/A/"))
    page.wait_for_selector(".profile-cursor", state="attached")
    box = page.locator("figure[data-profile] svg").bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 30)
    said = page.locator("figure[data-map] .live-readout").inner_text()
    assert said == "Not seen between 2016-04-04 04:59:00 UTC and 2016-04-04 05:30:00 UTC"


def test_without_webgl_the_picture_stays(chrome, site):
    page = chrome.new_page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...more); };"
    )
    page.goto(site + "flight/A/")
    page.wait_for_selector(".live-range")
    page.wait_for_timeout(500)
    assert page.locator("figure[data-map] > svg").is_visible()
    assert page.locator(".live-map").count() == 0
    page.close()


def test_a_server_without_ranges_is_asked_for_the_ground_once(chrome, folder):
    with served(folder, ranges=False) as (base, asked):
        page = chrome.new_page()
        watch = Watch(page, base)
        page.goto(base + "flight/A/")
        drawn(page)
        page.close()
        assert watch.wrong == []
        assert len([path for path, _ in asked if path.endswith(".pmtiles")]) == 1


def test_a_server_with_ranges_is_asked_for_little(chrome, folder):
    with served(folder) as (base, asked):
        page = chrome.new_page()
        page.goto(base + "stop/S/")
        drawn(page)
        page.close()
        ground = [span for path, span in asked if path.endswith(".pmtiles")]
        spans = [tuple(map(int, span.removeprefix("bytes=").split("-"))) for span in ground]
        assert sum(last - first for first, last in spans) < 600_000


def test_search_finds_the_rotated_mark_and_shows_text_as_text(opened):
    page = opened("search/?q=K-781314")
    link = page.locator(".hits a")
    link.wait_for()
    assert link.inner_text() == "4K-78131"
    assert link.get_attribute("href").endswith("/deep/er/aircraft/613133/")
    assert "begun at another one" in page.locator(".hits .why").inner_text()


def test_search_runs_nothing(opened):
    page = opened("search/?q=hostile")
    page.locator(".hits li").wait_for()
    assert page.locator(".hits a").get_attribute("href") is None
    assert page.locator(".hits img").count() == 0
    assert page.title() == "page"


def test_search_without_an_answer_does_not_look_like_one(opened):
    page = opened("search/?q=zzzzzz")
    page.get_by_text("That says nothing about what flew").wait_for()


def test_published_filters(opened):
    page = opened("place/LLOV/?grade=observed&since=2016-04-05")
    page.get_by_text("1 of 3").wait_for()
    assert page.locator("tbody tr:visible").count() == 1
    drawn(page)


def test_the_slider_steps_over_hours(opened):
    page = drawn(opened("instant/2016-04-04T07/"))
    page.locator(".live-range").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("2016-04-04 06:00 UTC: 1 positions").wait_for()
    assert page.locator("[data-instant-facts]").is_hidden()
    assert page.get_by_role("link", name="Open this hour").get_attribute("href").endswith("/2016-04-04T06/")
