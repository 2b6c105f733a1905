/*
 * The data API's grammar on anything: a query string, and after a newline a
 * Prefer header, an Accept header and a CSV body. What is refused must say
 * why; what is read must stay within the limits.
 */
#include "api/rest_body.h"
#include "api/rest_media.h"
#include "api/rest_prefer.h"
#include "api/rest_query.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "fuzz.h"

#include <string.h>

static void check_items(const rest_items *items, int depth)
{
	CHECK(depth <= REST_MAX_DEPTH);
	for (size_t i = 0; i < items->n; i++) {
		const struct rest_item *it = items->v[i];
		CHECK(it->kind == ITEM_FIELD ? it->field.name.p != NULL : it->relation.p != NULL);
		check_items(&it->items, depth + 1);
	}
}

static void check_logic(const struct rest_logic *l, int depth)
{
	CHECK(l && depth <= REST_MAX_DEPTH);
	CHECK(!l->is_group || l->parts.n > 0);
	for (size_t i = 0; i < l->parts.n; i++)
		check_logic(l->parts.v[i], depth + 1);
}

static void check_query(struct arena *a, struct str text, bool is_rpc)
{
	struct ctx c = { .arena = a };
	struct rest_query q;
	if (rest_query_parse(&c, text, is_rpc, &q) < 0) {
		CHECK(c.err.code[0] && c.err.message && c.err.message[0]);
		return;
	}
	check_items(&q.select, 0);
	for (size_t i = 0; i < q.where.n; i++) {
		CHECK(q.where.v[i].path.n <= REST_MAX_DEPTH + 1);
		check_logic(q.where.v[i].logic, 0);
	}
	CHECK(!q.canonical.n || str_is_utf8(q.canonical));
}

static void check_headers(struct arena *a, struct str prefer, struct str accept)
{
	struct preferences p = { 0 };
	preferences_add(a, &p, prefer, true);
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	preferences_applied(&b, &p);
	media_list list = { 0 };
	media_accept(a, accept, &list);
	for (size_t i = 0; i < list.n; i++)
		CHECK(media_content_type(a, &list.v[i]));
}

static void check_csv(struct arena *a, struct str csv)
{
	struct ctx c = { .arena = a };
	struct json *j;
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	if (csv_to_json(&c, csv, &b) < 0) {
		CHECK(!strcmp(c.err.code, "PGRST102"));
		return;
	}
	CHECK(json_parse(&c, buf_view(&b), (struct json_limits){ 0 }, &j) == 0);
	CHECK(j->kind == JSON_ARRAY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct arena *a = arena_new(0);
	struct str query = str_split(&rest, '\n');
	check_query(a, query, false);
	check_query(a, query, true);
	if (rest.p) {
		struct str prefer = str_split(&rest, '\n');
		struct str accept = rest.p ? str_split(&rest, '\n') : STR("");
		check_headers(a, prefer, accept);
		if (rest.p)
			check_csv(a, rest);
	}
	arena_free(a);
	return 0;
}
