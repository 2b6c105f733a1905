#!/usr/bin/env python3
"""Every source folder has a README.md of at most 25 lines."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    found = []
    for folder, _, files in os.walk(os.path.join(ROOT, "src")):
        if not any(name.endswith((".c", ".h", ".cc")) for name in files):
            continue
        path = os.path.join(folder, "README.md")
        name = os.path.relpath(path, ROOT)
        if not os.path.exists(path):
            found.append(f"{name} is missing")
        elif len(open(path, encoding="utf-8").read().splitlines()) > 25:
            found.append(f"{name} has more than 25 lines")
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
