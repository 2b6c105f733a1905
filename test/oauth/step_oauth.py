#!/usr/bin/env python3
"""Sign-in at a real identity provider (npm oidc-provider), on both engines:
the whole flow over HTTP, its attacks, id tokens, hooks and captchas."""
import argparse
import base64
import hashlib
import hmac
import http.cookiejar
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import ROOT, Bedplate, Counts  # noqa: E402
from postgres import free_port, postgres  # noqa: E402

LIMIT = 400
ACCOUNTS = {
    "ada": {"email": "ada@example.org", "email_verified": True, "name": "Ada L", "preferred_username": "ada", "role": "authenticated"},
    "eve": {"email": "victim@example.org", "email_verified": False, "name": "Eve"},
    "fresh": {"email": "fresh@example.org", "email_verified": False, "name": "Fresh"},
    "nomail": {"name": "Nobody"},
    "owner": {"email": "owner@example.org", "email_verified": True, "name": "Owner"},
    "extra": {"email": "extra@example.org", "email_verified": True, "name": "Extra"},
}


def install():
    folder = os.path.join(ROOT, "build", "oidc-provider")
    os.makedirs(folder, exist_ok=True)
    for name in ("package.json", "idp.mjs"):
        with open(os.path.join(HERE, "idp", name), "rb") as f, open(os.path.join(folder, name), "wb") as g:
            g.write(f.read())
    if not os.path.isdir(os.path.join(folder, "node_modules", "oidc-provider")):
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            return None
    return folder


class Idp:
    def __init__(self, folder, callbacks, **env):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(["node", os.path.join(folder, "idp.mjs")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=dict(os.environ, PORT=str(self.port), ACCOUNTS=json.dumps(ACCOUNTS), REDIRECTS=json.dumps(callbacks), **env))
        assert self.process.stdout.readline().strip() == "ready"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Follows redirects by itself, keeps cookies, fills in the provider's forms."""

    def __init__(self):
        self.opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, data=None, headers=None, method=None):
        request = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
        try:
            answer = self.opener.open(request, timeout=15)
        except urllib.error.HTTPError as e:
            answer = e
        return answer.status, answer.headers, answer.read().decode()

    def login(self, url, who, stop):
        """From an authorization URL to the first address that starts with `stop`."""
        data = None
        for _ in range(20):
            if url.startswith(stop):
                return url
            status, headers, body = self.open(url, data)
            data = None
            if status in (301, 302, 303):
                url = urllib.parse.urljoin(url, headers["Location"])
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', body)
            if not form:
                raise RuntimeError(f"{status} at {url}: {body[:500]}")
            url = urllib.parse.urljoin(url, form.group(1))
            fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body))
            if 'name="login"' in body:
                fields.update(login=who, password="x")
            data = urllib.parse.urlencode(fields).encode()
        raise RuntimeError("too many steps")


def call(server, method, path, body=None, token=None, headers=None):
    headers = dict(headers or {}, **{"Content-Type": "application/json"})
    if token:
        headers["Authorization"] = "Bearer " + token
    status, head, text = Browser().open(server.url + "/auth/v1" + path, json.dumps(body).encode() if body is not None else None, headers, method)
    try:
        return status, json.loads(text), head
    except ValueError:
        return status, text, head


def params(url):
    parts = urllib.parse.urlsplit(url)
    return dict(urllib.parse.parse_qsl(parts.query)), dict(urllib.parse.parse_qsl(parts.fragment))


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sql(server, text):
    return json.loads(server.cli("sql", "--json", text).stdout or "[]")


SITE = "http://localhost:3000"


def start(server, provider="corp", **more):
    query = urllib.parse.urlencode(dict(provider=provider, redirect_to=SITE + "/done", **more))
    return call(server, "GET", "/authorize?" + query)


def sign_in(server, who, provider="corp", **more):
    status, body, head = start(server, provider, **more)
    if status != 302:
        raise RuntimeError(f"authorize: {status} {body}")
    return Browser().login(head["Location"], who, SITE)


