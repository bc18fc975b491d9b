"""Runs the samples of the pages, top to bottom, each page in a temporary folder of its own.

What is run, told by the word after the three backticks:
    python              executed; where it holds `>>>`, as a doctest with `...` for what may differ
    console run         each line after `$ ` by bash; the lines below it are what it must print, likewise
    ANYTHING file=NAME  written to the file NAME
Everything else is only shown.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\S[^\n]*)\n(.*?)^```$", re.M | re.S)
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Sample:
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def file(self):
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)

    @property
    def runs(self):
        return bool(self.file or self.words[0] == "python" or self.words[:2] == ("console", "run"))


def samples(text):
    fences = ((match, text.count("\n", 0, match.start()) + 2) for match in FENCE.finditer(text))
    found = (Sample(tuple(match[1].split()), match[2], line) for match, line in fences)
    return [sample for sample in found if sample.runs]


def commands(text):
    """(command, what it must print) of a console sample."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        lines = part.splitlines(keepends=True)
        end = next(k for k, line in enumerate(lines) if not line.rstrip("\n").endswith("\\")) + 1
        yield "".join(lines[:end]), "".join(lines[end:])


def run_console(sample, folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(("OVERFLIGHT_", "PYTHON"))}
    env = kept | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "120", "HOME": str(folder)}
    for command, wanted in commands(sample.text):
        shell = ["bash", "-euo", "pipefail", "-c", command]
        result = subprocess.run(shell, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, f"$ {command}{result.stdout}{result.stderr}"
        if wanted.strip():
            shown = result.stdout + result.stderr
            right = doctest.OutputChecker().check_output(wanted.rstrip() + "\n", shown.rstrip() + "\n", LOOSE)
            assert right, f"$ {command}printed\n{shown}\nthe page says\n{wanted}"


def run_python(sample, page, names):
    if ">>>" not in sample.text:
        exec(compile("\n" * (sample.line - 1) + sample.text, str(page), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(sample.text, names, page.name, str(page), sample.line - 1)
    report = []
    runner = doctest.DocTestRunner(optionflags=LOOSE)
    failed = runner.run(test, out=report.append, clear_globs=False).failed
    names.update(test.globs)
    assert not failed, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_samples_of(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("OVERFLIGHT_")]:
        monkeypatch.delenv(name)
    names = {"__name__": "sample"}
    for sample in samples(page.read_text("utf-8")):
        if sample.file:
            Path(sample.file).parent.mkdir(exist_ok=True)
            Path(sample.file).write_text(sample.text, "utf-8")
        elif sample.words[0] == "python":
            run_python(sample, page, names)
        else:
            run_console(sample, tmp_path)


def test_the_commands_shown_only_name_things_that_exist():
    """Samples that are not run at least start a script of this project or a program a reader has."""
    known = {"overflight", "git", "cd", "python", "export", "sed", "sha256sum", "tar"}
    unknown = []
    for page in PAGES:
        for match in FENCE.finditer(page.read_text("utf-8")):
            if match[1].split()[0] == "console":
                for command, _ in commands(match[2]):
                    program = shlex.split(command, comments=True)[0]
                    if program not in known and not (ROOT / program).is_file():
                        unknown.append(f"{page.name}: {program}")
    assert unknown == []


def test_the_runner_finds_wrong_samples(tmp_path):
    shown = "```console run\n$ echo a b\na ...\n$ true\n```\n\n```console run\n$ echo a\nb\n```\n"
    good, bad = samples(shown)
    run_console(good, tmp_path)
    with pytest.raises(AssertionError, match="the page says"):
        run_console(bad, tmp_path)
    [wrong] = samples("text\n```python\n>>> 1 + 1\n3\n```\n")
    with pytest.raises(AssertionError, match="Expected"):
        run_python(wrong, Path("page.md"), {})
    assert samples("```console\n$ rm -rf things\n```\n```text\na\n```\n") == []
