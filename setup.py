"""Reads what pip and PyPI need from settings.ini, so that it stands in one place only."""

import configparser
import re
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent
parser = configparser.ConfigParser(delimiters=["="])
parser.read(here / "settings.ini", encoding="utf-8")
cfg = parser["DEFAULT"]

extras = {
    name: cfg.get(f"{name}_requirements", "").split()
    for name in ("student", "instructor", "cluster", "docs", "bench", "dev")
}
linux = 'sys_platform == "linux" and platform_machine == "x86_64"'
extras["instructor"] += [f"{need}; {linux}" for need in cfg.get("sandbox_requirements", "").split()]

address = cfg.get("git_url", "").rstrip("/")
files = f"{address}/blob/{cfg.get('branch', 'main')}"


def readme() -> str:
    """README.md as PyPI shows it: a link to a file of the repository leads there, or is plain text while there is none."""
    text = (here / "README.md").read_text(encoding="utf-8")
    return re.sub(r"\[([^][]+)\]\((?![a-z]+:|#)([^)]+)\)", rf"[\1]({files}/\2)" if address else r"\1", text)


setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    keywords=cfg["keywords"].split(),
    long_description=readme(),
    long_description_content_type="text/markdown",
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg["requirements"].split(),
    extras_require=extras,
    project_urls={"Source": address, "Changelog": f"{files}/CHANGELOG.md"} if address else {},
    classifiers=[
        "Development Status :: 3 - Alpha",
        f"Intended Audience :: {cfg['audience']}",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        *(f"Programming Language :: Python :: {version}" for version in ["3", *cfg["pythons"].split()]),
        "Topic :: Education",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
    entry_points={
        "console_scripts": cfg["console_scripts"].split("\n"),
        "jupyter_client.kernel_provisioners": [
            "tinytorch-sandbox = tinytorch_course.grading.provisioner:SandboxProvisioner"
        ],
    },
    packages=find_packages(include=["tinytorch", "tinytorch.*", "tinytorch_course", "tinytorch_course.*"]),
    include_package_data=True,
    package_data={
        "tinytorch": ["py.typed", "*.pyi"],
        "tinytorch.core": ["*.pyi"],
        "tinytorch.lab": ["known/*.json"],
        # Said here too: a student edition and Gradescope's autograder are installed without MANIFEST.in.
        "tinytorch_course": [f"**/*.{kind}" for kind in ("css", "html", "j2", "md", "sh", "svg", "txt", "yml")],
    },
)
