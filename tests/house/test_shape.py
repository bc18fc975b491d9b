import ast
import io
import math
import re
import tokenize

from house_source import FUNCTION, Module, definitions, is_public, read_modules

MODULES = read_modules()
FILE_LINES = 400  # what one sitting reads
FUNCTION_LINES = 30  # what one screen shows; one in twenty may be longer

# Statements, not words: "select a flight from the list" is English.
SQL = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bselect\s+[\w*.,() ]+\s+from\s+\w+\s+(where|join|order|group)\b"
    r"|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\w+\s+SET\b"
    r"|\b(CREATE|DROP|ALTER)\s+(TEMP\s+)?(TABLE|VIEW|INDEX)\b|\bPRAGMA\s+\w+|\bATTACH\s+'",
    re.DOTALL,
)


def length(node):
    """Lines of a function less its docstring."""
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is not None:
        lines -= node.body[0].end_lineno - node.body[0].lineno + 1
    return lines


def untyped(module):
    for path, node in module.functions():
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        arguments += [a for a in (node.args.vararg, node.args.kwarg) if a]
        bare = [a.arg for a in arguments if not a.annotation and a.arg not in ("self", "cls")]
        if bare or (node.returns is None and node.name != "__init__"):
            yield f"{module.name}:{node.lineno} {path}"


def undocumented(module):
    if not ast.get_docstring(module.tree):
        yield module.name
    inner = {id(x) for _path, outer in module.functions() for x in ast.walk(outer) if x is not outer}
    for path, node in definitions(module.tree):
        asked = id(node) not in inner and is_public(path) and not path.endswith("__init__")
        if asked and not ast.get_docstring(node):
            yield f"{module.name}:{node.lineno} {path}"


def stubs(module):
    """Functions that do nothing, outside protocols and defaults of hooks; and notes of work left undone."""
    defaults = {
        node.id
        for _path, function in module.functions()
        for default in (*function.args.defaults, *function.args.kw_defaults)
        for node in ([default] if isinstance(default, ast.Name) else [])
    }
    protocols = {
        id(item)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for item in node.body
    }
    for path, node in module.functions():
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if all(map(does_nothing, body)) and id(node) not in protocols and node.name not in defaults:
            yield f"{module.name}:{node.lineno} {path} is empty"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc and "NotImplemented" in ast.unparse(node.exc):
            yield f"{module.name}:{node.lineno} NotImplementedError"
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT and re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string):
            yield f"{module.name}:{token.start[0]} {token.string}"


def does_nothing(node):
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def globals_changed(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            yield f"{module.name}:{node.lineno} global {', '.join(node.names)}"
    for node in module.tree.body:
        if isinstance(node, FUNCTION) and node.name == "__getattr__":
            yield f"{module.name}:{node.lineno} module __getattr__"


def statements(module):
    return [f"{module.name}:{line}" for line, text in module.strings() if SQL.search(text)]


def over(check):
    return [finding for module in MODULES for finding in check(module)]


def test_files_are_short():
    lengths = {m.name: m.text.count("\n") for m in MODULES}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}


def test_functions_are_short():
    lengths = sorted((length(node), f"{m.name}.{path}") for m in MODULES for path, node in m.functions())
    allowed = len(lengths) - math.ceil(0.95 * len(lengths))
    longer = [item for item in lengths if item[0] > FUNCTION_LINES]
    assert len(longer) <= allowed, longer


def test_everything_is_typed():
    assert over(untyped) == []


def test_everything_public_is_documented():
    assert over(undocumented) == []


def test_nothing_is_left_undone():
    assert over(stubs) == []


def test_no_global_state():
    assert over(globals_changed) == []


def test_sql_is_spoken_in_the_store_only():
    assert [place for m in MODULES if m.room != "store" for place in statements(m)] == []


def test_no_file_is_called_utils():
    assert [m.name for m in MODULES if re.search(r"util|helper|common|misc", m.name)] == []


def test_the_checks_find_what_they_look_for():
    bad = Module(
        "overflight.bad",
        "def f(a: int, b):\n    global c\n    c = a\n\n"
        "def g() -> None:\n    '''Nothing.'''\n\n"  # empty
        "class Kept(Protocol):\n    '''Shape.'''\n    def h(self) -> int: ...\n\n"
        "def k() -> str:\n    # TODO: say more\n    return f'select {1} from them'\n\n"
        "Q = 'SELECT a FROM b'\nW = f'INSERT INTO {Q}'\nE = 'choose and delete from the list'\n",
    )
    assert list(untyped(bad)) == ["overflight.bad:1 f"]
    assert list(undocumented(bad)) == [
        "overflight.bad", "overflight.bad:1 f", "overflight.bad:10 Kept.h", "overflight.bad:12 k"
    ]  # fmt: skip
    assert list(stubs(bad)) == ["overflight.bad:5 g is empty", "overflight.bad:13 # TODO: say more"]
    assert list(globals_changed(bad)) == ["overflight.bad:2 global c"]
    assert statements(bad) == ["overflight.bad:16", "overflight.bad:17"]
