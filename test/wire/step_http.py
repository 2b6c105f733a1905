#!/usr/bin/env python3
"""The HTTP server over a real socket: framing, limits, slow clients, the end."""

import json
import os
import socket
import tempfile
import threading
import time
import unittest

import wire

GET = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
ROW = b'[{"id":1,"title":"The first row of a small table"}]'


class WireCase(unittest.TestCase):
    options = {}
    args = ()

    def setUp(self):
        self.server = wire.Server(*self.args, **self.options)
        self.clients = []

    def tearDown(self):
        for c in self.clients:
            c.close()
        self.log = self.server.stop()

    def client(self, **kw):
        c = self.server.connect(**kw)
        self.clients.append(c)
        return c


class Basics(WireCase):
    def test_keep_alive(self):
        c = self.client()
        for _ in range(5):
            r = c.send(GET).response()
            self.assertEqual((r.status, r.body), (200, ROW))
            self.assertEqual(r.headers["server"], "bedplate")
            self.assertRegex(r.headers["date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
            self.assertNotIn("connection", r.headers)

    def test_connection_close(self):
        c = self.client()
        r = c.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").response()
        self.assertEqual(r.headers["connection"], "close")
        self.assertTrue(c.is_closed())

    def test_http_1_0(self):
        c = self.client()
        r = c.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").response()
        self.assertEqual(r.headers["connection"], "keep-alive")
        r = c.send("GET /hello HTTP/1.0\r\n\r\n").response()
        self.assertEqual(r.headers["connection"], "close")
        self.assertTrue(c.is_closed())

    def test_head_has_length_but_no_body(self):
        c = self.client()
        r = c.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + GET).response(head_only=True)
        self.assertEqual(r.headers["content-length"], str(len(ROW)))
        self.assertEqual(c.response().body, ROW)

    def test_no_content_has_no_length(self):
        r = self.client().send("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n").response()
        self.assertEqual(r.status, 204)
        self.assertNotIn("content-length", r.headers)

    def test_every_split(self):
        request = "POST /echo?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
        c = self.client()
        c.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        want = c.send(request).response().body.split(b" id=")[0]
        for at in range(1, len(request), 3):
            c.send(request[:at])
            time.sleep(0.001)
            got = c.send(request[at:]).response()
            self.assertEqual(got.body.split(b" id=")[0], want)
            self.assertTrue(got.body.endswith(b"body 4\nbody"))
        got = c.send(request, piece=1).response()
        self.assertTrue(got.body.endswith(b"body 4\nbody"))

    def test_chunked_request(self):
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        c = self.client()
        for piece in (None, 1, 7):
            c.send(head + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: v\r\n\r\n", piece=piece)
            self.assertTrue(c.response().body.endswith(b"body 7\nabcdefg"))

    def test_pipelining_keeps_order(self):
        c = self.client()
        n = 200
        c.send("".join(f"GET /echo?{i} HTTP/1.1\r\nHost: x\r\n\r\n" for i in range(n)))
        for i in range(n):
            self.assertTrue(c.response().body.startswith(b"GET /echo ?%d\n" % i))

    def test_pipelining_behind_a_waiting_request(self):
        c = self.client()
        c.send(GET + "GET /sleep?ms=50 HTTP/1.1\r\nHost: x\r\n\r\n" + GET + GET)
        self.assertEqual([c.response().body for _ in range(4)], [ROW, b"slept", ROW, ROW])

    def test_pipelined_large_bodies(self):
        c = self.client()
        c.send("GET /large?n=300000 HTTP/1.1\r\nHost: x\r\n\r\n" * 5 + GET)
        for _ in range(5):
            self.assertEqual(c.response().body, wire.pattern(300000))
        self.assertEqual(c.response().body, ROW)

    def test_many_at_once(self):
        clients = [self.client() for _ in range(100)]
        for c in clients:
            c.send("GET /sleep?ms=100 HTTP/1.1\r\nHost: x\r\n\r\n")
        begin = time.time()
        for c in clients:
            self.assertEqual(c.response().body, b"slept")
        self.assertLess(time.time() - begin, 5)

    def test_large_bodies_in_memory_and_spooled(self):
        c = self.client()
        for n in (0, 1, 16384, 16385, 1 << 20, (1 << 20) + 1, 5_000_000):
            for memory in (0, 1):
                target = f"/large?n={n}&memory={memory}"
                r = c.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").response()
                self.assertEqual(r.body, wire.pattern(n))

    def test_large_request_body(self):
        body = os.urandom(3_000_000)
        c = self.client()
        c.send(f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n")
        r = c.send(body).response()
        self.assertTrue(r.body.endswith(b"body 3000000\n" + body))

    def test_expect_continue(self):
        c = self.client()
        c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        self.assertEqual(c.response().status, 100)
        self.assertTrue(c.send("ab").response().body.endswith(b"body 2\nab"))
        # Not when the body is there already.
        c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab")
        self.assertEqual(c.response().status, 200)

    def test_failed_handler_is_500_and_keeps_the_connection(self):
        c = self.client()
        self.assertEqual(c.send("GET /fail HTTP/1.1\r\nHost: x\r\n\r\n").response().status, 500)
        self.assertEqual(c.send(GET).response().body, ROW)

    def test_header_values_cannot_add_headers(self):
        r = self.client().send("GET /inject HTTP/1.1\r\nHost: x\r\n\r\n").response()
        self.assertNotIn("x-evil", r.headers)
        self.assertEqual(r.headers["x-echo"], "a  X-Evil: 1")

    def test_request_id(self):
        c = self.client()
        ask = "GET /echo HTTP/1.1\r\nHost: x\r\nX-Request-Id: {}\r\n\r\n"
        self.assertIn(b" id=abc-1 ", c.send(ask.format("abc-1")).response().body)
        for bad in ("a b", "a\"b", "x" * 129):
            body = c.send(ask.format(bad)).response().body
            self.assertRegex(body, rb" id=[0-9a-f]{16} ")

    def test_half_closed_client_is_answered(self):
        c = self.client()
        c.send("GET /sleep?ms=50 HTTP/1.1\r\nHost: x\r\n\r\n")
        c.s.shutdown(socket.SHUT_WR)
        self.assertEqual(c.response().body, b"slept")
        self.assertTrue(c.is_closed())

    def test_client_that_goes_away(self):
        for _ in range(20):
            c = self.client()
            c.send("GET /sleep?ms=20 HTTP/1.1\r\nHost: x\r\n\r\n")
            c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            c.close()
        self.assertEqual(self.client().send(GET).response().body, ROW)

    def test_metrics(self):
        c = self.client()
        c.send(GET).response()
        text = c.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").response().body.decode()
        self.assertIn('bedplate_http_requests_total{class="2xx"} 1\n', text)
        self.assertIn("bedplate_http_requests_in_flight 1\n", text)
        self.assertIn("bedplate_http_connections 1\n", text)
        self.assertIn('bedplate_http_request_duration_seconds_bucket{le="+Inf"} 1\n', text)


class Streams(WireCase):
    options = {"write_timeout_ms": 1500}

    def ask(self, query, version="1.1"):
        return self.client().send(f"GET /stream?{query} HTTP/{version}\r\nHost: x\r\n\r\n")

    def test_pieces_arrive_as_they_are_made(self):
        c = self.ask("n=3&bytes=5&ms=100")
        c.read_until(b"\r\n\r\n")
        begin = time.time()
        self.assertEqual(c.read_until(b"\r\n"), b"5")
        self.assertLess(time.time() - begin, 0.09)
        self.assertEqual(c.read_until(b"\r\n"), b"sssss")

    def test_large_stream_and_what_follows(self):
        c = self.client()
        c.send("GET /stream?n=100&bytes=100000 HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
        r = c.response()
        self.assertEqual(r.headers["transfer-encoding"], "chunked")
        self.assertNotIn("content-length", r.headers)
        self.assertEqual(r.body, b"s" * 10_000_000)
        self.assertEqual(c.response().body, ROW)

    def test_head_of_a_stream(self):
        c = self.client()
        c.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
        self.assertEqual(c.response(head_only=True).status, 200)
        self.assertEqual(c.response().body, ROW)

    def test_http_1_0_reads_until_the_close(self):
        c = self.ask("n=3&bytes=5", "1.0")
        self.assertNotIn(b"chunked", c.read_until(b"\r\n\r\n"))
        self.assertEqual(c.read_exactly(15), b"s" * 15)
        self.assertTrue(c.is_closed())

    def test_failure_in_the_middle_cuts(self):
        for query in ("n=2&fail=1", "n=2&ms=10&fail=1", "n=90&bytes=10000&fail=1"):
            with self.assertRaises((EOFError, ConnectionResetError)):
                self.ask(query).response()

    def test_client_that_stops_reading_ends_the_handler(self):
        before = self.server.memory_kb()
        for _ in range(10):
            c = self.client(receive_buffer=4096)
            c.send("GET /stream?n=100000&bytes=10000 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1.0)
        self.assertLess(self.server.memory_kb() - before, 30_000)
        asking = self.client()
        deadline, text = time.time() + 20, b""
        while b"requests_in_flight 1\n" not in text and time.time() < deadline:
            time.sleep(0.2)
            text = asking.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").response().body
        self.assertIn(b"bedplate_http_requests_in_flight 1\n", text)


class Refusals(WireCase):
    options = {"line_max": 1000, "head_max": 4000, "body_max": 10000}

    def refused(self, request, status, piece=None):
        c = self.client()
        c.send(request, piece=piece)
        r = c.response()
        self.assertEqual(r.status, status, request[:80])
        self.assertEqual(r.headers["connection"], "close")
        self.assertTrue(c.is_closed())

    def test_smuggling(self):
        start = "POST /echo HTTP/1.1\r\nHost: x\r\n"
        tail = "\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n"
        for headers in (
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 0\r\n",
            "Content-Length: 5, 0\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "X: y\r\n Transfer-Encoding: chunked\r\n",
            "X: y\nTransfer-Encoding: chunked\r\n",
        ):
            self.refused(start + headers + tail, 400)
        self.refused(start + "Transfer-Encoding: xchunked\r\n" + tail, 501)
        self.refused(start + "Transfer-Encoding: chunked\r\n\r\n5 \r\nabcde\r\n0\r\n\r\n", 400)
        self.refused(start + "Transfer-Encoding: chunked\r\n\r\n5\nabcde\n0\n\n", 400)
        self.refused("GET / HTTP/1.1\r\n\r\n", 400)

    def test_earlier_pipelined_requests_are_answered_first(self):
        c = self.client().send(GET + GET + "bad\r\n\r\n" + GET)
        self.assertEqual([c.response().status for _ in range(3)], [200, 200, 400])
        self.assertTrue(c.is_closed())

    def test_limits(self):
        self.refused("GET /" + "a" * 1000 + " HTTP/1.1\r\nHost: x\r\n\r\n", 414)
        self.refused("GET /" + "a" * 1000, 414)
        self.refused("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 4000 + "\r\n\r\n", 431)
        self.refused("GET / HTTP/1.1\r\nHost: x\r\n" + "a:\r\n" * 101 + "\r\n", 431)
        post = "POST /echo HTTP/1.1\r\nHost: x\r\n"
        self.refused(post + "Content-Length: 10001\r\n\r\n", 413)
        self.refused(post + "Content-Length: 10001\r\nExpect: 100-continue\r\n\r\n", 413)
        self.refused(post + "Transfer-Encoding: chunked\r\n\r\n2711\r\n", 413)
        self.refused(post + "Expect: other\r\n\r\n", 417)
        self.refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505)
        self.refused(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400)

    def test_refusal_is_readable_although_the_body_comes(self):
        for _ in range(5):
            c = self.client()
            c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
            c.send(b"x" * 2000000)
            self.assertEqual(c.response().status, 413)


class SlowClients(WireCase):
    options = {
        "head_timeout_ms": 300,
        "body_timeout_ms": 300,
        "idle_timeout_ms": 600,
        "write_timeout_ms": 800,
    }

    def test_idle_connection_is_closed(self):
        c = self.client()
        c.send(GET).response()
        begin = time.time()
        self.assertTrue(c.is_closed())
        self.assertGreater(time.time() - begin, 0.4)

    def test_slow_head(self):
        c = self.client()
        c.send("GET /hello HTTP/1.1\r\n")
        begin = time.time()
        try:
            while time.time() - begin < 5:
                c.send("X: y\r\n")
                time.sleep(0.1)
        except OSError:
            pass
        self.assertLess(time.time() - begin, 3)

    def test_slow_head_gets_408(self):
        c = self.client()
        r = c.send("GET /hello HTTP/1.1\r\nHo").response()
        self.assertEqual(r.status, 408)

    def test_slow_body_gets_408(self):
        c = self.client()
        c.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab")
        self.assertEqual(c.response().status, 408)

    def test_client_that_stops_reading_is_dropped(self):
        n = 30_000_000
        before = self.server.memory_kb()
        readers = [self.client(receive_buffer=4096) for _ in range(10)]
        for c in readers:
            c.send(f"GET /large?n={n} HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.25)
        held = self.server.memory_kb() - before
        self.assertLess(held, 60_000)  # 300 MB are on their way
        deadline = time.time() + 10
        left = set(readers)
        time.sleep(2.5)
        for c in list(left):
            try:
                while time.time() < deadline:
                    c.fill()
                    c.rest = b""
            except (EOFError, ConnectionResetError):
                left.discard(c)
        self.assertEqual(left, set())

    def test_slow_but_steady_reader_gets_all(self):
        c = self.client(receive_buffer=65536)
        n = 2_000_000
        c.send(f"GET /large?n={n}&memory=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        c.read_until(b"\r\n\r\n")
        got = c.rest
        while len(got) < n:
            got += c.s.recv(100_000)
            time.sleep(0.01)
        self.assertEqual(got, wire.pattern(n))

    def test_handler_may_take_longer_than_the_idle_time(self):
        c = self.client()
        r = c.send("GET /sleep?ms=900 HTTP/1.1\r\nHost: x\r\n\r\n").response()
        self.assertEqual(r.body, b"slept")
        self.assertEqual(c.send(GET).response().body, ROW)


class Deadlines(WireCase):
    options = {"request_timeout_ms": 100, "connections_max": 2}

    def test_handler_is_cut(self):
        r = self.client().send("GET /sleep?ms=5000 HTTP/1.1\r\nHost: x\r\n\r\n").response()
        self.assertEqual(r.status, 500)

    def test_connection_limit(self):
        clients = [self.client() for _ in range(12)]
        answered = 0
        for c in clients:
            try:
                answered += c.send(GET).response().status == 200
            except (EOFError, ConnectionError):
                pass
        self.assertTrue(1 <= answered <= 4, answered)  # 2 a loop


class Overload(unittest.TestCase):
    def test_out_of_descriptors(self):
        """Connections beyond the limit are shed; those that exist go on."""
        server = wire.Server("--loops", "1", descriptors=40)
        first = server.connect()
        first.send(GET).response()
        others = []
        for _ in range(60):
            c = server.connect()
            others.append(c)
            try:
                c.send(GET)
            except OSError:
                pass
        shed = sum(c.is_closed(timeout=0.02) for c in others)
        self.assertGreater(shed, 10)
        self.assertEqual(first.send(GET).response().body, ROW)
        for c in others:
            c.close()
        time.sleep(0.2)
        last = server.connect()
        self.assertEqual(last.send(GET).response().body, ROW)
        first.close()
        last.close()
        server.stop()

    def test_firehose_does_not_starve_others(self):
        server = wire.Server("--loops", "1")
        hose, other = server.connect(), server.connect()
        stop = threading.Event()

        def read_all():
            try:
                while hose.s.recv(1 << 20):
                    pass
            except OSError:
                pass

        def pour():
            try:
                while not stop.is_set():
                    hose.s.sendall(GET.encode() * 2000)
            except OSError:
                pass

        threads = [threading.Thread(target=f) for f in (read_all, pour)]
        for t in threads:
            t.start()
        worst = 0
        for _ in range(30):
            begin = time.time()
            self.assertEqual(other.send(GET).response().body, ROW)
            worst = max(worst, time.time() - begin)
        stop.set()
        hose.s.shutdown(socket.SHUT_RDWR)
        for t in threads:
            t.join()
        hose.close()
        other.close()
        server.stop()
        self.assertLess(worst, 1.0)

    def test_memory_of_all_requests_together_is_bounded(self):
        server = wire.Server("--loops", "1", input_memory_max=1_000_000)
        head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 400001\r\n\r\n"
        clients = [server.connect() for _ in range(4)]
        for c in clients:
            c.send(head).send(b"x" * 400000)
            time.sleep(0.1)
        refused = clients.pop()
        self.assertEqual(refused.response().status, 503)
        refused.close()
        clients.pop(0).close()
        time.sleep(0.1)
        late = server.connect()
        self.assertEqual(late.send(head).send(b"x" * 400001).response().status, 200)
        self.assertEqual(clients[0].send(b"x").response().status, 200)
        for c in (late, *clients):
            c.close()
        server.stop()

    def test_running_requests_are_bounded(self):
        server = wire.Server("--loops", "1", requests_max=2)
        clients = [server.connect() for _ in range(3)]
        for c in clients:
            c.send("GET /sleep?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.05)
        r = clients[2].response()
        self.assertEqual((r.status, r.headers["retry-after"]), (503, "1"))
        self.assertEqual([c.response().body for c in clients[:2]], [b"slept"] * 2)
        self.assertEqual(clients[2].send(GET).response().body, ROW)
        for c in clients:
            c.close()
        server.stop()

    def test_spool_files_together_are_bounded(self):
        server = wire.Server("--loops", "1", spool_max=20_000_000)
        ask = "GET /large?n=15000000 HTTP/1.1\r\nHost: x\r\n\r\n"
        slow, other = server.connect(receive_buffer=4096), server.connect()
        slow.send(ask)
        time.sleep(0.3)
        self.assertEqual(other.send(ask).response().status, 500)
        slow.close()
        time.sleep(0.3)
        for _ in range(3):
            self.assertEqual(other.send(ask).response().body, wire.pattern(15000000))
        other.close()
        server.stop()

    def test_memory_of_slow_readers_together_is_bounded(self):
        server = wire.Server("--loops", "1", output_memory_max=1_000_000)
        before = server.memory_kb()
        clients = [server.connect(receive_buffer=4096) for _ in range(60)]
        for c in clients:
            c.s.settimeout(30)
            c.send("GET /large?n=1000000&memory=1 HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
        time.sleep(1)
        self.assertLess(server.memory_kb() - before, 40_000)
        self.assertEqual(clients[-1].response().body, wire.pattern(1000000))
        for c in clients:
            c.close()
        server.stop()

    def test_every_drop_point(self):
        """A client that vanishes after any byte leaves nothing behind."""
        server = wire.Server("--loops", "1")
        request = "POST /sleep?ms=5 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
        for at in range(len(request) + 1):
            c = server.connect()
            c.send(request[:at])
            if at % 2:
                c.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            c.close()
        time.sleep(0.3)
        c = server.connect()
        text = c.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").response().body
        self.assertIn(b"bedplate_http_connections 1\n", text)
        self.assertIn(b"bedplate_http_requests_in_flight 1\n", text)
        c.close()
        server.stop()


class ResponseLimit(WireCase):
    options = {"response_max": 100_000}

    def test_too_large_a_response_says_so(self):
        c = self.client()
        r = c.send("GET /large?n=200000&memory=1 HTTP/1.1\r\nHost: x\r\n\r\n").response()
        self.assertEqual(r.status, 500)
        self.assertEqual(json.loads(r.body)["message"], "The response exceeds 100000 bytes")
        self.assertEqual(c.send(GET).response().body, ROW)


class Draining(WireCase):
    options = {"drain_timeout_ms": 700}

    def test_drain(self):
        idle, busy, stuck = self.client(), self.client(), self.client()
        idle.send(GET).response()
        busy.send("GET /sleep?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n")
        stuck.send("GET /sleep?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)
        begin = time.time()
        self.server.drain()
        self.assertTrue(idle.is_closed())
        r = busy.response()
        self.assertEqual((r.body, r.headers["connection"]), (b"slept", "close"))
        with self.assertRaises(ConnectionRefusedError):
            self.server.connect()
        self.assertTrue(stuck.is_closed())
        self.server.stop()
        self.assertTrue(0.5 < time.time() - begin < 5)

    def test_drain_without_clients_is_quick(self):
        begin = time.time()
        self.server.stop()
        self.assertLess(time.time() - begin, 2)


class Local(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "s.sock")

    def tearDown(self):
        self.folder.cleanup()

    def ask(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(5)
        s.connect(self.path)
        r = wire.Client(s).send("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n").response()
        s.close()
        return r.body

    def test_unix_socket(self):
        server = wire.Server("--unix", self.path)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
        self.assertIn(b"local=1", self.ask())
        server.stop()
        self.assertFalse(os.path.exists(self.path))

    def test_stale_socket_is_replaced_and_a_live_one_is_not(self):
        s = socket.socket(socket.AF_UNIX)
        s.bind(self.path)
        s.close()
        server = wire.Server("--unix", self.path)
        self.assertIn(b"local=1", self.ask())
        with self.assertRaisesRegex(RuntimeError, "Address already in use"):
            wire.Server("--unix", self.path)
        self.assertIn(b"local=1", self.ask())
        server.stop()

    def test_port_in_use_is_refused(self):
        server = wire.Server()
        with self.assertRaisesRegex(RuntimeError, "Address already in use"):
            wire.Server("--port", str(server.port))
        server.stop()

    def test_access_log(self):
        server = wire.Server("--log")
        c = server.connect()
        c.send("GET /echo?apikey=s3cret&x=1&Token=t0p&a%70ikey=s3cret HTTP/1.1\r\n"
               "Host: x\r\nX-Request-Id: r-1\r\n\r\n").response()
        c.send(b"GET /\xc3\x28\"\\ HTTP/1.1\r\nHost: x\r\n\r\n").response()
        c.send("bad\r\n\r\n").response()
        c.close()
        log = server.stop()
        self.assertNotIn("s3cret", log)
        self.assertNotIn("t0p", log)
        lines = [json.loads(line) for line in log.splitlines()]
        self.assertEqual(len(lines), 3)
        first = lines[0]
        self.assertEqual(first["path"], "/echo?apikey=***&x=1&Token=***&a%70ikey=***")
        self.assertEqual((first["id"], first["status"], first["method"]), ("r-1", 200, "GET"))
        self.assertEqual((first["peer"], first["role"]), ("127.0.0.1", "tester"))
        self.assertGreater(first["bytes"], 10)
        self.assertEqual(lines[1]["path"], '/%C3("\\')
        self.assertEqual(lines[2]["status"], 400)


if __name__ == "__main__":
    wire.run(__name__)
