"""Submissions that attack the grader, the other students or the score: graded together, none gets away with it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest

from tests.grading.grading_course import ASSIGNMENT, code, hand_in, released, solved
from tinytorch_course.grading.grade import grade

SECRET = "the-other-student-wrote-this"

# Python that each submission runs in a cell of its own before everything else. The rest of the notebook is blank, so
# whoever has points in the end got them by a trick.
TRICKS = {
    "transformer-empties": """
ip = get_ipython()
ip.input_transformers_post.append(lambda lines: ["pass\\n"] if any("Checks(" in l or "assert" in l for l in lines) else lines)
""",
    "transformer-keeps-last-line": """
ip = get_ipython()
def keep(lines):
    return lines[-1:] if any("Checks(" in l for l in lines) else lines
ip.input_transformers_post.append(keep)
""",
    "ast-transformer": """
import ast
class Empty(ast.NodeTransformer):
    def visit_With(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Empty())
""",
    "display-hook": """
import sys
class Words(list):
    pass
def words(text):
    get_ipython().displayhook(4.0)
    return 1
""",
    "always-equal": """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return Yes()
    def __call__(self, *a, **k): return Yes()
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(())
    def __bool__(self): return True
    def __float__(self): return 4.0
double = lambda x: Yes()
total = lambda x: Yes()
class Shift:
    apply = Yes()
""",
    "patched-checks": """
import tinytorch.checks as c
c.Checks.equal = lambda *a, **k: None
c.Checks.__exit__ = lambda self, *e: True
""",
    "patched-numpy": """
import numpy
numpy.allclose = lambda *a, **k: True
double = lambda x: numpy.zeros(len(x))
""",
    "patched-builtins": """
import builtins
builtins.callable = lambda x: True
builtins.sum = lambda x: 4.0
builtins.isinstance = lambda a, b: True
def words(text): return []
""",
    "swallows-errors": """
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
""",
    "pre-run-hook": """
def hook(info):
    if "Checks(" in info.raw_cell:
        info.raw_cell = "pass"
get_ipython().events.register("pre_run_cell", hook)
""",
    "replaced-run-cell": """
ip = get_ipython()
old = ip.run_cell_async
async def run(raw, *a, **k):
    return await old("pass" if "Checks(" in raw else raw, *a, **k)
ip.run_cell_async = run
""",
    "numpy-inside": """
import numpy._core.numeric as helpers, numpy as np, json, gc
vars(helpers).update(isclose=lambda *a, **k: np.True_, allclose=lambda *a, **k: True)
np.array_equal = lambda *a, **k: True
double = total = lambda x: np.asarray(x)
""",
    "sender-by-its-frames": """
import sys, numpy as np
def double(x):
    frame = sys._getframe(1)
    check = frame.f_globals.get("check") or frame.f_locals.get("check")
    if check is not None:
        type(check)._note = lambda self, kind, came, told: self._records.append({"kind": kind, "came": {"value": True}, "told": {}})
        type(check).__exit__ = lambda self, *error: self._publish('[{"kind": "end", "came": {}, "told": {}}]') or True
    return np.asarray(x)
""",
    "sender-by-gc": """
import gc
for kind in [each for each in gc.get_objects() if isinstance(each, type) and each.__name__ == "Checks"]:
    for name in ("equal", "same", "true", "is_a", "unchanged", "raises"):
        try: setattr(kind, name, lambda self, *a, **k: None)
        except TypeError: pass
    kind.__exit__ = lambda self, *error: True
""",
    "records-written-by-itself": """
import json, threading, time
from IPython import get_ipython
manager = get_ipython().payload_manager
right = {"kind": "equal", "came": {"value": True}, "told": {"expected": True}}
def forge():
    while True:
        manager.write_payload({"source": "application/vnd.tinytorch.records", "text": json.dumps([right] * 2)}, single=False)
        time.sleep(0.01)
threading.Thread(target=forge, daemon=True).start()
""",
    "json-says-yes": """
import json
real = json.dumps
json.dumps = lambda thing, *a, **k: real([{**each, "came": {"value": None}} for each in thing] if type(thing) is list else thing, *a, **k)
""",
    "values-that-lie": """
import numpy as np
class Lie(np.ndarray):
    __class__ = np.ndarray
    def __eq__(self, other): return True
    def __float__(self): return 4.0
    def __array_finalize__(self, other): pass
    def tobytes(self, *a): return b""
