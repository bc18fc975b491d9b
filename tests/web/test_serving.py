"""The verbs `serve` and `publish` as processes of their own."""

import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import urllib.request

import hand_made
from overflight.cli.serving import warmed

COMMAND = [sys.executable, "-m", "overflight"]


def asked_of(port, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("HEAD", "/api/v1/loaded", headers={"host": host})
    answer = connection.getresponse()
    assert answer.read() == b""
    connection.close()
    return answer.status


def test_lists_are_read_beside_the_start_and_no_failure_of_that_ends_it():
    begun, go_on, done = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        go_on.wait(30)
        done.append("slow")

    def fails():
        raise ValueError

    with warmed(slow, lambda: done.append("never")):
        assert begun.wait(30) and done == []  # what stands in here does not wait
        threading.Timer(0.1, go_on.set).start()
    assert done == ["slow"]  # the archive is closed next: what reads it is waited for, nothing more begun
    with warmed(fails):
        pass


def test_serve_prints_its_address_answers_and_ends_with_the_keyboard(tmp_path):
    folder = hand_made.write_archive(tmp_path / "archive")
    serve = [*COMMAND, "--archive", str(folder), "serve", "--cache", str(tmp_path / "cache")]
    serve += ["--name", "news.example", "--port"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*serve, "0"], **pipes) as process:
        try:
            address, port = re.search(r"(http://127.0.0.1:(\d+)/)", process.stdout.readline()).groups()
            with urllib.request.urlopen(f"{address}api/v1/loaded") as answer:
                assert json.load(answer)["days"]
            with urllib.request.urlopen(address) as page:
                assert b"<html" in page.read()
            for host, status in (("news.example", 200), ("evil.example", 421)):
                assert asked_of(int(port), host) == status
            second = subprocess.run([*serve, port], capture_output=True, text=True, timeout=60)
            assert second.returncode == 2 and "--port 0 takes a free one" in second.stderr
        finally:
            process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_publish_writes_the_same_site_twice(tmp_path):
    demo = [*COMMAND, "--archive", str(tmp_path / "demo")]
    subprocess.run([*demo, "demo", "--no-serve"], capture_output=True, check=True, timeout=120)
    for name in ("one", "two"):
        made = subprocess.run([*demo, "publish", str(tmp_path / name)], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
    one, two = (
        {f.relative_to(tmp_path / name): f.read_bytes() for f in (tmp_path / name).rglob("*") if f.is_file()}
        for name in ("one", "two")
    )
    assert one == two
    assert json.loads((tmp_path / "one" / "manifest.json").read_text("utf-8"))["files"]["index.html"]
