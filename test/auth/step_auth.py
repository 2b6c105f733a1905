#!/usr/bin/env python3
"""/auth/v1 over raw HTTP on both engines: flows, statuses, texts, and the lessons that others paid for."""
import argparse
import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import statistics
import struct
import sys
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from authclient import Auth, claims  # noqa: E402
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import Postgres, bindir, free_port  # noqa: E402

LIMIT = 600
CONFIG = """
[auth]
site_url = "http://127.0.0.1:3000"
additional_redirect_urls = ["https://app.example.org/**"]
enable_anonymous_sign_ins = true
refresh_token_reuse_interval = {reuse}
[auth.email]
enable_confirmations = {confirm}
max_frequency = "{pause}"
secure_password_change = {secure}
[auth.mfa.totp]
enroll_enabled = true
verify_enabled = true
[inbucket]
port = {mail}
smtp_port = {smtp}
{more}
"""
PROFILES = """
create table public.profiles (id uuid primary key references auth.users on delete cascade, name text);
create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.email = 'refused@example.org' then
    raise exception 'the profile of % was refused', new.email;
  end if;
  insert into public.profiles (id, name) values (new.id, new.raw_user_meta_data ->> 'name');
  return new;
end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
"""
SEED = """
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at,
  confirmation_token, email_change, email_change_token_new, recovery_token)
values ('00000000-0000-0000-0000-000000000000', '11111111-1111-4111-8111-111111111111', 'authenticated', 'authenticated', 'seed1@example.org',
  extensions.crypt('seeded', extensions.gen_salt('bf')), now(), '{"provider":"email","providers":["email"]}', '{}', now(), now(), '', '', '', '');
insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at)
values ('22222222-2222-4222-8222-222222222222', 'authenticated', 'authenticated', 'seed2@example.org', extensions.crypt('seeded', extensions.gen_salt('bf')), now());
"""


def start(args, url, confirm=True, pause="0s", more="", migration=None, reuse=10, secure=False):
    mail, smtp = free_port(), free_port()
    server = Bedplate(args.build, config=CONFIG.format(confirm=str(confirm).lower(), pause=pause, mail=mail, smtp=smtp, more=more, reuse=reuse, secure=str(secure).lower()),
                      env={"DATABASE_URL": url})
    if migration:
        server.migration("20260101000000_profiles.sql", migration)
    server.start("dev")
    keys = dict(line.split("=", 1) for line in server.cli("status", "-o", "env").stdout.splitlines() if "=" in line)
    auth = Auth(server.url, keys["SERVICE_ROLE_KEY"].strip().strip('"'), f"http://127.0.0.1:{mail}")
    return server, auth


def pkce():
    verifier = base64.urlsafe_b64encode(os.urandom(42)).decode().rstrip("=")
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, {"code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="), "code_challenge_method": "s256"}


def follow(auth, link):
    return auth.get(link.split("/auth/v1", 1)[1])


def fragment(answer):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).fragment, keep_blank_values=True))


def totp(secret, at=None):
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"


def confirmed(auth, email, **more):
    r = auth.admin("POST", "/admin/users", {"email": email, "password": "correct horse", "email_confirm": True, **more})
    assert r.status == 200, r.text
    return auth.sign_in(email).json


def test_sign_up(t, auth):
    r = auth.sign_up("ada@example.org", data={"name": "Ada"})
    t.equal("sign-up is a user without a session", (r.status, "access_token" in r.json, r.json["email"]), (200, False, "ada@example.org"))
    t.equal("not confirmed", (auth.sign_in("ada@example.org").code, auth.sign_in("ada@example.org").msg), ("email_not_confirmed", "Email not confirmed"))
    mail = auth.mail("ada@example.org")
    t.equal("a mail scanner's HEAD does not use the link up", auth.call("HEAD", mail["link"].split("/auth/v1", 1)[1]).status, 405)
    r = follow(auth, mail["link"])
    f = fragment(r)
    t.equal("the link leads to the site", (r.status, r.headers["Location"].split("#")[0]), (303, "http://127.0.0.1:3000"))
    t.equal("with a session", (f["token_type"], f["type"], claims(f["access_token"])["email"]), ("bearer", "signup", "ada@example.org"))
    t.equal("the link works once", fragment(follow(auth, mail["link"])).get("error_code"), "otp_expired")
    r = auth.sign_in("ada@example.org")
    t.equal("sign-in", (r.status, r.json["user"]["user_metadata"]["name"]), (200, "Ada"))
    t.equal("identity", [i["provider"] for i in r.json["user"]["identities"]], ["email"])
    again = auth.sign_up("ada@example.org", "another one")
    t.equal("a second sign-up looks like the first", (again.status, again.json["identities"], again.json["id"] != r.json["user"]["id"]), (200, [], True))
    t.equal("and changes nothing", auth.sign_in("ada@example.org").status, 200)
    for body, status, code in (({"email": "x"}, 400, "validation_failed"), ({"email": "nope", "password": "longenough"}, 400, "validation_failed"),
                               ({"email": "a@b.co", "password": "short"}, 422, "weak_password"),
                               ({"email": "a@b.co", "password": "x" * 73}, 400, "validation_failed")):
        r = auth.post("/signup", body)
        t.equal(f"sign-up with {body}", (r.status, r.code), (status, code))
    r = auth.post("/signup", {"email": "a@b.co", "password": "short"})
    t.equal("weak password's reasons", r.json.get("weak_password"), {"reasons": ["length"]})