def double(x): return np.zeros(len(x)).view(Lie)
def total(x): return np.zeros(()).view(Lie)
class Words(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
def words(text): return Words()
""",
    "values-without-end": """
import numpy as np
def double(x): return 1 << 80_000_000
def total(x):
    deep = []
    for _ in range(100_000): deep = [deep]
    return deep
def words(text):
    knot = []
    knot.append(knot)
    return knot
""",
    "leaves-in-a-test": """
import os, sys
def double(x): os._exit(0)
def words(text): sys.exit(0)
def total(x): raise KeyboardInterrupt
""",
    "signals": """
import signal, sys
def forge(number, frame):
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name == "check": value.__exit__(None, None, None); value.equal = lambda *a, **k: None
        frame = frame.f_back
signal.signal(signal.SIGALRM, forge)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
""",
    "at-the-end": """
import atexit, os
atexit.register(lambda: [os.write(to, b'{"passed": true}') for to in (1, 2)])
for to in range(256):
    try: os.write(to, b'{"ended": 1, "status": 0}\\n')
    except OSError: pass
""",
    "every-error-there-is": """
import builtins
kinds = [ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError]
class Any(LookupError, ArithmeticError, AttributeError, TypeError, ValueError): pass
def double(x): raise Any("number shape size axis " * 500)
words = total = double
""",
    "canary-thief": """
import re
def keep(lines):
    text = "".join(lines)
    if "Checks(" in text or "assert" in text:
        return [l + "\\n" for l in re.findall(r"^_[0-9a-f]{16} = '[0-9a-f]{32}'$", text, re.M)]
    return lines
get_ipython().input_transformers_post.append(keep)
""",
}

# The same for attacks on the machine; what is printed is looked at.
RAIDS = {
    "reads-files": f"""
import os, glob
for place in ("/", "/work", "/root", "/home", "/etc", "/tmp", os.path.expanduser("~"), "/run/tinytorch", "/run/tinytorch/k"):
    try: print(place, os.listdir(place))
    except OSError as e: print(place, e)
for path in ("/etc/passwd", "/etc/shadow", "@ROOT@/gradebook.db", "@ROOT@/source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb",
             "@ROOT@/submitted/honest/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"):
    try: print("GOT", path, len(open(path, "rb").read()))
    except OSError as e: print(path, e.strerror)
""",
    "reads-environment": "import os\nprint(dict(os.environ))",
    "writes-outside": """
for path in ("@ROOT@/pwned", "/usr/pwned", "/pwned", "/etc/pwned", "/run/tinytorch/lib/tinytorch/checks.py", "@PREFIX@/pwned"):
    try: open(path, "w").write("x"); print("WROTE", path)
    except OSError as e: print(path, e.strerror)
""",
    "network": """
import socket
import sys
for address in (("127.0.0.1", @PORT@), ("10.0.0.1", 80), ("1.1.1.1", 53)):
    try: socket.create_connection(address, timeout=2); print("REACHED", address)
    except OSError as e: print(address, e)
""",
    "kills": """
import os, signal
for pid in range(1, 50):
    if pid != os.getpid():
        try: os.kill(pid, 9); print("KILLED", pid)
        except OSError as e: pass
try: os.kill(os.getppid(), 9)
except OSError as e: print(e)
try: os.kill(-1, 9)
except OSError as e: print(e)
""",
    "daemon": """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(0.1)
    os._exit(0)
print("left a daemon")
""",
    "fork-bomb": """
import os, time
n = 0
try:
    while True:
        if os.fork() == 0: time.sleep(1000)
        n += 1
except OSError as e: print("stopped after", n, e)
""",
    "memory-bomb": "x = bytearray(8 << 30)\nprint('GOT IT')",
    "memory-bomb-slowly": "x = []\nwhile True: x.append(bytearray(16 << 20))",
    "memory-bomb-many": """
import os, time
for i in range(20):
    if os.fork() == 0:
        x = bytearray(200 << 20)
        for j in range(0, len(x), 4096): x[j] = 1
        time.sleep(60)
time.sleep(60)
""",
    "disk-bomb": """
n = 0
try:
    for k in range(100):
        with open(f"big{k}", "wb") as f:
            for i in range(50): f.write(bytes(1 << 20)); n += 1
except OSError as e: print("stopped after", n, "MB", e.strerror)
""",
    "shared-memory-bomb": """
n = 0
try:
    with open("/dev/shm/big", "wb") as f:
        while True: f.write(bytes(1 << 20)); n += 1
except OSError as e: print("stopped after", n, "MB", e.strerror)
""",
    "many-small-files": """
import os
n = 0
try:
    for n in range(20000): open(f"f{n}", "w").close()
except OSError as e: print("stopped after", n, "files", e.strerror)
for n in range(4000):
    try: os.remove(f"f{n}")
    except OSError: break
""",
    "links": """
import os
for at, target in enumerate(("/etc/passwd", "@ROOT@/gradebook.db", "/proc/self/root", "/", "/dev/sda")):
    os.symlink(target, f"link{at}")
    try: print("GOT", open(f"link{at}").read(20))
    except OSError as e: print(e.strerror)
""",
    "many-files": """
n = 0
try:
    kept = []
    while n < 5000: kept.append(open("/dev/null")); n += 1
except OSError as e: print("stopped after", n, e.strerror)
""",
    "output-bomb": "print('x' * (50 << 20))\nfor i in range(20000): print('y' * 100)",
    "mounts": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in ((lambda: libc.umount2(b"/proc", 2)), (lambda: libc.umount2(b"/run/tinytorch/k", 2)), (lambda: libc.umount2(b"/sockets", 2)),
             (lambda: libc.mount(b"none", b"/usr", None, 32 | 4096, None)), (lambda: libc.setuid(0)), (lambda: libc.chroot(b"/tmp"))):
    print("DID IT" if call() == 0 else "refused", ctypes.get_errno())
""",
}


