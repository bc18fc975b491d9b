"""A little of what benchmarks/faults.py does at full size (docs/reliability.md)."""

import random
import shutil

import pytest
from faults import page_table, seeds_into
from faults_bits import flips
from faults_bombs import tried
from faults_kills import failing_disks, full_disks, kills, may_fail, may_mount
from faults_mutants import mutants, seeds_of
from faults_world import made_world, state_of, whole_again


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return made_world(tmp_path_factory.mktemp("world"))


def test_the_world_has_two_states(world, tmp_path):
    assert world.old != world.new and world.read > 0
    shutil.copytree(world.saved, tmp_path / "archive")
    assert whole_again(world, tmp_path / "archive") is None
    assert state_of(tmp_path / "archive") == world.new


def test_a_broken_archive_does_not_count_as_whole(world, tmp_path):
    shutil.copytree(world.saved, tmp_path / "archive")
    next((tmp_path / "archive" / "tables" / "positions").iterdir()).unlink()
    assert whole_again(world, tmp_path / "archive").startswith("damaged: ")


def test_killed_at_random_moments(world, tmp_path):
    assert kills(world, tmp_path / "archive", 3, random.Random(7)) == [None] * 3


@pytest.mark.skipif(not may_mount(), reason="a disk of a given size needs root")
def test_full_disks(world, tmp_path):
    assert full_disks(world, tmp_path / "disk", 3) == [None] * 3


@pytest.mark.skipif(not may_fail(), reason="failing writes need Debian's fiu-utils")
def test_failing_disks(world, tmp_path):
    assert failing_disks(world, tmp_path / "archive", 2, random.Random(3)) == [None] * 2


def test_flipped_bits(world, tmp_path):
    outcomes, became = flips(world, tmp_path / "archive", 25, random.Random(5))
    assert [text for text in outcomes if text] == []
    assert sum(became.values()) == 25


def test_hostile_archives(tmp_path):
    outcomes, measured = tried(tmp_path, 99, small=True)
    assert [text for text in outcomes if text] == []
    assert len(measured) == len(outcomes) == 19


def test_mutants(tmp_path):
    seeds_into(tmp_path / "seeds", None)
    outcomes, counts = mutants(seeds_of(tmp_path / "seeds"), tmp_path / "mutants", 300, random.Random(11))
    assert [text for text in outcomes if text] == []
    assert sum(counts.values()) == 300


def test_lines_not_tried_now_stay_on_the_page():
    before = page_table([("a fault", 500, 499, ["why"]), ("another", 3, 3, [])], ["Of it: 5.", "Else 7."])
    after = page_table([("another", 4, 4, [])], ["Else 8."], before)
    assert "| a fault | 500 | 499 |" in after and "| another | 4 | 4 |" in after
    assert after.count("| another |") == 1 and "Of it: 5." in after and "Else 7." not in after
