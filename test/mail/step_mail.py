#!/usr/bin/env python3
"""Mail: the queue with a real SMTP server behind it, and the mailbox of `dev`."""
import argparse
import base64
import email
import email.policy
import json
import os
import re
import signal
import smtplib
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import free_port, postgres  # noqa: E402


class SmtpSink(socketserver.ThreadingTCPServer):
    """An SMTP server of a few lines that keeps what it gets."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, port=0, refuse=None, host="127.0.0.1", tls=None):
        """tls: an SSL context; the server then offers STARTTLS, and AUTH after it."""
        self.messages, self.refuse, self.tls, self.logins, self.plain = [], refuse or {}, tls, [], []
        super().__init__((host, port), SinkHandler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that refuses the certificate

    def wait(self, count, seconds):
        end = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.05)
        return len(self.messages)


class SinkHandler(socketserver.StreamRequestHandler):
    is_tls = False

    def handle(self):
        self.say("220 sink")
        sender, to = None, []
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"MAIL"):
                sender, to = line.split(b"<")[1].split(b">")[0].decode(), []
                self.say("250 ok")
            elif verb.startswith(b"RCPT"):
                address = line.split(b"<")[1].split(b">")[0].decode()
                if address in self.server.refuse:
                    self.say(self.server.refuse[address])
                else:
                    to.append(address)
                    self.say("250 ok")
            elif verb == b"DATA":
                self.say("354 go")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part[1:] if part.startswith(b".") else part
                self.server.messages.append((sender, to, body))
                self.say("250 ok")
            elif verb == b"QUIT":
                return self.say("221 bye")
            elif verb.startswith(b"EHLO") and self.server.tls is not None:
                self.say("250-sink\r\n250 " + ("AUTH PLAIN" if self.is_tls or not self.server.tls else "STARTTLS"))
            elif verb == b"STARTTLS":
                self.say("220 go")
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile, self.is_tls = self.connection.makefile("rb"), self.connection.makefile("wb", 0), True
            elif verb.startswith(b"AUTH"):
                if verb == b"AUTH PLAIN":
                    self.say("334 ")
                    line = self.rfile.readline()
                (self.server.logins if self.is_tls else self.server.plain).append(line.split()[-1].decode())
                self.say("235 ok")
            else:
                self.say("250 ok")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


INSERT = ("insert into bedplate.mail_queue (id, kind, sender, recipient, message) values "
          "(gen_random_uuid(), 'confirmation', 'noreply@example.org', '%s', '%s')")
MESSAGE = "From: noreply@example.org\r\nTo: a@example.org\r\nSubject: hi\r\n\r\n.dot\r\nbody\r\n"


def queue(project, to="a@example.org", text=MESSAGE):
    project.cli("sql", INSERT % (to, text))


def rows(project, sql):
    return json.loads(project.cli("sql", "--json", sql).stdout)


def smtp_config(port):
    return ('[auth.email.smtp]\nhost = "127.0.0.1"\nport = %d\nadmin_email = "noreply@example.org"\n'
            'sender_name = "Test"\n[bedplate]\nallow_demo_secrets = true\n' % port)


def test_sends(t, name, build, env):
    sink = SmtpSink(refuse={"gone@example.org": "550 5.1.1 no such user"})
    with Bedplate(build, smtp_config(sink.port), env) as project:
        project.start("serve")
        queue(project)
        t.equal(f"{name}: a queued message is sent", sink.wait(1, 15), 1)
        if sink.messages:
            sender, to, body = sink.messages[0]
            t.equal(f"{name}: envelope", (sender, to), ("noreply@example.org", ["a@example.org"]))
            t.equal(f"{name}: bytes", body, MESSAGE.encode())
        queue(project, "gone@example.org")
        end = time.monotonic() + 15
        state = []
        while time.monotonic() < end:
            state = rows(project, "select state, message, last_error from bedplate.mail_queue")
            if state and state[0]["state"] == "failed":
                break
            time.sleep(0.2)
        t.check(f"{name}: a refused recipient fails for good", len(state) == 1 and state[0]["state"] == "failed"
                and state[0]["message"] is None and "550" in state[0]["last_error"], state)
        t.equal(f"{name}: it was not sent", len(sink.messages), 1)
        t.equal(f"{name}: ends cleanly", project.stop(), 0)
    sink.shutdown()


def certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
                    f"{folder}/key.pem", "-out", f"{folder}/cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    return context


def test_tls(t, build):
    """A password goes through STARTTLS on this machine; elsewhere only to a certificate that is trusted."""
    login = 'user = "me"\npass = "secret-of-smtp"\n'
    with tempfile.TemporaryDirectory() as folder:
        context = certificate(folder, "localhost")
        for name, host, tls in [("local STARTTLS", "127.0.0.1", context), ("another host without TLS", "127.0.0.2", False),
                                ("another host with a certificate of its own", "127.0.0.2", context)]:
            sink = SmtpSink(host=host, tls=tls)
            config = smtp_config(sink.port).replace('host = "127.0.0.1"\n', f'host = "{host}"\n{login}')
            with Bedplate(build, config) as project:
                project.start("serve")
                queue(project)
                if host == "127.0.0.1":
                    t.equal(f"{name}: sent", sink.wait(1, 15), 1)
                    t.equal(f"{name}: the password", [base64.b64decode(x) for x in sink.logins], [b"\0me\0secret-of-smtp"])
                else:
                    end, state = time.monotonic() + 15, [{}]
                    while time.monotonic() < end and not state[0].get("last_error"):
                        time.sleep(0.3)
                        state = rows(project, "select state, last_error from bedplate.mail_queue")
                    t.check(f"{name}: waits", state[0]["state"] == "waiting" and state[0]["last_error"], state)
                    t.equal(f"{name}: nothing was told", (sink.messages, sink.logins, sink.plain), ([], [], []))
                    t.check("no secret in the log", "secret-of-smtp" not in project.log() + json.dumps(state), project.log())
            sink.shutdown()


def test_reload(t, build):
    """A template of the project, read again when it changes; an error leaves the former one."""
    page = free_port()
    env = {"SUPABASE_INBUCKET_PORT": str(page), "SUPABASE_INBUCKET_SMTP_PORT": str(free_port())}
    config = ('[auth.email]\nenable_confirmations = true\nmax_frequency = "0s"\n[auth.email.template.confirmation]\n'
              'subject = "Hi {{ .Data.name }}"\ncontent_path = "./supabase/confirm.html"\n')
    with Bedplate(build, config, env) as project:
        path = os.path.join(project.dir, "supabase", "confirm.html")

        def mail(number, text):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            if number == 1:
                project.start("dev", "--no-watch")
            body = json.dumps({"email": f"u{number}@example.org", "password": "password1", "data": {"name": "A & <B>\r\nBcc: x@y.z"}})
            request = urllib.request.Request(project.url + "/auth/v1/signup", body.encode(), {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=20).read()
            end = time.monotonic() + 15
            while time.monotonic() < end:
                found = get_json(page, f"/api/v1/search?query=to:u{number}@example.org")["messages"]
                if found:
                    return get_json(page, "/api/v1/message/" + found[0]["ID"])
                time.sleep(0.1)
            return {"HTML": "", "Subject": "", "Bcc": None}

        first = mail(1, "<p>one {{ .Data.name }} {{ .Token }}</p>")
        t.check("the template is used", re.search(r"<p>one A &amp; &lt;B&gt;\s+Bcc: x@y.z \d{6}</p>", first["HTML"]), first["HTML"])
        t.equal("a subject is one line", (first["Subject"], first["Bcc"]), ("Hi A & <B>  Bcc: x@y.z", []))
        t.check("and read again", mail(2, "<p>two</p>")["HTML"].startswith("<p>two"))
        t.check("a broken one leaves the former", mail(3, "<p>{{ if }}")["HTML"].startswith("<p>two"))
        t.check("the operator is told", "confirm.html:1:" in project.log(), project.log())
        t.check("and a mended one is taken", mail(4, "<p>four</p>")["HTML"].startswith("<p>four"))


def test_survives(t, name, build, env):
    """Killed between the commit and the sending: nothing is lost, nothing sent twice."""
    port = free_port()
    with Bedplate(build, smtp_config(port), env) as project:
        project.start("serve")
        queue(project)
        project.process.send_signal(signal.SIGKILL)
        project.process.wait()
        sink = SmtpSink(port)
        project.start("serve")
        # An attempt may have been under way: its lease or pause ends first.
        project.cli("sql", "update bedplate.mail_queue set next_at = now()")
        t.equal(f"{name}: sent after the restart", sink.wait(1, 20), 1)
        time.sleep(6)
        t.equal(f"{name}: once", len(sink.messages), 1)
        t.equal(f"{name}: the queue is empty", rows(project, "select id from bedplate.mail_queue"), [])
        sink.shutdown()


def test_two_nodes(t, build, pg):
    """Two nodes on one PostgreSQL send each message once."""
    sink = SmtpSink()
    env = {"BEDPLATE_DATABASE_URL": pg.url()}
    with Bedplate(build, smtp_config(sink.port), env) as one, Bedplate(build, smtp_config(sink.port), env) as two:
        one.start("serve")
        two.start("serve")
        one.cli("sql", "insert into bedplate.mail_queue (id, kind, sender, recipient, message) select gen_random_uuid(), "
                "'invite', 'n@example.org', 'u' || i || '@example.org', 'Subject: x' || chr(13) || chr(10) || chr(13) || "
                "chr(10) || 'x' || chr(13) || chr(10) from generate_series(1, 60) i")
        sink.wait(60, 30)
        time.sleep(2)
        got = sorted(m[1][0] for m in sink.messages)
        t.equal("two nodes: every message once", got, sorted(f"u{i}@example.org" for i in range(1, 61)))
    sink.shutdown()


def test_closed(t, name, build, env):
    with Bedplate(build, "[bedplate]\nallow_demo_secrets = true\n", env) as project:
        project.start("serve")
        key = project.cli("status", "-o", "env").stdout.split('SECRET_KEY="')[1].split('"')[0]
        request = urllib.request.Request(project.url + "/rest/v1/mail_queue", headers={
            "apikey": key, "Accept-Profile": "bedplate"})
        try:
            urllib.request.urlopen(request)
            t.check(f"{name}: the queue is not exposed", False)
        except urllib.error.HTTPError as e:
            t.equal(f"{name}: the queue is not exposed", e.code, 406)


def get(port, path, method="GET", body=None, headers=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, headers=headers or {},
                                     data=json.dumps(body).encode() if body is not None else None)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read(), answer.headers


def get_json(port, path, *args):
    return json.loads(get(port, path, *args)[0])


def message(to, subject, html="<p>Hi</p>"):
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = "App <app@example.org>", to, subject
    m.set_content("plain\n.\n..two\n")
    m.add_alternative(html, subtype="html")
    m.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="a.bin")
    return m


def test_mailbox(t, build):
    page, smtp = free_port(), free_port()
    env = {"SUPABASE_INBUCKET_PORT": str(page), "SUPABASE_INBUCKET_SMTP_PORT": str(smtp)}
    with Bedplate(build, "", env) as project:
        project.start("dev", "--no-watch")
        t.check("dev prints its URL", f"http://127.0.0.1:{page}" in project.log(), project.log())
        t.check("status too", f'MAILPIT_URL="http://127.0.0.1:{page}"' in project.cli("status", "-o", "env").stdout)
        with smtplib.SMTP("127.0.0.1", smtp, timeout=10) as client:
            client.send_message(message("Ada <ada@example.org>", "Grüße 👋"), to_addrs=["ada@example.org", "hid@x.org"])
            client.send_message(message("bob@example.org", "second", "<script>alert(1)</script>"))
        found = get_json(page, "/api/v1/messages")
        t.equal("two messages", (found["total"], found["unread"], found["messages_count"]), (2, 2, 2))
        t.equal("newest first", [m["Subject"] for m in found["messages"]], ["second", "Grüße 👋"])
        first = found["messages"][1]
        t.equal("addresses", (first["From"], first["To"], first["Bcc"]),
                ({"Name": "App", "Address": "app@example.org"}, [{"Name": "Ada", "Address": "ada@example.org"}],
                 [{"Name": "", "Address": "hid@x.org"}]))
        t.equal("snippet and files", (first["Snippet"], first["Attachments"]), ("Hi", 1))
        whole = get_json(page, f"/api/v1/message/{first['ID']}")
        t.equal("text keeps its dots", whole["Text"].replace("\r\n", "\n"), "plain\n.\n..two\n")
        t.equal("html", whole["HTML"].strip(), "<p>Hi</p>")
        t.equal("attachment", (whole["Attachments"][0]["FileName"],
                               get(page, f"/api/v1/message/{first['ID']}/part/{whole['Attachments'][0]['PartID']}")[0]),
                ("a.bin", b"\x00\x01"))
        t.equal("latest", get_json(page, "/api/v1/message/latest")["Subject"], "second")
        t.equal("both are read", get_json(page, "/api/v1/messages")["unread"], 0)
        raw = email.message_from_bytes(get(page, f"/api/v1/message/{first['ID']}/raw")[0], policy=email.policy.default)
        t.equal("raw", raw["Subject"], "Grüße 👋")
        t.equal("headers", get_json(page, f"/api/v1/message/{first['ID']}/headers")["To"], ["Ada <ada@example.org>"])
        for query, count in [("to:ada@example.org", 1), ("subject:second", 1), ("-subject:second", 1), ("to:nobody", 0),
                             ('"plain"', 2), ("is:unread", 0), ("from:app@ has:attachment", 2)]:
            answer = get_json(page, "/api/v1/search?query=" + urllib.parse.quote(query))
            t.equal(f"search {query}", answer["messages_count"], count)
        t.equal("limit and start", [m["Subject"] for m in get_json(page, "/api/v1/messages?start=1&limit=1")["messages"]],
                ["Grüße 👋"])
        t.equal("info", get_json(page, "/api/v1/info")["Messages"], 2)
        view, headers = get(page, f"/view/{found['messages'][0]['ID']}.html")
        t.check("a message's HTML is sandboxed", "sandbox" in headers["Content-Security-Policy"]
                and "allow-scripts" not in headers["Content-Security-Policy"], headers)
        body, headers = get(page, "/")
        t.check("the page has a policy", b"<title>Mailbox" in body and "default-src 'none'" in headers["Content-Security-Policy"])
        for what, extra in [("another site's page", {"Origin": "https://evil.example"}), ("a rebound name", {"Host": "evil.example"})]:
            try:
                get(page, "/api/v1/messages", headers=extra)
                t.check(f"{what} is refused", False)
            except urllib.error.HTTPError as e:
                t.equal(f"{what} is refused", e.code, 403)
        get(page, "/api/v1/messages", "DELETE", {"IDs": [first["ID"]]})
        t.equal("one deleted", get_json(page, "/api/v1/messages")["total"], 1)
        get(page, "/api/v1/messages", "DELETE")
        t.equal("all deleted", get_json(page, "/api/v1/messages")["total"], 0)
        test_mailbox_limits(t, page, smtp)
        queue(project)
        end = time.monotonic() + 10
        while time.monotonic() < end and not get_json(page, "/api/v1/messages")["total"]:
            time.sleep(0.1)
        t.equal("the project's mail arrives in the mailbox", get_json(page, "/api/v1/messages")["total"], 1)
        t.equal("ends cleanly", project.stop(), 0)


def test_mailbox_limits(t, page, smtp):
    with smtplib.SMTP("127.0.0.1", smtp, timeout=20) as client:
        for i in range(510):
            client.sendmail("a@x.org", ["b@x.org"], f"Subject: {i}\r\n\r\nx\r\n")
        found = get_json(page, "/api/v1/messages?limit=1000")
        t.equal("only the newest 500 are kept", (found["total"], found["messages"][-1]["Subject"]), (500, "10"))
        get(page, "/api/v1/messages", "DELETE")
        try:
            client.sendmail("a@x.org", ["b@x.org"], b"Subject: big\r\n\r\n" + b"x" * 70 * 1000 * 160)
            t.check("a message over 10 MiB is refused", False)
        except (smtplib.SMTPException, OSError):
            t.check("a message over 10 MiB is refused", True)
    with socket.create_connection(("127.0.0.1", smtp), 5) as raw:
        raw.recv(100)
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\n")
        raw.settimeout(5)
        data = b""
        try:
            while part := raw.recv(1000):
                data += part
        except ConnectionResetError:
            pass
        t.check("HTTP to the SMTP port gets nowhere", b"250" not in data, data)
    t.equal("the mailbox still answers", get_json(page, "/api/v1/messages")["total"], 0)


def test_templates(t, build):
    with Bedplate(build, '[auth.email.template.invite]\nsubject = "Hi {{ .Email"\n') as project:
        done = project.cli("check", check=False)
        t.check("check names the subject's line", done.returncode != 0 and "config.toml:2: an action does not end" in
                done.stdout + done.stderr, done.stdout + done.stderr)
    with Bedplate(build, '[auth.email.template.invite]\ncontent_path = "./supabase/t.html"\n') as project:
        with open(os.path.join(project.dir, "supabase", "t.html"), "w", encoding="utf-8") as f:
            f.write("<p>\n{{ if .Email }}\n")
        done = project.cli("check", check=False)
        t.check("check names the file's line", done.returncode != 0 and "t.html:2: a block has no {{ end }}" in
                done.stdout + done.stderr, done.stdout + done.stderr)
        try:
            project.start("serve", timeout=10)
            t.check("serve refuses it", False)
        except RuntimeError as e:
            t.check("serve refuses it", "t.html:2" in str(e) or "demo" in str(e) or "everybody" in str(e), e)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    t = Counts()
    test_mailbox(t, args.build)
    test_templates(t, args.build)
    test_reload(t, args.build)
    test_tls(t, args.build)
    test_sends(t, "sqlite", args.build, {})
    test_survives(t, "sqlite", args.build, {})
    test_closed(t, "sqlite", args.build, {})
    with postgres() as pg:
        env = {"BEDPLATE_DATABASE_URL": pg.url()}
        test_sends(t, "postgres", args.build, env)
        test_two_nodes(t, args.build, pg)
        test_closed(t, "postgres", args.build, env)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
