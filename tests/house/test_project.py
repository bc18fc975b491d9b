"""What lies around the package: things said twice stay the same, and nothing personal lies about."""

import ast
import os
import re
import shutil
import subprocess
import tomllib

import pytest
from house_source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ROOF = (ROOT / "src/overflight/__init__.py").read_text("utf-8")
VERSION = re.search(r'^__version__ = "(.+)"$', ROOF, re.M)[1]
SCRIPTS = [".ci/run", "scripts/axe", "scripts/demo", "scripts/environment", "scripts/test"]
CACHES = {".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "__pycache__"}
SKIPPED = CACHES | {".git", ".venv", "node_modules", "demo-archive"}
SIZE_LIMIT = 8_000_000  # bytes: the largest thing shipped is the table of airfields; recordings are larger
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def project_files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            yield ROOT.__class__(folder) / name


FILES = list(project_files())
PAGES = [file for file in FILES if file.suffix == ".md"]


def test_the_changelog_has_this_version():
    heads = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert VERSION in heads
    entry = (ROOT / "CHANGELOG.md").read_text("utf-8").split(f"## [{VERSION}]")[1].split("\n## [")[0]
    assert re.search(r"^- \S", entry, re.M), "the entry of this version says nothing"


def test_the_citation_has_this_version():
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    keys = dict(re.findall(r"^([a-z-]+): *(.*)$", text, re.M))
    assert keys["version"].strip('"') == VERSION
    assert keys["license"] == PROJECT["project"]["license"]
    assert {"cff-version", "message", "title", "authors", "type"} <= set(keys)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_run(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    assert subprocess.run(["bash", "-n", str(path)]).returncode == 0


def test_the_environment_is_left_alone_when_it_is_right(tmp_path):
    """A second run works without network because it reads one stamp and starts nothing."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/environment", "uv.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    script = tmp_path / "scripts/environment"
    pin = re.search(r"^UV_VERSION=(\S+)", script.read_text("utf-8"), re.M)[1]
    content = f"{tmp_path.resolve()}\n{pin}\n".encode()
    content += (tmp_path / "uv.lock").read_bytes() + (tmp_path / "pyproject.toml").read_bytes()
    stamp = subprocess.run(["sha256sum"], input=content, capture_output=True, check=True).stdout
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 9\n")
    python.chmod(0o755)
    (tmp_path / ".venv/overflight-stamp").write_bytes(stamp)
    tools = tmp_path / "tools"  # the only programs it may need then
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cat", "sha256sum"):
        (tools / tool).symlink_to(shutil.which(tool))
    command = ["env", "-i", f"PATH={tools}", "bash", str(script)]
    assert subprocess.run(command, capture_output=True, text=True).stderr == ""
    (tmp_path / "uv.lock").write_text("changed")
    assert subprocess.run(command, capture_output=True).returncode != 0  # now there is work, and no Python


def test_no_personal_or_foreign_paths():
    """No file names a folder of somebody's machine; .ci/run alone names the recordings beside the clone."""
    personal = re.compile(r"(?<![\w.])/(home|root|Users|work)/[\w.]+")
    beside = "/".join(["shared", "data"])
    found = []
    for file in FILES:
        if file.suffix in (".parquet", ".gz", ".bin") or file.name == "uv.lock":
            continue
        text = file.read_text("utf-8", errors="replace")
        name = str(file.relative_to(ROOT))
        if personal.search(text) and name != "tests/house/test_project.py":
            found.append(f"{name}: {personal.search(text)[0]}")
        if beside in text and name != ".ci/run":
            found.append(f"{name}: {beside}")
    assert found == []


def test_no_recordings_and_no_large_files():
    assert {str(f.relative_to(ROOT)): f.stat().st_size for f in FILES if f.stat().st_size > SIZE_LIMIT} == {}


def test_every_folder_of_test_data_says_where_it_comes_from():
    data = ROOT / "tests" / "data"
    folders = [folder for folder in data.iterdir() if folder.is_dir()] if data.is_dir() else []
    assert [folder.name for folder in folders if not (folder / "SOURCE.txt").is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_the_two_commands():
    text = (ROOT / "README.md").read_text("utf-8")
    assert "scripts/demo" in text and "scripts/test" in text


def test_tests_mirror_the_package():
    """tests/<room>/test_<module>.py tests a room that exists."""
    rooms = {path.stem for path in (ROOT / "src/overflight").iterdir()}
    other = {"house", "docs", "data", "fuzz", "cases", "benchmarks"}
    folders = {p.parent.relative_to(ROOT / "tests").parts[0] for p in (ROOT / "tests").glob("*/**/test_*.py")}
    assert folders - rooms - other == set()


def test_tests_can_fail():
    """Every test function holds something that can fail: an assert, or a call of what asserts or raises."""
    empty = []
    for file in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                kinds = {type(x) for x in ast.walk(node)}
                if ast.Assert not in kinds and ast.Call not in kinds:
                    empty.append(f"{file.name}:{node.lineno} {node.name}")
    assert empty == []
