#!/usr/bin/env python3
"""Negative controls: with a protection switched off, the test that stands for it
must fail. Needs a build with -Dtest_hooks=true; skipped without one."""
import argparse
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bedplate import Counts  # noqa: E402

LIMIT = 120
# What is switched off, and the scenario (test/unit/exec) that must notice.
CONTROLS = {"WITH_CHECK": "policies", "RETURNING_SELECT": "policies", "LEAK_GUARD": "leak"}


def failing(program, broken):
    env = dict(os.environ, BEDPLATE_BREAK=broken)
    done = subprocess.run([program], env=env, capture_output=True, text=True)
    return set(re.findall(r":F:sqlite_exec:(\w+):", done.stdout + done.stderr))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    program = os.path.join(args.build, "test", "unit", "test_sqlite_exec")
    counts = Counts()
    whole = failing(program, "")
    counts.check("the scenarios pass with everything on", not whole, str(sorted(whole)))
    if not failing(program, "WITH_CHECK"):
        counts.skip("negative controls", "the build has no test hooks (-Dtest_hooks=true)")
        return counts.done()
    for broken, scenario in CONTROLS.items():
        found = failing(program, broken)
        counts.check(f"{scenario} fails without {broken}", scenario in found, str(sorted(found)))
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
