"""A private PostgreSQL for tests: made in a temporary folder, without fsync,
listening on a loopback port, gone with the test."""
import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def bindir():
    """The newest PostgreSQL server's programs, or None; BEDPLATE_PG_BIN names others."""
    if os.environ.get("BEDPLATE_PG_BIN"):
        return os.environ["BEDPLATE_PG_BIN"]
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    return os.path.dirname(found[-1]) if found else None


class Postgres:
    def __init__(self, settings=()):
        self.bin = bindir()
        if not self.bin:
            raise RuntimeError("no PostgreSQL server found (install the package postgresql)")
        self.dir = tempfile.mkdtemp(prefix="bedplate-pg-")
        self.port = free_port()
        self.settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", *settings]
        # The server refuses to run as root.
        self.as_user = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.dir, user.pw_uid, user.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]

    def run(self, program, *args, **options):
        return subprocess.run([*self.as_user, os.path.join(self.bin, program), *args], cwd=self.dir,
                              check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def start(self):
        data = os.path.join(self.dir, "data")
        if not os.path.exists(data):
            self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {self.port} -k {self.dir} -c listen_addresses=127.0.0.1 -c TimeZone=UTC"
        for setting in self.settings:
            options += f" -c {setting}"
        self.run("pg_ctl", "-D", data, "-w", "-o", options, "-l", os.path.join(self.dir, "log"), "start")
        return self

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", os.path.join(self.dir, "data"), "-w", "-m", mode, "stop")

    def url(self, user="postgres", database="postgres"):
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"

    def psql(self, sql, database="postgres"):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(database=database)],
                              input=sql, text=True, capture_output=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


@contextlib.contextmanager
def postgres(settings=()):
    server = Postgres(settings)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        server.remove()
