#!/usr/bin/env python3
"""Runs the test steps, adds up their counts and prints `N passed, N failed`.

A step is a program whose output ends with a line `N passed, N failed`, with
`, N skipped` after it where something was left out; a skip says why on a line
of its own that starts with "SKIP". A step that ends without such a line, or
with a status other than 0 while it counts no failure, is one failure.
"""
import argparse
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COUNTS = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


class Step:
    def __init__(self, name, command, full=False, limit=300, takes_full=False):
        self.name, self.command, self.full, self.limit = name, command, full, limit
        self.takes_full = takes_full


def unit_steps(build):
    folder = os.path.join(build, "test", "unit")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        if name.startswith("test_") and os.access(path, os.X_OK) and os.path.isfile(path):
            yield Step("unit " + name[5:], [path], limit=180)


def script_steps(build):
    """test/*/step_*.py: `--build DIR [--full]` in, counts out; FULL = True in a file
    that belongs to the full tier only."""
    base = os.path.join(ROOT, "test")
    for folder in sorted(os.listdir(base)):
        path = os.path.join(base, folder)
        for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
            if not (name.startswith("step_") and name.endswith(".py")):
                continue
            with open(os.path.join(path, name), encoding="utf-8") as f:
                text = f.read()
            limit = re.search(r"^LIMIT = (\d+)", text, re.M)
            yield Step(
                f"{folder} {name[5:-3]}",
                [sys.executable, os.path.join(path, name), "--build", build],
                full=re.search(r"^FULL = True", text, re.M) is not None,
                limit=int(limit.group(1)) if limit else 300,
                takes_full=True,
            )


def run(step, extra):
    began = time.monotonic()
    env = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:detect_stack_use_after_return=0",
               UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
    try:
        done = subprocess.run(step.command + extra, cwd=ROOT, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=step.limit, stdin=subprocess.DEVNULL)
        text, status = done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode("utf-8", "replace") + f"\nended after {step.limit} s\n"
        status = 124
    found = COUNTS.findall(text)
    if not found:
        passed, failed, skipped = 0, 1, 0
    else:
        passed, failed, skipped = (int(n or 0) for n in found[-1])
    if status != 0 and failed == 0:
        failed = 1
    seconds = time.monotonic() - began
    print(f"{'ok  ' if failed == 0 else 'FAIL'} {step.name:<32} {passed:>6} passed {failed:>4} failed"
          f"{f' {skipped:>4} skipped' if skipped else '':<13} {seconds:>7.1f} s", flush=True)
    for line in text.splitlines():
        if line.startswith("SKIP"):
            print("     " + line)
    if failed:
        print("\n".join("     " + line for line in text.splitlines()[-60:]), flush=True)
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    build = os.path.abspath(args.build)
    steps = [*unit_steps(build), *script_steps(build)]
    if args.names:
        steps = [s for s in steps if any(n in s.name for n in args.names)]
    elif not args.full:
        steps = [s for s in steps if not s.full]
    if args.list:
        print("\n".join(s.name + ("  (full)" if s.full else "") for s in steps))
        return 0
    totals = [run(s, ["--full"] if args.full and s.takes_full else []) for s in steps]
    passed, failed = (sum(t[i] for t in totals) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
