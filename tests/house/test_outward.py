"""One file opens connections outward, one listens; nothing else of the package touches a network."""

from house_source import Module, read_modules

MODULES = read_modules()
OPENERS = frozenset(
    """aiohttp asyncio.open_connection ftplib http.client httpcore httpx imaplib poplib requests smtplib
    socket socketserver telnetlib urllib.request urllib3 websocket websockets xmlrpc.client""".split()
)
OUTWARD = {"overflight.fetch.wire"}  # asks others
LISTENING = {"overflight.cli.serving"}  # binds the port of `serve`
LOADED_BY_ARROW = {"pyarrow.fs", "pyarrow.flight", "pyarrow.dataset"}  # can open s3://, gs://, grpc://


def opens(module):
    """What a module imports that can open a connection."""
    names = set(module.imported())
    known = OPENERS | LOADED_BY_ARROW
    return {one for one in known for name in names if name == one or name.startswith(f"{one}.")}


def test_one_file_opens_connections():
    found = {module.name: opens(module) for module in MODULES if opens(module)}
    assert set(found) == OUTWARD | LISTENING
    assert found["overflight.cli.serving"] == {"socket"}


def test_no_other_address_of_a_network_is_opened_by_a_string():
    """Engines open addresses they are given as text: none is written outside the room that may."""
    rooms = {"store", "intake", "search", "formats", "detect", "registry", "archive"}
    found = [
        f"{module.name}:{line} {text!r}"
        for module in MODULES
        if module.room in rooms
        for line, text in module.strings()
        if text.lower().startswith(("s3://", "gs://", "install httpfs", "load httpfs"))
    ]
    assert found == []


def test_the_check_finds_what_it_looks_for():
    bad = Module(
        "overflight.store.sly", "import urllib.request\nfrom socket import create_connection\nimport httpx\n"
        "def f():\n    from http import client\n    from urllib.parse import quote\n"
    )  # fmt: skip
    assert opens(bad) == {"urllib.request", "socket", "httpx", "http.client"}
    assert opens(Module("overflight.web.words", "from urllib.parse import quote")) == set()
