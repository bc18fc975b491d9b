import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from overflight.intake.mapper import Workers, default_workers


def process_of(task):
    return task, os.getpid()


def test_results_come_in_the_order_of_the_tasks_wherever_they_are_made():
    for count in (1, 2):
        with Workers(count) as workers:
            assert list(workers.map(abs, [-3, 2, -1, 0], worth_it=True)) == [3, 2, 1, 0]
            assert list(workers.map(abs, [], worth_it=True)) == []


def test_only_work_that_is_worth_it_leaves_this_process():
    here = os.getpid()
    with Workers(2) as workers:
        assert {pid for _, pid in workers.map(process_of, [1, 2], worth_it=False)} == {here}
        assert {pid for _, pid in workers.map(process_of, [1], worth_it=True)} == {here}
        assert here not in {pid for _, pid in workers.map(process_of, [1], worth_it=True, beside=True)}
        first = {pid for _, pid in workers.map(process_of, range(20), worth_it=True)}
        second = {pid for _, pid in workers.map(process_of, range(20), worth_it=True)}
        assert here not in first | second
        assert len(first | second) <= 2  # the same processes serve every step
    with Workers(1) as alone:
        assert {pid for _, pid in alone.map(process_of, [1, 2], worth_it=True)} == {here}


def test_workers_prepared_in_time_do_the_same_work():
    here = os.getpid()
    with Workers(2) as workers:
        workers.prepare()
        workers.prepare()
        assert here not in {pid for _, pid in workers.map(process_of, range(20), worth_it=True)}


def test_what_is_divided():
    with Workers(2) as two, Workers(1) as alone:
        assert two.divides(2, worth_it=True)
        assert not two.divides(1, worth_it=True) and not two.divides(2, worth_it=False)
        assert not alone.divides(2, worth_it=True)


ENDLESS = """
import os, time
from overflight.intake.mapper import Workers

def told(number):
    print(os.getpid(), flush=True)
    time.sleep(600)

if __name__ == "__main__":
    with Workers(2) as workers:
        list(workers.map(told, [1, 2], worth_it=True))
"""


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no /proc to look for processes in")
def test_no_worker_outlives_a_killed_intake(tmp_path):
    (tmp_path / "endless.py").write_text(ENDLESS)
    parent = subprocess.Popen([sys.executable, tmp_path / "endless.py"], stdout=subprocess.PIPE, text=True)
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    until = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_alive(pid) for pid in workers)


def test_there_is_a_worker_for_each_processor():
    assert default_workers() >= 1
    assert Workers().count == default_workers()
