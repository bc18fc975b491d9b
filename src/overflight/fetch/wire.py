"""One polite connection to the hosts of one source: the only file of the package that opens connections.

Every request goes through `Wire.ask`: https alone (http to this machine, for tests), to listed hosts alone,
redirects within the list, a pause between requests, waits as the source asks, few and spaced repetitions.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from overflight.errors import FetchError
from overflight.fetch import failures
from overflight.fetch.failures import Cut

REDIRECTS_MAX = 5  # GitHub's take one or two; more go round in a circle
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_THE_CALLER = frozenset({404, 410, 416})
_PORTS = {"https": 443, "http": 80}
_YEAR_S = 366 * 86_400.0  # nobody means more
CLOCK_TOLERANCE_S = 300  # a date header further off than this is told: times in records are this machine's


@dataclass(frozen=True)
class Manners:
    """How a source is treated. The defaults are this program's; no source has asked for more or less."""

    pause_s: float = 1.0  # between requests: a month of one aircraft is 31 of them
    tries: int = 5  # then it is no passing fault
    first_wait_s: float = 2.0  # after a fault; doubled each time: 2, 4, 8, 16 s
    longest_wait_s: float = 900.0  # somebody may sit before the screen; longer waits are told, not made
    silence_s: float = 60.0  # without a byte: the connection is dead


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, the address asked last, and the bytes."""

    status: int
    headers: Mapping[str, str]
    url: str
    pieces: Callable[[], Iterator[bytes]]

    @property
    def length(self) -> int | None:
        """Bytes announced, as they are sent; None where nothing is."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isdigit() else None


