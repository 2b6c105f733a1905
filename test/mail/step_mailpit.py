#!/usr/bin/env python3
"""A real Mailpit beside ours: it takes the queue's mail, and both answer alike.

Needs the program `mailpit` on PATH or in BEDPLATE_TEST_MAILPIT.
"""
import argparse
import json
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from email.message import EmailMessage

FULL = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import free_port  # noqa: E402

VOLATILE = {"ID", "Created", "Date", "Size", "ReturnPath"}


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


def wait_for(port, count):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if get(port, "/api/v1/messages")["total"] >= count:
                return
        except OSError:
            pass
        time.sleep(0.1)


def messages():
    plain = EmailMessage()
    plain["From"], plain["To"], plain["Subject"] = "a@example.org", "Bob <bob@example.org>", "plain ä"
    plain["Message-ID"] = "<one@example.org>"
    plain.set_content("Hello Bob\n\nTwo lines\n")
    both = EmailMessage()
    both["From"], both["To"], both["Cc"] = '"A, B" <ab@example.org>', "x@example.org, Y <y@example.org>", "c@example.org"
    both["Subject"], both["Message-ID"] = "Grüße " * 12, "<two@example.org>"
    both.set_content("text part\n")
    both.add_alternative("<p>Your code: <b>123456</b> <a href='https://x.org/?a=1&amp;b=2'>go</a></p>", subtype="html")
    file = EmailMessage()
    file["From"], file["To"], file["Subject"], file["Message-ID"] = "f@example.org", "bob@example.org", "file", "<3@e.org>"
    file.set_content("see file")
    file.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    return [plain, both, file]


def comparable(value):
    if isinstance(value, dict):
        return {k: comparable(v) for k, v in value.items() if k not in VOLATILE and k != "Checksums"}
    if isinstance(value, list):
        return [comparable(v) for v in value]
    return value.replace("\r\n", "\n").rstrip() if isinstance(value, str) else value


def compare(t, ours, theirs):
    mine, real = get(ours, "/api/v1/messages"), get(theirs, "/api/v1/messages")
    t.equal("keys of the list", sorted(mine), sorted(real))
    t.equal("keys of a summary", sorted(mine["messages"][0]), sorted(real["messages"][0]))
    t.equal("the list", comparable(mine), comparable(real))
    for a, b in zip(mine["messages"], real["messages"]):
        whole, wanted = (get(p, f"/api/v1/message/{m['ID']}") for p, m in ((ours, a), (theirs, b)))
        t.equal(f"keys of {a['Subject'][:10]}", sorted(whole), sorted(wanted))
        for key in sorted(set(whole) & set(wanted) - VOLATILE - {"Attachments"}):
            t.equal(f"{key} of {a['Subject'][:10]}", comparable(whole[key]), comparable(wanted[key]))
    for query in ["to:bob@example.org", "subject:file", "123456", "-to:bob", '"two lines"', "from:ab@", "has:attachment",
                  "cc:c@example.org", "is:unread", "addressed:y@example.org"]:
        path = "/api/v1/search?query=" + urllib.parse.quote(query)
        t.equal(f"search {query}", [m["MessageID"] for m in get(ours, path)["messages"]],
                [m["MessageID"] for m in get(theirs, path)["messages"]])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    t = Counts()
    program = os.environ.get("BEDPLATE_TEST_MAILPIT") or shutil.which("mailpit")
    if not program:
        t.skip("mailpit", "no program mailpit")
        return t.done()
    page, smtp, ours, ours_smtp = (free_port() for _ in range(4))
    data = tempfile.mkdtemp(prefix="bedplate-mailpit-")
    real = subprocess.Popen([program, "--listen", f"127.0.0.1:{page}", "--smtp", f"127.0.0.1:{smtp}", "--database",
                             os.path.join(data, "db"), "--disable-version-check", "--smtp-disable-rdns"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(page, 0)
        env = {"SUPABASE_INBUCKET_PORT": str(ours), "SUPABASE_INBUCKET_SMTP_PORT": str(ours_smtp)}
        with Bedplate(args.build, "", env) as project:
            project.start("dev", "--no-watch")
            for port in (smtp, ours_smtp):
                with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
                    for m in messages():
                        client.send_message(m)
                        time.sleep(0.02)
            compare(t, ours, page)
        config = (f'[auth.email.smtp]\nhost = "127.0.0.1"\nport = {smtp}\nadmin_email = "noreply@example.org"\n'
                  "[bedplate]\nallow_demo_secrets = true\n")
        with Bedplate(args.build, config) as project:
            project.start("serve")
            project.cli("sql", "insert into bedplate.mail_queue (id, kind, sender, recipient, message) values (gen_random_uuid(),"
                        "'invite', 'noreply@example.org', 'q@example.org', 'From: noreply@example.org\r\nTo: q@example.org\r\n"
                        "Subject: queued\r\n\r\nbody\r\n')")
            wait_for(page, 4)
            latest = get(page, "/api/v1/message/latest")
            t.equal("Mailpit has the queue's mail", (latest["Subject"], latest["To"][0]["Address"]), ("queued", "q@example.org"))
    finally:
        real.terminate()
        real.wait()
        shutil.rmtree(data, ignore_errors=True)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
