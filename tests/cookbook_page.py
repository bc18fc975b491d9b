"""`python tests/cookbook_page.py` runs the commands of docs/cookbook.md and puts under each what it prints.

Of a table all lines, of sentences the first, of a page of prose the heading, the first stop nobody saw and
the sums; `...` stands for the rest. To be read and judged before it is committed: tests/docs/test_samples.py
compares the page with what is printed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cookbook.md"
FENCE = re.compile(r"^```(\S[^\n]*)\n(.*?)^```$", re.M | re.S)
LONGEST = 1200  # characters of a sentence that is shown


def filled(page: str, folder: Path) -> str:
    """The page with what its commands print when they are run in a folder, from top to bottom."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: os.environ[name] for name in os.environ if not name.startswith(("OVERFLIGHT_", "PYTHON"))}
    env = kept | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "120", "HOME": str(folder)}

    def fence(match: re.Match[str]) -> str:
        words, body = match[1].split(), match[2]
        for word in words:
            if word.startswith("file="):
                (folder / word.removeprefix("file=")).write_text(body, "utf-8")
        if words[:2] != ["console", "run"]:
            return match[0]
        told = ""
        for command in re.findall(r"^\$ (.*\n)", body, re.M):
            print(f"$ {command}", end="", file=sys.stderr)
            shell = ["bash", "-euo", "pipefail", "-c", command]
            made = subprocess.run(shell, cwd=folder, env=env, capture_output=True, text=True, check=True)
            told += f"$ {command}{_shown(command, made.stdout, made.stderr)}"
        return f"```{match[1]}\n{told}```"

    return FENCE.sub(fence, page)


def _shown(command: str, out: str, err: str) -> str:
    """What the page shows of what a command prints."""
    if "prose" in command:
        parts = out.rstrip("\n").split("\n\n")
        unseen = [part for part in parts if part.lstrip().startswith("Not seen: last")][:1]
        sums = [part for part in parts if part.startswith("Sums")]
        lines = [parts[0], "...", *unseen, "...", *sums, "..."]
    else:
        table, _, sentences = out.rstrip("\n").partition("\n\n")
        first, *others = sentences.split("\n\n")
        short = first if len(first) <= LONGEST else ""
        lines = [table, *(["\n", short] if short else []), *(["..."] if others or first != short else [])]
        compared = [line for line in err.splitlines() if "before the event" in line]
        lines += ["...", *compared] if compared else ["..."] if err and lines[-1] != "..." else []
    return "".join(f"{line.rstrip()}\n" for block in lines if block for line in block.splitlines())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(filled(PAGE.read_text("utf-8"), Path(scratch)), "utf-8")
