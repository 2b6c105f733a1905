#!/usr/bin/env python3
"""Hooks over HTTP (signed, slow, large, refusing) and in SQL; captchas."""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import free_port, postgres  # noqa: E402

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
SECRET = f"v1,whsec_{KEY}"


class Hooks(http.server.ThreadingHTTPServer):
    """Answers /NAME with what answers[NAME] gives for the payload."""
    daemon_threads = True

    def __init__(self):
        self.answers, self.seen, self.bad = {}, [], []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def calls(self, name):
        return [body for n, body in self.seen if n == name]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.strip("/")
        if name == "captcha":
            form = dict(urllib.parse.parse_qsl(text.decode()))
            self.server.seen.append((name, form))
            return self.answer(200, {"success": form.get("response") == "human", "error-codes": ["bad-token"]})
        signed = f'{self.headers["webhook-id"]}.{self.headers["webhook-timestamp"]}.'.encode() + text
        want = "v1," + base64.b64encode(hmac.new(base64.b64decode(KEY), signed, hashlib.sha256).digest()).decode()
        if want not in self.headers["webhook-signature"].split(" ") or abs(int(self.headers["webhook-timestamp"]) - time.time()) > 60:
            self.server.bad.append(name)
        body = json.loads(text)
        self.server.seen.append((name, body))
        status, out, *more = self.server.answers.get(name, lambda b: (200, {}))(body)
        return self.answer(status, out, *more)

    def answer(self, status, out, kind="application/json"):
        data = out if isinstance(out, bytes) else json.dumps(out).encode()
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass


