#!/usr/bin/env python3
"""The mailbox's page in headless Chromium: it lists mail, and a mail that attacks
the page only shows."""
import argparse
import html
import json
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import urllib.request
from email.message import EmailMessage

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import free_port  # noqa: E402

FULL = True
ATTACK = ("<h1 id='seen'>hello</h1><script>document.body.dataset.ran='1'</script><img src='x' onerror=\"document.body.dataset.ran='2'\">"
          "<a href=\"javascript:document.body.dataset.ran='3'\">x</a>")


def dom(url):
    with tempfile.TemporaryDirectory(prefix="bedplate-browser-") as profile:
        return subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--dump-dom", url],
            capture_output=True, text=True, timeout=90).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    t = Counts()
    if not shutil.which("chromium"):
        t.skip("browser", "chromium is not installed (apt-get install chromium)")
        return t.done()
    page, smtp = free_port(), free_port()
    with Bedplate(args.build, "", {"SUPABASE_INBUCKET_PORT": str(page), "SUPABASE_INBUCKET_SMTP_PORT": str(smtp)}) as server:
        server.start("dev", "--no-watch")
        m = EmailMessage()
        m["From"], m["To"], m["Subject"] = "a@example.org", "b@example.org", "<img src=x onerror=alert(1)> subject"
        m.set_content(ATTACK, subtype="html")
        with smtplib.SMTP("127.0.0.1", smtp) as client:
            client.send_message(m)
        text = dom(f"http://127.0.0.1:{page}/")
        t.check("the mail is listed, its subject as text", html.escape("<img src=x onerror=alert(1)> subject", quote=False) in text, text[-1500:])
        t.check("unread mail is counted", "<title>(1) Mailbox</title>" in text, text[:400])
        found = json.load(urllib.request.urlopen(f"http://127.0.0.1:{page}/api/v1/messages"))["messages"][0]["ID"]
        text = dom(f"http://127.0.0.1:{page}/view/{found}.html")
        t.check("a mail is shown", 'id="seen"' in text or "id='seen'" in text, text[:600])
        t.check("and runs nothing", "data-ran" not in text, text[:600])
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