def test_errors(t, auth):
    r = auth.call("POST", "/signup", raw=b"{")
    t.equal("bad JSON", (r.status, r.code), (400, "bad_json"))
    r = auth.get("/user")
    t.equal("no token", (r.status, r.code, r.msg), (401, "no_authorization", "This endpoint requires a valid Bearer token"))
    r = auth.get("/user", "abc.def.ghi")
    t.equal("bad token", (r.status, r.code), (403, "bad_jwt"))
    r = auth.get("/user", headers={"X-Supabase-Api-Version": "2024-01-01"})
    t.equal("the new format", (r.status, r.json, r.headers["X-Supabase-Api-Version"]),
            (401, {"code": "no_authorization", "message": "This endpoint requires a valid Bearer token"}, "2024-01-01"))
    t.equal("the code in a header", r.headers["x-sb-error-code"], "no_authorization")
    t.equal("an unknown grant", auth.post("/token?grant_type=x", {}).msg, "unsupported_grant_type")
    t.equal("no such path", auth.get("/nope").status, 404)
    t.equal("a body over 1 MB", auth.post("/signup", {"email": "a@b.co", "password": "x" * (1 << 20)}).status, 413)


def test_sessions(t, auth):
    one = confirmed(auth, "sessions@example.org")
    two = auth.sign_in("sessions@example.org").json
    c = claims(one["access_token"])
    t.equal("claims", (c["aud"], c["role"], c["aal"], c["amr"][0]["method"], c["is_anonymous"]), ("authenticated", "authenticated", "aal1", "password", False))
    next_one = auth.refresh(one["refresh_token"]).json
    t.check("refresh gives another token", next_one["refresh_token"] != one["refresh_token"])
    lost = auth.refresh(one["refresh_token"]).json
    t.equal("whose answer was lost gets it again", lost["refresh_token"], next_one["refresh_token"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(auth.refresh, [next_one["refresh_token"]] * 8))
    t.equal("eight at once get one successor", ({r.status for r in got}, len({r.json["refresh_token"] for r in got if r.status == 200})), ({200}, 1))
    t.equal("an unknown one", (auth.refresh("aaaaaaaaaaaa").status, auth.refresh("aaaaaaaaaaaa").code), (400, "refresh_token_not_found"))
    t.equal("sign out elsewhere", auth.post("/logout?scope=others", token=one["access_token"]).status, 204)
    t.equal("the other session is gone", auth.get("/user", two["access_token"]).code, "session_not_found")
    t.equal("its refresh token too", auth.refresh(two["refresh_token"]).status, 400)
    t.equal("this one lives", auth.get("/user", one["access_token"]).status, 200)
    t.equal("sign out here", auth.post("/logout?scope=local", token=one["access_token"]).status, 204)
    t.equal("gone", auth.get("/user", one["access_token"]).status, 403)


def test_one_time(t, auth):
    confirmed(auth, "otp@example.org")
    t.equal("otp", auth.post("/otp", {"email": "otp@example.org"}).json, {})
    code = auth.mail("otp@example.org")["code"]
    t.equal("a wrong code", (auth.post("/verify", {"type": "email", "email": "otp@example.org", "token": "000000"}).status,
                             auth.post("/verify", {"type": "email", "email": "otp@example.org", "token": "000000"}).code), (403, "otp_expired"))
    body = {"type": "email", "email": "otp@example.org", "token": code}
    t.equal("another's address", auth.post("/verify", {**body, "email": "ada@example.org"}).code, "otp_expired")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = [r.status for r in pool.map(lambda _: auth.post("/verify", body), range(8))]
    t.equal("of eight that use one code at once, one gets in", sorted(got), [200] + [403] * 7)
    auth.post("/otp", {"email": "otp@example.org"})
    link = auth.mail("otp@example.org", 2)["link"]
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]
    r = auth.post("/verify", {"type": "magiclink", "token_hash": token})
    t.equal("token_hash", r.status, 200)
    t.equal("no user, none made", auth.post("/otp", {"email": "nobody@example.org", "create_user": False}).code, "otp_disabled")
    auth.post("/otp", {"email": "new@example.org", "data": {"a": 1}})
    r = auth.post("/verify", {"type": "email", "email": "new@example.org", "token": auth.mail("new@example.org")["code"]})
    t.equal("otp signs up", (r.status, r.json["user"]["user_metadata"].get("a")), (200, 1))
    t.equal("phone", auth.post("/otp", {"phone": "+15551234567"}).code, "phone_provider_disabled")


