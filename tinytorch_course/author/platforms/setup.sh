#!/usr/bin/env bash
# Runs once, when Gradescope builds the image of this assignment: everything is installed and made ready here.
set -euo pipefail
source="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
base="$(dirname "$source")"
chmod 700 "$source" # the tests are nobody's business but the grader's

if [ ! -x "$base/environment/bin/python" ]; then
    apt-get update
    apt-get install --yes --no-install-recommends python3 python3-venv bubblewrap
    python3 -m venv "$base/environment"
    "$base/environment/bin/pip" install --no-cache-dir --constraint "$source/requirements.lock" "$source[student,instructor]"
fi
cd / # not in the source: what is installed counts
PATH="$base/environment/bin:$PATH" "$base/environment/bin/python" -m tinytorch_course.grading.gradescope "$base" --prepare
