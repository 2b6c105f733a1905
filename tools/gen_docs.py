#!/usr/bin/env python3
"""Writes the reference pages from the tables in spec/: gen_docs.py [--check].

docs/settings.md from spec/settings.def, docs/errors.md from spec/errors.def,
docs/builtins.md from spec/builtins/, docs/cli.md from src/app/commands.c. With --check nothing is written and a
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


def command_options(text):
    """The option tables of src/app/*.c by name: rows (flag, what it does)."""
    text = re.sub(r"\bOPTION_JSON\b", '{ "json", 0, NULL, "print one JSON value, for scripts" }', text)
    text = re.sub(r"\bOPTION_URL\b", '{ "database-url", 0, "URL", "the database, instead of DATABASE_URL" }', text)
    tables = {"NULL": []}
    for name, body in re.findall(r"struct option_def (\w+)\[\] = \{(.*?)\n?\};", text, re.S):
        tables[name] = []
        for option, letter, argument, doc in re.findall(
                r'\{\s*"([\w-]+)",\s*(0|\'\w\'),\s*(NULL|"\w+"),\s*("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)\s*\}', body):
            flag = f"-{letter[1]}, " if letter != "0" else ""
            value = "" if argument == "NULL" else " " + argument.strip('"')
            tables[name].append((f"{flag}--{option}{value}", "".join(strings(doc))))
    return tables


def cli():
    text = read("src", "app", "commands.c")
    tables = command_options(text.split("static const struct command ")[0] + read("src", "app", "help.c"))
    out = ["# The command line\n", NOTE.format("src/app/commands.c"),
           "Every command takes `--help`. Exit codes: 0 done, 1 it did not work, 2 the command line is wrong,\n"
           "3 `check` found problems or `status` found no server.\n",
           "| option of every command | |\n|---|---|"]
    out += [f"| `{flag}` | {doc} |" for flag, doc in tables["common_options"]]
    rows = text.split("static const struct command commands[] = {")[1].split("\n};")[0]
    for row in re.findall(r'\n\t\{ (".*?cmd_\w+) \},', rows, re.S):
        head, options, rest = re.match(r"(.*?),\s*\d+,\s*\d+,\s*(\w+),(.*)", row, re.S).groups()
        name, args, summary = strings(head)[:3]
        details, _, examples = rest.partition('"  bedplate') if '"  bedplate' in rest else (rest, "", "")
        out.append(f"\n## bedplate {name}{' ' + args if args else ''}\n\n{summary[0].upper()}{summary[1:]}.")
        if strings(details):
            out.append("\n" + "".join(strings(details)).rstrip())
        if tables[options]:
            out.append("\n| option | |\n|---|---|")
            out += [f"| `{flag}` | {doc} |" for flag, doc in tables[options]]
        if examples:
            lines = "".join(strings('"  bedplate' + examples)).rstrip().split("\n")
            out.append("\n" + "\n".join("    " + line.strip() for line in lines))
    return "\n".join(out) + "\n"


def main():
    stale = 0
    for name, make in {"settings.md": settings, "errors.md": errors, "builtins.md": builtins, "cli.md": cli}.items():
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
