#!/usr/bin/env bash
# Runs for each submission: reads submission/, writes results/results.json.
set -uo pipefail
base="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mkdir -p "$base/results"
chmod 700 "$base/source" "$base/results"
cd /
PATH="$base/environment/bin:$PATH" exec "$base/environment/bin/python" -m tinytorch_course.grading.gradescope "$base"
