import re
import sys
import tomllib

import pytest
from house_source import FLOORS, PACKAGE, ROOT, Module, inner_imports, read_modules

MODULES = read_modules()

# Which room may import what from outside the standard library. A name with a dot is a single file.
OUTSIDE = {
    "model.field": {"pyarrow"},
    "model.fields": {"pyarrow"},
    "model.identity_fields": {"pyarrow"},
    "geo": {"numpy", "shapely"},
    "formats": {"isal", "msgspec", "numpy", "pyarrow"},
    "formats.xlsx": {"xlsxwriter"},
    "formats.yaml_tree": {"yaml"},  # people write claims of documents as front matter
    "detect": {"numpy", "pyarrow"},
    "registry": {"numpy", "pyarrow"},
    "registry.party_names": {"anyascii"},  # names in Cyrillic, Arabic, Greek .. in one script
    "store": {"duckdb", "numpy", "pyarrow"},
    "fetch.wire": {"httpx"},
    "intake": {"numpy", "pyarrow"},
    "search": {"msgspec", "numpy", "pyarrow"},
    "study": {"numpy", "pyarrow"},
    "study.fit": {"scipy"},
    "archive": {"pyarrow"},
    "web": {"fastapi", "jinja2", "markupsafe", "msgspec", "numpy", "pyarrow", "starlette"},
    "web.figures.png": {"resvg_py"},
    "web.figures.pdf": {"typst"},
    "cli": {"rich", "uvicorn"},
}
# What a room or a single file alone needs, and not everybody wants: an extra of that name.
EXTRAS = {"study": "study", "pdf": "web.figures.pdf"}
IMPORTED_AS = {"pyyaml": "yaml"}  # libraries that are not imported by the name they are required by
# Each engine and the files of the store that may import it; GeoPackages and BaseStation.sqb are SQLite files.
ENGINES = {"duckdb": {"duckdb_engine"}, "sqlite3": {"catalogue", "geopackage", "basestation"}}


def level(room):
    return next((k for k, rooms in enumerate(FLOORS) if room in rooms), None)


def breaches(modules):
    """Imports that go up or sideways."""
    rooms = {module.name: module.room for module in modules}
    return [
        f"{name} imports {target}"
        for name, targets in inner_imports(modules).items()
        for target in sorted(targets)
        if rooms[name] != rooms[target] and level(rooms[target]) >= level(rooms[name])
    ]


def cycles(modules):
    """Modules that, through any chain of imports, import themselves."""
    graph = inner_imports(modules)

    def reached(start):
        seen, todo = set(), list(graph[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo.extend(graph[name])
        return seen

    return [name for name in graph if name in reached(name)]


def strangers(modules):
    """Imports of outside libraries that the table does not allow."""
    found = []
    for module in modules:
        inside = module.name.removeprefix("overflight.")
        allowed = OUTSIDE.get(module.room, set()) | OUTSIDE.get(inside, set())
        for name in module.imported():
            top = name.split(".")[0]
            if top not in allowed and top != "overflight" and top not in sys.stdlib_module_names:
                found.append(f"{module.name} imports {top}")
    return found


def named(requirements):
    """Names of the libraries required, as they are imported."""
    names = {re.match(r"[\w-]+", text)[0].replace("-", "_") for text in requirements}
    return {IMPORTED_AS.get(name, name) for name in names}


def test_every_room_has_a_floor():
    assert [m.name for m in MODULES if level(m.room) is None] == []


def test_imports_go_down_only():
    assert breaches(MODULES) == []


def test_no_cycles():
    assert cycles(MODULES) == []


def test_outside_libraries_stay_in_their_rooms():
    assert strangers(MODULES) == []


def test_dependencies_are_those_that_are_imported():
    """What only a place of EXTRAS needs is the extra of that name, and in the environment of the tests."""
    held = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    def extra_of(module):
        places = (module.room, module.name.removeprefix("overflight."))
        return next((extra for extra, place in EXTRAS.items() if place in places), None)

    imported = {(name.split(".")[0], extra_of(module)) for module in MODULES for name in module.imported()}
    outside = {(name, extra) for name, extra in imported if name not in sys.stdlib_module_names}
    needed = {name for name, extra in outside if extra is None} - {"overflight"}
    extras = {
        extra: {name for name, of in outside if of == extra} - {"overflight"} - needed for extra in EXTRAS
    }
    assert named(held["project"]["dependencies"]) == needed
    given = held["project"]["optional-dependencies"]
    assert {extra: named(texts) for extra, texts in given.items()} == extras
    assert set().union(*extras.values()) <= named(held["dependency-groups"]["dev"])


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_imported_by_its_files_of_the_store_alone(engine):
    users = {m.name for m in MODULES if any(name.split(".")[0] == engine for name in m.imported())}
    assert users == {f"overflight.store.{file}" for file in ENGINES[engine]}


@pytest.mark.parametrize("engine", ENGINES)
def test_no_other_room_names_an_engine(engine):
    word = engine.rstrip("3")
    named = [
        f"{m.name}:{line} {text!r}"
        for m in MODULES
        if m.room != "store"
        for line, text in m.strings()
        if word in text.lower()
    ]
    assert named == []


def test_no_room_is_empty():
    rooms = [folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()]
    assert rooms
    assert [room.name for room in rooms if len(list(room.glob("*.py"))) < 2] == []


def test_the_checks_find_what_they_look_for():
    bad = [
        Module("overflight", "", True),
        Module("overflight.geo", "", True),
        Module("overflight.geo.sphere", "def f():\n    from overflight.store import tables"),
        Module("overflight.store", "", True),
        Module("overflight.store.tables", "from ..detect import flights\nimport pandas"),
        Module("overflight.detect", "", True),
        Module("overflight.detect.flights", "from . import stops"),
        Module("overflight.detect.stops", "import overflight.detect.flights"),
    ]
    assert breaches(bad) == [
        "overflight.geo.sphere imports overflight.store.tables",
        "overflight.store.tables imports overflight.detect.flights",
    ]
    assert cycles(bad) == ["overflight.detect.flights", "overflight.detect.stops"]
    assert strangers(bad) == ["overflight.store.tables imports pandas"]
