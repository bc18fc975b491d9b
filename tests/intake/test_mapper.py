from overflight.intake.mapper import default_workers, run_map


def test_results_come_in_the_order_of_the_tasks_with_and_without_a_pool():
    for workers in (1, 2):
        assert list(run_map(abs, [-3, 2, -1, 0], workers)) == [3, 2, 1, 0]
    assert list(run_map(abs, [], 2)) == []


def test_there_is_a_worker():
    assert default_workers() >= 1
