"""`make lite`: the course as a JupyterLite site in _lite/, where Python runs in the reader's browser.

The site has the student edition of each notebook, the data, and for each notebook a wheel of the library as it is *before*
that module, so that no notebook comes with its own solution. Pyodide and NumPy are no part of it: they come from a content
delivery network when a notebook starts, because NumPy's builds for the browser are published nowhere else; what that
lacks comes from PyPI.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from ..author.mistakes import put_known
from ..author.release import stripped
from ..base.console import exit_code, out, progress
from ..base.course import Course, Module
from ..base.errors import CourseError

KERNELSPEC = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
KERNEL = Path("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")
FIRST_CELL = """\
# Nothing to do here: in the browser, this fetches the library. Elsewhere it does nothing.
import sys

if sys.platform == "emscripten":
    import piplite

    await piplite.install("{package}")"""
WELCOME = """\
# TinyTorch in the browser

Python runs in this page: nothing is installed on your computer, and nothing leaves it. When a notebook starts, the page
fetches Python, NumPy and Matplotlib from `cdn.jsdelivr.net` and a few packages of the kernel's from `pypi.org`; the first
cell takes half a minute the first time.

Open a folder on the left, then its notebook. What you write is kept in the browser's storage, on this computer only: use
*Download* in the menu *File* to save it. Checks work here. `tinytorch check`, `tinytorch export` and grading need the course
on a computer; take the downloaded notebook there.

{modules}
"""


# In the head of the site's pages. A kernel that cannot fetch Python waits for ever and says nothing.
NO_PYTHON = """{
const say = (place) => {
  const box = document.createElement("p");
  box.setAttribute("role", "alert");
  box.style.cssText = "position: fixed; z-index: 10000; inset: auto 1em 1em 1em; margin: 0; padding: 0.8em 1em; " +
    "background: #fff4d6; color: #1a1a1a; border: 2px solid #E69F00; font: 15px sans-serif";
  box.textContent = `Python cannot be fetched: ${place} does not answer from here. Notebooks can be read but not run. ` +
    "Look whether you are online, or whether your network or a blocker keeps that address away; then load the page again.";
  document.body.append(box);
};
addEventListener("load", async () => {
  const needs = ["https://cdn.jsdelivr.net/pyodide/vVERSION/full/pyodide.mjs", "https://pypi.org/pypi/comm/json"];
  for (const address of needs) {
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok) return say(new URL(address).host);
  }
});
}"""


def package_name(module: Module) -> str:
    """The name of the wheel with all that comes before `module`: ``tinytorch-before-06``."""
    return f"{module.course.library.name}-before-{module.name[:2]}"


def write_wheel(module: Module, folder: Path) -> Path:
    """A wheel of the library as it is before `module`; the same source gives the same bytes."""
    course = module.course
    package, version = package_name(module), course.settings["version"]
    stem = f"{package.replace('-', '_')}-{version}"
    requires = [
        *course.settings["requirements"].split(),
        "matplotlib",
    ]  # for the pictures, which only import it when drawn
    metadata = [f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}"]
    metadata += [f"Summary: {course.settings['title']} before Module {module.name[:2]}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as draft:
        module.library_before(Path(draft))
        put_known(module, Path(draft))
        files = {
            path.relative_to(draft).as_posix(): path.read_bytes()
            for path in sorted(Path(draft).rglob("*"))
            if path.is_file()
        }
    info = f"{stem}.dist-info"
    files[f"{info}/METADATA"] = ("\n".join(metadata) + "\n").encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tinytorch\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
        for name, data in files.items()
    ]
    files[f"{info}/RECORD"] = ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return wheel


def browser_notebook(module: Module) -> NotebookNode:
    """The student edition with a first cell that fetches the library, for the kernel that browsers have."""
    nb = stripped(module)
    cell = nbformat.v4.new_code_cell(FIRST_CELL.format(package=package_name(module)), id="in-the-browser")
    cell.metadata |= {"editable": False, "deletable": False}
    nb.cells.insert(1, cell)
    nb.metadata["kernelspec"] = dict(KERNELSPEC)
    return nb


def write_contents(modules: list[Module], folder: Path) -> None:
    """What the site's file browser shows: a welcome page, a folder for each module, the data."""
    for module in modules:
        path = folder / module.name / f"{module.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(browser_notebook(module), path)
    course = modules[0].course
    if course.data.is_dir():
        shutil.copytree(course.data, folder / course.data.name)
    links = "\n".join(f"- [{module.name}]({module.name}/{module.name}.ipynb)" for module in modules)
    (folder / "README.md").write_text(WELCOME.format(modules=links), encoding="utf-8", newline="\n")


