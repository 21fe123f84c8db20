"""What a kernel's cells may show, send, hold and write; looked at from outside, cell by cell."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.session import Session

from tinytorch_course.grading.model import Library, Limits
from tinytorch_course.grading.sandbox.kernel import Budget, Kernel, KernelGone, _opened, cleaned
from tinytorch_course.grading.sandbox.rooms import Alone, Running, SandboxError, waited_for_cpu
from tinytorch_course.grading.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.slow

LIMITS = Limits(timeout=60, memory=600 << 20, disk=32 << 20)
SEND = """
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
"""
ERRORS = SEND + 'for _ in range(20): send("error", {"ename": "E", "evalue": "v", "traceback": ["x" * 4000] * 100})'
LARGE = SEND + 'for _ in range(45): send("display_data", {"data": {"text/plain": "x" * (8 << 20)}, "metadata": {}})'
NOBODY_KEEPS = SEND + 'for _ in range(45): send("display_data", {"data": {"a/b": "x" * (8 << 20)}, "metadata": {}})'


@pytest.fixture(scope="module", params=["forked", "a sandbox of its own"])
def sandbox(request):
    box = Sandbox(Library({}, ""), (), LIMITS, nested=False if request.param != "forked" else None)
    yield box
    box.close()


@pytest.fixture
def kernel(sandbox):
    """For a test that may cost it."""
    running = Kernel(sandbox, LIMITS, Budget(LIMITS.outputs, LIMITS.records))
    yield running
    running.close()


@pytest.fixture(scope="module")
def steady(sandbox):
    """One for all tests that leave it as it was, but for its budget."""
    running = Kernel(sandbox, LIMITS, Budget(LIMITS.outputs, LIMITS.records), seed="a")
    yield running
    running.close()


@pytest.fixture(autouse=True)
def _budget(request):
    if "steady" in request.fixturenames:
        request.getfixturevalue("steady")._budget = Budget(LIMITS.outputs, LIMITS.records)


def size(outputs) -> int:
    return sum(len(str(output)) for output in outputs)


def text(result) -> str:
    return "".join(str(o.get("text", "")) for o in result.outputs)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) << 10


def test_errors_count_against_the_limits_of_cell_and_notebook(steady):
    found = [steady.run(ERRORS, 60).outputs for _ in range(25)]
    assert max(map(size, found)) < 2 * LIMITS.output
    assert sum(map(size, found)) < 2 * LIMITS.outputs


@pytest.mark.parametrize("flood", [LARGE, NOBODY_KEEPS], ids=["cut", "of no kind that is kept"])
def test_large_messages_wait_inside_where_memory_counts(kernel, flood):
    kernel.run("1", 60)
    Path("/proc/self/clear_refs").write_text("5")  # so that the peak begins here
    before = resident()
    try:
        assert size(kernel.run(flood, 60).outputs) < 2 * LIMITS.output
    except KernelGone as gone:
        assert gone.kind == "memory"
    assert peak() - before < 300 << 20


def test_records_are_not_pushed_aside_by_a_flood(steady):
    """They come with the reply: an honest test after a table of thousands of lines keeps its points."""
    flood = SEND + 'for _ in range(5000): send("stream", {"name": "stdout", "text": "x" * 300})\n'
    note = 'get_ipython().payload_manager.write_payload({"source": "application/vnd.tinytorch.records", "text": "[]"})'
    assert steady.run(flood + note, 60).records == ["[]"]


def test_a_small_result_is_kept_whatever_else_was_shown(steady):
    """Or a test that gives part of its points would give all of them after a flood."""
    result = steady.run("print('x' * 500_000)\n2.5", 60)
    shown = [output for output in result.outputs if output["output_type"] == "execute_result"]
    assert [output["data"]["text/plain"] for output in shown] == ["2.5"]


def test_a_cell_that_shows_nothing_is_not_called_cut(steady):
    steady._budget.read = -1
    assert steady.run("x = 1", 60).outputs == []


@pytest.mark.parametrize(
    "reply", [{}, {"payload": 3}, {"payload": [3, {"source": "application/vnd.tinytorch.records", "text": ["x"]}]}]
)
def test_a_forged_reply_is_no_record(steady, reply):
    assert not any(steady._records(reply))


def test_memory_held_by_files_and_short_cells_counts(kernel):
    """Each cell ends before a quarter of a second is over, and leaves a process that holds 100 MB."""
    hog = "import os, time\nif os.fork() == 0:\n    x = b'x' * (100 << 20)\n    time.sleep(60)\n    os._exit(0)"
    with pytest.raises(KernelGone, match="memory"):
        for _ in range(20):
            kernel.run(hog, 60)


def test_the_cell_that_took_the_memory_is_blamed_and_not_the_next_one(kernel):
    """Its processes go on after it, and it is over before the next regular look."""
    kernel._next_look = time.monotonic() + 3600
    hold = "if os.fork() == 0:\n        x = b'x' * (90 << 20)\n        time.sleep(60)\n        os._exit(0)"
    with pytest.raises(KernelGone, match="memory"):
        kernel.run(f"import os, time\nfor _ in range(8):\n    {hold}\ntime.sleep(1)", 60)


def test_the_processes_of_one_keep_no_other_from_starting(sandbox, kernel):
    """Where root starts sandboxes, they all run as one user, whose processes the system counts together."""
    kernel.run("import subprocess\nrunning = [subprocess.Popen(['sleep', '60']) for _ in range(35)]", 60)
    other = Kernel(sandbox, LIMITS, Budget(LIMITS.outputs, LIMITS.records))
    assert other.run("1 + 1", 60).status == "ok"
    other.close()


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm"])
def test_files_are_limited_in_number_and_their_memory_counts(kernel, place):
    many = f"import time\nfor at in range(20000): open(f'{place}/f{{at}}', 'w').close()\nprint('MADE')\ntime.sleep(1)"
    try:
        assert "MADE" not in text(kernel.run(many, 60)) or pytest.fail("20000 files were made")
    except KernelGone as gone:
        assert "files" in gone.why


def test_what_files_hold_is_memory(steady):
    before, _ = steady._room.used()
    steady.run("open('/tmp/big', 'wb').write(bytes(30 << 20)); None", 60)
    assert steady._room.used()[0] - before > 15 << 20
    steady.run("import os; os.remove('/tmp/big')", 60)


def test_nothing_can_be_put_where_the_sockets_are(kernel):
    """The folder is on this machine's disk."""
    code = "import os, time\nos.mkdir('/sockets/d')\nopen('/sockets/d/x', 'w').write('x' * 1000)\nprint('WROTE')\ntime.sleep(1)"
    try:
        assert "WROTE" not in text(kernel.run(code, 60))
    except KernelGone as gone:
        assert "may be written" in gone.why


