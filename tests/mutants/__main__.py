"""`python -m tests.mutants [MODULE …] [-k PART-OF-A-NAME] [-v]` grades the mutants and says what falls short."""

import argparse
import sys
from pathlib import Path

from tests.mutation.harness import judge
from tinytorch_course.base.course import Course

parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
parser.add_argument("modules", nargs="*", help="for example 06_autograd or 06; all by default")
parser.add_argument("-k", dest="only", help="only the variants with this in their name")
parser.add_argument("-v", action="store_true", help="also show the message each wrong variant got")
options = parser.parse_args()
course = Course.find(Path(__file__).parent)
short = False
for module in course.chosen(options.modules):
    verdict = judge(module, options.only)
    if options.v:
        for outcome in verdict.outcomes:
            print(f"  {outcome.variant.name}: {outcome.failed or 'keeps full points'}")
    complaints = verdict.complaints() if not options.only else []
    for line in complaints:
        print(f"  {line}")
    print(verdict.row())
    short |= bool(complaints)
sys.exit(short)
