"""A Jupyter kernel provisioner that starts kernels inside the sandbox, and what makes stock `nbgrader autograde` use it.

Registered as ``tinytorch-sandbox``: a kernelspec that names it runs sandboxed wherever Jupyter starts it ::

    {"argv": [...], "display_name": "...", "metadata": {"kernel_provisioner": {"provisioner_name": "tinytorch-sandbox"}}}

The kernel talks over sockets in the file system, since the sandbox has no network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from nbgrader.preprocessors import Execute
from traitlets import Float, Int, Unicode
from traitlets.config import Config

from ..base.nbgrader_setup import gradebook_file
from .earlier_modules import library_for
from .inbox.submission import Submission
from .model import Library, Limits
from .sandbox.rooms import Running
from .sandbox.sandbox import Sandbox
from .sandbox.walls import require


class SandboxProvisioner(KernelProvisionerBase):
    """Starts a Python kernel inside bubblewrap."""

    memory = Int(2 << 30, help="Bytes of memory.").tag(config=True)
    seconds = Float(3600.0, help="Seconds of processor time.").tag(config=True)
    assignment = Unicode("", help="Whose library is shown: earlier modules only.").tag(config=True)
    course = Unicode("", help="The course folder, never shown.").tag(config=True)

    _sandbox: Sandbox | None = None
    _room: Running | None = None
    _exit_code: int | None = None

    @property
    def has_process(self) -> bool:
        return self._room is not None

    async def poll(self) -> int | None:
        if self._room is None:
            return 0 if self._exit_code is None else self._exit_code
        if self._room.alive():
            return None
        return 1

    async def wait(self) -> int | None:
        import asyncio

        while await self.poll() is None:
            await asyncio.sleep(0.05)
        self._end()
        return 0

    async def send_signal(self, signum: int) -> None:
        if self._room is None:
            return
        if signum == signal.SIGKILL:
            self._end()
            return
        for pid in self._room.pids()[1:]:  # the kernel is below the process that watches the sandbox
            with contextlib.suppress(OSError):
                os.kill(pid, signum)

    async def kill(self, restart: bool = False) -> None:
        self._end()

    async def terminate(self, restart: bool = False) -> None:
        self._end()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        require()
        manager = self.parent
        if manager is not None:  # sockets in a folder with a short name: their paths are limited to 107 bytes
            self._folder = Path(tempfile.mkdtemp(prefix="tt-"))
            manager.transport = "ipc"
            manager.ip = str(self._folder / "k")
            manager.shell_port, manager.iopub_port, manager.stdin_port, manager.control_port, manager.hb_port = range(
                1, 6
            )
            manager.connection_file = str(self._folder / "connection.json")
            manager.write_connection_file()
            self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=self.kernel_spec.argv, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        course = Path(self.course or Path.cwd()).resolve()
        library = library_for(course, self.assignment) if self.assignment else Library({}, "")
        limits = Limits(memory=self.memory, total=self.seconds)
        self._sandbox = Sandbox(library, (), limits, hide=(course,), nested=False)
        info = dict(self.connection_info)
        key = info["key"]
        info.update(ip="/sockets/k", key=key.decode() if isinstance(key, bytes) else key, transport="ipc")
        info = {name: value for name, value in info.items() if isinstance(value, (str, int))}
        self._room = self._sandbox.kernel(info, _files(kwargs.get("cwd")))
        for port in range(1, 6):  # where the manager looks, a way to where the sandbox listens
            os.symlink(self._room.folder / f"k-{port}", f"{self.connection_info['ip']}-{port}")
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        self._end()
        if not restart:
            shutil.rmtree(getattr(self, "_folder", ""), ignore_errors=True)

    def _end(self) -> None:
        if self._room is not None:
            self._room.close()
            self._room, self._exit_code = None, 0
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None


def _files(folder: str | None) -> dict[str, str]:
    if not folder or not Path(folder).is_dir():
        return {}
    paths = [path for path in sorted(Path(folder).iterdir()) if path.is_file() and not path.is_symlink()]
    extras = {path.name: path for path in paths if path.suffix != ".ipynb" and not path.name.startswith(".")}
    return Submission("", None, extras=extras).files()


class SandboxedKernelManager(AsyncKernelManager):
    """Starts every kernel through `SandboxProvisioner`, whatever its kernelspec says."""

    @property
    def kernel_spec(self) -> Any:
        from jupyter_client.kernelspec import KernelSpec

        return KernelSpec(
            argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3 (sandboxed)",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "tinytorch-sandbox"}},
        )


class SandboxedExecute(Execute):
    """nbgrader's Execute, with kernels in the sandbox. For ``Autograde.autograde_preprocessors``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["kernel_manager_class"] = SandboxedKernelManager
        super().__init__(*args, **kwargs)

    def preprocess(self, nb: Any, resources: Any, *args: Any, **kwargs: Any) -> Any:
        about = resources["nbgrader"]
        course = (gradebook_file(str(about["db_url"])) or Path()).parent
        # The kernel's manager inherits this configuration, and the provisioner the manager's.
        self.update_config(Config({"SandboxProvisioner": {"assignment": about["assignment"], "course": str(course)}}))
        return super().preprocess(nb, resources, *args, **kwargs)
