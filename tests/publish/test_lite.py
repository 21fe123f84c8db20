"""The course in the browser: the site builds, notebooks open, the kernel boots, and no notebook brings its own solution."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
import zipfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tinytorch_course.base.console import exit_code
from tinytorch_course.base.course import Course, exported_file
from tinytorch_course.base.errors import CourseError
from tinytorch_course.publish.lite import FIRST_CELL, browser_notebook, build_lite, main, write_wheel
from tinytorch_course.publish.vendored import from_npm

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT)
# Pyodide's standard library, as far as the course's code may use it; what is missing there is what needs processes or sockets.
NOT_IN_A_BROWSER = {
    "subprocess",
    "multiprocessing",
    "socket",
    "ssl",
    "fcntl",
    "resource",
    "signal",
    "pty",
    "readline",
    "tkinter",
}
NEEDED = ["micropip", "ipython", "jedi"]  # what the kernel asks Pyodide for, besides comm


# -- wheels and notebooks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [module.name for module in COURSE.modules])
def test_the_wheel_of_a_notebook_holds_earlier_modules_only(name: str, tmp_path: Path):
    module = COURSE.module(name)
    with zipfile.ZipFile(write_wheel(module, tmp_path)) as wheel:
        inside = {path for path in wheel.namelist() if path.startswith("tinytorch/core/")} - {
            "tinytorch/core/__init__.py"
        }
        assert "tinytorch/checks.py" in wheel.namelist()
    inside = {path for path in inside if path.endswith(".py")} | {path.replace(".pyi", ".py") for path in inside}
    before = {
        f"tinytorch/{file.as_posix()}"
        for m in COURSE.modules
        if m.number < module.number and (file := exported_file(m))
    }
    assert inside == before


def test_a_wheel_installs_and_imports_without_the_checkout(tmp_path: Path):
    wheel = write_wheel(COURSE.module("06"), tmp_path / "wheels")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(tmp_path / "site"),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True)
    code = (
        "import sys; sys.path.insert(0, 'site'); import tinytorch.core.losses as m, tinytorch.checks; print(m.__file__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert Path(done.stdout.strip()) == tmp_path / "site" / "tinytorch" / "core" / "losses.py", done.stderr


def test_the_same_source_gives_the_same_wheel(tmp_path: Path):
    first, second = (write_wheel(COURSE.module("04"), tmp_path / place).read_bytes() for place in "ab")
    assert first == second


def test_the_first_cell_fetches_the_library_and_does_nothing_elsewhere():
    nb = browser_notebook(COURSE.module("06"))
    assert nb.metadata.kernelspec.name == "python"
    assert 'piplite.install("tinytorch-before-06")' in nb.cells[1].source
    nbformat.validate(nb)
    code = compile(FIRST_CELL.format(package="x"), "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    coroutine = eval(code, {})
    if coroutine is not None:
        with pytest.raises(StopIteration):  # it ends without waiting for anything, so no event loop is needed
            coroutine.send(None)
    assert "piplite" not in sys.modules


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tinytorch").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_the_library_imports_nothing_that_a_browser_lacks(path: Path):
    """NumPy, itself and the standard library; others only inside the function that needs them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            package = name.split(".")[0]
            allowed = {"numpy", "tinytorch"} | (set() if node in top else {"matplotlib", "IPython", "safetensors"})
            assert package in allowed or (package in sys.stdlib_module_names and package not in NOT_IN_A_BROWSER), name


@pytest.mark.parametrize("name", [module.name for module in COURSE.modules])
def test_no_cell_of_a_notebook_needs_a_shell_nbgrader_or_nbdev(name: str):
    for cell in browser_notebook(COURSE.module(name)).cells:
        if cell.cell_type == "code":
            assert not re.search(r"^\s*(!|%%bash|%%sh|%%system|%sx)", cell.source, re.MULTILINE), cell.source
            assert not re.search(
                r"^\s*(import|from) (nbgrader|nbdev|subprocess|tinytorch_course)\b", cell.source, re.MULTILINE
            ), cell.source


def test_a_module_without_a_notebook_is_named(toy: Course, tmp_path: Path):
    with pytest.raises(CourseError, match="01_tensor has no notebook"):
        build_lite(toy, toy.modules, tmp_path / "site")


def test_a_wrong_name_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    assert exit_code(lambda: main(["07_nonsense"]), "lite") == 2
    assert "there is no module '07_nonsense'" in capsys.readouterr().err


# -- the site --------------------------------------------------------------------------------------------------------