def test_flow(t, server):
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url = sign_in(server, "ada", code_challenge=challenge, code_challenge_method="s256")
    query, fragment = params(url)
    t.check("pkce: a code and nothing else", url.startswith(SITE + "/done?code=") and not fragment, url)
    status, body, _ = call(server, "POST", "/token?grant_type=pkce", {"auth_code": query["code"], "code_verifier": "w" * 50})
    t.check("pkce: another verifier is refused", status in (400, 403), (status, body))
    status, body, _ = call(server, "POST", "/token?grant_type=pkce", {"auth_code": query["code"], "code_verifier": verifier})
    if not t.equal("pkce: the code is exchanged", status, 200):
        print(body)
        return
    user = body["user"]
    t.equal("user", (user["email"], user["app_metadata"]["provider"], user["app_metadata"]["providers"], user["user_metadata"]["name"]),
            ("ada@example.org", "corp", ["corp"], "Ada L"))
    t.equal("identity", [(i["provider"], i["id"], i["identity_data"]["email_verified"]) for i in user["identities"]], [("corp", "ada", True)])
    t.check("tokens of the provider", body.get("provider_token") and body.get("provider_refresh_token"), sorted(body))
    t.equal("amr", claims(body["access_token"])["amr"][0]["method"], "oauth")
    status, body, _ = call(server, "POST", "/token?grant_type=pkce", {"auth_code": query["code"], "code_verifier": verifier})
    t.check("pkce: a code works once", status in (400, 403, 404), (status, body))
    query, fragment = params(sign_in(server, "ada"))
    t.check("implicit: a session in the fragment", fragment.get("access_token") and fragment.get("provider_token"), fragment)
    t.equal("the same account", claims(fragment["access_token"])["sub"], user["id"])
    t.equal("one user", sql(server, "select count(*) n from auth.users where email = 'ada@example.org'")[0]["n"], 1)
    t.equal("no state is left", sql(server, "select count(*) n from auth.oauth_client_states")[0]["n"], 0)


def test_attacks(t, server, idp):
    status, body, _ = call(server, "GET", "/authorize?provider=nothere")
    t.equal("an unknown provider", (status, body.get("error_code")), (400, "validation_failed"))
    for url in ("https://evil.example/x", "//evil.example", SITE + "@evil.example/", "javascript:alert(1)", "http://localhost:3000.evil.example/"):
        _, _, head = call(server, "GET", "/authorize?" + urllib.parse.urlencode({"provider": "corp", "redirect_to": url}),
                          headers={"X-Forwarded-Host": "evil.example", "Referer": "https://evil.example/"})
        place = urllib.parse.urlsplit(head["Location"])
        state = dict(urllib.parse.parse_qsl(place.query))["state"]
        t.equal(f"not to {url}", sql(server, f"select referrer from auth.flow_state where id = '{state}'")[0]["referrer"].rstrip("/"), SITE)
        t.check("to the provider only", head["Location"].startswith(idp.url + "/"), head["Location"])
    _, _, head = start(server, redirect_uri="https://evil.example", client_id="other", state="mine", scope="x", Client_ID="z", prompt="login")
    query, _ = params(head["Location"])
    t.equal("the service's own parameters stay", (query["client_id"], query["redirect_uri"], len(query["state"]), "Client_ID" in query, query.get("prompt")),
            ("app", server.url + "/auth/v1/callback", 36, False, "login"))
    for state, code in (("", "bad_oauth_callback"), ("x", "bad_oauth_state"), ("00000000-0000-4000-8000-000000000000", "bad_oauth_state")):
        status, _, head = call(server, "GET", f"/callback?code=abc&state={state}")
        query, fragment = params(head["Location"])
        t.equal(f"state {state!r}", (status, head["Location"].startswith(SITE), query["error_code"], "sb" in head["Location"]), (302, True, code, True))
    _, _, head = start(server)
    state = params(head["Location"])[0]["state"]
    _, _, head = call(server, "GET", f"/callback?state={state}&error=access_denied&error_description=no+%0d%0aX:1")
    t.check("the provider's error is passed on", params(head["Location"])[0]["error"] == "access_denied" and "X" not in head, head["Location"])
    _, _, head = call(server, "GET", f"/callback?state={state}&code=forged")
    t.check("a forged code", params(head["Location"])[0].get("error") == "server_error" and "forged" not in head["Location"], head["Location"])
    # A callback that is played twice: the state and the verifier are gone.
    _, _, head = start(server)
    back = Browser().login(head["Location"], "ada", server.url)
    first, second = Browser().open(back), Browser().open(back)
    t.check("a callback works once", "access_token" in first[1]["Location"] and "access_token" not in second[1]["Location"], second[1]["Location"])
    _, _, head = start(server)
    state = params(head["Location"])[0]["state"]
    server.cli("sql", f"update auth.flow_state set created_at = now() - interval '10 minutes' where id = '{state}'")
    _, _, head = call(server, "GET", f"/callback?state={state}&code=x")
    t.equal("a state ends", params(head["Location"])[0]["error_code"], "bad_oauth_state")


