"""An unmodified supabase-py against a running server with the example project.
Ends with `N passed, N failed`."""
import os
import sys

from postgrest.exceptions import APIError
from supabase import ClientOptions, create_client

URL = os.environ["URL"]
ADA_ID = "11111111-1111-4111-8111-111111111111"


def client(key, token=None):
    made = create_client(URL, key, ClientOptions(auto_refresh_token=False, persist_session=False))
    if token:
        made.postgrest.auth(token)
    return made


visitor = client(os.environ["ANON_KEY"])
staff = client(os.environ["SECRET_KEY"])
ada = client(os.environ["ANON_KEY"], os.environ["ADA"])


def error_of(query):
    try:
        query.execute()
    except APIError as error:
        return error
    raise AssertionError("no error")


def test_select_with_filters():
    rows = visitor.table("books").select("id, title").gt("price", 12).order("id").execute().data
    assert rows == [{"id": 1, "title": "The Left Hand of Darkness"}, {"id": 5, "title": "Kindred"}], rows


def test_count():
    answer = visitor.table("books").select("id", count="exact").limit(1).execute()
    assert answer.count == 6 and len(answer.data) == 1, answer


def test_embed():
    row = visitor.table("books").select("title, authors(name)").eq("id", 6).single().execute().data
    assert row == {"title": "Solaris", "authors": {"name": "Stanisław Lem"}}, row


def test_policies():
    assert len(visitor.table("books").select("id").execute().data) == 6
    assert len(staff.table("books").select("id").execute().data) == 7
    assert error_of(visitor.table("reviews").insert({"book_id": 2, "reader_id": ADA_ID, "stars": 1})).code == "42501"


def test_write_and_delete():
    shelf = ada.table("shelves").insert({"name": "Python"}).execute().data[0]
    assert shelf["owner_id"] == ADA_ID
    changed = ada.table("shelves").update({"name": "Snakes"}).eq("id", shelf["id"]).execute().data
    assert changed[0]["name"] == "Snakes"
    merged = ada.table("shelves").upsert({"id": shelf["id"], "owner_id": ADA_ID, "name": "Boas"}).execute().data
    assert merged[0]["name"] == "Boas"
    assert len(ada.table("shelves").delete().eq("id", shelf["id"]).execute().data) == 1


def test_errors():
    assert error_of(visitor.table("books").select("*").eq("id", 99).single()).code == "PGRST116"
    assert error_of(visitor.table("nope").select("*")).code == "PGRST205"
    assert error_of(visitor.table("books").select("*").eq("id", "x")).code == "22P02"


def test_or_and_json():
    rows = visitor.table("books").select("id").or_("id.eq.1,details->>language.eq.pl").order("id").execute().data
    assert [row["id"] for row in rows] == [1, 6], rows


def main():
    failed = 0
    tests = [(name, fn) for name, fn in sorted(globals().items()) if name.startswith("test_")]
    for name, fn in tests:
        try:
            fn()
        except Exception as error:  # noqa: BLE001 - every failure is reported
            failed += 1
            print(f"FAILED {name}: {type(error).__name__} {str(error)[:500]}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
