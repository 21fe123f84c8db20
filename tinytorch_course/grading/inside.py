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

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
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
    for folder in (f"{TMP}/home", f"{TMP}/work"):
        os.makedirs(folder, exist_ok=True)
    os.chdir(f"{TMP}/work")
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
    for module in ("numpy", "numpy.testing", "tinytorch.checks", "math"):
        space = vars(sys.modules[module]) if module in sys.modules else {}
        for name, value in list(space.items()):
            if not callable(value) or name.startswith("__"):
                continue
            seen[f"{module}.{name}"] = id(value)
            if isinstance(value, type) and module == "tinytorch.checks":
                for key, member in vars(value).items():
                    if callable(member):
                        seen[f"{module}.{name}.{key}"] = id(getattr(member, "__code__", member))
            elif hasattr(value, "__code__"):
                seen[f"{module}.{name}.__code__"] = id(value.__code__)
    return seen


def run_judge(config: dict) -> None:
    """Run definitions, then tests, and write which tests ended well. Anything printed is dropped."""
    import linecache
    import types

    preload(["numpy", "numpy.testing", "tinytorch.checks"])
    before = _fingerprint()
    quiet = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (lives as long as the process)
    report = os.open(f"{SOCKETS}/judged.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    results: dict[str, list] = {}
    signal.signal(signal.SIGALRM, _alarm)
    for position, (name, source) in enumerate(config["chunks"]):
        sys.stdout = sys.stderr = quiet
        label = f"<cell {position + 1}>"
        linecache.cache[label] = (len(source), None, source.splitlines(True), label)
        signal.setitimer(signal.ITIMER_REAL, config["timeout"])
        try:
            exec(compile(source, label, "exec"), main.__dict__)
            ended, message = True, ""
        except BaseException as error:
            ended, message = False, f"{type(error).__name__}: {str(error)[:500]}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if name is not None:
            results[name] = [ended, message]
    after = _fingerprint()
    changed = sorted(name for name, value in before.items() if after.get(name) != value)
    answer = {"nonce": config["nonce"], "results": results, "changed": changed[:20]}
    os.write(report, json.dumps(answer).encode())
    os._exit(0)


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
    drop_capabilities()
    settle(request)
    limit(request["limits"], mapped_now())
    run_kernel(request) if mode == "kernel" else run_judge(request)


if __name__ == "__main__":
    main()
