"""settings.ini is the only place for name, version, paths and requirements; what has to repeat it says the same."""

from __future__ import annotations

import re

import tinytorch
from tests.conftest import ROOT
from tinytorch_course.base.course import Course


def test_pyproject_repeats_the_name_and_nothing_else(course: Course):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = text.split("[project]")[1].split("\n[")[0]
    keys = dict(re.findall(r"^(\w[\w-]*) = (.*)$", project, re.MULTILINE))
    assert keys["name"] == f'"{course.settings["lib_name"]}"'
    assert not {"version", "dependencies", "optional-dependencies", "requires-python", "scripts"} & set(keys)


def test_the_package_has_the_version_of_settings(course: Course):
    assert tinytorch.__version__ == course.settings["version"]


def test_the_lock_file_holds_plain_versions_that_the_requirements_allow(course: Course):
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = dict(line.split("==") for line in lines)
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line) for line in lines)
    from packaging.requirements import Requirement

    extras = ("", "student_", "instructor_", "cluster_", "docs_", "dev_")
    names = {name.lower().replace("_", "-"): version for name, version in locked.items()}
    for extra in extras:
        for text in course.settings[f"{extra}requirements"].split():
            wanted = Requirement(text)
            version = names.get(wanted.name.lower().replace("_", "-"))
            assert version is not None, f"{wanted.name} is not locked"
            assert wanted.specifier.contains(version), f"{text} does not allow the locked {version}"
