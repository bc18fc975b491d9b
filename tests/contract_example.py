"""The example on the page of the contract: the demo's first dark stop as it is answered now, shortened.

`python tests/contract_example.py` writes it anew into docs/contract.md, to be read before it is committed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

import overflight

PAGE = Path(__file__).parents[1] / "docs" / "contract.md"
DATA = Path(overflight.__file__).parent / "data"
BLOCK = re.compile(r"(?<=```json\n).*?(?=```)", re.S)
NEAREST = "LLEY"  # which is ruled out
REASONS = 2


def example():
    """The visit, with its likeliest field and the nearest one, and two reasons for and against each."""
    with tempfile.TemporaryDirectory() as folder, overflight.open(Path(folder) / "a", create=True) as archive:
        archive.add(DATA / "case_2016.csv", column_map=DATA / "case_2016.map.toml")
        archive.add_claims(DATA / "case_2016.claims.md")
        visit = next(row for row in archive.visits("4K-78131") if "dark" in row["flags"])
    fields = [c for c in visit["candidates"] if c["place"]]
    chosen = [fields[0], next(c for c in fields if c["place"]["ident"] == NEAREST)]
    for candidate in chosen:
        for side in ("reasons_for", "reasons_against"):
            candidate[side] = candidate[side][:REASONS]
    return visit | {"candidates": chosen}


if __name__ == "__main__":
    text = json.dumps(example(), ensure_ascii=False, indent=1) + "\n"
    PAGE.write_text(BLOCK.sub(lambda _: text, PAGE.read_text("utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE} written\n")