def test_pkce(t, auth):
    verifier, challenge = pkce()
    auth.sign_up("pkce@example.org", **challenge)
    mail = auth.mail("pkce@example.org")
    t.check("the link's token says PKCE", "token=pkce_" in mail["link"])
    r = follow(auth, mail["link"] + "&redirect_to=ignored")
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(r.headers["Location"]).query)["code"][0]
    wrong = auth.post("/token?grant_type=pkce", {"auth_code": code, "code_verifier": "x" * 50})
    t.equal("a wrong verifier", (wrong.status, wrong.code), (400, "bad_code_verifier"))
    body = {"auth_code": code, "code_verifier": verifier}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        got = sorted(r.status for r in pool.map(lambda _: auth.post("/token?grant_type=pkce", body), range(6)))
    t.equal("the code works once", got, [200] + [404] * 5)
    t.equal("half of the parameters", auth.sign_up("p2@example.org", code_challenge="x" * 43).msg, "PKCE flow requires code_challenge_method and code_challenge")


def test_recovery(t, auth):
    s = confirmed(auth, "lost@example.org")
    t.equal("recover", auth.post("/recover?redirect_to=https://app.example.org/reset", {"email": "lost@example.org"}).json, {})
    t.equal("nobody there", auth.post("/recover", {"email": "nobody2@example.org"}).json, {})
    r = follow(auth, auth.mail("lost@example.org")["link"])
    t.equal("to the URL that was asked for", r.headers["Location"].split("#")[0], "https://app.example.org/reset")
    token = fragment(r)["access_token"]
    t.equal("the same password", auth.call("PUT", "/user", {"password": "correct horse"}, token).code, "same_password")
    t.equal("a new password", auth.call("PUT", "/user", {"password": "battery staple"}, token).status, 200)
    t.equal("ends the other sessions", auth.get("/user", s["access_token"]).code, "session_not_found")
    t.equal("the old one is over", auth.sign_in("lost@example.org").code, "invalid_credentials")
    t.equal("the new one works", auth.sign_in("lost@example.org", "battery staple").status, 200)


def test_update(t, auth):
    s = confirmed(auth, "old@example.org", user_metadata={"a": 1, "b": 2})
    r = auth.call("PUT", "/user", {"data": {"b": None, "c": 3}}, s["access_token"])
    t.equal("metadata merges", {k: r.json["user_metadata"].get(k) for k in "abc"}, {"a": 1, "b": None, "c": 3})
    t.equal("app_metadata is not the user's", auth.call("PUT", "/user", {"app_metadata": {"role": "admin"}}, s["access_token"]).code, "not_admin")
    confirmed(auth, "taken@example.org")
    t.equal("a taken address", auth.call("PUT", "/user", {"email": "taken@example.org"}, s["access_token"]).code, "email_exists")
    r = auth.call("PUT", "/user", {"email": "fresh@example.org"}, s["access_token"])
    t.equal("the change waits", (r.json["email"], r.json["new_email"]), ("old@example.org", "fresh@example.org"))
    r = follow(auth, auth.mail("old@example.org")["link"])
    t.equal("one half", fragment(r).get("message"), "Confirmation link accepted. Please proceed to confirm link sent to the other email")
    r = auth.post("/verify", {"type": "email_change", "email": "fresh@example.org", "token": auth.mail("fresh@example.org")["code"]})
    t.equal("both halves", (r.status, r.json["user"]["email"], r.json["user"]["identities"][0]["email"]), (200, "fresh@example.org", "fresh@example.org"))
    t.equal("signs in there", (auth.sign_in("fresh@example.org").status, auth.sign_in("old@example.org").status), (200, 400))