def test_linking(t, server):
    # Somebody signed up with the owner's address and a password, and never confirmed it.
    status, body, _ = call(server, "POST", "/signup", {"email": "owner@example.org", "password": "attackers-password"})
    t.equal("an unconfirmed account", (status, body.get("email_confirmed_at")), (200, None))
    _, fragment = params(sign_in(server, "owner"))
    uid = claims(fragment["access_token"])["sub"]
    row = sql(server, f"select encrypted_password p, email_confirmed_at is not null c from auth.users where id = '{uid}'")[0]
    t.equal("the owner gets the account, without the other's password", (row["p"], row["c"]), ("", True))
    t.equal("and without the other's identity", [r["provider"] for r in sql(server, f"select provider from auth.identities where user_id = '{uid}'")], ["corp"])
    status, body, _ = call(server, "POST", "/token?grant_type=password", {"email": "owner@example.org", "password": "attackers-password"})
    t.equal("the password is gone", status, 400)
    # A confirmed account is not given to an unverified address.
    server.cli("sql", "insert into auth.users (id, aud, role, email, email_confirmed_at, encrypted_password, raw_app_meta_data, raw_user_meta_data, created_at, "
               "updated_at) values ('33333333-3333-4333-8333-333333333333', 'authenticated', 'authenticated', 'victim@example.org', now(), '', '{}', '{}', now(), now())")
    url = sign_in(server, "eve")
    got = sql(server, "select user_id from auth.identities where provider_id = 'eve'")
    t.check("an unverified address does not link", "access_token" not in url and all(r["user_id"] != "33333333-3333-4333-8333-333333333333" for r in got), (url, got))
    # An unverified address of nobody's: a mail goes there, and nobody is in before it is answered.
    url = sign_in(server, "fresh")
    t.check("an unverified address must be confirmed", "provider_email_needs_verification" in url and "access_token" not in url, url)
    status, body, _ = call(server, "GET", "/user", token=None)
    mail = server.mail("fresh@example.org")
    code = re.search(r"\b(\d{6})\b", mail["Text"]).group(1) if mail else ""
    status, body, _ = call(server, "POST", "/verify", {"type": "signup", "token": code, "email": "fresh@example.org"})
    t.equal("the code confirms it", (status, body.get("user", {}).get("email")), (200, "fresh@example.org"))
    _, fragment = params(sign_in(server, "fresh"))
    t.check("then the provider signs in", "access_token" in fragment, fragment)
    url = sign_in(server, "nomail")
    t.check("no address", "Error+getting+user+email" in url or "Error%20getting%20user%20email" in url, url)
    # A further identity for a user who is signed in, and its end.
    _, fragment = params(sign_in(server, "ada"))
    token = fragment["access_token"]
    status, body, _ = call(server, "GET", "/user/identities/authorize?" + urllib.parse.urlencode(
        {"provider": "corp", "skip_http_redirect": "true", "redirect_to": SITE + "/done"}), token=token)
    t.equal("linking gives a URL", status, 200)
    url = Browser().login(body["url"], "extra", SITE)
    status, user, _ = call(server, "GET", "/user", token=token)
    t.equal("linked", sorted({i["id"] for i in user["identities"]}), ["ada", "extra"])
    t.equal("each provider once", sorted(user["app_metadata"]["providers"]), ["corp", "keycloak"])
    extra = [i["identity_id"] for i in user["identities"] if i["id"] == "extra"][0]
    status, body, _ = call(server, "DELETE", f"/user/identities/{extra}", token=token)
    t.equal("unlinked", status, 200)
    status, user, _ = call(server, "GET", "/user", token=token)
    for identity in user["identities"][1:]:
        call(server, "DELETE", f"/user/identities/{identity['identity_id']}", token=token)
    last = user["identities"][0]["identity_id"]
    status, body, _ = call(server, "DELETE", f"/user/identities/{last}", token=token)
    t.equal("the last identity stays", (status, body.get("error_code")), (422, "single_identity_not_deletable"))
    status, body, _ = call(server, "GET", "/user/identities/authorize?" + urllib.parse.urlencode(
        {"provider": "corp", "skip_http_redirect": "true", "redirect_to": SITE + "/done"}), token=token)
    url = Browser().login(body["url"], "owner", SITE)
    t.check("another's identity is not linked", "identity_already_exists" in url, url)