def pyodide_folder(folder: Path) -> tuple[Path, Path]:
    """Pyodide's core from npm, and from PyPI the pure Python packages that its kernel loads; and a folder with `comm`.

    Pyodide's list names the wheels of its own build; those from PyPI have the same versions, so only checksums change.
    NumPy is not among them: nobody publishes its build for the browser outside the content delivery network.
    """
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    package = from_npm("pyodide", PYODIDE_VERSION, ROOT / "_build" / "npm")
    if package is None:
        pytest.skip("npm is missing or has no network, so there is no Pyodide to boot")
    shutil.copytree(package, folder / "pyodide")
    lock_file = folder / "pyodide" / "pyodide-lock.json"
    lock = json.loads(lock_file.read_text(encoding="utf-8"))
    todo, wanted = list(NEEDED), {}
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted[name] = lock["packages"][name]
            todo += [dependency.lower().replace("_", "-") for dependency in wanted[name]["depends"]]
    wheels = ROOT / "_build" / "wheels"
    needed = [f"{name}=={entry['version']}" for name, entry in wanted.items()] + ["comm", "ipython-pygments-lexers"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--python-version",
        "3.13",
    ]
    if not all((wheels / entry["file_name"]).is_file() for entry in wanted.values()):
        done = subprocess.run([*command, "--dest", str(wheels), *needed], capture_output=True)
        if done.returncode:
            pytest.skip("PyPI cannot be reached, so the kernel's packages cannot be put beside Pyodide")
    (folder / "wheels").mkdir()
    for wheel in [*wheels.glob("comm-*.whl"), *wheels.glob("ipython_pygments_lexers-*.whl")]:
        shutil.copy(wheel, folder / "wheels")
    for entry in wanted.values():
        shutil.copy(wheels / entry["file_name"], folder / "pyodide")
        entry["sha256"] = hashlib.sha256((wheels / entry["file_name"]).read_bytes()).hexdigest()
    lock_file.write_text(json.dumps(lock), encoding="utf-8")
    return folder / "pyodide", folder / "wheels"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make lite` builds it."""
    return build_lite(COURSE, COURSE.modules, tmp_path_factory.mktemp("lite") / "site").parent


@pytest.mark.slow
def test_the_site_has_every_notebook_the_data_and_no_solution(site: Path):
    for module in COURSE.modules:
        text = (site / "files" / module.name / f"{module.name}.ipynb").read_text(encoding="utf-8")
        assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)|check\.hidden\(", text)
        index = json.loads((site / "api" / "contents" / module.name / "all.json").read_text(encoding="utf-8"))
        assert [entry["name"] for entry in index["content"]] == [f"{module.name}.ipynb"]
    assert (site / "files" / "data" / "digits" / "digits.csv.gz").is_file()
    assert not list((site / "files").rglob("*.py"))
    wheels = json.loads((site / "pypi" / "all.json").read_text(encoding="utf-8"))
    assert set(wheels) == {f"tinytorch-before-{module.name[:2]}" for module in COURSE.modules}


@pytest.mark.slow
def test_the_notebook_list_opens_and_a_notebook_too(site: Path, chromium: Any, served: Any):
    with served(site) as address:
        tab = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
        tab.goto(f"{address}lab/index.html")
        files = tab.locator(".jp-DirListing-item")
        files.filter(has_text="06_autograd").wait_for(timeout=60_000)
        for module in COURSE.modules:
            assert files.filter(has_text=module.name).count() == 1
        files.filter(has_text="06_autograd").dblclick()
        files.filter(has_text="06_autograd.ipynb").dblclick(timeout=30_000)
        tab.get_by_role("heading", name="Module 06: Autograd").wait_for(timeout=60_000)
        tab.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("blocked", ["cdn.jsdelivr.net", "pypi.org", None])
def test_where_python_cannot_be_fetched_the_page_says_from_where(
    site: Path, chromium: Any, served: Any, blocked: str | None
):
    with served(site) as address:
        context = chromium.new_context()
        context.route(  # a pattern with ** right behind https:// matches nothing
            re.compile("^https://"),
            lambda route: route.fulfill(status=200, headers={"Access-Control-Allow-Origin": "*"}),
        )
        if blocked:
            context.route(re.compile(f"^https://{re.escape(blocked)}/"), lambda route: route.abort())
        tab = context.new_page()
        with tab.expect_response(lambda r: "pypi.org" in r.url) if blocked is None else nullcontext():
            tab.goto(f"{address}lab/index.html")
        if blocked:
            tab.get_by_text(f"Python cannot be fetched: {blocked} does not answer").wait_for(timeout=60_000)
        else:
            assert tab.get_by_text("Python cannot be fetched").count() == 0
        context.close()


@pytest.mark.slow
def test_the_kernel_boots_without_network_and_draws_a_graph(tmp_path: Path, chromium: Any, served: Any):
    """Everything but NumPy: Pyodide boots, our wheel is found and installed, a graph is drawn as a picture."""
    pyodide, wheels = pyodide_folder(tmp_path)
    site = build_lite(COURSE, [COURSE.module("06")], tmp_path / "site", pyodide=pyodide, wheels=wheels).parent
    code = """
import piplite, os, sys
await piplite.install("tinytorch-before-06", deps=False)
from importlib.metadata import version
from tinytorch.lab.graph import draw_graph  # tinytorch.graph needs NumPy

class Stand:
    def __init__(self, node=None):
        self._grad_fn, self.requires_grad, self.shape, self.size = node, True, (2,), 2
class MulBackward:
    def __init__(self, *tensors):
        self.next_functions = self.saved_tensors = tensors
        self.shapes = tuple(t.shape for t in tensors)
a, b = Stand(), Stand()
picture = draw_graph(Stand(MulBackward(a, b)), a=a, b=b)
print(sys.platform, version("tinytorch-before-06"), sorted(picture._repr_mimebundle_())[0], 6 * 7)
picture
"""
    asked: list[str] = []
    with served(site) as address:
        context = chromium.new_context()
        tab = context.new_page()
        tab.on("request", lambda r: asked.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
        tab.goto(f"{address}repl/index.html?kernel=python&execute=1&code={urllib.parse.quote(code)}")
        tab.get_by_text(f"emscripten {COURSE.settings['version']} image/svg+xml 42").wait_for(timeout=180_000)
        tab.locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").first.wait_for(timeout=30_000)
        context.close()
    assert asked == []