def test_anonymous(t, auth):
    s = auth.post("/signup", {"data": {"cart": [1]}}).json
    c = claims(s["access_token"])
    t.equal("anonymous", (c["is_anonymous"], c["role"], s["user"]["identities"], s["user"]["email"]), (True, "authenticated", [], ""))
    t.equal("no password without an address", auth.call("PUT", "/user", {"password": "long enough"}, s["access_token"]).status, 422)
    t.equal("no factors", auth.post("/factors", {"factor_type": "totp"}, s["access_token"]).code, "no_authorization")
    auth.call("PUT", "/user", {"email": "anon@example.org"}, s["access_token"])
    r = auth.post("/verify", {"type": "email_change", "email": "anon@example.org", "token": auth.mail("anon@example.org")["code"]})
    t.equal("becomes a user", (r.status, r.json["user"]["id"] == s["user"]["id"], r.json["user"]["is_anonymous"],
                               [i["provider"] for i in r.json["user"]["identities"]]), (200, True, False, ["email"]))


def test_admin(t, auth):
    user = confirmed(auth, "plain@example.org")
    for method, path, body in (("GET", "/admin/users", None), ("POST", "/admin/users", {"email": "a@b.co"}), ("POST", "/invite", {"email": "a@b.co"}),
                               ("POST", "/admin/generate_link", {"type": "signup", "email": "a@b.co"}), ("GET", "/admin/audit", None),
                               ("GET", f"/admin/users/{user['user']['id']}", None), ("DELETE", f"/admin/users/{user['user']['id']}", None)):
        r = auth.call(method, path, body, user["access_token"])
        t.equal(f"{method} {path} is not for users", (r.status, r.code), (403, "not_admin"))
        t.equal(f"{method} {path} needs a token", auth.call(method, path, body).status, 401)
    r = auth.admin("GET", "/admin/users?page=1&per_page=2")
    t.equal("a page", (len(r.json["users"]), r.json["aud"], int(r.headers["X-Total-Count"]) > 2, 'rel="next"' in r.headers["Link"]), (2, "authenticated", True, True))
    uid = auth.admin("POST", "/admin/users", {"email": "made@example.org", "id": "3f2b4a5e-0000-4000-8000-00000000000a", "app_metadata": {"x": 1}}).json["id"]
    t.equal("with its own id", uid, "3f2b4a5e-0000-4000-8000-00000000000a")
    t.equal("twice", auth.admin("POST", "/admin/users", {"email": "made@example.org"}).code, "email_exists")
    r = auth.admin("PUT", f"/admin/users/{uid}", {"password": "correct horse", "email_confirm": True, "user_metadata": {"n": 1}, "app_metadata": {"role": "x"}})
    t.equal("update", (r.status, r.json["app_metadata"].get("role"), r.json["app_metadata"].get("x"), r.json["user_metadata"]["n"]), (200, "x", 1, 1))
    s = auth.sign_in("made@example.org").json
    auth.admin("PUT", f"/admin/users/{uid}", {"ban_duration": "24h"})
    t.equal("banned: no sign-in", auth.sign_in("made@example.org").code, "user_banned")
    t.equal("banned: no refresh", auth.refresh(s["refresh_token"]).code, "user_banned")
    t.equal("banned: the token no longer counts", auth.get("/user", s["access_token"]).code, "user_banned")
    auth.admin("PUT", f"/admin/users/{uid}", {"ban_duration": "none"})
    t.equal("not banned", auth.sign_in("made@example.org").status, 200)
    t.equal("soft delete", auth.admin("DELETE", f"/admin/users/{uid}", {"should_soft_delete": True}).json, {})
    t.equal("is gone for itself", (auth.sign_in("made@example.org").code, auth.get("/user", s["access_token"]).status), ("invalid_credentials", 403))
    t.equal("delete", auth.admin("DELETE", f"/admin/users/{uid}").status, 200)
    t.equal("not there", auth.admin("GET", f"/admin/users/{uid}").code, "user_not_found")
    t.equal("no UUID", auth.admin("GET", "/admin/users/x").status, 404)
    t.check("audit log", any(e["payload"]["action"] == "user_deleted" for e in auth.admin("GET", "/admin/audit").json))
    r = auth.admin("POST", "/invite", {"email": "guest@example.org", "data": {"team": "a"}})
    t.equal("invite", (r.status, r.json["invited_at"] is not None), (200, True))
    t.equal("accepted", fragment(follow(auth, auth.mail("guest@example.org")["link"])).get("type"), "invite")


