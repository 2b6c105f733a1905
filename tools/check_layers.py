#!/usr/bin/env python3
"""Layers only look down: checks every #include under src/.

A file may include its own folder and lower layers, as "folder/file.h".
Headers that end in _int.h are private to their folder, and engine folders
(sqlite, pg, ...) are known to engine/registry.c alone.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Lowest first. Folders on one line are siblings: they never include each other.
LAYERS = [
    ["base"],
    ["value", "config"],
    ["loop"],
    ["net"],
    ["sql"],
    ["plpgsql"],
    ["engine"],
    ["auth"],
    ["mail", "external"],
    ["signin"],
    ["api"],
    ["app"],
]
RANK = {name: i for i, names in enumerate(LAYERS) for name in names}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def problems(path):
    parts = path.split("/")
    layer, folder = parts[1], "/".join(parts[1:-1])
    if layer not in RANK:
        yield f"src/{layer} is in no layer (tools/check_layers.py)"
        return
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        text = f.read()
    for header in INCLUDE.findall(text):
        target = header.split("/")
        if len(target) == 1:
            if not header.endswith(".def") and not os.path.exists(
                os.path.join(ROOT, os.path.dirname(path), header)
            ):
                yield f'"{header}": write it as "folder/file.h"'
            continue
        if header.endswith(".def"):
            continue
        if target[0] not in RANK:
            yield f'"{header}": no such layer'
        elif RANK[target[0]] > RANK[layer]:
            yield f'"{header}": {layer} may not look up to {target[0]}'
        elif RANK[target[0]] == RANK[layer] and target[0] != layer:
            yield f'"{header}": {layer} and {target[0]} are siblings'
        target_folder = "/".join(target[:-1])
        if header.endswith("_int.h") and target_folder != folder:
            yield f'"{header}" is private to its folder'
        if (
            target[0] == "engine"
            and len(target) == 3
            and target_folder != folder
            and path != "src/engine/registry.c"
        ):
            yield f'"{header}": engines are known to engine/registry.c alone'


def main():
    files = subprocess.run(
        ["git", "ls-files", "src/*.c", "src/*.h", "src/*.cc"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()
    found = [f"{path}: {what}" for path in files for what in problems(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
