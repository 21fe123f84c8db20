"""Limits and namespaces for a process that is about to run a submission. Part of what the sandbox shows and runs."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import select
import signal
import struct
from typing import Any

SOCKETS, NURSERY_SOCKETS, TMP = "/sockets", "/run/tinytorch/k", "/tmp"
_INODES = 4000  # files in each of a submission's own folders
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
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


def prctl(option: int, value: int) -> None:
    _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def become(uid: int, gid: int) -> None:
    """Leave root for good. Without root there is nothing to leave."""
    if os.getuid() == 0 and uid != 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def end_with_the_other_end_of(stream: int) -> None:
    """Let the system kill this process when nobody holds the other end of a pipe any more.

    bubblewrap's ``--die-with-parent`` does so only once it has set everything up: who is killed before leaves a sandbox
    behind. The pipe gives way to nothing that can be read.
    """
    kept = fcntl.fcntl(stream, fcntl.F_DUPFD_CLOEXEC, 3)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, stream)
    os.close(null)
    if hasattr(fcntl, "F_SETSIG"):  # Linux
        fcntl.fcntl(kept, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(kept, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(kept, fcntl.F_SETFL, fcntl.fcntl(kept, fcntl.F_GETFL) | os.O_ASYNC)
    ended = select.poll()
    ended.register(kept, 0)
    if ended.poll(0):
        os._exit(1)


def drop_capabilities() -> None:
    for capability in range(64):
        prctl(PR_CAPBSET_DROP, capability)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _call("capset", header, data)
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def limit(limits: dict[str, Any], mapped: int) -> None:
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


def _cover(folder: str) -> None:
    """Put an empty folder that nobody can write to over another."""
    _mount("tmpfs", folder, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=1")
    for name in os.listdir(folder):
        raise OSError(errno.EBUSY, f"still visible: {name}")


def seal(sockets: str) -> None:
    """The last step before the first byte of a submission: no way to the host's disk, no rights, no way to get any."""
    with contextlib.suppress(OSError):  # without a mount namespace of its own, `Kernel` watches the folder
        _cover(sockets)
    drop_capabilities()
    forbid()


def isolate(number: int, disk: int) -> None:
    """Put the calling process, freshly forked by the fork server, into namespaces of its own. Returns in the one child
    that may go on; the process that was called waits for it and ends as it does."""
    uid, gid = os.getuid(), os.getgid()
    prctl(PR_SET_DUMPABLE, 1)
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.setsid()  # `kill(0)` reaches a whole process group, whatever namespaces its members are in
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount(f"{NURSERY_SOCKETS}/{number}", SOCKETS, None, MS_BIND)
    _cover(NURSERY_SOCKETS)
    _mount("tmpfs", TMP, "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk},nr_inodes={_INODES},mode=0700")
    _mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk // 4},nr_inodes={_INODES},mode=0700")
    _cover("/proc")


# System calls by machine: what makes memory that no limit counts, new namespaces, or reaches deep into the kernel.
_MACHINES = {
    "x86_64": (0xC000003E, 56, 435, (319, 447, 29, 64, 68, 272, 308, 323, 321, 298, 425, 248, 249, 250)),
    "aarch64": (0xC00000B7, 220, 435, (279, 447, 194, 190, 186, 97, 268, 282, 280, 241, 425, 217, 218, 219)),
}  # audit's number of the machine; clone; clone3; memfd_create memfd_secret shmget semget msgget unshare setns
#    userfaultfd bpf perf_event_open io_uring_setup add_key request_key keyctl
_NAMESPACES = 0x7E020000  # flags of clone
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS


def forbid() -> None:
    """Refuse some system calls from here on, in all that this process starts. Where there is no seccomp, nothing happens."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return
    number, clone, clone3, refused = machine
    program = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, number), (_RETURN, 0, 0, _UNKNOWN), (_LOAD, 0, 0, 0)]
    program += [(_AT_LEAST, 0, 1, 1 << 30), (_RETURN, 0, 0, _UNKNOWN)]  # the same calls under other numbers
    program += [
        (_EQUAL, 0, 1, clone3),
        (_RETURN, 0, 0, _UNKNOWN),
    ]  # libraries fall back to clone, whose flags can be read
    for call in refused:
        program += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _REFUSE)]
    program += [(_EQUAL, 0, 3, clone), (_LOAD, 0, 0, 16), (_ANY_BIT, 0, 1, _NAMESPACES), (_RETURN, 0, 0, _REFUSE)]
    program.append((_RETURN, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    _libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(header), 0, 0)
