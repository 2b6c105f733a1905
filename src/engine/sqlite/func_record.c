/* Rows as values, storage's path helpers, and built-ins that this engine names
 * but cannot run. A row is the JSON text that bp_row makes. */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/func.h"

#include <string.h>
#include <time.h>

enum { RECORD_MAX = 256 << 20 };

static int take_buf(struct ctx *c, const struct buf *b, struct datum *ret)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of a function is too large");
	*ret = datum_text(str_copy(c->arena, buf_view(b)));
	return 0;
}

/* ---- row_to_json(T, row [, pretty]) ---- */

static int fn_row_to_json(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)cn;
	*ret = a[1];
	if (n < 3 || !a[2].i || a[1].kind != D_TEXT)
		return 0;
	struct json *row;
	TRY(json_parse(c, a[1].s, (struct json_limits){ 0 }, &row));
	BUF_CLEANUP struct buf b = buf_make(RECORD_MAX);
	buf_char(&b, '{');
	for (const struct json *j = row->child; j; j = j->next) {
		buf_puts(&b, j == row->child ? "" : ",\n ");
		json_put_string(&b, j->key);
		buf_char(&b, ':');
		buf_str(&b, j->raw);
	}
	buf_char(&b, '}');
	return take_buf(c, &b, ret);
}

/* ---- json_to_record(json), json_populate_record(T, base, json) ---- */

static int parse_object(struct ctx *c, struct datum v, struct json **ret)
{
	TRY(json_parse(c, v.s, (struct json_limits){ 0 }, ret));
	if ((*ret)->kind == JSON_OBJECT)
		return 0;
	return err_set(c, "22023", "cannot call populate_composite on %s",
		       (*ret)->kind == JSON_ARRAY ? "an array" : "a scalar");
}

static int fn_to_record(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	(void)cn;
	(void)n;
	struct json *object;
	TRY(parse_object(c, a[0], &object));
	*ret = a[0];
	return 0;
}

static void put_member(struct buf *b, const struct json *j)
{
	buf_puts(b, b->n > 1 ? "," : "");
	json_put_string(b, j->key);
	buf_char(b, ':');
	buf_str(b, j->raw);
}

/* The base row's columns stand where the object has no such member. */
static int fn_populate(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)cn;
	(void)n;
	*ret = a[1];
	if (a[2].kind != D_TEXT)
		return 0;
	struct json *base = NULL, *object;
	TRY(parse_object(c, a[2], &object));
	if (a[1].kind == D_TEXT)
		TRY(json_parse(c, a[1].s, (struct json_limits){ 0 }, &base));
	BUF_CLEANUP struct buf b = buf_make(RECORD_MAX);
	buf_char(&b, '{');
	for (const struct json *j = base ? base->child : NULL; j; j = j->next) {
		if (!json_get(object, str_dup(c->arena, j->key)))
			put_member(&b, j);
	}
	for (const struct json *j = object->child; j; j = j->next)
		put_member(&b, j);
	buf_char(&b, '}');
	return take_buf(c, &b, ret);
}

/* ---- storage.foldername, filename, extension ---- */

static struct str last_part(struct str path, char sep)
{
	struct str part = path, rest = path;
	while (rest.p)
		part = str_split(&rest, sep);
	return part;
}

static int fn_foldername(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)cn;
	(void)n;
	if (a[0].kind != D_TEXT)
		return 0;
	BUF_CLEANUP struct buf b = buf_make(RECORD_MAX);
	struct str rest = a[0].s;
	buf_char(&b, '[');
	while (rest.p) {
		struct str part = str_split(&rest, '/');
		if (!rest.p)
			break;
		buf_puts(&b, b.n > 1 ? "," : "");
		json_put_string(&b, part);
	}
	buf_char(&b, ']');
	return take_buf(c, &b, ret);
}

static int fn_filename(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)n;
	if (a[0].kind == D_TEXT)
		*ret = datum_text(last_part(a[0].s, '/'));
	return 0;
}

static int fn_extension(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)n;
	if (a[0].kind == D_TEXT)
		*ret = datum_text(last_part(last_part(a[0].s, '/'), '.'));
	return 0;
}

/* ---- txid_current(), timeofday() ---- */

/* Grows from one transaction to the next, which is all a txid promises. */
static int fn_txid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)a;
	(void)n;
	*ret = datum_int(cn->env.now_us);
	return 0;
}

static int fn_timeofday(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	(void)cn;
	(void)a;
	(void)n;
	struct timespec now;
	struct tm tm;
	char date[64], year[8];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%a %b %d %H:%M:%S", &tm);
	strftime(year, sizeof(year), "%Y", &tm);
	*ret = datum_text(
		str_of(arena_printf(c->arena, "%s.%06ld %s UTC", date, now.tv_nsec / 1000, year)));
	return 0;
}

enum { SLEEP_MAX_S = 60 };

/* A migration may wait; a request must not hold its loop or the writer. */
static int fn_sleep(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)n;
	double s = a[0].r;
	if (!cn->ddl || s > SLEEP_MAX_S)
		return err_set(c, "0A000",
			       "pg_sleep() runs only in a migration on this engine, "
			       "for at most a minute");
	struct timespec t = { .tv_sec = (time_t)s,
			      .tv_nsec = (long)((s - (double)(time_t)s) * 1e9) };
	if (s > 0)
		(void)nanosleep(&t, NULL);
	*ret = datum_text(STR(""));
	return 0;
}

/* No session can LISTEN here, so that nobody is there to be told. */
static int fn_notify(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)n;
	if (a[0].kind != D_TEXT || !a[0].s.n)
		return err_set(c, "22023", "channel name cannot be empty");
	*ret = datum_text(STR(""));
	return 0;
}

static int fn_refuse(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)cn;
	(void)a;
	(void)n;
	(void)ret;
	return err_set(c, "0A000", "the function cannot run on this engine");
}

static const struct sqlite_fn fns[] = {
	{ "bp_row_to_json", 2, FN_CONST, fn_row_to_json },
	{ "bp_row_to_json_pretty", 3, FN_CONST, fn_row_to_json },
	{ "bp_json_to_record", 1, FN_CONST | FN_STRICT, fn_to_record },
	{ "bp_jsonb_to_record", 1, FN_CONST | FN_STRICT, fn_to_record },
	{ "bp_json_populate_record", 4, FN_CONST, fn_populate },
	{ "bp_jsonb_populate_record", 3, FN_CONST, fn_populate },
	{ "bp_storage_foldername", 1, FN_CONST, fn_foldername },
	{ "bp_storage_filename", 1, FN_CONST, fn_filename },
	{ "bp_storage_extension", 1, FN_CONST, fn_extension },
	{ "bp_pg_current_xact_id", 0, FN_CONST, fn_txid },
	{ "bp_timeofday", 0, 0, fn_timeofday },
	/* known to the table of built-ins, refused when called */
	{ "bp_pg_sleep", 1, FN_STRICT, fn_sleep },
	{ "bp_pg_notify", 2, 0, fn_notify },
	{ "bp_setseed", 1, 0, fn_refuse },
	{ "bp_hashtext", 1, 0, fn_refuse },
	{ "bp_ts_match_tt", 2, 0, fn_refuse },
	{ "bp_length_in_encoding", 2, 0, fn_refuse },
	{ "bp_uuid_generate_v1", 0, 0, fn_refuse },
};

int sqlite_add_record_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
