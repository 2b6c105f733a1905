#!/usr/bin/env python3
"""The example's web page in headless Chromium, with supabase-js from npm, on
both engines: a visitor sees the books that the policies show."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import ROOT, Bedplate, Counts  # noqa: E402
from postgres import bindir, free_port, postgres  # noqa: E402

FULL = True
LIMIT = 300
BOOKS = ["Invisible Cities", "Kindred", "Solaris", "The Baron in the Trees", "The Dispossessed", "The Left Hand of Darkness"]


def page(url, api):
    with tempfile.TemporaryDirectory(prefix="bedplate-browser-") as profile:
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
             "--virtual-time-budget=8000", "--dump-dom", f"{url}/?url={api}"], capture_output=True, text=True, timeout=90)
    return done.stdout


def run_engine(args, engine, env, web, counts):
    with Bedplate(args.build, project=os.path.join(ROOT, "examples", "library"), env=env) as server:
        server.start("dev")
        dom = page(web, server.url)
        titles = re.findall(r"<tr><td>([^<]+)</td>", dom)
        counts.equal(f"{engine}: the books on the page", titles, BOOKS)
        counts.check(f"{engine}: no error on the page", re.search(r'id="message"[^>]*></p>', dom), dom[:300])
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    counts = Counts()
    if not shutil.which("chromium"):
        counts.skip("browser", "chromium is not installed (apt-get install chromium)")
        return counts.done()
    folder, port = os.path.join(ROOT, "build", "web"), free_port()
    shutil.copytree(os.path.join(ROOT, "examples", "library", "web"), folder, dirs_exist_ok=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        counts.skip("browser", "npm could not install supabase-js: " + done.stderr.strip()[-200:])
        return counts.done()
    web = subprocess.Popen(["node", "serve.js"], cwd=folder, env=dict(os.environ, PORT=str(port)), stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        run_engine(args, "sqlite", {"DATABASE_URL": ""}, f"http://127.0.0.1:{port}", counts)
        if bindir():
            with postgres() as pg:
                run_engine(args, "postgres", {"DATABASE_URL": pg.url()}, f"http://127.0.0.1:{port}", counts)
        else:
            counts.skip("postgres", "no PostgreSQL server is installed")
    finally:
        web.terminate()
        web.wait()
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
