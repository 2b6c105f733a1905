#!/usr/bin/env python3
"""Size limits: functions <= 60 lines, .c files <= 800, public headers <= 250.

tools/sizes.allow lists the exceptions with their present size and a reason;
an exception may shrink and never grow.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMITS = {"function": 60, "file": 800, "header": 250}


def functions(lines):
    """(name, lines) of each function: from its signature to the "}" in column 0."""
    name, begin = None, 0
    for i, line in enumerate(lines):
        if line.startswith("{"):
            head = " ".join(lines[max(0, i - 4):i])
            names = re.findall(r"(\w+)\s*\(", head)
            name, begin = (names[-1] if names else "?"), i
            for back in range(i - 1, max(-1, i - 6), -1):
                if re.match(r"^[A-Za-z_].*\(", lines[back]):
                    found = re.search(r"(\w+)\s*\(", lines[back])
                    name, begin = found.group(1), back
                    break
        elif line.startswith("}") and name:
            yield name, i - begin + 1
            name = None


def allowed():
    table = {}
    path = os.path.join(ROOT, "tools", "sizes.allow")
    for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
        if line.strip() and not line.startswith("#"):
            what, size, _reason = line.split(None, 2)
            table[what] = int(size)
    return table


def main():
    files = subprocess.run(
        ["git", "ls-files", "src/*.c", "src/*.h", "test/*.c"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()
    allow, found, sizes = allowed(), [], []
    for path in files:
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            lines = f.read().splitlines()
        is_public = path.endswith(".h") and not path.endswith(("_int.h", "internal.h"))
        kind = "header" if is_public else "file"
        limit = allow.get(path, LIMITS[kind])
        if len(lines) > limit:
            found.append(f"{path}: {len(lines)} lines, the limit is {limit}")
        if path.endswith(".h"):
            continue
        for name, size in functions(lines):
            sizes.append(size)
            limit = allow.get(f"{path}:{name}", LIMITS["function"])
            if size > limit:
                found.append(f"{path}: {name}() has {size} lines, the limit is {limit}")
    print("\n".join(found), end="\n" if found else "")
    sizes.sort()
    if sizes:
        print(f"      {len(sizes)} functions, median {sizes[len(sizes) // 2]} lines,"
              f" p90 {sizes[len(sizes) * 9 // 10]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
