"""Rows told when they are looked at."""

import pytest

from overflight.search.told import PAGE, Told


@pytest.fixture
def told():
    pages = []

    def tell(a, b):
        pages.append((a, b))
        return [{"n": k} for k in range(a, b)]

    return Told(PAGE * 2 + 3, tell), pages


def test_only_the_pages_looked_at_are_told_and_once(told):
    rows, pages = told
    assert len(rows) == PAGE * 2 + 3 and pages == []
    assert rows[PAGE] == {"n": PAGE} and pages == [(PAGE, 2 * PAGE)]
    assert rows[-1] == {"n": PAGE * 2 + 2} and rows[PAGE + 1 : PAGE + 3] == [{"n": PAGE + 1}, {"n": PAGE + 2}]
    assert pages == [(PAGE, 2 * PAGE), (2 * PAGE, 2 * PAGE + 3)]


def test_it_is_as_good_as_a_list(told):
    rows, pages = told
    assert rows == [{"n": k} for k in range(PAGE * 2 + 3)] and [*rows][3]["n"] == 3
    rows.tell_all()
    assert len(pages) == 3
    with pytest.raises(IndexError):
        rows[len(rows)]


def test_answers_held_are_told_before_the_archive_closes(hand_folder):
    import overflight

    with overflight.open(hand_folder) as archive:
        answer = archive.visits()
        wanted = [row["id"] for row in archive.visits()]
    assert [row["id"] for row in answer] == wanted