def id_token(idp, server, client="app", secret="s3cret/+ &", nonce=None):
    """A real id token: the flow of a native app that talks to the provider itself."""
    verifier = "n" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {"client_id": client, "redirect_uri": server.url + "/auth/v1/callback", "response_type": "code", "scope": "openid email profile",
             "state": "s", "code_challenge": challenge, "code_challenge_method": "S256"}
    if nonce:
        query["nonce"] = nonce
    back = Browser().login(idp.url + "/auth?" + urllib.parse.urlencode(query), "ada", server.url)
    form = {"grant_type": "authorization_code", "code": params(back)[0]["code"], "redirect_uri": query["redirect_uri"], "code_verifier": verifier}
    basic = base64.b64encode(f"{urllib.parse.quote_plus(client)}:{urllib.parse.quote_plus(secret)}".encode()).decode()
    _, _, body = Browser().open(idp.url + "/token", urllib.parse.urlencode(form).encode(), {"Authorization": "Basic " + basic})
    return json.loads(body)


def test_id_tokens(t, server, idp, build, folder):
    raw = "a-nonce-of-the-app"
    good = id_token(idp, server, nonce=hashlib.sha256(raw.encode()).hexdigest())
    body = {"provider": "corp", "id_token": good["id_token"], "access_token": good["access_token"], "nonce": raw}
    status, answer, _ = call(server, "POST", "/token?grant_type=id_token", body)
    if not t.equal("an id token signs in", status, 200):
        print(answer)
    else:
        t.equal("as the same user", answer["user"]["email"], "ada@example.org")

    def refused(name, **change):
        status, answer, _ = call(server, "POST", "/token?grant_type=id_token", {**body, **change})
        t.check(f"refused: {name}", status in (400, 403, 422) and "access_token" not in answer, (status, answer))

    refused("another nonce", nonce="other")
    refused("no nonce", nonce="")
    head, payload, signature = good["id_token"].split(".")
    forged = base64.urlsafe_b64encode(json.dumps(dict(claims(good["id_token"]), sub="owner")).encode()).rstrip(b"=").decode()
    refused("a changed payload", id_token=f"{head}.{forged}.{signature}")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    refused("alg none", id_token=f"{none}.{payload}.")
    refused("garbage", id_token="a.b.c")
    refused("another audience", id_token=id_token(idp, server, "other", "other")["id_token"], nonce="", access_token="")
    refused("an issuer that is not configured", provider="", issuer="https://evil.example", client_id="app")
    refused("a provider that gives none", provider="github")
    # The same token made by another provider: the issuer and its keys are pinned.
    with Idp(folder, [server.url + "/auth/v1/callback"]) as evil:
        stranger = id_token(evil, server)
        refused("another issuer", id_token=stranger["id_token"], access_token=stranger["access_token"], nonce="")
        refused("another issuer, named", id_token=stranger["id_token"], access_token="", nonce="", issuer=evil.url)
    with Idp(folder, [server.url + "/auth/v1/callback"], ISSUER=idp.url) as evil:
        stranger = id_token(evil, server)
        refused("another provider under our issuer's name", id_token=stranger["id_token"], access_token=stranger["access_token"], nonce="")


