"""`prepare` on the command line."""

import shutil

from overflight.cli.app import main


def test_prepare_keeps_a_table_beside_the_archive_and_says_how_much(hand_folder, tmp_path, capsys):
    folder = tmp_path / "archive"
    shutil.copytree(hand_folder, folder)
    assert main(["--archive", str(folder), "prepare"]) == 0
    assert capsys.readouterr().err == "overflight: unseen stops weighed: 1\n"
    assert len(list((folder / "prepared").glob("*.parquet"))) == 1


def test_prepare_without_an_archive_says_so(tmp_path, capsys):
    assert main(["--archive", str(tmp_path / "none"), "prepare"]) == 2
    assert "does not exist" in capsys.readouterr().err
