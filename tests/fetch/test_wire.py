"""What leaves this machine, where to, and what becomes of faults: asked of a server on this machine."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from email.utils import formatdate

import pytest

from local_source import Source
from overflight.errors import FetchError
from overflight.fetch.failures import Cut, duration_text, size_text
from overflight.fetch.small import read_json
from overflight.fetch.wire import Manners, Wire


def body(wire, url, **how):
    with wire.ask(url, **how) as answer:
        return answer.status, b"".join(answer.pieces())


def test_a_plain_answer_and_who_asked(source, wire):
    source.say("/a", b"data")
    assert body(wire, f"{source.base}/a") == (200, b"data")
    _, headers, _ = source.asked[0]
    assert headers["User-Agent"] == "overflight/test"
    assert headers["Accept-Encoding"] == "identity"
    assert "Authorization" not in headers and "Cookie" not in headers


def test_one_connection_and_a_pause_between_requests(source, wire, rests):
    source.say("/a", b"data")
    for _ in range(3):
        body(wire, f"{source.base}/a")
    assert len(rests) == 2 and all(0 < rest <= Manners().pause_s for rest in rests)


def test_what_is_packed_stays_packed(source, wire):
    source.say("/a", b"\x1f\x8bpacked", headers={"Content-Encoding": "gzip"})
    assert body(wire, f"{source.base}/a")[1] == b"\x1f\x8bpacked"


def test_no_cookie_is_ever_sent(source, wire):
    source.say("/a", b"", headers={"Set-Cookie": "id=1"})
    for _ in range(2):
        body(wire, f"{source.base}/a")
    assert "Cookie" not in source.asked[1][1]


@pytest.mark.parametrize("name, value", [("SSL_CERT_FILE", "/nowhere.pem"), ("ALL_PROXY", "nonsense://x")])
def test_an_environment_that_cannot_be_used(source, wire, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(FetchError, match="named in the environment"):
        body(wire, f"{source.base}/a")


def test_this_machine_is_not_asked_through_a_proxy(source, wire, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    source.say("/a", b"data")
    assert body(wire, f"{source.base}/a")[1] == b"data"


def test_a_wait_beyond_all_calendars(source, wire):
    source.say("/a", b"", status=429, headers={"Retry-After": "9" * 30})
    with pytest.raises(FetchError, match="asks to wait 8784 h"):
        body(wire, f"{source.base}/a")


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there_is_an_answer(source, wire, status):
    source.say("/a", b"", status=status)
    assert body(wire, f"{source.base}/a")[0] == status


def test_passing_faults_are_asked_again_with_growing_rests(source, wire, rests):
    source.say("/a", b"", status=502)
    source.say("/a", b"", status=500)
    source.say("/a", b"data")
    assert body(wire, f"{source.base}/a") == (200, b"data")
    assert [rest for rest in rests if rest > 1] == [2.0, 4.0]


def test_faults_that_stay_end_after_a_few_tries(source, wire, rests):
    source.say("/a", b"", status=503)
    with pytest.raises(FetchError, match=r"answered 503; tried 5 times.*later"):
        body(wire, f"{source.base}/a")
    assert len(source.asked) == 5
    assert [rest for rest in rests if rest > 1] == [2.0, 4.0, 8.0, 16.0]


@pytest.mark.parametrize("header", ["Retry-After", "X-Rate-Limit-Retry-After-Seconds"])
def test_a_bearable_wait_is_waited_and_said(source, wire, rests, said, header):
    source.say("/a", b"", status=429, headers={header: "90"})
    source.say("/a", b"data")
    assert body(wire, f"{source.base}/a") == (200, b"data")
    assert 90.0 in rests
    assert said == [f"{source.host} asks to wait 1 min 30 s: waiting"]


def test_a_wait_until_a_date(source, wire, rests):
    source.say("/a", b"", status=503, headers={"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    source.say("/a", b"data")
    assert body(wire, f"{source.base}/a")[0] == 200
    assert any(50 < rest <= 60 for rest in rests)


def test_a_long_wait_is_told_and_not_made(source, wire, rests):
    source.say("/a", b"", status=429, headers={"X-Rate-Limit-Retry-After-Seconds": "40000"})
    with pytest.raises(FetchError, match=r"asks to wait 11 h 7 min.*after 20\d\d-.*Z.*not fetched again"):
        body(wire, f"{source.base}/a")
    assert len(source.asked) == 1 and not rests


def test_githubs_way_of_saying_wait(source, wire):
    reset = str(int(time.time()) + 3000)
    source.say("/a", b"", status=403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    with pytest.raises(FetchError, match=r"asks to wait (49 min 5|50 min)"):
        body(wire, f"{source.base}/a")


def test_a_429_that_does_not_say_how_long(source, wire):
    source.say("/a", b"", status=429)
    with pytest.raises(FetchError, match=r"does not say how long.*in an hour"):
        body(wire, f"{source.base}/a")
    assert len(source.asked) == 1


@pytest.mark.parametrize(
    "status, words",
    [(403, "does not let this machine, network or account"), (401, "credentials"), (400, "changed its rules"),
     (451, "legal reasons"), (418, "does not expect")],
)  # fmt: skip
def test_refusals_are_not_asked_again(source, wire, status, words):
    source.say("/a", b"", status=status)
    with pytest.raises(FetchError, match=words):
        body(wire, f"{source.base}/a")
    assert len(source.asked) == 1


def test_redirects_within_the_source_are_followed(source, wire):
    source.say("/a", b"", status=302, headers={"Location": "/b"})
    source.say("/b", b"data")
    with wire.ask(f"{source.base}/a") as answer:
        assert (b"".join(answer.pieces()), answer.url) == (b"data", f"{source.base}/b")


def test_a_redirect_in_a_circle(source, wire):
    source.say("/a", b"", status=302, headers={"Location": "/a"})
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        body(wire, f"{source.base}/a")


def foreign(source):
    port = source.host.rpartition(":")[2]
    return [
        "https://example.org/b", f"http://localhost:{port}/b", "http://127.0.0.1:1/b", "file:///etc/passwd",
        f"http://user:word@{source.host}/b", f"ftp://{source.host}/b", "//example.org/b", "http://[::1]/b",
        f"http://{source.host}@example.org/b", "https://127.0.0.1:99999/b", "http://[bad/b",
    ]  # fmt: skip


@pytest.mark.parametrize("which", range(11))
def test_a_redirect_to_a_host_that_is_not_the_sources_is_refused(source, wire, which):
    source.say("/a", b"", status=302, headers={"Location": foreign(source)[which]})
    source.say("/b", b"never")
    with pytest.raises(FetchError, match=r"leads to .*not (one of its known hosts|encrypted|followed)"):
        body(wire, f"{source.base}/a")
    assert source.paths == ["/a"]


def test_http_is_for_this_machine_alone():
    with Wire({"example.org:80"}, "test") as wire:
        with pytest.raises(FetchError, match="not encrypted"):
            body(wire, "http://example.org/a")
    with Wire({"example.org"}, "test") as wire:
        with pytest.raises(FetchError, match="not one of its known hosts"):
            body(wire, "http://example.org/a")


def test_a_secret_is_not_shown_to_the_host_a_redirect_leads_to(source, said, rests):
    other = Source()
    try:
        source.say("/a", b"", status=302, headers={"Location": f"{other.base}/b"})
        other.say("/b", b"data")
        with Wire({source.host, other.host}, "test", sleep=rests.append) as wire:
            body(wire, f"{source.base}/a", headers={"Authorization": "Bearer s3cret"})
        assert source.asked[0][1]["Authorization"] == "Bearer s3cret"
        assert "Authorization" not in other.asked[0][1]
    finally:
        other.close()


def test_what_is_posted_is_never_sent_elsewhere(source, wire):
    source.say("/login", b"", status=307, headers={"Location": "/other"})
    with pytest.raises(FetchError, match="posted"):
        body(wire, f"{source.base}/login", form={"client_secret": "s3cret"})
    assert source.paths == ["/login"]


def test_a_cut_is_told_to_the_reader(source, wire):
    source.say("/a", b"x" * 1000, cut=100)
    with wire.ask(f"{source.base}/a") as answer, pytest.raises(Cut, match="broke off"):
        list(answer.pieces())


def test_a_server_that_falls_silent(rests):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        with Wire({host}, "test", Manners(tries=2, silence_s=0.2), sleep=rests.append) as wire:
            with pytest.raises(FetchError, match="silent for 1 s; tried 2 times"):
                body(wire, f"http://{host}/a")


def test_nobody_listens(rests):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
    with Wire({host}, "test", sleep=rests.append) as wire:
        with pytest.raises(FetchError, match=r"no connection.*tried 5 times"):
            body(wire, f"http://{host}/a")


def test_a_name_that_leads_nowhere(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Wire({"adsb.lol"}, "test") as wire:
        with pytest.raises(FetchError, match="cannot be found: this machine has no network"):
            body(wire, "https://adsb.lol/a")


def test_an_untrusted_certificate_names_the_clock(tmp_path, rests):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", made,
         "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"

        def greet():
            connection, _ = listening.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except (ssl.SSLError, OSError):
                    return  # the other side does not trust it: that is what is tested

        thread = threading.Thread(target=greet)
        thread.start()
        with Wire({host}, "test", sleep=rests.append) as wire:
            with pytest.raises(FetchError, match=r"cannot be trusted.*clock says 20\d\d-.*Z"):
                body(wire, f"https://{host}/a")
        thread.join()
    assert rests == []  # and is not tried again


def test_a_clock_that_is_off_is_said_once(source, wire, said):
    source.say("/a", b"", headers={"Date": formatdate(time.time() + 7200, usegmt=True)})
    wire.now = lambda: time.time() - 7200
    for _ in range(2):
        body(wire, f"{source.base}/a")
    assert len(said) == 1 and "behind that of" in said[0]


def test_small_json(source, wire, rests):
    source.say("/a", {"a": 1})
    source.say("/cut", b'{"a": 1}' + b" " * 1000, cut=10)
    source.says["/cut"].append(source.says["/a"][0])
    source.say("/deep", b"[" * 100_000)
    source.say("/page", b"<html>log in</html>")
    source.say("/large", b"[" + b" " * (5 << 20) + b"]")
    assert read_json(wire, f"{source.base}/a") == {"a": 1}
    assert read_json(wire, f"{source.base}/none") is None
    assert read_json(wire, f"{source.base}/cut") == {"a": 1}
    with pytest.raises(FetchError, match="not JSON"):
        read_json(wire, f"{source.base}/page")
    with pytest.raises(FetchError, match="not JSON"):
        read_json(wire, f"{source.base}/deep")
    with pytest.raises(FetchError, match="at most"):
        read_json(wire, f"{source.base}/large")


def test_durations_and_sizes_in_words():
    assert [duration_text(s) for s in (0.2, 59, 60, 61, 3599, 3600, 7260)] == [
        "1 s", "59 s", "1 min", "1 min 1 s", "59 min 59 s", "1 h", "2 h 1 min"
    ]  # fmt: skip
    assert [size_text(n) for n in (5, 1500, 2_500_000, 3_210_000_000)] == [
        "5 bytes", "1.5 kB", "2.5 MB", "3.21 GB"
    ]  # fmt: skip
