"""supabase.auth of an unmodified supabase-py. Ends with `N passed, N failed`."""
import json
import os
import re
import sys
import time
import traceback
import urllib.parse
import urllib.request

from supabase import ClientOptions, create_client
from supabase_auth.errors import AuthApiError

URL, MAIL = os.environ["URL"], os.environ["MAIL"]


def client(key=os.environ["ANON_KEY"], **options):
    return create_client(URL, key, ClientOptions(auto_refresh_token=False, persist_session=False, **options))


def mail(to, count=1):
    for _ in range(200):
        with urllib.request.urlopen(f"{MAIL}/api/v1/search?query=" + urllib.parse.quote("to:" + to)) as r:
            found = json.load(r)["messages"]
        if len(found) >= count:
            with urllib.request.urlopen(f"{MAIL}/api/v1/message/{found[0]['ID']}") as r:
                html = json.load(r)["HTML"]
            return re.search(r"\b(\d{6})\b", re.sub(r"<[^>]+>|https?:\S+", " ", html)).group(1)
        time.sleep(0.05)
    raise AssertionError("no mail to " + to)


def test_sign_up():
    sb = client()
    made = sb.auth.sign_up({"email": "py@example.org", "password": "correct horse", "options": {"data": {"name": "Py"}}})
    assert made.session is None and made.user.email == "py@example.org"
    got = sb.auth.verify_otp({"email": "py@example.org", "token": mail("py@example.org"), "type": "signup"})
    assert got.session.access_token and got.user.user_metadata["name"] == "Py"
    assert sb.auth.get_user().user.id == got.user.id
    sb.table("notes").insert({"text": "mine"}).execute()
    assert [r["owner"] for r in sb.table("notes").select("*").execute().data] == [got.user.id]
    sb.auth.sign_out()
    assert sb.auth.get_session() is None


def test_password():
    sb = client()
    try:
        sb.auth.sign_in_with_password({"email": "py@example.org", "password": "wrong"})
        raise AssertionError("no error")
    except AuthApiError as e:
        assert (e.status, e.code, e.message) == (400, "invalid_credentials", "Invalid login credentials"), e
    first = sb.auth.sign_in_with_password({"email": "py@example.org", "password": "correct horse"}).session
    second = sb.auth.refresh_session().session
    assert first.refresh_token != second.refresh_token
    assert sb.auth.update_user({"data": {"a": 1}}).user.user_metadata["a"] == 1


def test_otp():
    sb = client()
    sb.auth.sign_in_with_otp({"email": "py@example.org"})
    assert sb.auth.verify_otp({"email": "py@example.org", "token": mail("py@example.org", 2), "type": "email"}).session


def test_admin():
    admin = client(os.environ["SECRET_KEY"]).auth.admin
    user = admin.create_user({"email": "pymade@example.org", "password": "correct horse", "email_confirm": True}).user
    assert admin.get_user_by_id(user.id).user.email == "pymade@example.org"
    assert any(u.id == user.id for u in admin.list_users())
    assert admin.update_user_by_id(user.id, {"user_metadata": {"x": 1}}).user.user_metadata["x"] == 1
    link = admin.generate_link({"type": "magiclink", "email": "pymade@example.org"})
    assert client().auth.verify_otp({"token_hash": link.properties.hashed_token, "type": "magiclink"}).session
    admin.delete_user(user.id)


def test_mfa():
    sb = client()
    sb.auth.sign_in_with_password({"email": "py@example.org", "password": "correct horse"})
    factor = sb.auth.mfa.enroll({"factor_type": "totp", "friendly_name": "app"})
    assert factor.totp.secret and factor.totp.qr_code
    assert sb.auth.mfa.challenge({"factor_id": factor.id}).id
    sb.auth.mfa.unenroll({"factor_id": factor.id})


passed = failed = 0
for name, test in [(n, f) for n, f in globals().items() if n.startswith("test_")]:
    try:
        test()
        passed += 1
    except Exception:  # noqa: BLE001
        failed += 1
        print(f"FAILED {name}\n{traceback.format_exc()[-1500:]}")
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))
