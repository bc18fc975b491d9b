import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from overflight.store.conditions import Condition
from overflight.store.folder import Store

POINTS = ("staged", "renamed", "listed", "before_commit", "version_listed", "committed")


def run(*arguments):
    script = Path(__file__).with_name("kill_loop.py")
    command = [sys.executable, script, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def assert_whole(folder, acknowledged):
    """The archive is that of one version, entire: the last acknowledged or the one about to be."""
    began = time.perf_counter()
    with Store.open(folder) as store:
        number = store.version.number
        assert number in (acknowledged, acknowledged + 1)
        assert store.verify() == []
        for table in ("positions", "flights", "stops"):
            assert store.find(table).num_rows == (3 + number if number else 0)
            mark = [Condition("data_kind", "=", str(number))]
            assert store.find(table, mark, partitions=["a"]).num_rows == (3 if number else 0)
        assert [version.number for version in store.versions()] == list(range(number + 1))
    assert time.perf_counter() - began < 10
    return number


@pytest.fixture
def folder(tmp_path):
    Store.create(tmp_path / "archive").close()
    return tmp_path / "archive"


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point_leaves_the_old_archive_or_the_new(folder, point):
    writing = run(folder, point)
    output, _ = writing.communicate(timeout=60)
    assert writing.returncode == -signal.SIGKILL
    acknowledged = int(output.split()[-1])
    assert assert_whole(folder, acknowledged) == acknowledged + (point == "committed")
    with Store.open(folder) as store, store.writer("after") as writer:
        assert list((folder / "staging").iterdir()) == []
        writer.put("positions", "a", None)
        writer.commit()


def test_killed_at_thirty_random_moments(folder):
    chance, version = random.Random(2016), 0

    def killed_after(seconds):
        killer.stdin.write(f"{seconds}\n")
        killer.stdin.flush()
        return assert_whole(folder, int(killer.stdout.readline()) or version)

    with run(folder) as killer:
        long_enough = 0.05  # in which this machine, busy as it is, writes one version
        while (version := killed_after(long_enough)) == 0:
            long_enough *= 1.5
        first = version
        for _ in range(30):
            version = killed_after(chance.uniform(0.0, 2 * long_enough))
        killer.stdin.close()
    assert version > first + 5, "hardly a writer came to its end: the test shows nothing"
