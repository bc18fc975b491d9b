"""The verbs `serve` and `publish`: the archive as pages, on this machine or in a folder."""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import uvicorn

from overflight import archive, settings
from overflight.cli.opening import opened
from overflight.cli.progress import shown_progress
from overflight.errors import QuestionError
from overflight.web.app import make_app
from overflight.web.document import SiteOptions
from overflight.web.hosts import LOCAL_NAMES, Hosts
from overflight.web.hot import App
from overflight.web.publish import publish
from overflight.web.site import Site

FOUND = 0
BACKLOG = 2048  # connections that wait to be taken: a thousand readers may come in one second
HANG_UP_S = 5  # a browser's idle connection is kept so long
WARMING = "x1"  # no name of anything, so that every list is looked through
ENDING_S = 3  # what is being answered at Ctrl-C has so long to end
# Python hands the interpreter on every 5 ms; with two questions running a ready page would wait 10 ms for it.
SWITCH_S = 0.001


def run_serve(options: argparse.Namespace) -> int:
    """`serve`: 0 when it was ended by Ctrl-C."""
    with opened(options) as shelf:
        serve(public_of(shelf) if options.public else shelf, options)
    return FOUND


def serve(shelf: archive.Archive, options: argparse.Namespace) -> None:
    """Serve an archive until Ctrl-C; QuestionError where the address is taken."""
    site_options = SiteOptions(public=options.public, point_of_view=options.point_of_view)
    site = Site(shelf, site_options)
    app: App = make_app(
        shelf, site.document, site_options, cache=cache_folder(options.cache, os.environ),
        version=version("overflight"),
    )  # fmt: skip
    if not options.public:
        app = Hosts(app, [options.host, *options.name])
    listening = bound(options.host, options.port)
    name = f"[{options.host}]" if ":" in options.host else options.host
    print(f"overflight: http://{name}:{listening.getsockname()[1]}/ (Ctrl-C ends)", flush=True)
    if options.host not in LOCAL_NAMES and not options.public:
        print(
            f"overflight: {options.host} can be reached by others, and everything the archive holds is shown "
            "to whoever asks its address in numbers; a name it is reached by is given with --name",
            file=sys.stderr,
        )
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, lifespan="on", backlog=BACKLOG,
        timeout_keep_alive=HANG_UP_S, timeout_graceful_shutdown=ENDING_S, proxy_headers=False,
    )  # fmt: skip
    sys.setswitchinterval(SWITCH_S)
    try:
        with warmed(lambda: shelf.find(WARMING), shelf.loaded, settle):
            uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # how it was meant to end
        pass
    finally:
        gc.unfreeze()
        listening.close()


def settle() -> None:
    """Leave what is held by now out of the search for garbage: it halts all threads for 0.2 s each time."""
    gc.collect()
    gc.freeze()


@contextmanager
def warmed(*steps: Callable[[], object]) -> Iterator[None]:
    """While it is open, the steps are done in a thread: the first reader then does not wait for lists.

    At the end it waits for the step at work, as that reads an archive which is closed next.
    """
    ending = threading.Event()

    def run() -> None:
        for step in steps:
            if ending.is_set():
                return
            try:
                step()
            except Exception:  # whoever asks meets the same, and is told
                return

    thread = threading.Thread(target=run, name="warming")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def run_publish(options: argparse.Namespace) -> int:
    """`publish DIR`: 0 when the whole site stands there."""
    with opened(options) as shelf, shown_progress(options.quiet) as progress:
        public = public_of(shelf)
        public.prepare(progress=progress)  # every place gets a page
        view = options.point_of_view
        site = Site(public, SiteOptions(public=True, point_of_view=view, base_url=options.base_url))
        manifest = publish(
            site.paths(), site.document, Path(options.folder), archive_version=public.version,
            progress=progress,
        )  # fmt: skip
    if not options.quiet:
        print(f"overflight: {len(manifest['files']):,} files in {options.folder}", file=sys.stderr)
    return FOUND


def public_of(shelf: archive.Archive) -> archive.Archive:
    """What may be shown to all; ArchiveError where that would betray an antenna and nobody consented."""
    consent = settings.settings_from(os.environ, Path.cwd()).publish_receiver_area
    return shelf.public(publish_receiver_area=consent)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; QuestionError saying what is in the way."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, OverflowError, UnicodeError) as error:
        raise QuestionError(f"--host {host} --port {port} is no address of this machine: {error}") from error
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise QuestionError(
            f"cannot listen on {host} port {port}: {error.strerror}; --port 0 takes a free one"
        ) from error
    return made


def cache_folder(asked: str | None, environment: os._Environ[str]) -> Path:
    """Where pages are kept once made: not beside the archive, which may be read-only or on a slow disk."""
    if asked is not None:
        return Path(asked)
    configured = environment.get("XDG_CACHE_HOME")
    home = Path(configured) if configured else Path.home() / ".cache"
    return home / "overflight" / "pages"
