import os

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
        first = {pid for _, pid in workers.map(process_of, range(20), worth_it=True)}
        second = {pid for _, pid in workers.map(process_of, range(20), worth_it=True)}
        assert here not in first | second
        assert len(first | second) <= 2  # the same processes serve every step
    with Workers(1) as alone:
        assert {pid for _, pid in alone.map(process_of, [1, 2], worth_it=True)} == {here}


def test_there_is_a_worker_for_each_processor():
    assert default_workers() >= 1
    assert Workers().count == default_workers()