@dataclass
class Wire:
    """A connection to `hosts` (`name` or `name:port`) under the name `agent`; close it, or use `with`."""

    hosts: Collection[str]
    agent: str
    manners: Manners = Manners()
    say: Callable[[str], None] = field(default=lambda words: None)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    _asked_at: float | None = field(default=None, init=False)
    _told: set[str] = field(default_factory=set, init=False)
    _client: httpx.Client | None = field(default=None, init=False)

    @contextmanager
    def ask(
        self, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Iterator[Answer]:
        """The answer to a GET, or with `form` to a POST: 2xx, 404, 410 or 416; anything else is FetchError.

        A passing fault (5xx, 429 with a bearable wait, a cut) is asked again first. Bytes come as sent, not
        unpacked. A cut while the bytes are read is `Cut`, which the caller answers.
        """
        answer, response = self._answered(url, dict(headers or {}), form)
        try:
            yield answer
        finally:
            response.close()

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self, tried: int) -> None:
        """Rest before try number `tried + 1` of something that failed."""
        self.sleep(self.manners.first_wait_s * 2 ** (tried - 1))

    def _answered(
        self, url: str, headers: dict[str, str], form: Mapping[str, str] | None
    ) -> tuple[Answer, httpx.Response]:
        host, reason = urlsplit(url).netloc, ""
        for tried in range(1, self.manners.tries + 1):
            try:
                response = self._followed(url, headers, form)
            except Cut as cut:
                reason = str(cut)
                if tried < self.manners.tries:
                    self.wait(tried)
                continue
            if response.status_code < 300 or response.status_code in _FOR_THE_CALLER:
                return self._answer(response), response
            response.close()
            reason = f"answered {response.status_code}"
            seconds = self._asked_to_wait(response, host)
            if seconds is not None:
                self._wait_as_asked(host, seconds)
            elif response.status_code < 500:
                raise FetchError(failures.refusal(response.status_code, host))
            elif tried < self.manners.tries:
                self.wait(tried)
        raise FetchError(failures.gave_up(host, reason, self.manners.tries))

    def _followed(self, url: str, headers: dict[str, str], form: Mapping[str, str] | None) -> httpx.Response:
        """The response after redirects, each of them to a host on the list."""
        first = urlsplit(url).netloc
        for _ in range(REDIRECTS_MAX + 1):
            self._check(url, first)
            response = self._sent(url, headers, form)
            if response.status_code not in _REDIRECTS:
                return response
            response.close()
            url = _joined(url, response.headers.get("location", ""), first)
            if urlsplit(url).netloc != first:  # what is meant for one host is not shown to another
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            if form is not None:
                raise FetchError(f"{first} sends what is posted to it elsewhere; refused")
        raise FetchError(f"{first} redirects more than {REDIRECTS_MAX} times; refused")

    def _sent(self, url: str, headers: dict[str, str], form: Mapping[str, str] | None) -> httpx.Response:
        self._pause()
        client, host = self._opened(), urlsplit(url).netloc
        method, posted = ("GET", None) if form is None else ("POST", dict(form))
        try:
            request = client.build_request(method, url, headers=headers, data=posted)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(f"{host} leads to an address that is none; not followed") from error
        try:
            return client.send(request, stream=True)
        except httpx.TransportError as error:
            raise self._fault(host, error) from error
        finally:
            self._asked_at = time.monotonic()

    def _opened(self) -> httpx.Client:
        if self._client is None:
            try:
                self._client = self._made()
            except (OSError, ValueError, ImportError) as error:
                raise FetchError(
                    "the certificates or the proxy named in the environment (SSL_CERT_FILE, HTTPS_PROXY, "
                    f"ALL_PROXY) cannot be used: {error}"
                ) from error
        self._client.cookies.clear()  # nobody is told that it is the same visitor
        return self._client

    def _made(self) -> httpx.Client:
        trusted = httpx.create_ssl_context()
        here: dict[str, Any] = {
            f"all://{name}": httpx.HTTPTransport(verify=trusted)
            for name in ("127.0.0.1", "localhost", "[::1]")
        }
        return httpx.Client(
            headers={"User-Agent": self.agent, "Accept-Encoding": "identity", "Accept": "*/*"},
            timeout=self.manners.silence_s,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            verify=trusted,
            mounts=here,  # this machine is never asked through a proxy
        )

    def _pause(self) -> None:
        if self._asked_at is not None:
            rest = self.manners.pause_s - (time.monotonic() - self._asked_at)
            if rest > 0:
                self.sleep(rest)

    def _check(self, url: str, asked: str) -> None:
        """Refuse every address but https (or this machine's http) to a host on the list."""
        parts = urlsplit(url)
        try:
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            port = None
        name = parts.hostname or ""
        authority = name if port == 443 else f"{name}:{port}"
        listed = authority in self.hosts and parts.username is None and parts.password is None
        if not listed:
            where = f"{parts.scheme or 'no scheme'}://{name or '?'}"
            raise FetchError(
                f"{asked} leads to {where}, which is not one of its known hosts; not followed, nothing taken"
            )
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(name)):
            raise FetchError(
                f"{asked} leads to {parts.scheme}://{name}, which is not encrypted; not followed"
            )

    def _answer(self, response: httpx.Response) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        host = urlsplit(str(response.url)).netloc

        def pieces() -> Iterator[bytes]:
            try:
                yield from response.iter_raw()
            except httpx.TransportError as error:
                raise self._fault(host, error) from error

        self._compare_clocks(host, headers)
        return Answer(response.status_code, headers, str(response.url), pieces)

    def _compare_clocks(self, host: str, headers: Mapping[str, str]) -> None:
        theirs = _date_s(headers.get("date", ""))
        if theirs is None or host in self._told or abs(theirs - self.now()) <= CLOCK_TOLERANCE_S:
            return
        self._told.add(host)
        off = failures.duration_text(abs(theirs - self.now()))
        side = "behind" if theirs > self.now() else "ahead of"
        self.say(f"this machine's clock is {off} {side} that of {host}: times in the record may be wrong")

    def _asked_to_wait(self, response: httpx.Response, host: str) -> float | None:
        """Seconds the source asks to wait, by the header it uses; None where it does not ask."""
        if response.status_code not in (403, 429, 503):
            return None
        headers = response.headers
        for name in ("x-rate-limit-retry-after-seconds", "retry-after"):  # OpenSky's own; RFC 9110
            text = headers.get(name, "").strip()
            if text.isdigit():
                return float(text)
            if (moment := _date_s(text)) is not None:
                return max(0.0, moment - self.now())
        spent, reset = headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset", "")
        if spent == "0" and reset.isdigit():  # GitHub: seconds since 1970
            return max(0.0, float(reset) - self.now())
        if response.status_code == 429:
            raise FetchError(
                f"{host} answered 429 (too many requests) and does not say how long to wait: give the same "
                "command again in an hour; what is there already is not fetched again"
            )
        return None

    def _wait_as_asked(self, host: str, seconds: float) -> None:
        if seconds > self.manners.longest_wait_s:
            raise FetchError(failures.must_wait(host, min(seconds, _YEAR_S), self.now()))
        self.say(f"{host} asks to wait {failures.duration_text(seconds)}: waiting")
        self.sleep(seconds)

    def _fault(self, host: str, error: httpx.TransportError) -> Exception:
        """FetchError for what will not pass by itself (no name, no trust), Cut for the rest."""
        causes = list(failures.chain(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return FetchError(failures.no_name(host))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return FetchError(failures.untrusted(host, cause.verify_message, self.now()))
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return FetchError(failures.untrusted(host, "it does not speak TLS as it should", self.now()))
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return Cut("no connection: it does not answer, or this machine has no network")
        if isinstance(error, httpx.TimeoutException):
            return Cut(f"silent for {failures.duration_text(self.manners.silence_s)}")
        return Cut("the connection broke off")


def _joined(url: str, location: str, asked: str) -> str:
    """Where a redirect leads."""
    try:
        joined = urljoin(url, location)
        urlsplit(joined)
    except ValueError as error:
        raise FetchError(f"{asked} leads to an address that is none; not followed") from error
    return joined


def _is_here(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _date_s(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date; None for anything else."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError):
        return None
