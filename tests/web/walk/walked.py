"""What the walk walks on: the demo archive served by the program, and published to a plain static server."""

import contextlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

AIRCRAFT = "aircraft/613133/"
ITINERARY = f"{AIRCRAFT}itinerary/2016-04/"
FLIGHT = "flight/flight-613133-20160404T040000Z/"
STOP = "stop/stop-613133-20160404T071200Z/"
PLACE = "place/LLOV/"
HOUR = "instant/2016-04-04T07/"
PAGES = [
    "", "search/", AIRCRAFT, ITINERARY, FLIGHT, STOP, PLACE, "country/IL/", HOUR, "loaded/", "method/",
    "about/",
]  # fmt: skip
SERVED_ONLY = [
    f"{AIRCRAFT}itinerary/?since=2016-04-06", "search/?q=K-781314", "search/?q=zzzzzz",
    "place/LLOV/?grade=compatible", "place/LLOV/?owner=ministry", f"{AIRCRAFT}?on=2014-08-31",
    "flight/nothing/",
]  # fmt: skip
# What a page says, with or without JavaScript.
FACTS = {
    "": ["Reconstruction.", "Days loaded", "observed"],
    AIRCRAFT: [
        "4K-78131",
        "613133",
        "IL76",
        "Ministry of Defence of Azerbaijan",
        "Who, by whose word",
        "no source at hand says",
        "That a list changed between two days does not say",
        "2016-04-04 04:00",
        "AZAF8",
    ],
    ITINERARY: [
        "4K-78131",
        "In flight, call sign AZAF8, seen from 2016-04-04 04:00",
        "3 = 0 observed + 3 inferred",
        "Days not loaded, of which nothing is known here",
    ],
    FLIGHT: [
        "AZAF8",
        "2016-04-04 07:12",
        "not heard for",
        "47 %",
        "33 %",
        "Azerbaijan",
        "This stop, with reasons",
    ],
    STOP: [
        "OJAQ",
        "LLOV",
        "33 %",
        "All outcomes together make 100 %",
        "Considered and ruled out",
        "hidden stops",
        "What would change the order",
    ],
    PLACE: ["LLOV", "0 = 0 observed + 0 inferred (+ 2 compatible)", "expected 0.7", "4K-78131", "IL76"],
    HOUR: ["4K-78131", "aircraft had been heard"],
    "loaded/": ["2016-04-04", "case_2016.csv", "SHA-256"],
}


class Plain(SimpleHTTPRequestHandler):
    """What `python -m http.server` does, silently."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def folder(above, name):
    """Address of a folder in another, from a server that knows nothing of the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Plain, directory=str(above)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{name}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fits(page, width):
    """Whether nothing makes the window scroll sideways at a width in CSS pixels."""
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate("document.documentElement.scrollWidth") <= width


def drawn(page):
    """Waits until the map was drawn over its picture."""
    page.locator("figure[data-map]").first.scroll_into_view_if_needed()
    page.wait_for_selector("figure[data-map][data-live=drawn]", timeout=60_000)