def test_links(t, auth):
    confirmed(auth, "link@example.org")
    r = auth.admin("POST", "/admin/generate_link", {"type": "recovery", "email": "link@example.org", "redirect_to": "https://app.example.org/x"})
    t.equal("generate_link", (r.status, r.json["verification_type"], r.json["redirect_to"], len(r.json["email_otp"])), (200, "recovery", "https://app.example.org/x", 6))
    t.equal("nothing was mailed", auth.mails("link@example.org"), [])
    t.equal("it works", "access_token" in fragment(follow(auth, r.json["action_link"])), True)
    r = auth.admin("POST", "/admin/generate_link", {"type": "magiclink", "email": "linknew@example.org"})
    t.equal("magiclink makes a user", (r.status, r.json["verification_type"]), (200, "signup"))
    t.equal("by its hash", auth.post("/verify", {"type": "signup", "token_hash": r.json["hashed_token"]}).status, 200)
    t.equal("recovery of nobody", auth.admin("POST", "/admin/generate_link", {"type": "recovery", "email": "zz@example.org"}).status, 404)


def test_mfa(t, auth):
    s = confirmed(auth, "mfa@example.org")
    other = auth.sign_in("mfa@example.org").json
    f = auth.post("/factors", {"factor_type": "totp", "friendly_name": "phone"}, s["access_token"])
    t.equal("enroll", (f.status, f.json["type"], f.json["totp"]["qr_code"].startswith("<svg"), f.json["totp"]["uri"].startswith("otpauth://totp/")), (200, "totp", True, True))
    t.equal("the same name", auth.post("/factors", {"factor_type": "totp", "friendly_name": "phone"}, s["access_token"]).code, "mfa_factor_name_conflict")
    path = f"/factors/{f.json['id']}"
    ch = auth.post(path + "/challenge", token=s["access_token"]).json
    r = auth.post(path + "/verify", {"challenge_id": ch["id"], "code": "000000"}, s["access_token"])
    t.equal("a wrong code", (r.status, r.code), (422, "mfa_verification_failed"))
    t.equal("another's factor", auth.post(path + "/challenge", token=confirmed(auth, "mfa2@example.org")["access_token"]).code, "mfa_factor_not_found")
    r = auth.post(path + "/verify", {"challenge_id": ch["id"], "code": totp(f.json["totp"]["secret"])}, s["access_token"])
    c = claims(r.json["access_token"])
    t.equal("aal2", (r.status, c["aal"], sorted(a["method"] for a in c["amr"])), (200, "aal2", ["password", "totp"]))
    t.equal("a challenge works once", auth.post(path + "/verify", {"challenge_id": ch["id"], "code": totp(f.json["totp"]["secret"])}, r.json["access_token"]).status, 422)
    t.equal("weaker sessions end", auth.get("/user", other["access_token"]).code, "session_not_found")
    t.equal("listed", [x["status"] for x in r.json["user"]["factors"]], ["verified"])
    again = auth.refresh(r.json["refresh_token"])
    t.equal("refreshing keeps aal2", (again.status, claims(again.json["access_token"])["aal"]), (200, "aal2"))
    low = auth.sign_in("mfa@example.org").json
    t.equal("password change needs aal2", (auth.call("PUT", "/user", {"password": "another one"}, low["access_token"]).status,
                                           auth.call("PUT", "/user", {"password": "another one"}, low["access_token"]).code), (401, "insufficient_aal"))
    t.equal("unenroll needs aal2", auth.call("DELETE", path, None, low["access_token"]).code, "insufficient_aal")
    t.equal("enroll needs aal2", auth.post("/factors", {"factor_type": "totp"}, low["access_token"]).code, "insufficient_aal")
    t.equal("unenroll", auth.call("DELETE", path, None, again.json["access_token"]).json, {"id": f.json["id"]})
    last = auth.refresh(again.json["refresh_token"])
    t.equal("then it is aal1", claims(last.json["access_token"])["aal"], "aal1")


