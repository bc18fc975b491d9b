import json

import intake_parts
import pytest
from measuring import Run
from test_benchmark_synthetic import TRACE

import intake
import overflight
from overflight.study.synth import make


@pytest.fixture
def traces(tmp_path):
    (tmp_path / "trace.json").write_text(json.dumps(TRACE))
    make(tmp_path / "t", 6, seed=1, truth=tmp_path / "landings.csv")
    return tmp_path / "t"


def test_each_part_takes_some_time(traces, tmp_path):
    with overflight.open(tmp_path / "archive", create=True) as archive:
        archive.add(traces, data_kind="synthetic")
    assert intake_parts.warm(str(tmp_path / "trace.json"), "1", "synthetic", str(traces)) > 0
    assert intake_parts.gunzip(str(traces)) > 0
    assert intake_parts.columns(str(tmp_path / "archive")) > 0


def test_the_command_says_what_kind_of_data_it_adds(traces, tmp_path):
    one = intake.Set("synthetic traces", "traces", [traces], "synthetic", 1)
    command = [str(part) for part in intake.overflight_add(tmp_path, one)]
    assert command[command.index("--data-kind") + 1] == "synthetic"
    assert command[-1] == str(traces)


def test_rates_stand_beside_the_rate_of_adding(traces):
    memory = Run(2.0, 2.5, 300.0, 450.0, "")
    one = intake.Set("s", "traces", [traces], "synthetic", 1, positions=6, derived="2 flights")
    one.rows = [("overflight add", 600, 2.0, memory), ("isal gunzip alone", 600, 0.5, memory)]
    lines = intake.shown(one).splitlines()
    assert "2 flights" in lines[1]
    assert lines[4].split()[-7:] == ["600", "2.000", "300", "1.00", "2.5", "300", "450"]
    assert lines[5].split()[-7:] == ["600", "0.500", "1,200", "4.00", "2.5", "300", "450"]
