"""What runs inside the sandbox: starts a kernel or a judge, directly or forked from a process that has done the imports.

This one file is shown to the sandbox and run there by path; it imports nothing of the course. Three ways to call it::

    inside.py kernel CONFIG     a Jupyter kernel in this process
    inside.py judge CONFIG      runs definitions and tests without Jupyter, writes what came of them
    inside.py serve CONFIG      a nursery: reads requests from standard input, forks a kernel or a judge for each

The nursery runs no code of a submission. Each child that it forks gets namespaces of its own (user, mount, process,
network, IPC), an empty /tmp, its own directory for sockets in place of all others, no /proc, no capabilities, and the
limits, before the first byte of a submission arrives.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import sys

SOCKETS = "/sockets"
NURSERY_SOCKETS = "/run/tinytorch/k"
TMP = "/tmp"
HOME, HERE = f"{TMP}/home", f"{TMP}/work"  # the submission's own folders
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    _call(
        "mount",
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        data.encode() if data else None,
    )


def _prctl(option: int, value: int) -> None:
    _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def become(uid: int, gid: int) -> None:
    """Leave root for good. Without root there is nothing to leave."""
    if os.getuid() == 0 and uid != 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def drop_capabilities() -> None:
    for capability in range(64):
        _prctl(PR_CAPBSET_DROP, capability)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _call("capset", header, data)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def limit(limits: dict, mapped: int) -> None:
    """Put the limits on this process and what it starts. `mapped` is the address space that is in use already."""

    def put(what: int, value: int) -> None:
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(what, (value, value))

    put(resource.RLIMIT_AS, limits["memory"] + mapped)
    put(resource.RLIMIT_CPU, int(limits["total"]) + 5)
    put(resource.RLIMIT_FSIZE, limits["disk"])
    put(resource.RLIMIT_NOFILE, 256)
    put(resource.RLIMIT_CORE, 0)
    put(resource.RLIMIT_NPROC, limits["processes"])


def mapped_now() -> int:
    """Address space that this process uses, for libraries mostly."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def isolate(number: int, disk: int) -> None:
    """Put the calling process, freshly forked by the nursery, into namespaces of its own. Returns in the one child
    that may go on; the process that was called waits for it and ends as it does."""
    uid, gid = os.getuid(), os.getgid()
    _prctl(PR_SET_DUMPABLE, 1)
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.setsid()  # `kill(0)` reaches a whole process group, whatever namespaces its members are in
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount(f"{NURSERY_SOCKETS}/{number}", SOCKETS, None, MS_BIND)
    _mount("tmpfs", NURSERY_SOCKETS, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k")
    _mount("tmpfs", TMP, "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk},mode=0700")
    _mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk // 4},mode=0700")
    _mount("tmpfs", "/proc", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k")
    for name in os.listdir(NURSERY_SOCKETS):  # must be empty by now
        raise OSError(errno.EBUSY, f"still visible: {name}")
    drop_capabilities()


def settle(config: dict) -> None:
    """A home, a working directory with the submission's files, and fresh random numbers."""
    for folder in (HOME, HERE):
        os.makedirs(folder, exist_ok=True)
    os.chdir(HERE)
    for name, text in config.get("files", {}).items():
        if os.sep not in name and not name.startswith("."):
            with open(name, "w", encoding="latin-1", newline="") as file:
                file.write(text)
    import random

    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def preload(names: list[str]) -> None:
    """Import what every submission of this assignment imports anyway. A name that cannot be imported is left out."""
    import importlib

    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            continue


# -- the kernel ----------------------------------------------------------------------------------------------------


def run_kernel(config: dict) -> None:
    """Become a Jupyter kernel that listens on sockets in /sockets."""
    from ipykernel.kernelapp import IPKernelApp

    connection = f"{TMP}/connection.json"
    with open(connection, "w", encoding="utf-8") as file:
        json.dump(config["connection"], file)
    arguments = ["-f", connection, "--HistoryManager.enabled=False", "--HistoryManager.hist_file=:memory:", "--quiet"]
    arguments += ["--IPKernelApp.capture_fd_output=False", "--log-level=CRITICAL"]
    app = IPKernelApp.instance()
    app.initialize(arguments)
    os.unlink(connection)

    def leave(*_: object) -> None:
        raise SystemExit("quit() was called")

    streams = sys.stdout, sys.stderr
    for stream in streams:
        stream.close = lambda: None  # a closed stream takes the kernel down

    def restore(*_: object) -> None:
        sys.stdout, sys.stderr = streams

    app.shell.events.register("pre_execute", restore)
    app.shell.events.register("post_execute", restore)
    app.shell.user_ns["quit"] = app.shell.user_ns["exit"] = leave
    sys.argv = [""]
    app.start()


# -- the judge -----------------------------------------------------------------------------------------------------


class OutOfTime(BaseException):
    """The test took longer than it may."""


def _alarm(*_: object) -> None:
    raise OutOfTime


def _fingerprint() -> dict[str, int]:
    """Which objects the judging rests on: the functions of NumPy, of the checks and of Python that tests call."""
    import builtins

    seen = {f"builtins.{name}": id(value) for name, value in vars(builtins).items() if name != "_"}
    for module in ("numpy", "numpy.testing", "tinytorch.lab.checks", "math"):
        space = vars(sys.modules[module]) if module in sys.modules else {}
        for name, value in list(space.items()):
            if not callable(value) or name.startswith("__"):
                continue
            seen[f"{module}.{name}"] = id(value)
            if isinstance(value, type) and module == "tinytorch.lab.checks":
                for key, member in vars(value).items():
                    if callable(member):
                        seen[f"{module}.{name}.{key}"] = id(getattr(member, "__code__", member))
            elif hasattr(value, "__code__"):
                seen[f"{module}.{name}.__code__"] = id(value.__code__)
    return seen


def run_judge(config: dict) -> None:
    """Run definitions, then tests, and write what came of them. Anything printed is dropped."""
    preload(["numpy", "numpy.testing", "tinytorch.lab.checks"])
    report = os.open(f"{SOCKETS}/judged.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    answer = _Judge(config).whole()
    os.write(report, json.dumps({"nonce": config["nonce"], **answer}).encode())
    os._exit(0)


class _Judge:
    """Executes the chunks of one submission.

    What a student defines lives in ``__main__``. A test runs in a namespace of its own, with checks and a NumPy of its
    own, and its text can be read nowhere: not by name, and not in `linecache`. Who looks further is seen by the watch.
    """

    def __init__(self, config: dict) -> None:
        import types

        self._chunks, self._timeout = config["chunks"], config["timeout"]
        self._before = _fingerprint()
        self._changed: set[str] = set()
        self._checks = _checks_apart()
        self._main = types.ModuleType("__main__")
        self._main.__dict__["__builtins__"] = __builtins__
        sys.modules["__main__"] = self._main
        self._reads: dict[str, list[str]] = {}
        self._own: set[str] = set()
        self._label = ""
        self._first = self._first_meanings(config.get("first") or {})
        self._helpers: dict = {}  # what tests define; a later test may use it
        signal.signal(signal.SIGALRM, _alarm)

    def whole(self) -> dict:
        import linecache
        import random

        random.seed(0)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed(0)
        results: dict[str, list] = {}
        errors: dict[str, str] = {}
        seen: dict[str, list] = {}
        quiet = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (lives as long as the process)
        _watch(self._note, self._own)
        for chunk in self._chunks:
            sys.stdout = sys.stderr = quiet
            self._label = chunk["label"]
            name, file = chunk.get("test"), f"<{'given' if chunk.get('given') else 'cell'} {chunk['at']}>"
            kept = self._restored(chunk.get("restore"))
            if name is None:
                if not chunk.get("given"):
                    self._own.add(file)
                lines = chunk["code"].splitlines(True)
                linecache.cache[file] = (len(chunk["code"]), None, lines, file)
                error = self._run(chunk["code"], file, self._main.__dict__)
                self._main.__dict__.update(kept)
                if error is not None:
                    errors[str(chunk["at"])] = f"{type(error).__name__}: {_text(error)}"
                continue
            notes: list = []
            space = self._space(notes)
            kinds = [space["Checks"], self._checks["Checks"], self._checks["CheckFailed"]]
            intact = [dict(vars(kind)) for kind in kinds]
            error = self._run(chunk["code"], f"<test {chunk['at']}>", space)
            self._helpers |= {key: value for key, value in space.items() if key not in self._main.__dict__}
            self._main.__dict__.update(kept)
            seen[name] = notes
            if intact != [dict(vars(kind)) for kind in kinds]:
                self._changed.add("the checks")
            failed = isinstance(error, self._checks["CheckFailed"])
            message = "" if error is None else _text(error) if failed else f"{type(error).__name__}: {_text(error)}"
            points = space.get("_points")
            results[name] = [error is None, message, points if type(points) in (bool, int, float) else None]
            self._look_for_changes()
        self._look_for_changes()
        return {
            "results": results,
            "errors": errors,
            "seen": seen,
            "reads": self._reads,
            "changed": sorted(self._changed)[:20],
        }

    def _run(self, code: str, file: str, space: dict) -> BaseException | None:
        signal.setitimer(signal.ITIMER_REAL, self._timeout)
        try:
            exec(compile(code, file, "exec"), space)
            return None
        except BaseException as error:
            return error
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _space(self, notes: list) -> dict:
        """The namespace of one test: what the notebook has so far, and checks that nobody else holds."""
        space = {**self._helpers, **self._main.__dict__}
        for name in self._own_names:
            space.pop(name, None)
        space.update(self._first)
        space["CheckFailed"], space["bare"] = self._checks["CheckFailed"], self._checks["bare"]
        space["Checks"] = _witness(self._checks, notes, (self._main.__dict__, space))
        return space

    def _first_meanings(self, first: dict) -> dict:
        """What the assignment imports. Python's own names are those that a submission must not lend to a test."""
        import builtins

        self._own_names = set(dir(builtins)) - set(first.get("defined", ())) - {"_", "__name__", "__doc__"}
        space: dict = {}
        for statement in first.get("imports", ()):
            self._run(statement, "<imports>", space)
        space.pop("__builtins__", None)
        return space

    def _restored(self, restore: dict | None) -> dict:
        """Give names their first meaning for one test; what they meant before."""
        if not restore:
            return {}
        space = self._main.__dict__
        kept = {name: space.pop(name) for name in restore["names"] if name in space}
        self._run(restore["code"], "<imports>", space)
        return kept

    def _look_for_changes(self) -> None:
        after = _fingerprint()
        self._changed |= {name for name, value in self._before.items() if after.get(name) != value}

    def _note(self, what: str) -> None:
        found = self._reads.setdefault(self._label, [])
        if what not in found and len(found) < 6:
            found.append(what)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:4000]
    except Exception:
        return "(an error whose message cannot be shown)"


def _checks_apart() -> dict:
    """The test helpers a second time, with a copy of NumPy's names: what a submission patches is not what judges it."""
    import importlib.util
    import types

    spec = importlib.util.find_spec("tinytorch.lab.checks")
    apart = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(apart)
    numpy = types.ModuleType("numpy")
    numpy.__dict__.update(vars(sys.modules["numpy"]))
    apart.np = numpy
    return vars(apart)


def _witness(checks: dict, notes: list, spaces: tuple) -> type:
    """The checks of one test. They also write down what the student's code gave, and do no more than that in a test
    without its answers (`answers.without_answers`)."""
    array_of = checks["_array"]

    def digest(value: object) -> list:
        array = value if type(value).__name__ == "ndarray" else None
        if array is not None and array.dtype.kind in "biufc":
            flat = array.reshape(-1)
            flat = flat[:: max(1, flat.size // 40)][:60]
            flat = abs(flat) if flat.dtype.kind == "c" else flat
            return ["array", list(array.shape), [float(number) for number in flat]]
        try:
            return ["text", repr(value)[:300]]
        except Exception as error:
            return ["error", type(error).__name__]

    def settled(value: object) -> object:
        """A tensor as its array, asked for once: what is written down is what is compared."""
        numbers = value if type(value) in (tuple, list) else (value,)
        if all(type(number) in (bool, int, float, str) for number in numbers):
            return value
        array = array_of(value)
        return value if array is None else array

    def note(*what: object) -> None:
        if len(notes) < 2000:
            notes.append(list(what))

    class Checks(checks["Checks"]):  # type: ignore[misc,name-defined]
        def equal(self, what, got=None, *expected, **options):
            got = settled(got)
            note("equal", digest(got))
            if expected or "expected" in options:
                super().equal(what, got, *expected, **options)

        def same(self, what, got=None, *expected, **options):
            note("same", digest(got))
            if expected or "expected" in options:
                super().same(what, got, *expected, **options)

        def unchanged(self, what, got, before, **options):
            got = settled(got)
            note("unchanged", digest(got))
            super().unchanged(what or "", got, before, **options)

        def is_a(self, what, got=None, *kind, **options):
            note("is a", type(got).__name__, str(getattr(got.__class__, "__name__", ""))[:80])
            if kind or "kind" in options:
                super().is_a(what, got, *kind, **options)

        def true(self, what, holds, **options):
            note("true", bool(holds) if type(holds).__name__ in ("bool", "bool_") else type(holds).__name__)
            super().true(what or "", holds, **options)

        def raises(self, what, error=None, call=None, **options):
            def heard():
                try:
                    return call()
                except Exception as caught:
                    note("raises", type(caught).__name__)
                    raise

            if error is not None:
                super().raises(what, error, heard, **options)
                return
            with contextlib.suppress(Exception):
                heard()

        @contextlib.contextmanager
        def using(self, **names):
            before = [(space, {name: space[name] for name in names if name in space}) for space in spaces]
            for space in spaces:
                space.update(names)
            try:
                yield
            finally:
                for space, old in before:
                    for name in names:
                        space.pop(name, None)
                    space.update(old)

    return Checks


# What lets code see more than its arguments: the event of Python's audit, and how to say it.
_WATCHED = {
    "sys._getframe": "sys._getframe",
    "sys._current_frames": "sys._current_frames",
    "sys._current_exceptions": "sys._current_exceptions",
    "sys.settrace": "sys.settrace",
    "sys.setprofile": "sys.setprofile",
    "sys.addaudithook": "sys.addaudithook",
    "sys.monitoring.register_callback": "sys.monitoring",
    "gc.get_objects": "gc.get_objects",
    "gc.get_referrers": "gc.get_referrers",
    "gc.get_referents": "gc.get_referents",
    "object.__getattr__": "",
    "object.__setattr__": "",
    "code.__new__": "a code object of its own",
    "function.__new__": "a function made from a code object",
    "compile": "compile",
    "exec": "exec",
    "marshal.loads": "marshal",
    "ctypes.dlopen": "ctypes",
    "ctypes.dlsym": "ctypes",
    "ctypes.string_at": "ctypes",
    "ctypes.cdata": "ctypes",
    "ctypes.PyObj_FromPtr": "ctypes",
    "open": "",
}
# Library code that does such things for honest callers and hands nothing of it on.
_HARMLESS = (
    "/collections/__init__.py",
    "/dataclasses.py",
    "/enum.py",
    "/typing.py",
    "/warnings.py",
    "/abc.py",
    "/functools.py",
    "/types.py",
)
_FUNCTIONS = ("__code__", "__defaults__", "__kwdefaults__")
_LOGGED = ("debug", "info", "warning", "error", "exception", "critical", "log")


def _watch(told, own: set) -> None:
    """Tell when code of a submission reaches for frames, tracebacks, the collector's lists or other means to see what
    called it. Python's audit cannot be switched off again. Library code on the way is passed over, up to the first
    function that is the submission's (which is told) or the test's and the judge's (which may)."""
    getframe, busy, text, here = sys._getframe, set(), str, _watch.__code__.co_filename
    folders = (f"{HERE}/", f"{HOME}/")
    from _thread import get_ident

    def hook(event, arguments):
        what = _WATCHED.get(event)
        if what is None:
            return
        thread = get_ident()
        if thread in busy:
            return
        busy.add(thread)
        try:
            what = what or detail(event, arguments)
            if what:
                look(event, what, getframe(1))
        finally:
            busy.discard(thread)

    def detail(event, arguments):
        if event == "open":
            path = arguments[0]
            path = path.decode("latin-1") if isinstance(path, bytes) else path
            hidden = isinstance(path, text) and (
                path.startswith(("/proc", "/sockets", SOCKETS)) or path.endswith("inside.py")
            )
            return f"the file {path[:40]}" if hidden else ""
        name = text(arguments[1])[:40]
        return name if event == "object.__getattr__" or name == "__code__" else ""

    def look(event, what, frame):
        way, first = "", True
        while frame is not None:
            file = frame.f_code.co_filename
            if file == here or file.startswith(("<test ", "<given ", "<imports>")):
                return
            library = not file.startswith(("<", *folders)) or file.startswith(("<frozen ", "<__array_function__"))
            if not library or file in own:  # a name in angle brackets: compiled by hand
                if not (way.startswith("logging.") and way[8:] in _LOGGED):
                    told(f"`{what}`" + (f" by way of `{way}`" if way else ""))
                return
            if first and (file.startswith("<") or harmless(event, what, file)):
                return
            first = False
            parts = file.removesuffix(".py").removesuffix("/__init__").rsplit("/", 1)
            way = f"{parts[-1]}.{frame.f_code.co_name}"
            frame = frame.f_back

    def harmless(event, what, file):
        if file.endswith(_HARMLESS) or ("/numpy/" in file and "/testing/" not in file):
            return True
        if event == "compile" and file.endswith("/ast.py"):  # ast.literal_eval, which NumPy's files need
            return True
        return what in _FUNCTIONS and file.endswith("/inspect.py")

    sys.addaudithook(hook)


# -- the nursery ---------------------------------------------------------------------------------------------------


def serve(config: dict) -> None:
    """Fork a child for each request line, report when it ends, kill it when asked. Runs until standard input ends."""
    preload(["numpy", "numpy.testing", "IPython", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell"])
    preload(config["preload"])
    _prctl(PR_SET_DUMPABLE, 0)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, int] = {}  # process id -> number
    say({"ready": True})
    import select

    pending = b""
    while True:
        readable, _, _ = select.select([0, wake_read], [], [])
        if wake_read in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(wake_read, 4096)
            while children:
                try:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                except ChildProcessError:
                    break
                if pid == 0:
                    break
                if pid in children:
                    say({"ended": children.pop(pid), "status": os.waitstatus_to_exitcode(status)})
        if 0 not in readable:
            continue
        data = os.read(0, 1 << 20)
        if not data:
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            os._exit(0)
        pending += data
        *lines, pending = pending.split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request["do"] == "kill":
                for pid, number in children.items():
                    if number == request["number"]:
                        os.kill(pid, signal.SIGKILL)
                continue
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (wake_read, wake_write):
                    os.close(descriptor)
                start(request)
                os._exit(1)
            children[pid] = request["number"]


def start(request: dict) -> None:
    """In the forked child: leave the nursery behind, then become what was asked for."""
    trouble = os.dup(2)
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(null, descriptor)
        os.close(null)
        mapped = mapped_now()
        isolate(request["number"], request["limits"]["disk"])
        settle(request)
        limit(request["limits"], mapped)
        os.dup2(0, 2)
        os.close(trouble)
    except BaseException as error:
        os.write(trouble, f"sandbox: {error}\n".encode())
        os._exit(71)
    run_kernel(request) if request["do"] == "kernel" else run_judge(request)


def say(message: dict) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


def main() -> None:
    mode, config = sys.argv[1], json.loads(sys.argv[2])
    sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]
    become(config["uid"], config["gid"])
    if mode == "serve":
        serve(config)
        return
    with open(f"{SOCKETS}/request.json", encoding="utf-8") as file:
        request = json.load(file)
    os.unlink(f"{SOCKETS}/request.json")  # it holds the tests
    drop_capabilities()
    settle(request)
    limit(request["limits"], mapped_now())
    run_kernel(request) if mode == "kernel" else run_judge(request)


if __name__ == "__main__":
    main()
