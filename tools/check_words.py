#!/usr/bin/env python3
"""Words that have no place in the repository: paths of somebody's machine,
package registries' hosts, and leftovers of unfinished work."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RULES = [
    (re.compile(r"(?<![\w.])/(?:home|root|farm|work)/[a-z.]"), "a path of one machine"),
    (re.compile(r"https?://(?:registry|index|proxy|static|files|deb|repo\d?|crates)\.", re.I), "a registry's host"),
    (re.compile(r"(?://|/\*|^\s*\*|#|--).*\b(?:XXX|HACK|WIP)\b"), "an unfinished mark"),
]
SKIP = ("tools/check_words.py", "LICENSE")


def main():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    found = []
    for path in filter(None, files):
        if path in SKIP or path.startswith("test/fuzz/seed"):
            continue
        try:
            text = open(os.path.join(ROOT, path), encoding="utf-8").read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for rule, what in RULES:
                if rule.search(line):
                    found.append(f"{path}:{number}: {what}: {line.strip()[:80]}")
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
