"""Scripts that the book brings along instead of fetching them."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .sphinx_extension import STATIC
from .stage import Stage

# npm package, version, the one file that the book needs, and what readers see without it
VENDORED = {
    "mermaid": ("11.17.2", "dist/mermaid.min.js", "diagrams are shown as sentences"),
    "mathjax": ("3.2.2", "es5/tex-svg.js", "formulas are shown as TeX"),
}


def from_npm(name: str, version: str, to: Path) -> Path | None:
    """Unpack an npm package below `to`, unless it is there already; None when npm or the registry cannot be reached."""
    home = to / f"{name}-{version}"
    if home.is_dir():
        return home
    npm = shutil.which("npm")
    if npm is None:
        return None
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to, prefix=".npm-") as folder:
        command = [npm, "pack", "--silent", "--prefer-offline", "--pack-destination", folder, f"{name}@{version}"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        except subprocess.TimeoutExpired:
            return None
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or not archives:
            return None
        with tarfile.open(archives[0]) as archive:
            members = [
                m for m in archive.getmembers() if m.isfile() and ".." not in m.name and not m.name.startswith("/")
            ]
            archive.extractall(folder, members)
        (Path(folder) / "package").rename(home)
    return home


def vendor(stage: Stage, cache: Path) -> None:
    """Put Mermaid and MathJax among the static files."""
    for name, (version, file, without) in VENDORED.items():
        package = from_npm(name, version, cache)
        if package is None:
            stage.notices.append(f"npm cannot give {name} {version}: {without}")
            continue
        target = stage.root / STATIC / "vendor" / Path(file).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package / file, target)
        if (package / "LICENSE").is_file():
            shutil.copy(package / "LICENSE", target.with_name(f"{name}-LICENSE.txt"))