def with_trick(root: Path, trick: str, base=None) -> dict:
    nb = base if base is not None else released(root)
    nb["cells"].insert(2, code(trick.strip("\n")))
    return nb


def fill(text: str, root: Path, port: int) -> str:
    import sys

    return text.replace("@ROOT@", str(root)).replace("@PORT@", str(port)).replace("@PREFIX@", sys.prefix)


@pytest.fixture(scope="module")
def listener():
    """Something on this machine's loopback address that nobody in a sandbox may reach."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    reached, stop = [], threading.Event()

    def serve():
        while not stop.is_set():
            try:
                reached.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], reached
    stop.set()
    thread.join()
    server.close()


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory, listener):
    root = tmp_path_factory.mktemp("hostile") / "course"
    shutil.copytree(template, root)
    port, _ = listener
    hand_in(root, "honest", solved(root, why=SECRET))
    for name, trick in TRICKS.items():
        hand_in(root, f"trick-{name}", with_trick(root, trick))
    for name, raid in RAIDS.items():
        hand_in(root, f"raid-{name}", with_trick(root, fill(raid, root, port), solved(root)))
    skipping = released(root)
    for cell in skipping["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
    hand_in(root, "trick-skip-tag", skipping)
    forged = released(root)
    for cell in forged["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"] |= {"score": 4, "points": 100, "manual_score": 4, "auto_score": 100}
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1}
            ]
    hand_in(root, "trick-forged", forged)
    leak = solved(root, double="def double(x):\n    raise ValueError(In[-1])")
    hand_in(root, "leak-exception", leak)
    coded = "base64.b64encode(In[-1].encode()).decode()"
    hand_in(root, "leak-coded", solved(root, double=f"import base64\ndef double(x):\n    raise ValueError({coded})"))
    hand_in(root, "leak-got", solved(root, double="def double(x):\n    return In[-1].replace('_', '-')"))
    hand_in(root, "leak-cell", solved(root, shift="raise ValueError(In[-3])"))
    hand_in(root, "leak-print", solved(root, double="def double(x):\n    print(In[-1])\n    return 2 * np.asarray(x)"))
    peek = "def double(x):\n    import sys\n    f = sys._getframe(1)\n    f.f_globals['stolen'] = In[-1]\n    return x"
    nb = solved(root, double=peek)
    nb["cells"].append(code("print(stolen)"))
    hand_in(root, "leak-later", nb)
    os.environ["SECRET_TOKEN"] = "a-secret-of-the-instructor"
    before = {path: path.read_bytes() for path in (root / "submitted").rglob("*") if path.is_file()}
    result = grade(root, ASSIGNMENT, timeout=6, memory="700M", workers=2)
    del os.environ["SECRET_TOKEN"]
    return root, result, before


def shown(root: Path, student: str) -> str:
    """All that a student's own cells printed."""
    import json

    path = root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [
        f"{o.get('text', '')}{o.get('ename', '')}{o.get('evalue', '')}" for c in cells for o in c.get("outputs", [])
    ]
    return "\n".join(texts)


def test_nobody_is_lost_and_the_honest_one_is_right(graded):
    root, result, _ = graded
    assert {one.student for one in result} == {path.name for path in (root / "submitted").iterdir()}
    assert result["honest"].score == 16 and result["honest"].state == "graded" and not result["honest"].flags


@pytest.mark.parametrize("name", [*TRICKS, "skip-tag", "forged"])
def test_a_trick_brings_no_points(graded, name):
    _, result, _ = graded
    assert result[f"trick-{name}"].score == 0, result[f"trick-{name}"]


@pytest.mark.parametrize("name", ["transformer-empties", "ast-transformer", "patched-checks"])
def test_a_test_that_did_not_run_as_it_stands_is_shown_to_a_person(graded, name):
    _, result, _ = graded
    assert any("did not run as the test has them" in flag for flag in result[f"trick-{name}"].flags)