def build_lite(
    course: Course, modules: list[Module], to: Path, *, pyodide: Path | None = None, wheels: Path | None = None
) -> Path:
    """Build the site into the folder `to`; its first page's path.

    Parameters
    ----------
    course : Course
    modules : list of Module
        Whose notebooks the site has.
    to : path
        Replaced as a whole.
    pyodide : path, optional
        The folder of an unpacked Pyodide distribution that the site is to bring along, instead of fetching it.
    wheels : path, optional
        A folder with wheels that Pyodide's distribution lacks and the kernel wants (`comm`). The site then asks PyPI for
        nothing.
    """
    missing = [module.name for module in modules if not module.notebook.is_file()]
    if missing:
        raise CourseError(f"{missing[0]} has no notebook", "Run `make build` first.")
    if not (Path(sys.prefix) / KERNEL).is_dir():
        raise CourseError("jupyterlite-pyodide-kernel is not installed", "Run `make env`.")
    if pyodide and not (pyodide / "pyodide.mjs").is_file():
        raise CourseError(f"{pyodide} holds no pyodide.mjs", "Name the folder of an unpacked Pyodide distribution.")
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".lite-") as folder:
        root = Path(folder).resolve()
        write_contents(modules, root / "contents")
        with progress("wheels", total=len(modules)) as advance:
            for count, module in enumerate(modules, start=1):
                write_wheel(module, root / "wheels")
                advance(count, module.name)
        for wheel in sorted(wheels.glob("*.whl")) if wheels else []:
            shutil.copy(wheel, root / "wheels")
        if pyodide:
            shutil.copytree(pyodide, root / "static" / "pyodide")
        _write_configuration(root, f"{course.settings['title']} in the browser", asks_pypi=wheels is None)
        site = _run_jupyterlite(root)
        if not pyodide:
            _say_when_python_is_missing(site)
        shutil.rmtree(to, ignore_errors=True)
        site.rename(to)
    return to / "index.html"


def _write_configuration(root: Path, title: str, *, asks_pypi: bool) -> None:
    """What JupyterLite's build reads in `root`, and what the site itself reads later."""
    site = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": title,
            "defaultKernelName": "python",
            "disabledExtensions": ["@jupyterlab/apputils-extension:announcements"],
            "litePluginSettings": {
                "@jupyterlite/pyodide-kernel-extension:kernel": {} if asks_pypi else {"disablePyPIFallback": True}
            },
        },
    }
    # Only the kernel's extension: those of nbgrader and others ask a server that is not there.
    build = {
        "contents": [str(root / "contents")],
        "output_dir": str(root / "site"),
        "cache_dir": str(root / "cache"),
        "apps": ["lab", "repl"],
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [str(Path(sys.prefix) / KERNEL)],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    urls = [str(wheel) for wheel in sorted((root / "wheels").glob("*.whl"))]
    config = {"LiteBuildConfig": build, "PipliteAddon": {"piplite_urls": urls}}
    (root / "jupyter-lite.json").write_text(json.dumps(site), encoding="utf-8")
    (root / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf-8")


def _run_jupyterlite(root: Path) -> Path:
    """Build what `root` is configured for; the site's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(root)],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "NO_COLOR": "1"},
    )
    if done.returncode or not (root / "site" / "lab" / "index.html").is_file():
        raise CourseError(f"JupyterLite is not content:\n{(done.stdout + done.stderr).strip()[-4000:]}", exit_code=1)
    return root / "site"


def _say_when_python_is_missing(site: Path) -> None:
    """Give the site's pages a script that asks where Python comes from, and says so when there is no answer."""
    # Imported here: it is an extra's, and its absence is a sentence.
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    script = f"<script>{NO_PYTHON.replace('VERSION', PYODIDE_VERSION)}</script>"
    for page in (site / "lab" / "index.html", site / "repl" / "index.html"):
        html = page.read_text(encoding="utf-8")
        page.write_text(html.replace("</head>", f"{script}</head>", 1), encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make lite", description="The course for the browser, in _lite/.")
    parser.add_argument("modules", nargs="*", help="which modules, for example 01_tensor (by default all)")
    parser.add_argument(
        "--pyodide", type=Path, help="an unpacked Pyodide distribution, for a site that fetches nothing"
    )
    parser.add_argument("--wheels", type=Path, help="wheels that the distribution lacks: comm")
    chosen = parser.parse_args(arguments)
    course = Course.find()
    modules = course.chosen(chosen.modules)
    index = build_lite(course, modules, course.root / "_lite", pyodide=chosen.pyodide, wheels=chosen.wheels)
    out.print(f"{len(modules)} notebooks for the browser are in {index.parent.relative_to(course.root)}/")
    out.print("Serve the folder over HTTP, for example: python -m http.server --directory _lite 8000")
    if not chosen.pyodide:
        out.print(
            "Readers' browsers fetch Pyodide, NumPy and Matplotlib from cdn.jsdelivr.net and what they lack from PyPI;\n"
            "everything else is in the folder."
        )


if __name__ == "__main__":
    sys.exit(exit_code(main, "lite"))
