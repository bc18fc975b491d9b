import json

import pytest

from overflight.cli.app import main

REGISTER = "hex,reg,type,flags,desc\n4c0001,X-ABC,B738,00,made up\n"


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Exit status of `reference add` with options, and what `info` then says of the register."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text(REGISTER)

    def run(*options):
        status = main(["--archive", "new", "reference", "add", "r.csv", "--day", "2024-06-01", *options])
        said = capsys.readouterr().err
        main(["--archive", "new", "info", "--format", "json"])
        out = capsys.readouterr().out
        found = json.loads(out)["references"] if out else []
        return status, said, [(one["licence"], one["may_publish"]) for one in found]

    return run


@pytest.mark.parametrize(
    "options, terms",
    [
        ((), (None, False)),
        (("--licence", "odbl"), ("odbl", True)),
        (("--licence", "a letter"), ("a letter", False)),
        (("--licence", "a letter", "--may-publish"), ("a letter", True)),
        (("--licence", "CC0", "--no-publish"), ("CC0", False)),
    ],
)
def test_terms_are_kept(told, options, terms):
    assert told(*options)[0::2] == (0, [terms])


def test_saying_it_again_is_reported(told):
    told()
    status, said, terms = told("--licence", "CC0")
    assert (status, terms) == (0, [(None, False)])
    assert "--may-publish would change that" in said
    status, said, terms = told("--licence", "CC0", "--may-publish")
    assert (status, terms) == (0, [("CC0", True)])
    assert "from now on it may be published" in said


def test_permission_needs_a_licence_and_no_contradiction(told):
    status, said, _ = told("--may-publish")
    assert (status, "--licence" in said) == (2, True)
    assert told("--may-publish", "--no-publish", "--licence", "x")[0] == 2


def test_the_reconstruction_may_be_published(tmp_path, capsys):
    folder = str(tmp_path / "demo")
    assert main(["--archive", folder, "demo", "--no-serve"]) == 0
    capsys.readouterr()
    main(["--archive", folder, "info", "--format", "json"])
    assert [batch["may_publish"] for batch in json.loads(capsys.readouterr().out)["batches"]] == [True]