def test_lessons(t, auth):
    """reference: other projects' advisories, each as an attack."""
    auth.call("POST", "/otp", {"email": "victim@example.org"}, headers={"X-Forwarded-Host": "evil.example", "Host": "evil.example", "X-Forwarded-Proto": "https"})
    mail = auth.mail("victim@example.org")
    t.check("a forwarded host does not choose the link", "evil.example" not in json.dumps(mail), mail["link"])
    for url in ("https://evil.example/", "http://127.0.0.1.evil.example/", "https://app.example.org@evil.example/", "https://app.example.org.evil.example/",
                "//evil.example", "javascript:alert(1)", "http:\\\\evil.example", "https://evil.example/#https://app.example.org/", "http://127.0.0.1:3000@evil.example/"):
        auth.post("/recover?redirect_to=" + urllib.parse.quote(url, safe=""), {"email": "sessions@example.org"})
        link = auth.mail("sessions@example.org")["link"]
        t.equal(f"not back to {url}", urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["redirect_to"], ["http://127.0.0.1:3000"])
    # An attacker signs up with the victim's address first; the victim then comes by mail.
    auth.sign_up("preclaimed@example.org", "attacker's own")
    auth.post("/otp", {"email": "preclaimed@example.org"})
    code = auth.mail("preclaimed@example.org", 2)["code"]
    t.equal("the owner gets in", auth.post("/verify", {"type": "email", "email": "preclaimed@example.org", "token": code}).status, 200)
    t.equal("the attacker's password is gone", auth.sign_in("preclaimed@example.org", "attacker's own").code, "invalid_credentials")
    auth.sign_up("preclaimed2@example.org", "attacker's own")
    auth.post("/recover", {"email": "preclaimed2@example.org"})
    follow(auth, auth.mail("preclaimed2@example.org", 2)["link"])
    t.equal("nor after recovery", auth.sign_in("preclaimed2@example.org", "attacker's own").code, "invalid_credentials")
    r = auth.sign_up("fields@example.org", role="service_role", app_metadata={"admin": True}, is_super_admin=True, id="00000000-0000-4000-8000-000000000001",
                     email_confirmed_at="2020-01-01", data={"role": "service_role", "sub": "x", "email": "ada@example.org", "email_verified": True})
    made = auth.admin("GET", f"/admin/users/{r.json['id']}").json
    t.equal("a sign-up's body sets no identity", (made["role"], made["app_metadata"], made.get("email_confirmed_at"), made["identities"][0]["identity_data"]["email"],
                                                  made["identities"][0]["identity_data"]["email_verified"]),
            ("authenticated", {"provider": "email", "providers": ["email"]}, None, "fields@example.org", False))


def test_timing(t, auth):
    confirmed(auth, "known@example.org")

    def take(email):
        spent = []
        for _ in range(6):
            begin = time.monotonic()
            r = auth.sign_in(email, "wrong password")
            spent.append(time.monotonic() - begin)
            assert r.code in ("invalid_credentials", "over_request_rate_limit"), r.text
        return statistics.median(spent)
    known, unknown = take("known@example.org"), take("unknown@example.org")
    t.check("known and unknown users cost the same", 0.5 < known / unknown < 2, f"{known * 1000:.1f} ms against {unknown * 1000:.1f} ms")


def test_guessing(t, auth):
    confirmed(auth, "guessed@example.org")
    got = [auth.sign_in("guessed@example.org", f"wrong {i}") for i in range(14)]
    t.equal("guessing meets a limit", (got[0].status, got[-1].status, got[-1].code), (400, 429, "over_request_rate_limit"))
    t.check("with Retry-After", int(got[-1].headers["Retry-After"]) > 0)


def test_family(t, auth):
    first = confirmed(auth, "family@example.org")
    second = auth.refresh(first["refresh_token"]).json
    third = auth.refresh(second["refresh_token"]).json
    time.sleep(2.2)
    r = auth.refresh(first["refresh_token"])
    t.equal("a stolen token", (r.status, r.code, r.msg), (400, "refresh_token_already_used", "Invalid Refresh Token: Already Used"))
    t.equal("ends its whole family", (auth.refresh(third["refresh_token"]).status, auth.refresh(third["refresh_token"]).code), (400, "refresh_token_already_used"))
    s = confirmed(auth, "secure@example.org")
    auth.admin("PUT", f"/admin/users/{s['user']['id']}", {"user_metadata": {"a": 1}})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = sorted(r.status for r in pool.map(lambda _: auth.sign_up("race@example.org"), range(8)))
    t.equal("eight sign-ups at once make one user", got, [200] + [422] * 7)


