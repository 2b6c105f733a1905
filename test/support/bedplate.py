"""A Bedplate server for tests: a project folder, the built binary, a port."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from postgres import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def shared(*parts):
    """A file beside the repository that only some checkouts have, or None."""
    path = os.path.join(ROOT, "..", "shared", *parts)
    for base in (path, os.path.join(os.environ.get("BEDPLATE_SHARED", "/nonexistent"), *parts)):
        if os.path.exists(base):
            return os.path.abspath(base)
    return None


class Bedplate:
    """Runs the CLI in a project folder of its own, removed with remove()."""

    def __init__(self, build, config="", env=None, project=None):
        self.binary = os.path.join(os.path.abspath(build), "src", "app", "bedplate")
        self.dir = tempfile.mkdtemp(prefix="bedplate-test-")
        self.port = free_port()
        self.env = dict(os.environ, SUPABASE_API_PORT=str(self.port), NO_COLOR="1", **(env or {}))
        self.process = None
        if project:
            shutil.copytree(project, self.dir, dirs_exist_ok=True)
        else:
            os.makedirs(os.path.join(self.dir, "supabase", "migrations"))
            with open(os.path.join(self.dir, "supabase", "config.toml"), "w", encoding="utf-8") as f:
                f.write(config)

    def migration(self, name, sql):
        with open(os.path.join(self.dir, "supabase", "migrations", name), "w", encoding="utf-8") as f:
            f.write(sql)

    def cli(self, *args, check=True, **options):
        done = subprocess.run([self.binary, args[0], "--project", self.dir, *args[1:]], env=self.env, text=True,
                              capture_output=True, timeout=options.pop("timeout", 120), **options)
        if check and done.returncode:
            raise RuntimeError(f"bedplate {' '.join(args)}: status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, *args, timeout=60):
        self.log_path = os.path.join(self.dir, "server.log")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([self.binary, args[0] if args else "serve", "--project", self.dir, *args[1:]],
                                            env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"bedplate ended with status {self.process.returncode}\n{self.log()}")
            try:
                urllib.request.urlopen(self.url + "/health", timeout=2).read()
                return self
            except urllib.error.HTTPError:
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("bedplate did not answer in time\n" + self.log())

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()[-8000:]

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait() if self.process else None

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


class Counts:
    """Checks that are counted; done() prints the closing line."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, name, ok, detail=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {detail}", flush=True)
        return ok

    def equal(self, name, got, want):
        return self.check(name, got == want, f"got {got!r}, want {want!r}")

    def skip(self, name, why):
        self.skipped += 1
        print(f"SKIP {name}: {why}", flush=True)

    def done(self):
        tail = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{tail}")
        return 1 if self.failed else 0
