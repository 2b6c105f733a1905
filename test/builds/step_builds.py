#!/usr/bin/env python3
"""The other builds: clang, the thread sanitizer and an optimized build without
warnings, each with its unit tests."""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import ROOT, Counts  # noqa: E402

FULL = True
LIMIT = 2400
BUILDS = {
    "clang": ({"CC": "clang", "CXX": "clang++"}, ["-Dtests=true"]),
    "tsan": ({"CC": "gcc", "CXX": "g++"}, ["-Dtests=true", "-Db_sanitize=thread", "-Db_lundef=false"]),
    "optimized": ({"CC": "gcc", "CXX": "g++"}, ["-Dtests=true", "--buildtype=release"]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", choices=list(BUILDS))
    args = parser.parse_args()
    counts = Counts()
    for name, (compilers, options) in BUILDS.items():
        if args.only and name != args.only:
            continue
        folder = os.path.join(ROOT, "build", name)
        env = dict(os.environ, **compilers)
        if not os.path.exists(os.path.join(folder, "build.ninja")):
            done = subprocess.run(["meson", "setup", folder, *options], cwd=ROOT, env=env, capture_output=True, text=True)
            if not counts.check(f"{name}: configure", done.returncode == 0, done.stdout[-1500:]):
                continue
        done = subprocess.run(["ninja", "-C", folder], cwd=ROOT, capture_output=True, text=True)
        if not counts.check(f"{name}: build", done.returncode == 0, done.stdout[-1500:]):
            continue
        done = subprocess.run(["meson", "test", "-C", folder, "--suite", "unit", "--no-rebuild", "-t", "5"],
                              cwd=ROOT, capture_output=True, text=True)
        counts.check(f"{name}: unit tests", done.returncode == 0, done.stdout[-2500:])
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