def test_a_folder_with_anything_but_sockets_overflows(tmp_path):
    room = Running(tmp_path)
    assert not room.overflowing()
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert room.overflowing()


@pytest.mark.parametrize(
    "call",
    [
        "os.memfd_create('x')",
        "libc.unshare(0x10000000) and 1 / 0",
        "libc.syscall(56, 0x10000011, 0, 0, 0, 0) < 0 and 1 / 0",
        "libc.shmget(0, 1 << 20, 0o1600) < 0 and 1 / 0",
    ],
)
def test_memory_without_a_name_and_namespaces_within_are_refused(steady, call):
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers of the calls are those of x86-64")
    result = steady.run(f"import ctypes, os\nlibc = ctypes.CDLL(None)\n{call}\nprint('DID IT')", 60)
    assert result.status == "error" and "DID IT" not in text(result)


def test_what_is_written_past_the_streams_goes_nowhere(steady, sandbox):
    steady.run("import os\nfor to in (1, 2):\n    for _ in range(50): os.write(to, b'x' * (1 << 20))", 60)
    files = [path for path in sandbox._scratch.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < 8 << 20


MAGICS = {
    "%timeit -n1 -r1 1 + 1": "per loop",
    "found = !echo from a shell\nprint(found)": "from a shell",
    "print(f'{7 % 4!r}', 1 != 2)  # plain Python, with the marks of magics": "3 True",
    "len?\nprint('after help')": "after help",
    "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')": "awaited",
}


@pytest.mark.parametrize("code", MAGICS)
def test_magics_work_and_plain_python_is_left_alone(steady, code):
    assert MAGICS[code] in text(steady.run(code, 60))


def test_a_notebooks_own_transformer_is_asked_for_plain_python_too(kernel):
    own = """
from IPython.core.inputtransformer2 import TokenTransformBase
class Twice(TokenTransformBase):
    @classmethod
    def find(cls, tokens):
        for line in tokens:
            if line and line[0].string == "once":
                return cls(line[0].start)
    def transform(self, lines):
        return ["print('twice')\\n"]
get_ipython().input_transformer_manager.token_transformers.append(Twice)
"""
    kernel.run(own, 60)
    assert "twice" in text(kernel.run("once", 60))


def test_nothing_printed_is_lost_between_cells(steady):
    """Streams are flushed only when something waits in them."""
    steady.run("import sys\nprint('a', end='')\nsys.stdout.flush()\nsys.stdout.flush()", 60)
    assert [text(steady.run(f"print({number})", 60)) for number in range(5)] == [f"{number}\n" for number in range(5)]


def test_a_message_that_nobody_signed_is_not_read():
    session = Session(key=b"right")
    frames = [b"topic", *session.serialize(session.msg("stream", {"name": "stdout", "text": "x"}, parent={}))]
    assert _opened(frames, session)[2]()["text"] == "x"
    with pytest.raises(ValueError, match="signed"):
        _opened(frames, Session(key=b"wrong"))


@pytest.mark.parametrize("value", [None, 3, ["x"], {"a": 1}])
def test_only_text_is_text(value):
    assert cleaned(value, 100) == ""


def test_text_comes_out_without_what_a_terminal_or_a_file_would_trip_over():
    assert cleaned("a\x1b]0;PWNED\x07b\ud800\x1b[2Kc\x1b[31md", 100) == "ab?c\x1b[31md"


def waits(monkeypatch, seconds):
    """As if the kernel's process had stood ready for so long in each cell, and others had the processor."""
    looks = itertools.count()
    monkeypatch.setattr(Running, "waited", lambda self: {1: seconds * next(looks)})


def test_a_busy_machine_takes_no_cells_time(kernel, monkeypatch):
    assert kernel.run("import time; time.sleep(1.5)", timeout=1).status == "timeout"
    waits(monkeypatch, 3)
    assert kernel.run("time.sleep(1.5)", timeout=1).status == "ok"
    assert kernel.waited >= 3


def test_a_cell_that_never_ends_is_stopped_on_a_busy_machine_too(kernel, monkeypatch):
    waits(monkeypatch, 1000)
    began = time.monotonic()
    assert kernel.run("import time; time.sleep(60)", timeout=1).status == "timeout"
    assert time.monotonic() - began < 30


def test_who_shares_a_processor_has_waited_for_it():
    spin = "import os, time\nos.sched_setaffinity(0, {%d})\nt = time.time()\nwhile time.time() < t + 2: pass"
    core = min(os.sched_getaffinity(0))
    several = [subprocess.Popen([sys.executable, "-c", spin % core]) for _ in range(2)]
    time.sleep(1.5)
    waited = waited_for_cpu([each.pid for each in several])
    for each in several:
        each.wait()
    assert max(waited.values()) > 0.2


@pytest.mark.parametrize("code, least", [("import time; time.sleep(60)", 0.0), ("while True: pass", 3.0)])
def test_a_start_that_hangs_is_given_up_soon_and_one_that_works_is_waited_for(tmp_path, monkeypatch, code, least):
    """The class waits for a kernel that will never answer; on a busy machine a slow one is no such kernel."""
    monkeypatch.setattr("tinytorch_course.grading.sandbox.kernel._STUCK", 1.0)
    monkeypatch.setattr("tinytorch_course.grading.sandbox.kernel._START", 3.0)

    class Silent:
        def kernel(self, *_):
            process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, start_new_session=True)
            time.sleep(0.5)
            return Alone(tmp_path, process, tmp_path)

    began = time.monotonic()
    with pytest.raises(SandboxError, match="did not start"):
        Kernel(Silent(), LIMITS, Budget(1, 1))
    spent = time.monotonic() - began - 0.5
    assert least <= spent and (least or spent < 2.9)