def test_third_party(t, server, idp):
    """The data API takes tokens of the configured issuer, and of no other."""
    token = id_token(idp, server)["id_token"]
    end = time.monotonic() + 10
    while True:
        status, _, body = Browser().open(server.url + "/rest/v1/rpc/nothere", b"{}", {"Authorization": "Bearer " + token, "Content-Type": "application/json"}, "POST")
        if status != 401 or time.monotonic() > end:
            break
        time.sleep(0.2)
    t.equal("a third party's token", (status, json.loads(body)["code"]), (404, "PGRST202"))
    head, payload, signature = token.split(".")
    forged = base64.urlsafe_b64encode(json.dumps(dict(claims(token), role="service_role")).encode()).rstrip(b"=").decode()
    for name, bad in [("a changed payload", f"{head}.{forged}.{signature}"),
                      ("another issuer", f"{head}." + base64.urlsafe_b64encode(json.dumps(dict(claims(token), iss="https://x")).encode()).rstrip(b"=").decode() + f".{signature}")]:
        status, _, body = Browser().open(server.url + "/rest/v1/", headers={"Authorization": "Bearer " + bad})
        t.equal(f"third party: {name}", status, 401)


def config(corp, keycloak, hook=""):
    return f'''[auth]
site_url = "{SITE}"
enable_manual_linking = true
[auth.email]
enable_confirmations = true
[auth.external.corp]
enabled = true
client_id = "app"
secret = "s3cret/+ &"
url = "{corp.url}"
[auth.external.keycloak]
enabled = true
client_id = "app"
secret = "s3cret/+ &"
url = "{keycloak.url}"
[auth.third_party.workos]
enabled = true
issuer_url = "{corp.url}"
[auth.external.github]
enabled = true
client_id = "gh"
secret = "gh"
{hook}'''


def run_engine(t, args, engine, env, folder):
    env = dict(env, SUPABASE_INBUCKET_PORT=str(free_port()), SUPABASE_INBUCKET_SMTP_PORT=str(free_port()))
    with Bedplate(args.build, "", env) as server:
        callbacks = [server.url + "/auth/v1/callback"]
        with Idp(folder, callbacks) as corp, Idp(folder, callbacks, KEYCLOAK="1", AUTH_METHOD="client_secret_post") as keycloak:
            with open(os.path.join(server.dir, "supabase", "config.toml"), "w", encoding="utf-8") as f:
                f.write(config(corp, keycloak))
            server.start("dev", "--no-watch")
            mailbox = f"http://127.0.0.1:{env['SUPABASE_INBUCKET_PORT']}/api/v1/"

            def mail(address):
                end = time.monotonic() + 15
                while time.monotonic() < end:
                    found = json.loads(Browser().open(mailbox + "search?query=to:" + address)[2])["messages"]
                    if found:
                        return json.loads(Browser().open(mailbox + "message/" + found[0]["ID"])[2])
                    time.sleep(0.1)
                return None

            server.mail = mail
            status, body, _ = call(server, "GET", "/settings")
            t.equal(f"{engine}: settings", (body["external"]["keycloak"], body["external"]["github"], body["external"]["google"]), (True, True, False))
            test_flow(t, server)
            _, fragment = params(sign_in(server, "ada", "keycloak", scopes="openid"))
            t.equal(f"{engine}: a second provider links by the verified address",
                    sorted(claims(fragment.get("access_token", "..."))["app_metadata"]["providers"]) if "access_token" in fragment else fragment, ["corp", "keycloak"])
            test_attacks(t, server, corp)
            test_linking(t, server)
            test_id_tokens(t, server, corp, args.build, folder)
            test_third_party(t, server, corp)
            if t.failed:
                print(server.log())
            t.equal(f"{engine}: ends cleanly", server.stop(), 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    t = Counts()
    folder = install()
    if not folder:
        t.skip("oidc-provider", "npm could not install it")
        return t.done()
    run_engine(t, args, "sqlite", {}, folder)
    with postgres() as pg:
        run_engine(t, args, "postgres", {"BEDPLATE_DATABASE_URL": pg.url()}, folder)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