@pytest.mark.parametrize("name", RAIDS)
def test_a_raid_does_no_harm_to_its_own_honest_work(graded, name):
    """The other cells of these notebooks are right, so that they have all their points."""
    _, result, _ = graded
    assert result[f"raid-{name}"].score == 16, result[f"raid-{name}"]


def test_no_file_of_the_course_or_the_machine_can_be_read(graded):
    root, _, _ = graded
    text = shown(root, "raid-reads-files")
    assert "GOT" not in text and "gradebook.db" in text  # it did try
    assert "honest" not in text.replace("submitted/honest", "") and SECRET not in text


def test_the_environment_holds_no_secrets(graded):
    root, _, _ = graded
    text = shown(root, "raid-reads-environment")
    ours = {"PATH", "LANG", "USER", "OPENBLAS_NUM_THREADS", "MPLBACKEND", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE"}
    for name, value in os.environ.items():
        if name not in ours:
            assert f"{name!r}: {value!r}" not in text, name
    assert "a-secret-of-the-instructor" not in text


def test_nothing_can_be_written_outside(graded):
    root, _, before = graded
    assert "WROTE" not in shown(root, "raid-writes-outside") and "GOT" not in shown(root, "raid-links")
    assert not (root / "pwned").exists() and not Path("/usr/pwned").exists() and not Path("/pwned").exists()
    assert all(path.read_bytes() == data for path, data in before.items())


def test_the_network_cannot_be_reached(graded, listener):
    root, _, _ = graded
    assert "REACHED" not in shown(root, "raid-network")
    assert not listener[1]


def test_no_process_of_a_submission_is_left(graded):
    from tinytorch_course.grading.sandbox.rooms import descendants

    commands = []
    for pid in descendants(os.getpid())[1:]:
        try:
            commands.append(Path("/proc", str(pid), "cmdline").read_bytes())
        except OSError:
            continue
    assert not [command for command in commands if b"/inside" in command]


def test_a_signal_to_the_process_group_stays_inside(graded):
    """Parent and group of process 1 in a namespace are outside of it."""
    if Path(sys.prefix).is_relative_to("/tmp"):
        pytest.skip("an environment below /tmp: each kernel leads the process group of a sandbox of its own")
    root, _, _ = graded
    assert "DeadKernel" not in shown(root, "raid-kills")


@pytest.mark.parametrize("name", ["disk-bomb", "shared-memory-bomb", "many-small-files"])
def test_the_disk_is_limited(graded, name):
    root, _, _ = graded
    # A sandbox of its own, which an environment below /tmp gets, has no limit of files: its kernel is ended instead.
    said = shown(root, f"raid-{name}")
    assert "stopped after" in said or (name == "many-small-files" and "made more than 4000 files" in said)


@pytest.mark.parametrize("name", ["fork-bomb", "many-files"])
def test_processes_and_files_are_limited(graded, name):
    """Either the limit is met and said, or the submission is ended: forks count as memory, and a kernel needs files."""
    root, _, _ = graded
    text = shown(root, f"raid-{name}")
    assert "stopped after" in text or "used more than" in text or "did not end" in text or "DeadKernel" in text


@pytest.mark.parametrize("name", ["memory-bomb", "memory-bomb-slowly", "memory-bomb-many"])
def test_memory_is_limited(graded, name):
    root, _, _ = graded
    text = shown(root, f"raid-{name}")
    assert "GOT IT" not in text and "MemoryError" in text


def test_output_is_cut_while_it_arrives(graded):
    root, _, _ = graded
    path = root / "autograded" / "raid-output-bomb" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert path.stat().st_size < 1 << 20
    assert "the output was cut here" in shown(root, "raid-output-bomb")


def test_the_walls_of_the_sandbox_cannot_be_moved(graded):
    root, _, _ = graded
    text = shown(root, "raid-mounts")
    assert "DID IT" not in text and text.count("refused") == 6


@pytest.mark.parametrize(
    "student", ["leak-exception", "leak-print", "leak-later", "leak-coded", "leak-got", "leak-cell"]
)
def test_hidden_tests_do_not_reach_the_feedback(graded, student):
    root, _, _ = graded
    page = (root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "secret_input" not in page and "check.hidden" not in page and "17.25" not in page
    assert "secret-input" not in page and "c2VjcmV0X2lucHV0" not in page and not re.search(r"[\w+/=]{61,}", page)


def test_forged_points_are_reported_as_without_effect(graded):
    _, result, _ = graded
    assert result["trick-forged"].max_score == 20
    assert any("no effect" in repair for repair in result["trick-forged"].repairs)
