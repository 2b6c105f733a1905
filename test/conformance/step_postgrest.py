#!/usr/bin/env python3
"""PostgREST's own cases against Bedplate on both engines.

The cases, fixtures and runner are data beside the repository (shared/conformance);
without them this step is skipped. The first slice must pass whole; --full also
reports the rest of the set, group by group.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bedplate import Bedplate, Counts, shared  # noqa: E402
from postgres import bindir, free_port  # noqa: E402

LIMIT = 900

# The configuration that the cases call "base", in our words.
CONFIG = """
[api]
schemas = ["test"]
extra_search_path = []
max_rows = 0
allow_open_tables = ["*"]

[auth]
jwt_secret = "reallyreallyreallyreallyverysafe"

[bedplate]
tx_end = "rollback-allow-override"
anon_role = "postgrest_test_anonymous"
legacy_target_names = true
server_timing = true
log_level = "crit"
allow_demo_secrets = true
"""


# A dump names roles and does not make them.
ROLES = """
create role postgrest_test_anonymous nologin;
create role postgrest_test_default_role nologin;
create role postgrest_test_author nologin;
create role postgrest_test_superuser nologin superuser;
"""


def run_cases(server, folder, counts, engine, only=None, profile=None, show=True):
    out = os.path.join(folder, f"{engine}.json")
    command = [sys.executable, shared("conformance", "postgrest_run.py"), "--url", server.url + "/rest/v1",
               "--config", "base", "--json", out, "-q"]
    if only:
        command += ["--only", only]
    if profile:
        command += ["--profile", profile]
    done = subprocess.run(command, capture_output=True, text=True)
    if not os.path.exists(out):
        counts.check(f"{engine}: the runner", False, done.stdout[-500:] + done.stderr[-500:])
        return
    with open(out, encoding="utf-8") as f:
        report = json.load(f)
    if not show:
        print(f"{engine}: {report['passed']} of {report['total']} cases of the whole set with this configuration")
        for name, one in report["per_spec"].items():
            if one["passed"] < one["total"]:
                print(f"    {name:<40} {one['passed']:>4} of {one['total']}")
        return
    counts.passed += report["passed"]
    counts.failed += report["total"] - report["passed"]
    for failure in report.get("failures", []):
        answer = failure.get("response", {})
        print(f"FAILED {engine} {failure['id']} {failure['method']} {failure['path']}: {failure['messages']}"[:500])
        print(f"       answered {answer.get('status')} {answer.get('body', '')[:300]!r}")


def sqlite(args, folder, counts):
    with Bedplate(args.build, CONFIG) as server:
        with open(shared("conformance", "fixtures", "tables.sql"), encoding="utf-8") as f:
            server.migration("1_fixtures.sql", f.read())
        with open(os.path.join(server.dir, "supabase", "roles.sql"), "w", encoding="utf-8") as f:
            f.write(ROLES)
        done = server.cli("migrate", "--keep-going", check=False)
        counts.check("the fixtures apply with --keep-going", done.returncode == 0, (done.stdout + done.stderr)[-3000:])
        server.start("serve")
        run_cases(server, folder, counts, "sqlite", only=shared("conformance", "slice-1.txt"))
        if args.full:
            run_cases(server, folder, counts, "sqlite", profile="sqlite", show=False)
        server.stop()


def postgresql(args, folder, counts):
    if not bindir():
        counts.skip("postgres", "no PostgreSQL server is installed")
        return
    fixtures, port = shared("conformance", "postgrest_fixtures.sh"), str(free_port())
    data = tempfile.mkdtemp(prefix="bpfix")
    os.chmod(data, 0o755)
    data = os.path.join(data, "c")
    subprocess.run([fixtures, "start", "--data", data, "--port", port], check=True, capture_output=True)
    try:
        url = subprocess.run([fixtures, "uri", "--port", port], check=True, capture_output=True, text=True).stdout.strip()
        with Bedplate(args.build, CONFIG, env={"DATABASE_URL": url}) as server:
            server.start("serve", "--no-migrate")
            run_cases(server, folder, counts, "postgres", only=shared("conformance", "slice-1.txt"))
            if args.full:
                run_cases(server, folder, counts, "postgres", show=False)
            server.stop()
    finally:
        subprocess.run([fixtures, "stop", "--data", data], capture_output=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    args = parser.parse_args()
    counts = Counts()
    if not shared("conformance", "postgrest_run.py"):
        counts.skip("conformance", "shared/conformance is not beside this repository")
        return counts.done()
    with tempfile.TemporaryDirectory(prefix="bedplate-cases-") as folder:
        if args.engine != "postgres":
            sqlite(args, folder, counts)
        if args.engine != "sqlite":
            postgresql(args, folder, counts)
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
