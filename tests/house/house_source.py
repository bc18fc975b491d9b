"""The package as the tests of the house see it: parsed, never imported."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "overflight"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

# From the ground up. A room may import rooms of lower floors and itself.
FLOORS = (
    ("errors",),
    ("units", "clock"),
    ("model", "geo"),
    ("formats", "detect", "registry", "store", "fetch"),
    ("intake", "search"),
    ("watch", "evidence", "study"),
    ("settings",),
    ("archive",),
    ("web",),
    ("cli",),
    ("__init__",),
    ("__main__",),
)


@dataclass(frozen=True)
class Module:
    """One file: dotted name, text."""

    name: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        return [*self.name.split("."), "__init__"][1]

    def functions(self):
        """(dotted path, node) of every function, nested ones too."""
        return [(path, node) for path, node in definitions(self.tree) if isinstance(node, FUNCTION)]

    def strings(self):
        """(line, text) of every string that is not a docstring; the holes of an f-string read `{}`."""
        docs = {id(expr.value) for expr in ast.walk(self.tree) if isinstance(expr, ast.Expr)}
        joined = [node for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr)]
        skipped = docs | {id(part) for node in joined for part in node.values}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                yield node.lineno, "".join(parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                yield node.lineno, node.value

    def imported(self):
        """Dotted names imported anywhere in the file, in functions too; `from a import b` is a.b."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    up = self.name.split(".")
                    up = up[: len(up) - node.level + self.is_package]
                    base = ".".join([*up, *([node.module] if node.module else [])])
                yield from (f"{base}.{alias.name}" for alias in node.names)


def definitions(node, path=()):
    """(dotted path, node) of every class and function under a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTION, ast.ClassDef)):
            here = (*path, child.name)
            yield ".".join(here), child
            yield from definitions(child, here)
        else:
            yield from definitions(child, path)


def is_public(path: str) -> bool:
    return not any(re.match(r"_(?!_init__$)", part) for part in path.split("."))


def read_modules(package: Path = PACKAGE) -> list[Module]:
    """Every module of the package, by name."""
    found = []
    for file in sorted(package.rglob("*.py")):
        parts = [package.name, *file.relative_to(package).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, file.read_text("utf-8"), is_package))
    return found


def inner_imports(modules: list[Module]) -> dict[str, set[str]]:
    """For each module the modules of the same list that it imports, now or later."""
    known = {module.name for module in modules}

    def owner(name):
        while name and name not in known:
            name = name.rpartition(".")[0]
        return name

    return {m.name: {owner(name) for name in m.imported()} - {"", m.name} for m in modules}
