#!/usr/bin/env python3
"""The command line as people and scripts use it, on SQLite."""
import argparse
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import bindir, free_port  # noqa: E402

LIMIT = 300
OWN_SECRETS = {
    "SUPABASE_AUTH_JWT_SECRET": "0123456789abcdef0123456789abcdef",
    "SUPABASE_AUTH_SECRET_KEY": "sb_secret_mine",
}
NOTES = """
create table notes (id int primary key, body text);
alter table notes enable row level security;
create policy p on notes for select using (true);
insert into notes values (1, 'one');
"""


def get(server, path, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers), timeout=10) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def write(server, name, text):
    path = os.path.join(server.dir, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def help_and_usage(t, build):
    server = Bedplate(build)
    binary = server.binary

    def run(*args):
        return subprocess.run([binary, *args], capture_output=True, text=True, cwd=server.dir)

    commands = re.findall(r"^  (\w+) +\w", run("--help").stdout.split("\nCommands\n")[1].split("Options of every")[0], re.M)
    t.check("help lists the commands", {"dev", "serve", "migrate", "check", "sql"} <= set(commands), commands)
    t.equal("commands are sorted", commands, sorted(commands))
    for command in commands:
        done = run(command, "--help")
        t.check(f"{command} --help", done.returncode == 0 and "Exit codes" in done.stdout and "Usage" in done.stdout, done.stdout)
        t.check(f"{command} --help has examples", "Examples" in done.stdout or command == "version", done.stdout)
        t.check(f"help {command} is coloured on terminals only", "\x1b" not in done.stdout)
    for args in (["nope"], ["sql", "--nope"], ["new"], ["new", "a", "b"], ["token", "--role"], ["migrate", "--json=1"]):
        done = run(*args)
        t.check(f"{args}: usage error", done.returncode == 2 and done.stderr.startswith("error:") and "usage:" in done.stderr, done.stderr)
    t.equal("version --json", json.loads(run("version", "--json").stdout)["name"], "bedplate")
    t.equal("--version", run("--version").stdout, run("version").stdout)
    server.remove()


def completion(t, build):
    server = Bedplate(build)
    for shell in ("bash", "zsh", "fish"):
        text = server.cli("completion", shell).stdout
        t.check(f"completion {shell} knows the commands", all(w in text for w in ("migrate", "keep-going", "backup")), text[:200])
    script = server.cli("completion", "bash").stdout
    done = subprocess.run(["bash", "-c", script + '\nCOMP_WORDS=(bedplate mig); COMP_CWORD=1; _bedplate; echo "${COMPREPLY[@]}"\n'
                           'COMP_WORDS=(bedplate migrate --k); COMP_CWORD=2; _bedplate; echo "${COMPREPLY[@]}"'],
                          capture_output=True, text=True)
    t.equal("bash completes", done.stdout.split(), ["migrate", "--keep-going"])
    t.equal("completion of another shell", server.cli("completion", "csh", check=False).returncode, 2)
    server.remove()


def new_project(t, build):
    folder = tempfile.mkdtemp(prefix="bedplate-new-")
    binary = os.path.join(os.path.abspath(build), "src", "app", "bedplate")

    def run(*args, cwd=folder):
        return subprocess.run([binary, *args], capture_output=True, text=True, cwd=cwd)

    t.equal("new", run("new", "shop").returncode, 0)
    for command in ("migrate", "check", "status", "dev"):
        done = run(command)
        t.check(f"{command} where there is no project", done.returncode == 1 and "no supabase/ folder" in done.stderr, done.stderr)
    t.check("nothing was made there", not os.path.exists(os.path.join(folder, ".bedplate")))
    t.equal("new again", run("new", "shop").returncode, 1)
    for name in ("", "../x", "a b", ".hidden", "x" * 41):
        t.equal(f"new {name!r} is refused", run("new", name).returncode, 2)
    shop = os.path.join(folder, "shop")
    done = run("check", "--json", cwd=shop)
    report = json.loads(done.stdout)
    t.check("a new project has no problems", done.returncode == 0 and report["ok"], done.stdout + done.stderr)
    t.equal("and says what is open", report["anonymous"], [{"name": "public.notes", "can": "read", "open": False, "view": False}])
    t.equal("found from a folder below", run("migrate", cwd=os.path.join(shop, "supabase", "migrations")).returncode, 0)
    shutil.rmtree(folder)


def keys_and_tokens(t, build):
    server = Bedplate(build)
    env = dict(re.findall(r'^(\w+)="(.*)"$', server.cli("status", "-o", "env").stdout, re.M))
    t.check("status -o env has the CLI's names", {"API_URL", "DB_URL", "ANON_KEY", "SERVICE_ROLE_KEY", "JWT_SECRET", "PUBLISHABLE_KEY", "SECRET_KEY"} <= set(env), env)
    t.equal("the shell reads it", subprocess.run(["bash", "-c", server.cli("status", "-o", "env").stdout + "echo $API_URL"], capture_output=True, text=True).stdout.strip(), server.url)
    t.equal("status of a stopped server", server.cli("status", check=False).returncode, 3)
    t.equal("status in a wrong format", server.cli("status", "-o", "xml", check=False).returncode, 2)
    lines = server.cli("keys", "--new").stdout
    t.check("new secrets differ each time", lines != server.cli("keys", "--new").stdout and lines.count("\n") == 3)
    write(server, "supabase/.env", lines)
    keys = json.loads(server.cli("keys", "--json").stdout)
    t.check("keys come from supabase/.env", not keys["demo"] and keys["secret_key"] in lines, keys)
    minted = json.loads(server.cli("token", "--sub", "u1", "--expires", "1h", "--claims", '{"app_metadata":{"a":1},"aud":"x"}', "--json").stdout)
    claims = minted["claims"]
    t.equal("token claims", (claims["role"], claims["sub"], claims["aud"], claims["app_metadata"], claims["exp"] - claims["iat"]),
            ("authenticated", "u1", "x", {"a": 1}, 3600))
    for args in (["--claims", "[]"], ["--claims", "{"], ["--expires", "soon"]):
        t.equal(f"token {args} is refused", server.cli("token", *args, check=False).returncode, 1)
    server.remove()


def migrations(t, build):
    with Bedplate(build) as server:
        server.migration("09_b.sql", "create table b (id int primary key references a);")
        server.migration("008_a.sql", "create table a (id int primary key);")
        server.migration("20240101000000_bad.sql", "create table c (id int);\ncreate table d (id nosuchtype);\n")
        server.migration("readme.txt", "")
        dry = server.cli("migrate", "--dry-run")
        t.check("dry run lists them in order", re.findall(r"(\w+)\.sql", dry.stdout) == ["008_a", "09_b", "20240101000000_bad"], dry.stdout)
        done = server.cli("migrate", check=False)
        t.equal("a refused migration fails", done.returncode, 1)
        t.check("with its place, line and caret", "20240101000000_bad.sql:2:20: error:" in done.stderr
                and "\n    create table d (id nosuchtype);\n                       ^\n" in done.stderr, done.stderr)
        t.check("a file with another name is named", "readme.txt was skipped" in done.stderr, done.stderr)
        versions = json.loads(server.cli("sql", "--json", "select version, name from supabase_migrations.schema_migrations order by version").stdout)
        t.equal("those before it are recorded", versions, [{"version": "008", "name": "a"}, {"version": "09", "name": "b"}])
        t.equal("the refused one left nothing", server.cli("sql", "select * from c", check=False).returncode, 1)
        done = server.cli("migrate", "--keep-going", "--json")
        report = json.loads(done.stdout)
        t.equal("keep-going goes on", (report["ok"], report["statements"], report["refused"], len(report["problems"])), (True, 1, 1, 1))
        t.equal("and says where", [report["problems"][0][k] for k in ("line", "column")], [2, 20])
        t.equal("nothing is left", server.cli("migrate").stdout, "nothing to apply\n")
        server.migration("09_twice.sql", "")
        done = server.cli("migrate", check=False)
        t.check("one version twice", done.returncode == 1 and "have the same version" in done.stderr, done.stderr)
        server.migration("09_twice.sql", "")
        os.unlink(os.path.join(server.dir, "supabase", "migrations", "09_twice.sql"))
        server.migration("30000000000000_gone.sql", "alter table nobody_made_this add column x int;")
        done = server.cli("migrate", check=False)
        t.check("a table that nothing made", "No migration up to this one creates it" in done.stderr, done.stderr)


def check_command(t, build):
    with Bedplate(build, '[api]\nmax_row = 1\nport = "x"\n[storage]\nenabled = true\n[auth]\nsigning_keys_path = "no.json"\n') as server:
        server.migration("1_a.sql", "create table open_one (id int primary key);\ncreate table closed (id int primary key);\n"
                         "alter table closed enable row level security;\ncreate tabel typo (id int);\n")
        server.env.pop("SUPABASE_API_PORT")
        done = server.cli("check", check=False)
        t.equal("check finds problems", done.returncode, 3)
        out = done.stdout
        t.check("unknown key with a suggestion", "supabase/config.toml:2:1: warning: api.max_row is not a known setting" in out and "Did you mean api.max_rows?" in out, out)
        t.check("wrong value", "supabase/config.toml:3:1: error: api.port is not a whole number" in out, out)
        t.check("keys that cannot be read", "error: auth.signing_keys_path: could not open" in out, out)
        t.check("statement that does not parse", "supabase/migrations/1_a.sql:4:8: error: syntax error" in out, out)
        t.check("open table", "public.open_one has no row level security" in out and "open_one" in out.split("Anonymous callers can:")[1], out)
        t.check("a closed one is not listed", "public.closed" not in out, out)
        t.check("what is not honoured yet", "[storage] enabled" in done.stderr, done.stderr)
        t.check("the project's database was not made", not os.path.exists(os.path.join(server.dir, ".bedplate")))


def exposure_settings(t, build):
    with Bedplate(build, "[api]\nauto_expose_new_tables = false\n") as server:
        server.migration("1_a.sql", "create table hidden (id int primary key);\ncreate table granted (id int primary key);\n"
                         "grant select on granted to anon;\nalter table granted enable row level security;\n")
        server.env.update(OWN_SECRETS)
        server.start("serve")
        t.equal("a new table is not exposed", get(server, "/rest/v1/hidden")[0], 401)
        t.equal("one with a grant is", get(server, "/rest/v1/granted"), (200, "[]"))
        server.stop()
    with Bedplate(build, "[api]\nenabled = false\n", env=OWN_SECRETS) as server:
        server.start("serve")
        t.equal("without the data API", get(server, "/rest/v1/")[0], 404)
        t.equal("health is still there", get(server, "/health")[0], 200)
        server.stop()
    with Bedplate(build, env={"BEDPLATE_ROOT_SPEC": "f"}) as server:
        t.check("a variable that is not honoured yet", "BEDPLATE_ROOT_SPEC is not honoured yet" in server.cli("check", check=False).stdout)


def policy_lints(t, build):
    with Bedplate(build) as server:
        server.migration("1_a.sql", "create table a (id int primary key);\ncreate policy lone on a for select using (true);\n"
                         "create table b (id int primary key);\nalter table b enable row level security;\n"
                         "create policy blind on b for update to authenticated using (true);\n"
                         "create view shown as\n  select * from b;\ncreate view checked with (security_invoker = on) as select * from b;\n")
        out = server.cli("check", check=False).stdout
        t.check("policies without row level security", "1_a.sql:2:15: warning: the policies of public.a are not enforced" in out, out)
        t.check("updates that see no row", "1_a.sql:5:15: warning: updates of public.b by authenticated find no row" in out, out)
        t.check("views past the policies", "1_a.sql:6:13: warning: public.shown shows rows of public.b past its policies" in out, out)
        t.check("but not of security_invoker", "public.checked shows" not in out, out)


def sql_command(t, build):
    with Bedplate(build) as server:
        t.equal("sql without a database", server.cli("sql", "select 1", check=False).returncode, 1)
        server.migration("1_notes.sql", NOTES)
        server.cli("migrate")
        t.equal("table", server.cli("sql", "select id, body from notes").stdout, " id | body\n----+-----\n 1  | one\n(1 row)\n")
        t.equal("csv", server.cli("sql", "--csv", "select null as a, '' as b, 'x,\"y' as c").stdout, 'a,b,c\n,"","x,""y"\n')
        t.equal("json", json.loads(server.cli("sql", "--json", "select id, body, true as t, null as n from notes").stdout), [{"id": 1, "body": "one", "t": True, "n": None}])
        t.equal("stdin", server.cli("sql", "--csv", input="select 1 as a; select 2 as b").stdout, "a\n1\nb\n2\n")
        write(server, "x.sql", "select 1;\n\nselect nope from notes;\n")
        done = server.cli("sql", "-f", os.path.join(server.dir, "x.sql"), check=False)
        t.check("error with its place", done.returncode == 1 and "x.sql:3:8: error:" in done.stderr, done.stderr)
        t.equal("as another role", json.loads(server.cli("sql", "--json", "--role", "anon", "select count(*) as n from notes").stdout), [{"n": 1}])
        done = server.cli("sql", "--role", "anon", "insert into notes values (2, 'x')", check=False)
        t.check("whose policies hold", done.returncode == 1 and "row-level security" in done.stderr, done.stderr)
        t.check("control characters do not reach the terminal", "\x1b" not in server.cli("sql", "select e'a\\x1b[31mb' as x").stdout)


def startup(host, port, payload):
    with socket.create_connection((host, port), timeout=5) as s:
        s.sendall(payload)
        s.settimeout(5)
        data = b""
        while chunk := s.recv(4096):
            data += chunk
        return data


def serve_command(t, build):
    with Bedplate(build) as server:
        server.migration("1_notes.sql", NOTES)
        done = server.cli("serve", check=False)
        t.check("serve refuses demo secrets", done.returncode == 1 and "everybody knows" in done.stderr, done.stderr)
        server.env.update(OWN_SECRETS)
        server.migration("2_open.sql", "create table open_one (id int primary key);")
        done = server.cli("serve", check=False)
        t.check("serve refuses open tables", done.returncode == 1 and "public.open_one: anonymous callers can read and write" in done.stderr, done.stderr)
        server.env.update(SUPABASE_API_ALLOW_OPEN_TABLES="public.open_one", SUPABASE_DB_PORT=str(free_port()))
        server.start("serve")
        t.equal("and serves those that are listed", get(server, "/rest/v1/open_one"), (200, "[]"))
        t.equal("status of a running server", server.cli("status").returncode, 0)
        t.equal("sql beside it", server.cli("sql", "--csv", "select body from notes").stdout, "body\none\n")
        server.cli("sql", "insert into open_one values (7)")
        t.equal("what it wrote is served", get(server, "/rest/v1/open_one"), (200, '[{"id":7}]'))
        t.check("metrics count tokens", "bedplate_jwt_cache_misses_total" in get(server, "/metrics")[1])
        server.migration("3_more.sql", "create table more (id int primary key);\nalter table more enable row level security;")
        t.check("migrate beside it", "3_more.sql" in server.cli("migrate").stdout)
        t.equal("and its API knows the new table", get(server, "/rest/v1/more")[0], 200)
        server.migration("4_bad.sql", "select 1;\nbad;")
        done = server.cli("migrate", check=False)
        t.check("a refusal beside it has its place", "4_bad.sql:2:1: error: syntax error" in done.stderr, done.stderr)
        copy = os.path.join(server.dir, "copy.db")
        server.cli("backup", copy)
        t.equal("a copy beside it is a database", server.cli("sql", "--csv", "--database-url", "sqlite:" + copy, "select id from open_one").stdout, "id\n7\n")
        t.equal("and is not overwritten", server.cli("backup", copy, check=False).returncode, 1)
        t.equal("reset beside serve is refused", server.cli("reset", "--yes", check=False).returncode, 1)
        done = server.cli("serve", check=False)
        t.check("a second server is refused", done.returncode == 1, done.stderr)
        port = int(server.env["SUPABASE_DB_PORT"])
        hello = struct.pack("!II", 8, 80877103)
        body = struct.pack("!I", 196608) + b"user\0postgres\0\0"
        answer = startup("127.0.0.1", port, hello + struct.pack("!I", len(body) + 4) + body)
        t.check("the database port says what to use", answer.startswith(b"NE") and b"runs on SQLite" in answer and b"C0A000" in answer, answer)
        t.equal("ends cleanly", server.stop(), 0)
        t.equal("reset", server.cli("reset", "--yes", "--no-seed", check=False).returncode, 1)


def dev_command(t, build):
    with Bedplate(build, env={"SUPABASE_DB_PORT": str(free_port())}) as server:
        server.migration("1_notes.sql", NOTES)
        write(server, "supabase/seed.sql", "insert into notes values (2, 'two');")
        server.start("dev")
        t.check("the banner has a line to try", wait_for(lambda: "Ctrl-C stops" in server.log()) and "/rest/v1/notes?limit=3'" in server.log(), server.log())
        t.equal("seeds are loaded", len(json.loads(get(server, "/rest/v1/notes")[1])), 2)
        server.migration("2_more.sql", "create table more (id int primary key);")
        t.check("a new migration is applied", wait_for(lambda: get(server, "/rest/v1/more")[0] == 200), server.log())
        server.migration("3_bad.sql", "create table x (id nosuchtype);")
        t.check("a bad one is shown", wait_for(lambda: "3_bad.sql:1:20: error:" in server.log()), server.log())
        server.migration("3_bad.sql", "create table x (id int primary key);")
        t.check("and applied once mended", wait_for(lambda: get(server, "/rest/v1/x")[0] == 200), server.log())
        write(server, "supabase/config.toml", "[api]\nmax_rows = 1\n")
        t.check("configuration is read again", wait_for(lambda: "configuration read again" in server.log()), server.log())
        t.check("and holds", wait_for(lambda: get(server, "/rest/v1/notes")[1].count("id") == 1), get(server, "/rest/v1/notes"))
        server.cli("sql", "insert into more values (1)")
        server.cli("reset", "--yes")
        t.equal("reset beside dev empties the database", get(server, "/rest/v1/more"), (200, "[]"))
        t.equal("and loads the seeds again", server.cli("sql", "--csv", "select count(*) from notes").stdout, "count\n2\n")
        t.equal("ends cleanly", server.stop(), 0)


def dev_on_postgres(t, build):
    if not bindir():
        t.skip("dev --engine postgres", "no PostgreSQL server is installed")
        return
    with Bedplate(build, env={"SUPABASE_DB_PORT": str(free_port())}) as server:
        if os.getuid() == 0:
            done = server.cli("dev", "--engine", "postgres", check=False)
            t.check("a folder that PostgreSQL's user may not enter", "may not enter" in done.stderr, done.stderr)
        os.chmod(server.dir, 0o755)  # the server runs as another user when this is root
        server.migration("1_notes.sql", NOTES)
        done = server.cli("check", "--json", "--database-url", "postgres://nobody@127.0.0.1:1/x", check=False)
        t.check("check tries the migrations on a server of its own", json.loads(done.stdout)["anonymous"]
                == [{"name": "public.notes", "can": "read", "open": False, "view": False}], done.stdout + done.stderr)
        server.start("dev", "--engine", "postgres", timeout=120)
        t.equal("dev --engine postgres serves", get(server, "/rest/v1/notes"), (200, '[{"id":1,"body":"one"}]'))
        url = f"postgres://postgres@127.0.0.1:{server.env['SUPABASE_DB_PORT']}/postgres"
        t.equal("sql on it", server.cli("sql", "--csv", "--database-url", url, "select body from notes").stdout, "body\none\n")
        t.equal("it ends with dev", server.stop(), 0)
        t.equal("and is gone", server.cli("sql", "--database-url", url, "select 1", check=False).returncode, 1)
        server.start("dev", "--engine", "postgres", timeout=120)
        t.equal("and keeps its rows", get(server, "/rest/v1/notes"), (200, '[{"id":1,"body":"one"}]'))
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("only", nargs="*")
    args = parser.parse_args()
    counts = Counts()
    for part in (help_and_usage, completion, new_project, keys_and_tokens, migrations, check_command, exposure_settings, policy_lints, sql_command, serve_command, dev_command,
                 dev_on_postgres):
        if args.only and part.__name__ not in args.only:
            continue
        try:
            part(counts, args.build)
        except (RuntimeError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as e:
            counts.check(part.__name__, False, repr(e)[:3000])
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
