#!/usr/bin/env python3
"""Writes the reference pages from the tables in spec/: gen_docs.py [--check].

docs/settings.md from spec/settings.def, docs/errors.md from spec/errors.def,
docs/builtins.md from spec/builtins/. With --check nothing is written and a
stale page is an error.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOTE = "<!-- Made by tools/gen_docs.py from {}; do not edit. -->\n\n"


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def strings(text):
    """The C string literals in text, adjacent ones joined."""
    return [bytes(s, "utf-8").decode("unicode_escape").encode("latin-1").decode("utf-8")
            for s in re.findall(r'"((?:[^"\\]|\\.)*)"', text)]


def settings():
    text = read("spec", "settings.def")
    out = ["# Settings\n", NOTE.format("spec/settings.def"),
           "Every key of `supabase/config.toml`. The environment wins over the file: `SUPABASE_API_PORT`\n"
           "sets `api.port`, `BEDPLATE_TX_END` sets `bedplate.tx_end`. `env(NAME)` reads a variable.\n"
           "Keys marked *later* are known and named at start as not honoured yet.\n"]
    section = None
    for kind, body in re.findall(r"^(HONOURED|READ|KNOWN)\((.*)\)$", text, re.M):
        parts = strings(body)
        path, doc = parts[0], parts[-1]
        default = parts[1] if kind == "HONOURED" else ""
        if path.split(".")[0] != section:
            section = path.split(".")[0]
            out.append(f"\n## {section}\n\n| key | default | what it does |\n|---|---|---|")
        shown = f"`{default}`" if default else ""
        out.append(f"| `{path}` | {shown} | {'*later*: ' if kind == 'KNOWN' else ''}{doc.replace('|', chr(92) + '|')} |")
    return "\n".join(out) + "\n"


def errors():
    text = read("spec", "errors.def")
    out = ["# Error codes of the data API\n", NOTE.format("spec/errors.def"),
           "Codes that begin with `PGRST` are the API's own; all others are PostgreSQL's SQLSTATEs.\n",
           "| code | status | message |\n|---|---|---|"]
    for body in re.findall(r"^API_ERROR\((.*?)\)$", text, re.M | re.S):
        status = re.search(r",\s*(\d{3}),", body).group(1)
        code, message = strings(body)[0], strings(body)[-1]
        out.append(f"| {code} | {status} | {message} |")
    out.append("\n## SQLSTATE to HTTP status\n\nThe longest prefix wins; everything else is 400. 42501 is 401 for callers without a token.\n")
    out.append("| prefix | status |\n|---|---|")
    out += [f"| {p} | {s} |" for p, s in re.findall(r'^SQLSTATE_STATUS\("(\w+)", (\d+)\)', text, re.M)]
    return "\n".join(out) + "\n"


def builtins():
    names = {"FUNC": "Functions", "OP": "Operators", "CAST": "Casts", "AGG": "Aggregates", "WINDOW": "Window functions",
             "SRF": "Set-returning functions"}
    rows = {kind: [] for kind in names}
    folder = os.path.join(ROOT, "spec", "builtins")
    for name in sorted(os.listdir(folder)):
        for kind, body in re.findall(r"^BUILTIN\((\w+), (.*?)\)$", read("spec", "builtins", name), re.M | re.S):
            parts = strings(body)
            if kind not in rows or len(parts) < 4:
                continue
            schema, symbol, args, returns = parts[:4]
            shown = symbol if schema == "pg_catalog" else f"{schema}.{symbol}"
            rows[kind].append((shown, args, returns))
    out = ["# What SQL may call on SQLite\n", NOTE.format("spec/builtins/"),
           "On PostgreSQL everything the server has is there; on SQLite this is the list.\n"]
    for kind, title in names.items():
        if not rows[kind]:
            continue
        out.append(f"\n## {title} ({len(rows[kind])})\n\n| name | arguments | result |\n|---|---|---|")
        for shown, args, returns in sorted(set(rows[kind])):
            out.append(f"| `{shown.replace('|', chr(92) + '|') or 'cast'}` | {args} | {returns} |")
    return "\n".join(out) + "\n"


def main():
    stale = 0
    for name, make in {"settings.md": settings, "errors.md": errors, "builtins.md": builtins}.items():
        path, text = os.path.join(ROOT, "docs", name), make()
        old = read("docs", name) if os.path.exists(path) else None
        if "--check" in sys.argv[1:]:
            if old != text:
                print(f"docs/{name} is stale: run tools/gen_docs.py")
                stale = 1
        elif old != text:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    return stale


if __name__ == "__main__":
    sys.exit(main())
