#!/usr/bin/env python3
"""Replays the corpus of every fuzz target that is built."""

import argparse
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    passed = failed = 0
    for program in sorted(glob.glob(os.path.join(args.build, "test/fuzz/replay_*"))):
        if os.path.isdir(program):
            continue
        name = os.path.basename(program)[len("replay_") :]
        done = subprocess.run([program, os.path.join(HERE, "seed", name)], capture_output=True)
        if done.returncode == 0:
            passed += 1
            continue
        failed += 1
        print(f"{name}:\n{done.stderr.decode(errors='replace')[-3000:]}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
