"""The program as a process of its own."""

import contextlib
import re
import signal
import subprocess
import sys

COMMAND = [sys.executable, "-m", "overflight"]


def run(*words):
    subprocess.run([*COMMAND, *map(str, words)], capture_output=True, check=True, timeout=300)


@contextlib.contextmanager
def program(archive, cache):
    """Address of `overflight serve`."""
    words = ["--archive", str(archive), "serve", "--port", "0", "--cache", str(cache)]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
