"""Raw HTTP to /auth/v1 and the mailbox of `dev`, for tests."""
import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import time


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.text = status, headers, body.decode()
        try:
            self.json = json.loads(self.text) if self.text else None
        except ValueError:
            self.json = None

    @property
    def code(self):
        return (self.json or {}).get("error_code")

    @property
    def msg(self):
        return (self.json or {}).get("msg")


class Auth:
    def __init__(self, url, service_key=None, mail_url=None):
        self.url, self.service_key, self.mail_url = url, service_key, mail_url

    def call(self, method, path, body=None, token=None, headers=None, raw=None):
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        h = {"Content-Type": "application/json", **(headers or {})}
        if token:
            h["Authorization"] = "Bearer " + token
        rq = urllib.request.Request(self.url + "/auth/v1" + path, data=data, method=method, headers=h)
        try:
            with OPENER.open(rq, timeout=60) as r:
                return Answer(r.status, r.headers, r.read())
        except urllib.error.HTTPError as e:
            return Answer(e.code, e.headers, e.read())

    def post(self, path, body=None, token=None, **kw):
        return self.call("POST", path, {} if body is None else body, token, **kw)

    def get(self, path, token=None, **kw):
        return self.call("GET", path, None, token, **kw)

    def admin(self, method, path, body=None):
        return self.call(method, path, body, self.service_key)

    def sign_up(self, email, password="correct horse", **more):
        return self.post("/signup", {"email": email, "password": password, **more})

    def sign_in(self, email, password="correct horse"):
        return self.post("/token?grant_type=password", {"email": email, "password": password})

    def refresh(self, token):
        return self.post("/token?grant_type=refresh_token", {"refresh_token": token})

    def mails(self, to):
        query = urllib.parse.quote(f"to:{to}")
        with urllib.request.urlopen(f"{self.mail_url}/api/v1/search?query={query}", timeout=10) as r:
            return json.load(r)["messages"]

    def mail(self, to, count=1, wait=10):
        """The newest mail to the address, once there are `count`: its text and link."""
        end = time.monotonic() + wait
        while True:
            found = self.mails(to)
            if len(found) >= count:
                break
            if time.monotonic() > end:
                raise AssertionError(f"{len(found)} of {count} mails to {to}")
            time.sleep(0.05)
        with urllib.request.urlopen(f"{self.mail_url}/api/v1/message/{found[0]['ID']}", timeout=10) as r:
            m = json.load(r)
        text = m.get("HTML") or m.get("Text")
        link = re.search(r'href="([^"]+)"', text)
        code = re.search(r"\b(\d{6})\b", re.sub(r"<[^>]+>|https?://\S+", " ", text))
        m["link"] = link and link.group(1).replace("&amp;", "&")
        m["code"] = code and code.group(1)
        return m


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
