"""Killed at any moment, an intake leaves the archive as it was or as it was to be, and can be done again."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from intake_samples import OPTIONS, START_S, Pilot, checked, hashes, put_file, states_csv

from overflight.intake import run
from overflight.store.folder import Store

pytestmark = pytest.mark.usefixtures("quick_places")
POINTS = (
    "read",
    "merged",
    "staged",
    "renamed",
    "listed",
    "derived",
    "before_commit",
    "version_listed",
    "committed",
)
RANDOM_KILLS = 12


def recordings(folder):
    """Two days of some aircraft, and a third one that changes what the second said of their ends."""
    reports = []
    for k in range(25):
        pilot = Pilot(f"4c{k:04x}", START_S + k * 600)
        for to in (1, 0, 2, 3, 1, 0, 2, 1):
            pilot.fly(to, 5.0)
            pilot.stay(20, 10)
            pilot.wait(300)
        reports += pilot.reports
    ordered = sorted(reports, key=lambda r: (r.time_s, r.icao24))
    third = len(ordered) // 3
    parts = [ordered[k * third : (k + 1) * third if k < 2 else None] for k in range(3)]
    return [put_file(folder, f"{k}.csv", states_csv(part)) for k, part in enumerate(parts)]


class Killed:
    """An archive with the first recordings in it, to which others add the last and die."""

    def __init__(self, folder):
        self.folder, self.saved = folder / "archive", folder / "saved"
        *first, self.last = recordings(folder / "in")
        with Store.create(self.saved) as store:
            run.add(store, first, OPTIONS, workers=1)
            self.old = hashes(store), len(store.batches())
        shutil.copytree(self.saved, self.folder)
        began = time.perf_counter()
        with Store.open(self.folder) as store:
            self.read = checked(run.add(store, [self.last], OPTIONS, workers=1)).total("read")
            self.new = hashes(store), len(store.batches())
        self.seconds = time.perf_counter() - began
        self.start_again()
        script = Path(__file__).with_name("kill_intake.py")
        command = [sys.executable, script, self.folder, self.last]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start_again(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder)

    def die(self, order):
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def assert_whole(self):
        """Whether the archive is the new one; then or else the old one, entire, and adding makes it new."""
        began = time.perf_counter()
        with Store.open(self.folder) as store:
            found = hashes(store), len(store.batches())
            assert found in (self.old, self.new)
            assert time.perf_counter() - began < 10
            assert store.verify() == []
            report = checked(run.add(store, [self.last], OPTIONS, workers=1))
            assert report.total("duplicate") == (self.read if found == self.new else 0)
            assert (hashes(store), len(store.batches())) == self.new
            assert store.verify() == [] and not list((self.folder / "staging").iterdir())
        self.start_again()
        return found == self.new


@pytest.fixture(scope="module")
def killed(tmp_path_factory, quick_places):
    made = Killed(tmp_path_factory.mktemp("kills"))
    with made.process:
        yield made
        made.process.stdin.close()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point(killed, point):
    for call in (1, 6) if point in ("staged", "renamed", "listed") else (1,):
        assert killed.die(f"{point} {call}") == -signal.SIGKILL
        assert killed.assert_whole() == (point == "committed")


def test_killed_again_and_again_before_it_is_done(killed):
    for point in POINTS[:-1]:
        assert killed.die(f"{point} 1") == -signal.SIGKILL
    assert not killed.assert_whole()


def test_killed_at_random_moments(killed):
    chance = random.Random(2016)
    for _ in range(RANDOM_KILLS):
        killed.die(f"{chance.uniform(0, 1.2 * killed.seconds):.4f}")
        killed.assert_whole()
