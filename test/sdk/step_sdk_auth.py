#!/usr/bin/env python3
"""supabase.auth of the official SDKs, unmodified, on both engines, with keys of both kinds."""
import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import step_sdk  # noqa: E402
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import bindir, free_port, postgres  # noqa: E402

LIMIT = 600
CONFIG = """
[auth]
site_url = "http://127.0.0.1:3000"
enable_anonymous_sign_ins = true
{keys}
[auth.email]
enable_confirmations = true
max_frequency = "0s"
[auth.mfa.totp]
enroll_enabled = true
verify_enabled = true
[inbucket]
port = {mail}
smtp_port = {smtp}
"""
NOTES = """
create table public.notes (id bigint generated always as identity primary key, owner uuid not null default auth.uid(), text text);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
create policy none on public.notes for select to anon using (false);
"""


def run(args, engine, url, keys, sdks, counts):
    mail = free_port()
    config = CONFIG.format(keys='signing_keys_path = "./signing_keys.json"' if keys else "", mail=mail, smtp=free_port())
    with Bedplate(args.build, config=config, env={"DATABASE_URL": url, "MAIL": f"http://127.0.0.1:{mail}"}) as server:
        server.migration("20260101000000_notes.sql", NOTES)
        if keys:
            with open(os.path.join(server.dir, "supabase", "signing_keys.json"), "w", encoding="utf-8") as f:
                f.write(keys)
        server.start("dev")
        os.environ["MAIL"] = f"http://127.0.0.1:{mail}"
        for name, command in sdks.items():
            step_sdk.run_sdk(server, f"{name} on {engine}{' with ES256' if keys else ''}", command, counts)
        counts.equal(f"{engine}: the server ends cleanly", server.stop(), 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    args = parser.parse_args()
    counts = Counts()
    sdks = {}
    for name, install, own in (("supabase-js", step_sdk.install_js, os.path.join("js", "auth.mjs")),
                               ("supabase-py", step_sdk.install_python, os.path.join("python", "auth.py"))):
        command = install(counts)
        if not command:
            continue
        target = os.path.join(HERE, own)
        if name == "supabase-js":
            target = shutil.copy(target, os.path.dirname(command[-1]))
        sdks[name] = [*command[:-1], target]
    if args.engine != "postgres":
        run(args, "sqlite", "", None, sdks, counts)
        run(args, "sqlite", "", new_key(), sdks, counts)
    if args.engine != "sqlite" and bindir():
        with postgres() as pg:
            run(args, "postgres", pg.url(), None, sdks, counts)
    elif not bindir():
        counts.skip("postgres", "no PostgreSQL server is installed")
    return counts.done()


def new_key():
    """An ES256 key as `supabase gen signing-key` writes it."""
    code = ("const {generateKeyPairSync}=require('crypto');const k=generateKeyPairSync('ec',{namedCurve:'P-256'}).privateKey"
            ".export({format:'jwk'});console.log(JSON.stringify([{...k,kid:'first',alg:'ES256',use:'sig',key_ops:['sign','verify']}]))")
    return subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
