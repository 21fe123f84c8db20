"""Reads what pip needs from settings.ini, so that it stands in one place only."""

import configparser
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent
parser = configparser.ConfigParser(delimiters=["="])
parser.read(here / "settings.ini", encoding="utf-8")
cfg = parser["DEFAULT"]
extras = ("student", "instructor", "cluster", "docs", "bench", "dev")

setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    keywords=cfg["keywords"],
    long_description=(here / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg["requirements"].split(),
    extras_require={name: cfg[f"{name}_requirements"].split() for name in extras if f"{name}_requirements" in cfg},
    entry_points={
        "console_scripts": cfg["console_scripts"].split("\n"),
        "jupyter_client.kernel_provisioners": [
            "tinytorch-sandbox = tinytorch_course.grading.provisioner:SandboxProvisioner"
        ],
    },
    packages=find_packages(include=["tinytorch", "tinytorch.*", "tinytorch_course", "tinytorch_course.*"]),
    license_files=["LICENSE"],
    include_package_data=True,
    package_data={"tinytorch": ["py.typed", "*.pyi"], "tinytorch.core": ["*.pyi"]},
)
