"""FollowTheMoney's own judgement of entities, asked in the environment that scripts/ftm makes.

Run as a program (in that environment) it answers each line, an entity, with a line: what is wrong with it,
and the entity as FollowTheMoney leaves it after cleaning.
"""

import json
import subprocess
import sys
from pathlib import Path

try:
    import pytest
except ImportError:  # run as a program, where there is none
    pytest = None

FOLDER = Path(__file__).parents[2] / ".venv/share/ftm"
PYTHON = FOLDER / "bin/python"
MISSING = f"FollowTheMoney's validator is not in {FOLDER}; scripts/ftm puts it there"


class Validator:
    """One process that answers entity by entity."""

    def __init__(self):
        self._process = subprocess.Popen(
            [PYTHON, "-W", "ignore", __file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def judged(self, entity):
        """(what is wrong, the entity after cleaning)."""
        self._process.stdin.write(json.dumps(entity) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["wrong"], answer["cleaned"]

    def cleaned(self, entities):
        """The entities after cleaning; fails where one of them is not valid or is changed by it."""
        found = []
        for entity in entities:
            wrong, cleaned = self.judged(entity)
            assert not wrong, (wrong, entity)
            found.append(cleaned)
        return found

    def close(self):
        self._process.communicate()


def running():
    """Yields a validator for a fixture, and ends it; skips where there is none."""
    if not PYTHON.exists():
        pytest.skip(MISSING)
    validator = Validator()
    yield validator
    validator.close()


def _main():
    from followthemoney import model
    from followthemoney.exc import InvalidData

    for line in sys.stdin:
        given = json.loads(line)
        schema = model.get(given["schema"])
        wrong = [] if schema is not None else ["no such schema"]
        cleaned = None
        if schema is not None:
            properties = given["properties"]
            wrong += [f"no property {name}" for name in properties if name not in schema.properties]
            wrong += [f"{name} is required" for name in schema.required if not properties.get(name)]
            wrong += [f"{name} is abstract" for name in [schema.name] if schema.abstract]
            try:
                schema.validate(given)
            except InvalidData as error:
                wrong.append(str(error.errors))
            proxy = model.get_proxy(given, cleaned=False)  # what `ftm validate` does: parse and clean anew
            cleaned = proxy.to_dict()
            for name, values in properties.items():
                if proxy.get(name, quiet=True) != values:
                    wrong.append(f"{name} is cleaned to {proxy.get(name, quiet=True)!r}")
        print(json.dumps({"wrong": wrong, "cleaned": cleaned}), flush=True)


if __name__ == "__main__":
    _main()
