import sys
from pathlib import Path

import measuring
import pytest


def test_a_table_stands_in_columns():
    text = measuring.table(("what", "n"), [("one", 1), ("three hundred", 300)])
    lines = text.splitlines()
    assert lines[0] == "what             n"
    assert lines[2:] == ["one              1", "three hundred  300"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.1, 1), (1.0, 10)])
def test_percentiles(share, value):
    assert measuring.percentile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], share) == value


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory of children is read from /proc")
def test_a_child_is_measured_with_its_own_children():
    big = "x = bytearray(60_000_000); import time; time.sleep(0.3)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {big!r}]); print('done')"
    ran = measuring.run([sys.executable, "-c", code])
    assert ran.output == "done\n"
    assert ran.seconds > 0.3
    assert 0 < ran.cpu_s < 10
    assert 60 < ran.largest_mb < 200
    assert ran.together_mb > 60


def test_a_child_that_fails_ends_the_run_with_its_words():
    with pytest.raises(SystemExit, match="no such thing"):
        measuring.run([sys.executable, "-c", "raise ValueError('no such thing')"])


def test_the_recordings_must_be_somewhere(monkeypatch, tmp_path):
    monkeypatch.delenv(measuring.VARIABLE, raising=False)
    with pytest.raises(SystemExit, match="OVERFLIGHT_SHARED_DATA"):
        measuring.data_folder(None)
    with pytest.raises(SystemExit, match="there is no folder"):
        measuring.data_folder(str(tmp_path / "none"))
    assert measuring.data_folder(str(tmp_path)) == tmp_path