def test_counted(t, auth):
    first = confirmed(auth, "counted@example.org")
    t.check("a counted token", len(first["refresh_token"]) > 40, first["refresh_token"])
    second = auth.refresh(first["refresh_token"]).json
    lost = auth.refresh(first["refresh_token"]).json
    t.equal("whose answer was lost gets it again", lost["refresh_token"], second["refresh_token"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(auth.refresh, [second["refresh_token"]] * 8))
    t.equal("eight at once get one successor", ({r.status for r in got}, len({r.json["refresh_token"] for r in got if r.status == 200})), ({200}, 1))
    third = got[0].json
    bad = third["refresh_token"][:-2] + ("AA" if third["refresh_token"][-2:] != "AA" else "BB")
    t.equal("a forged one", auth.refresh(bad).status, 400)
    time.sleep(2.2)
    r = auth.refresh(first["refresh_token"])
    t.equal("an old one", (r.status, r.code), (400, "refresh_token_already_used"))
    t.equal("ends the session", (auth.refresh(third["refresh_token"]).status, auth.get("/user", third["access_token"]).code), (400, "session_not_found"))


def test_idle(t, auth):
    s = confirmed(auth, "idle@example.org")
    r = auth.refresh(s["refresh_token"])
    t.equal("in time", r.status, 200)
    newer = auth.sign_in("idle@example.org").json
    older = auth.refresh(r.json["refresh_token"])
    t.equal("a newer sign-in ends the older session", (older.code, older.msg), ("session_expired", "Invalid Refresh Token: Session Expired (Revoked by Newer Login)"))
    time.sleep(3.2)
    late = auth.refresh(newer["refresh_token"])
    t.equal("idle too long", (late.code, late.msg), ("session_expired", "Invalid Refresh Token: Session Expired (Inactivity)"))


def test_timebox(t, auth):
    s = confirmed(auth, "box@example.org")
    for _ in range(3):
        time.sleep(0.8)
        r = auth.refresh(s["refresh_token"])
        if r.status != 200:
            break
        s = r.json
    time.sleep(0.8)
    r = auth.refresh(s["refresh_token"])
    t.equal("the longest session", (r.code, r.msg), ("session_expired", "Invalid Refresh Token: Session Expired"))


def test_secure_change(t, server, auth):
    s = confirmed(auth, "nonce@example.org")
    old = "update auth.sessions set created_at = now() - interval '2 days'"
    server.cli("sql", input=old + ";")
    t.equal("an old session needs a code", auth.call("PUT", "/user", {"password": "new one here"}, s["access_token"]).code, "reauthentication_needed")
    t.equal("reauthenticate", auth.get("/reauthenticate", s["access_token"]).json, {})
    nonce = auth.mail("nonce@example.org")["code"]
    t.equal("a wrong code", auth.call("PUT", "/user", {"password": "new one here", "nonce": "000000"}, s["access_token"]).code, "reauthentication_not_valid")
    t.equal("the mailed code", auth.call("PUT", "/user", {"password": "new one here", "nonce": nonce}, s["access_token"]).status, 200)
    t.equal("once", auth.call("PUT", "/user", {"password": "new two here", "nonce": nonce}, s["access_token"]).code, "reauthentication_not_valid")


def test_apikey(t, auth):
    t.equal("a link in a mail has no apikey", auth.get("/verify?type=signup&token=x").status, 303)
    t.equal("everything else needs one", auth.post("/token?grant_type=password", {"email": "a@b.co", "password": "x"}).status, 401)


def test_seed(t, auth):
    t.equal("users of a seed file sign in", [auth.sign_in(f"seed{i}@example.org", "seeded").status for i in (1, 2)], [200, 200])
    t.equal("and refresh", auth.refresh(auth.sign_in("seed1@example.org", "seeded").json["refresh_token"]).status, 200)


def test_frequency(t, auth):
    confirmed(auth, "often@example.org")
    for email in ("often@example.org", "nobody9@example.org"):
        first, second = auth.post("/recover", {"email": email}), auth.post("/recover", {"email": email})
        t.equal(f"{email}: not twice", (first.status, second.status, second.code, second.msg.split(" after ")[0]),
                (200, 429, "over_email_send_rate_limit", "For security purposes, you can only request this"))


def test_addresses(t, auth):
    def sign_up(ip, i):
        return auth.call("POST", "/otp", {"email": f"ip{i}@example.org"}, headers={"X-Real-Ip": ip}).status
    got = [sign_up("203.0.113.7", i) for i in range(35)]
    t.equal("30 in five minutes from one address", (got.count(200), got[-1]), (30, 429))
    t.equal("another address goes on", sign_up("203.0.113.8", 99), 200)


def test_trigger(t, server, auth):
    r = auth.sign_up("grace@example.org", data={"name": "Grace"})
    if r.status == 500 and "SQLSTATE 0A000" in server.log():
        t.equal("a trigger that cannot run fails every write", r.msg, "Database error saving new user")
        return t.skip("trigger", "this engine does not run PL/pgSQL triggers yet")
    t.equal("sign-up with a trigger", r.status, 200)
    profiles = urllib.request.Request(auth.url + "/rest/v1/profiles?select=name", headers={"Authorization": "Bearer " + auth.service_key})
    with urllib.request.urlopen(profiles) as answer:
        t.equal("it made the profile in the same transaction", json.load(answer), [{"name": "Grace"}])
    r = auth.sign_up("refused@example.org")
    t.equal("a failing trigger", (r.status, r.code, r.msg), (500, "unexpected_failure", "Database error saving new user"))
    t.check("the operator sees why", "the profile of refused@example.org was refused" in server.log(), server.log()[-500:])
    t.equal("nothing was made", auth.admin("GET", "/admin/users").headers["X-Total-Count"], "1")


def test_imported(t, auth):
    argon = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
    r = auth.admin("POST", "/admin/users", {"email": "argon@example.org", "password_hash": argon, "email_confirm": True})
    t.equal("argon2id is imported", (r.status, auth.sign_in("argon@example.org", "password").status), (200, 200))
    t.equal("an unknown hash", auth.admin("POST", "/admin/users", {"email": "md5@example.org", "password_hash": "5f4dcc3b"}).code, "validation_failed")


def run_engine(args, engine, url, t):
    def group(name, *tests, **options):
        server, auth = start(args, url(), **options)
        try:
            for test in tests:
                before = t.failed
                try:
                    test(t, server, auth) if test.__code__.co_argcount == 3 else test(t, auth)
                except Exception as e:  # noqa: BLE001
                    t.check(f"{engine}: {test.__name__}", False, repr(e))
                if t.failed > before:
                    print(f"--- {engine}: {test.__name__}")
            t.equal(f"{engine} {name}: the server ends cleanly", server.stop(), 0)
        finally:
            if t.failed:
                print(server.log()[-2500:])
            server.remove()
    group("confirming", test_sign_up, test_errors, test_sessions, test_one_time, test_pkce, test_recovery, test_update, test_anonymous,
          test_admin, test_links, test_mfa, test_lessons, test_timing, test_guessing, test_imported)
    group("families", test_family, confirm=False, more="", reuse=1)
    group("counted", test_counted, test_mfa, reuse=1, more='[bedplate]\nrefresh_tokens = "counted"')
    group("sessions", test_idle, more='[auth.sessions]\ninactivity_timeout = "2s"\n[bedplate]\nsingle_session_per_user = true')
    group("timebox", test_timebox, more='[auth.sessions]\ntimebox = "2s"')
    group("secure", test_secure_change, secure=True)
    group("apikey", test_apikey, more="[bedplate]\nrequire_apikey = true")
    group("seed", test_seed, migration=SEED)
    group("limits", test_frequency, pause="60s")
    group("addresses", test_addresses, more='[bedplate]\nclient_ip_header = "X-Real-Ip"')
    group("trigger", test_trigger, confirm=False, migration=PROFILES)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    args = parser.parse_args()
    t = Counts()
    if args.engine != "postgres":
        run_engine(args, "sqlite", lambda: "", t)
    if args.engine != "sqlite" and bindir():
        clusters = []

        def fresh():
            clusters.append(Postgres())
            clusters[-1].start()
            return clusters[-1].url()
        try:
            run_engine(args, "postgres", fresh, t)
        finally:
            for c in clusters:
                c.stop()
                c.remove()
    elif not bindir():
        t.skip("postgres", "no PostgreSQL server is installed")
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
