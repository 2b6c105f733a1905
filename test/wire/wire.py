"""Raw sockets against a wire_server process: what the tests share."""

import atexit
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

def find_binary():
    """test/run.py says `--build DIR`."""
    if "--build" in sys.argv:
        return os.path.join(sys.argv[sys.argv.index("--build") + 1], "test/wire/wire_server")
    return os.environ.get("WIRE_SERVER", "build/test/wire/wire_server")


BINARY = find_binary()


class Server:
    """A wire_server of its own on a free port; options as keyword arguments."""

    def __init__(self, *args, descriptors=None, **options):
        def limit():
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        command = [BINARY, "--loops", "2", *args]
        command += [f"{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=limit,
            # Freed memory that address sanitizer keeps would count as held.
            env=dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=1:thread_local_quarantine_size_kb=16"),
        )
        # Also when the test fails before its stop().
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        if not line.startswith("port "):
            raise RuntimeError("the server did not start: " + self.process.stderr.read())
        self.port = int(line.split()[1])

    def connect(self, timeout=10, receive_buffer=None):
        s = socket.socket()
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.settimeout(timeout)
        s.connect(("127.0.0.1", self.port))
        return Client(s)

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))

    def drain(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Drains, and returns what the server wrote to stderr."""
        if self.process.poll() is None:
            self.drain()
        try:
            _, err = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        if self.process.returncode != 0:
            raise RuntimeError(f"exit status {self.process.returncode}: {err}")
        return err


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Client:
    def __init__(self, s):
        self.s = s
        self.rest = b""

    def send(self, data, piece=None, pause=0.0):
        data = data.encode("latin-1") if isinstance(data, str) else data
        if piece is None:
            self.s.sendall(data)
            return self
        for i in range(0, len(data), piece):
            self.s.sendall(data[i : i + piece])
            time.sleep(pause)
        return self

    def fill(self):
        data = self.s.recv(65536)
        if not data:
            raise EOFError(self.rest[:200])
        self.rest += data

    def read_until(self, mark):
        while mark not in self.rest:
            self.fill()
        part, self.rest = self.rest.split(mark, 1)
        return part

    def read_exactly(self, n):
        while len(self.rest) < n:
            self.fill()
        part, self.rest = self.rest[:n], self.rest[n:]
        return part

    def response(self, head_only=False):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, "duplicate " + name
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked" and not head_only:
            return Response(status, headers, self.chunks())
        n = 0 if head_only or status in (100, 204, 304) else int(headers["content-length"])
        return Response(status, headers, self.read_exactly(n))

    def chunks(self):
        body = bytearray()
        while True:
            n = int(self.read_until(b"\r\n"), 16)
            body += self.read_exactly(n)
            assert self.read_exactly(2) == b"\r\n"
            if n == 0:
                return bytes(body)

    def is_closed(self, timeout=5):
        """True when the server ends the connection without sending more."""
        self.s.settimeout(timeout)
        try:
            return self.rest == b"" and self.s.recv(1) == b""
        except ConnectionResetError:
            return True
        except (TimeoutError, socket.timeout):
            return False

    def close(self):
        self.s.close()


def pattern(n):
    block = bytes(ord("a") + i % 26 for i in range(1000))
    return (block * (n // 1000 + 1))[:n]


def run(module):
    """unittest with the closing line that script/test adds up."""
    import unittest

    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    result = unittest.TextTestRunner(verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
