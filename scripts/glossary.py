"""Writes docs/glossary.md from the one table of fields; with --check says whether the page agrees with it."""

from __future__ import annotations

import sys
from pathlib import Path

from overflight.model.fields import TABLES, Field

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"
HEAD = """\
# Glossary of fields

Made by `python scripts/glossary.py` from `src/overflight/model/fields.py`; change that file, never this page.

The unit is in the name: `_ms` milliseconds since 1970-01-01T00:00Z, `_s` seconds, `_min` minutes,
`_e7` whole 1e-7 degrees, `_deg` degrees, `_ft` feet, `_kt` knots, `_fpm` feet per minute, `_nm` nautical
miles, `_count` a count, `day` and `_day` UTC days since 1970-01-01. "may be null" means: null where it is not
known, never 0, -1 or an empty text. These are the tables inside an archive; what a program gets from it is
described in [contract.md](contract.md).
"""


def glossary() -> str:
    """The page: one section a table, one line a field."""
    return HEAD + "".join(section(table, fields) for table, fields in TABLES.items())


def section(table: str, fields: tuple[Field, ...]) -> str:
    """One table of the page."""
    lines = [f"\n## {table}\n", "| field | type | may be null | meaning |", "|---|---|---|---|"]
    for field in fields:
        meaning = field.meaning.replace("|", "\\|")
        lines.append(f"| `{field.name}` | {field.type} | {'yes' if field.nullable else ''} | {meaning} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page, or with --check end with status 1 where it differs."""
    if sys.argv[1:] == ["--check"]:
        if not PAGE.is_file() or PAGE.read_text("utf-8") != glossary():
            sys.exit(f"{PAGE.name} is out of date: run python scripts/glossary.py")
    else:
        PAGE.write_text(glossary(), "utf-8")


if __name__ == "__main__":
    main()