def call(server, method, path, body=None, token=None):
    headers = {"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {})}
    request = urllib.request.Request(server.url + "/auth/v1" + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read() or b"{}")


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def hook(name, uri):
    secret = "" if uri.startswith("pg-") else f'secrets = "{SECRET}"\n'
    return f'[auth.hook.{name}]\nenabled = true\nuri = "{uri}"\n{secret}'


def ports():
    return {"SUPABASE_INBUCKET_PORT": str(free_port()), "SUPABASE_INBUCKET_SMTP_PORT": str(free_port())}


def test_http(t, build):
    hooks = Hooks()
    names = ["custom_access_token", "before_user_created", "send_email", "password_verification_attempt", "mfa_verification_attempt"]
    config = "[auth.mfa.totp]\nenroll_enabled = true\nverify_enabled = true\n[auth.email]\nmax_frequency = \"0s\"\n" + "".join(hook(n, f"{hooks.url}/{n}") for n in names)
    with Bedplate(build, config, ports()) as server:
        server.start("dev", "--no-watch")
        hooks.answers["custom_access_token"] = lambda b: (200, {"claims": dict(b["claims"], tier="gold")})
        status, body = call(server, "POST", "/signup", {"email": "a@example.org", "password": "password1", "data": {"x": 1}})
        t.equal("sign-up", status, 200)
        t.equal("claims of the hook", claims(body["access_token"]).get("tier"), "gold")
        seen = hooks.calls("before_user_created")
        t.check("before-user-created sees the user", len(seen) == 1 and seen[0]["user"]["email"] == "a@example.org" and
                seen[0]["user"]["user_metadata"] == {"x": 1} and seen[0]["metadata"]["name"] == "before-user-created" and
                seen[0]["user"]["id"] == body["user"]["id"], seen)
        seen = hooks.calls("custom_access_token")[0]
        t.equal("custom-access-token sees", (seen["user_id"], seen["authentication_method"], seen["metadata"]["ip_address"]),
                (body["user"]["id"], "password", "127.0.0.1"))
        status, body = call(server, "POST", "/token?grant_type=refresh_token", {"refresh_token": body["refresh_token"]})
        t.equal("refreshing asks too", hooks.calls("custom_access_token")[-1]["authentication_method"], "token_refresh")
        hooks.answers["before_user_created"] = lambda b: (200, {"error": {"http_code": 403, "message": "Not from here"}})
        status, body = call(server, "POST", "/signup", {"email": "b@example.org", "password": "password1"})
        t.equal("a user is refused", (status, body["msg"]), (403, "Not from here"))
        t.equal("and not made", json.loads(server.cli("sql", "--json", "select count(*) n from auth.users where email like 'b@%'").stdout)[0]["n"], 0)
        hooks.answers["before_user_created"] = lambda b: (204, b"")
        status, body = call(server, "POST", "/signup", {"email": "c@example.org", "password": "password1"})
        t.equal("204 lets pass", status, 200)
        status, body = call(server, "POST", "/recover", {"email": "a@example.org"})
        mail = hooks.calls("send_email")
        t.check("mail goes to the hook", status == 200 and mail and mail[-1]["email_data"]["email_action_type"] == "recovery" and
                len(mail[-1]["email_data"]["token"]) == 6 and mail[-1]["user"]["email"] == "a@example.org", (status, mail))
        t.equal("and not to the queue", json.loads(server.cli("sql", "--json", "select count(*) n from bedplate.mail_queue").stdout)[0]["n"], 0)
        status, body = call(server, "POST", "/verify", {"type": "recovery", "token": mail[-1]["email_data"]["token"], "email": "a@example.org"})
        t.equal("its code works", status, 200)
        hooks.answers["password_verification_attempt"] = lambda b: (200, {"decision": "continue" if b["valid"] else "reject", "message": "Enough"})
        status, body = call(server, "POST", "/token?grant_type=password", {"email": "a@example.org", "password": "wrong-one"})
        t.equal("a wrong password", (status, body["msg"], hooks.calls("password_verification_attempt")[-1]["valid"]), (400, "Enough", False))
        status, body = call(server, "POST", "/token?grant_type=password", {"email": "a@example.org", "password": "password1"})
        t.equal("a right password", status, 200)

        token = body["access_token"]
        call(server, "PUT", "/user", {"email": "new@example.org"}, token)
        mail = hooks.calls("send_email")[-1]
        data = mail["email_data"]
        t.equal("an e-mail change is one call with both codes", (data["email_action_type"], mail["user"].get("new_email"), len(data["token"]), len(data["token_new"])),
                ("email_change", "new@example.org", 6, 6))
        status, _ = call(server, "POST", "/verify", {"type": "email_change", "token": data["token"], "email": "a@example.org"})
        t.equal("the code of the old address", status, 200)
        status, _ = call(server, "POST", "/verify", {"type": "email_change", "token_hash": data["token_hash"]})
        t.equal("token_hash is that of the new address", status, 200)
        status, factor = call(server, "POST", "/factors", {"factor_type": "totp", "friendly_name": "x"}, token)
        status, challenge = call(server, "POST", f"/factors/{factor['id']}/challenge", {}, token)
        hooks.answers["mfa_verification_attempt"] = lambda b: (200, {"decision": "reject", "message": "Locked"})
        status, body = call(server, "POST", f"/factors/{factor['id']}/verify", {"challenge_id": challenge["id"], "code": "000000"}, token)
        t.equal("a second factor is refused", (status, body.get("error_code"), body.get("msg")), (403, "mfa_verification_rejected", "Locked"))
        seen = hooks.calls("mfa_verification_attempt")[-1]
        t.equal("what the hook saw", (seen["factor_id"], seen["factor_type"], seen["valid"]), (factor["id"], "totp", False))
        t.equal("and the sessions end", call(server, "GET", "/user", None, token)[0], 403)
        call(server, "POST", "/signup", {"email": "d@example.org", "password": "password1"})

        def sign_in():
            return call(server, "POST", "/token?grant_type=password", {"email": "d@example.org", "password": "password1"})

        for name, answer, want in [
            ("no claims", (200, {}), (500, "unexpected_failure")),
            ("claims without sub", (200, {"claims": {"aud": "x"}}), (500, "unexpected_failure")),
            ("another content type", (200, b"{}", "text/plain"), (400, "hook_payload_invalid_content_type")),
            ("no content type", (200, b"{}", ""), (400, "hook_payload_invalid_content_type")),
            ("a large answer", (200, b"{" + b" " * 300000 + b"}"), (422, "hook_payload_over_size_limit")),
            ("no JSON", (200, b"<html>"), (500, "unexpected_failure")),
            ("status 500", (500, {}), (500, "unexpected_failure")),
            ("status 401", (401, {}), (500, "unexpected_failure")),
            ("a redirect", (302, {}), (500, "unexpected_failure")),
        ]:
            hooks.answers["custom_access_token"] = lambda b, answer=answer: answer
            status, body = sign_in()
            t.equal(name, (status, body.get("error_code")), want)
            t.check(f"{name}: no token", "access_token" not in body, body)
        hooks.answers["custom_access_token"] = lambda b: (time.sleep(7), (200, {}))[1]
        began = time.monotonic()
        status, body = sign_in()
        t.equal("a slow hook", (status, body.get("error_code")), (422, "hook_timeout"))
        t.check("is left after 5 seconds", 4.5 < time.monotonic() - began < 6.5, time.monotonic() - began)
        t.equal("every call was signed", hooks.bad, [])
        t.equal("ends cleanly", server.stop(), 0)
    hooks.shutdown()


SQL = """
create table public.vip (email text primary key);
insert into public.vip values ('vip@example.org');
create function public.token_hook(event jsonb) returns jsonb language sql stable as $$
  select jsonb_set(event, '{claims,tier}', '"silver"')
$$;
grant usage on schema public to supabase_auth_admin;
grant execute on function public.token_hook to supabase_auth_admin;
"""


def test_sql(t, engine, build, env):
    config = hook("custom_access_token", "pg-functions://postgres/public/token_hook")
    with Bedplate(build, config, dict(env, **ports())) as server:
        server.migration("20260101000000_hooks.sql", SQL)
        server.start("dev", "--no-watch")
        status, body = call(server, "POST", "/signup", {"email": "vip@example.org", "password": "password1"})
        t.equal(f"{engine}: sign-up with a hook in SQL", (status, claims(body["access_token"]).get("tier") if status == 200 else body), (200, "silver"))
    config = hook("custom_access_token", "pg-functions://postgres/public/missing")
    with Bedplate(build, config, dict(env, **ports())) as server:
        server.start("dev", "--no-watch")
        status, body = call(server, "POST", "/signup", {"email": "x@example.org", "password": "password1"})
        t.equal(f"{engine}: a hook that is not there", (status, body["msg"]), (500, "Error running hook URI: pg-functions://postgres/public/missing"))


def test_config(t, build):
    for name, config, want in [
        ("a secret", '[auth.hook.send_email]\nenabled = true\nuri = "https://x.org/h"\n', "without a secret"),
        ("a kind", '[auth.hook.send_email]\nenabled = true\nuri = "ftp://x"\n', "no known kind"),
        ("a name", '[auth.hook.send_mail]\nenabled = true\nuri = "pg-functions://postgres/public/f"\n', "no hook [auth.hook.send_mail]"),
        ("an injection", '[auth.hook.send_email]\nenabled = true\nuri = "pg-functions://postgres/public/f(1);drop"\n', "malformed"),
        ("a client id", '[auth.external.google]\nenabled = true\n', "without client_id"),
        ("a url", '[auth.external.keycloak]\nenabled = true\nclient_id = "x"\n', "without url"),
        ("a captcha", '[auth.captcha]\nenabled = true\nprovider = "hcaptcha"\n', "known provider and a secret"),
    ]:
        with Bedplate(build, config + "[bedplate]\nallow_demo_secrets = true\n", ports()) as server:
            try:
                server.start("serve", timeout=20)
                t.check(f"serve starts without {name}", False)
            except RuntimeError as e:
                t.check(f"serve refuses to start: {name}", want in str(e), e)


def test_captcha(t, build):
    hooks = Hooks()
    config = '[auth.captcha]\nenabled = true\nprovider = "turnstile"\nsecret = "sesame"\n'
    with Bedplate(build, config, dict(ports(), BEDPLATE_TEST_CAPTCHA_URL=hooks.url + "/captcha")) as server:
        server.start("dev", "--no-watch")
        user = {"email": "a@example.org", "password": "password1"}
        status, body = call(server, "POST", "/signup", user)
        t.equal("no token", (status, body["error_code"]), (400, "captcha_failed"))
        status, body = call(server, "POST", "/signup", {**user, "gotrue_meta_security": {"captcha_token": "robot"}})
        t.equal("a wrong token", (status, body["error_code"], "bad-token" in body["msg"]), (400, "captcha_failed", True))
        status, body = call(server, "POST", "/signup", {**user, "gotrue_meta_security": {"captcha_token": "human"}})
        t.equal("a right token", status, 200)
        t.equal("what was asked", hooks.calls("captcha")[-1], {"secret": "sesame", "response": "human", "remoteip": "127.0.0.1"})
        status, body = call(server, "POST", "/token?grant_type=refresh_token", {"refresh_token": body["refresh_token"]})
        t.equal("refreshing needs none", status, 200)
        status, body = call(server, "POST", "/token?grant_type=password", user)
        t.equal("a password needs one", status, 400)
    hooks.shutdown()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    t = Counts()
    test_http(t, args.build)
    test_config(t, args.build)
    test_captcha(t, args.build)
    test_sql(t, "sqlite", args.build, {})
    with postgres() as pg:
        test_sql(t, "postgres", args.build, {"BEDPLATE_DATABASE_URL": pg.url()})
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
