"""The one place where tests start a browser: Debian's Chromium, watched for what a page must not do."""

import contextlib
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
NO_BROWSER = f"no browser at {CHROMIUM} (Debian package chromium)"
FLAGS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextlib.contextmanager
def browser():
    """Debian's Chromium with a software renderer."""
    from playwright.sync_api import sync_playwright  # without it the tests that need no browser still run

    with sync_playwright() as play:
        held = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield held
        finally:
            held.close()


class Watch:
    """What a page must not do: complain, break the policy, ask another host."""

    def __init__(self, page, base):
        self.wrong = []
        host = base.split("/")[2]
        page.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda r: self.wrong.append(r.url) if r.url.split("/")[2] != host else None)
        page.on("requestfailed", lambda r: self.wrong.append(f"failed {r.url} {r.failure}"))
