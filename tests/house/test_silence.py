import json
import subprocess
import sys

from house_source import read_modules

MODULES = [m for m in read_modules() if not m.name.endswith("__main__")]
HEAVY = ("duckdb", "numpy", "pyarrow", "shapely", "isal", "msgspec")

# What outside libraries do when they load is their affair: they are loaded before the watch begins.
WATCH = """
import importlib, json, sys, threading
outside, ours = json.loads(sys.argv[1])
for name in outside:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        importlib.import_module(name.rpartition(".")[0])
done, watching = [], True
LOUD = ("socket.", "subprocess.", "os.system", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.putenv",
        "os.chdir", "shutil.", "tempfile.", "sqlite3.", "_thread.start", "signal.")
def hook(event, arguments):
    if not watching:
        return
    if event == "open" and not str(arguments[0]).endswith((".py", ".pyc", ".so", "pyvenv.cfg")):
        done.append(f"open {arguments[0]}")
    elif event.startswith(LOUD):
        done.append(f"{event} {arguments}")
sys.addaudithook(hook)
threads = threading.active_count()
for name in ours:
    importlib.import_module(name)
watching = False
done += ["a thread was started"] * (threading.active_count() - threads)
sys.exit("\\n".join(done) or 0)
"""


def run(tmp_path, code, *arguments):
    command = [sys.executable, "-B", "-c", code, *arguments]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)


def watch(tmp_path, outside, ours):
    return run(tmp_path, WATCH, json.dumps([sorted(outside), sorted(ours)]))


def test_importing_every_module_does_nothing(tmp_path):
    imported = {name for m in MODULES for name in m.imported()}
    outside = {name for name in imported if not name.startswith(("overflight", "__future__"))}
    result = watch(tmp_path, outside, {m.name for m in MODULES})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_watch_notices_work(tmp_path):
    (tmp_path / "noisy.py").write_text(
        "import pathlib, threading, time\npathlib.Path('x').write_text('x')\n"
        "threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()\n"
    )
    result = watch(tmp_path, set(), {"noisy"})
    assert result.returncode == 1
    assert "open x" in result.stderr and "thread" in result.stderr


def test_importing_the_package_loads_nothing_heavy(tmp_path):
    result = run(tmp_path, f"import sys, overflight; print(*[n for n in {HEAVY} if n in sys.modules])")
    assert (result.stdout.strip(), result.stderr) == ("", "")


def test_help_loads_no_engine(tmp_path):
    code = (
        "import sys\nfrom overflight.cli.app import main\nsys.argv = ['overflight', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(*[n for n in ('duckdb', 'pyarrow') if n in sys.modules], file=sys.stderr)"
    )
    result = run(tmp_path, code)
    assert result.returncode == 0, result.stderr
    assert "flights" in result.stdout
    assert result.stderr.strip() == ""
