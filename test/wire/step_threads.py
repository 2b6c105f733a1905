#!/usr/bin/env python3
"""Unit and wire tests once more under the thread sanitizer."""

import argparse
import glob
import os
import re
import subprocess
import sys

FULL = True
LIMIT = 1800

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed", re.M)


def build(folder):
    env = dict(os.environ)
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        options = ["-Db_sanitize=thread", "-Db_lundef=false", "-Dtests=true"]
        subprocess.run(["meson", "setup", folder, *options], cwd=ROOT, env=env, check=True,
                       stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(done.stdout[-4000:])
        sys.exit(1)


def run(name, command):
    env = dict(os.environ, TSAN_OPTIONS="halt_on_error=0:second_deadlock_stack=1")
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    found = COUNTS.findall(done.stdout)
    passed, failed = (int(n) for n in found[-1][:2]) if found else (0, 1)
    has_race = "WARNING: ThreadSanitizer" in done.stdout
    if has_race or (done.returncode != 0 and failed == 0):
        failed += 1
    if failed:
        print(f"{name}:\n{done.stdout[-8000:]}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    folder = os.path.join(os.path.dirname(os.path.abspath(args.build)), "tsan")
    build(folder)
    steps = [(os.path.basename(p), [p])
             for p in sorted(glob.glob(os.path.join(folder, "test/unit/test_*")))
             if os.path.isfile(p)]
    steps.append(("wire", [sys.executable, os.path.join(ROOT, "test/wire/step_http.py"),
                           "--build", folder]))
    totals = [run(*s) for s in steps]
    passed, failed = (sum(t[i] for t in totals) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
