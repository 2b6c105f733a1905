/* Functions that read the session: role, settings, claims, clock. */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/plan_cache.h"
#include "sql/analyze.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SERVER_VERSION "15.0"

/* What set_config() has set in this call. */
struct local_setting {
	struct local_setting *next;
	struct str name, value;
};

/* request.jwt.claims, parsed once per call. */
struct claims {
	struct json *root; /* NULL: none */
};

static int claims_of(struct ctx *c, struct sqlite_conn *cn, const struct json **ret)
{
	if (!cn->claims) {
		struct ctx own = { .arena = cn->arena };
		struct claims *claims = ARENA_NEW(own.arena, struct claims);
		struct str text = cn->session ? cn->session->claims : (struct str){ 0 };
		if (text.n &&
		    json_parse(&own, text, (struct json_limits){ 0 }, &claims->root) < 0) {
			c->err = err_copy(c->arena, &own.err);
			return -1;
		}
		cn->claims = claims;
	}
	*ret = cn->claims->root;
	return 0;
}

/* A member as ->> gives it. */
static struct datum member_text(const struct json *claims, const char *name)
{
	const struct json *j = json_get(claims, name);
	if (!j || j->kind == JSON_NULL)
		return datum_null();
	return datum_text(j->kind == JSON_STRING ? j->text : j->raw);
}

/* ---- settings ---- */

static struct datum own_setting(const struct sqlite_conn *cn, struct str name)
{
	if (str_ieq(name, STR("role")))
		return datum_text(str_of(sqlite_conn_role(cn)));
	if (str_ieq(name, STR("search_path")))
		return datum_text(str_of(sqlite_search_path(cn)));
	if (str_ieq(name, STR("timezone")))
		return datum_text(str_of(
			cn->session && cn->session->timezone ? cn->session->timezone : "UTC"));
	if (str_ieq(name, STR("server_version")))
		return datum_text(STR(SERVER_VERSION));
	if (str_ieq(name, STR("server_version_num")))
		return datum_text(STR("150000"));
	if (str_ieq(name, STR("server_encoding")) || str_ieq(name, STR("client_encoding")))
		return datum_text(STR("UTF8"));
	if (str_ieq(name, STR("transaction_read_only")))
		return datum_text(cn->kind == CONN_READER ? STR("on") : STR("off"));
	return datum_null();
}

static int find_setting(struct ctx *c, struct sqlite_conn *cn, struct str name, struct datum *ret)
{
	for (const struct local_setting *s = cn->settings; s; s = s->next) {
		if (str_ieq(s->name, name)) {
			*ret = datum_text(s->value);
			return 0;
		}
	}
	const struct session *session = cn->session;
	for (size_t i = 0; session && i < session->n_settings; i++) {
		if (str_ieq(str_of(session->settings[i].name), name)) {
			*ret = datum_text(str_of(session->settings[i].value));
			return 0;
		}
	}
	if (str_ieq(name, STR("request.jwt.claims"))) {
		if (session && session->claims.n)
			*ret = datum_text(session->claims);
		return 0;
	}
	if (str_starts(name, STR("request.jwt.claim."))) {
		const struct json *claims;
		TRY(claims_of(c, cn, &claims));
		*ret = member_text(claims, str_dup(c->arena, str_from(name, 18)));
		return 0;
	}
	*ret = own_setting(cn, name);
	return 0;
}

static int fn_current_setting(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	if (a[0].kind != D_TEXT)
		return 0;
	TRY(find_setting(c, cn, a[0].s, ret));
	if (ret->kind != D_NULL || (n > 1 && a[1].i))
		return 0;
	return err_set(c, "42704", "unrecognized configuration parameter \"%.*s\"",
		       STR_ARG(a[0].s));
}

void sqlite_set_setting(struct sqlite_conn *cn, struct str name, struct str value)
{
	struct local_setting *s = ARENA_NEW(cn->arena, struct local_setting);
	s->name = str_copy(cn->arena, name);
	s->value = str_copy(cn->arena, value);
	s->next = cn->settings;
	cn->settings = s;
}

static int fn_set_config(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)n;
	if (a[0].kind != D_TEXT)
		return err_set(c, "22004", "SET requires parameter name");
	if (str_ieq(a[0].s, STR("role")) || str_ieq(a[0].s, STR("session_authorization")))
		return err_set(c, "0A000", "set_config() cannot change the role here");
	sqlite_set_setting(cn, a[0].s, a[1].kind == D_TEXT ? a[1].s : STR(""));
	*ret = datum_text(cn->settings->value);
	return 0;
}

/* ---- auth.uid() and its kin ---- */

static int claim(struct ctx *c, struct sqlite_conn *cn, const char *name, struct datum *ret)
{
	const struct json *claims;
	TRY(claims_of(c, cn, &claims));
	*ret = member_text(claims, name);
	return 0;
}

static int fn_auth_uid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)a;
	(void)n;
	struct datum sub = datum_null();
	const struct vtype uuid = VTYPE(V_UUID);
	TRY(claim(c, cn, "sub", &sub));
	if (sub.kind == D_NULL || sub.s.n == 0)
		return 0;
	return value_in(c, &uuid, &cn->env, sub.s, ret);
}

static int fn_auth_role(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	(void)a;
	(void)n;
	return claim(c, cn, "role", ret);
}

static int fn_auth_email(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)a;
	(void)n;
	return claim(c, cn, "email", ret);
}

static int fn_auth_jwt(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)a;
	(void)n;
	const struct vtype jsonb = VTYPE(V_JSONB);
	if (!cn->session || !cn->session->claims.n)
		return 0;
	return value_in(c, &jsonb, &cn->env, cn->session->claims, ret);
}

static int fn_current_user(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)c;
	(void)a;
	(void)n;
	*ret = datum_text(str_of(sqlite_conn_role(cn)));
	return 0;
}

/* PostgREST logs in as this role and changes to the caller's. */
static int fn_session_user(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)c;
	(void)a;
	(void)n;
	*ret = datum_text(cn->session && cn->session->role ? STR("authenticator")
							   : STR("postgres"));
	return 0;
}

/* ---- the clock ---- */

static int now_as(struct ctx *c, const struct value_env *env, enum value_type id, struct datum *ret)
{
	const struct vtype t = VTYPE(id);
	return value_in(c, &t, env, STR("now"), ret);
}

static int fn_now(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		  struct datum *ret)
{
	(void)a;
	(void)n;
	return now_as(c, &cn->env, V_TIMESTAMPTZ, ret);
}

static int fn_clock(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)a;
	(void)n;
	struct timespec t;
	struct value_env env = cn->env;
	clock_gettime(CLOCK_REALTIME, &t);
	env.now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	return now_as(c, &env, V_TIMESTAMPTZ, ret);
}

static int fn_current_date(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)a;
	(void)n;
	return now_as(c, &cn->env, V_DATE, ret);
}

/* The argument is the precision in fractional digits. */
static int fit(struct ctx *c, struct sqlite_conn *cn, enum value_type id, const struct datum *a,
	       int n, struct datum *ret)
{
	struct datum now = datum_null();
	TRY(now_as(c, &cn->env, id, &now));
	struct vtype from = VTYPE(id), to = VTYPE(id);
	to.typmod = n && a[0].kind == D_INT ? (int32_t)a[0].i : -1;
	return value_cast(c, &from, &to, &cn->env, true, now, ret);
}

static int fn_current_timestamp(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
				struct datum *ret)
{
	return fit(c, cn, V_TIMESTAMPTZ, a, n, ret);
}

static int fn_localtimestamp(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			     struct datum *ret)
{
	return fit(c, cn, V_TIMESTAMP, a, n, ret);
}

static int fn_current_time(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	return fit(c, cn, V_TIMETZ, a, n, ret);
}

static int fn_localtime(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			struct datum *ret)
{
	return fit(c, cn, V_TIME, a, n, ret);
}

/* ---- where we are ---- */

static int fn_current_database(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			       struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR("postgres"));
	return 0;
}

/* The schemas of the search_path that exist; "$user" is one of that name. */
static bool next_schema(struct ctx *c, const struct sqlite_conn *cn, size_t *pos, struct str *ret)
{
	struct str name;
	while (search_path_next(sqlite_search_path(cn), pos, &name)) {
		if (str_is(name, "$user"))
			name = str_of(sqlite_conn_role(cn));
		if (cn->cat && catalog_schema(cn->cat, name)) {
			*ret = str_copy(c->arena, name);
			return true;
		}
	}
	return false;
}

static int fn_current_schema(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			     struct datum *ret)
{
	(void)a;
	(void)n;
	size_t pos = 0;
	struct str name;
	if (next_schema(c, cn, &pos, &name))
		*ret = datum_text(name);
	return 0;
}

static int fn_current_schemas(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)n;
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	struct str name;
	size_t pos = 0;
	buf_puts(&b, a[0].i ? "[\"pg_catalog\"" : "[");
	while (next_schema(c, cn, &pos, &name)) {
		if (b.n > 1)
			buf_char(&b, ',');
		json_put_string(&b, name);
	}
	buf_char(&b, ']');
	*ret = datum_text(str_copy(c->arena, buf_view(&b)));
	return 0;
}

static int fn_version(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR("PostgreSQL " SERVER_VERSION " (Bedplate on SQLite)"));
	return 0;
}

static int fn_trigger_depth(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			    struct datum *ret)
{
	(void)c, (void)a, (void)n;
	*ret = datum_int(cn->trigger_depth);
	return 0;
}

static int fn_backend_pid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_int(getpid());
	return 0;
}

static int fn_client_encoding(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR("UTF8"));
	return 0;
}

/* Requests write one after the other: whoever asks for a lock has it. */
static int fn_nothing(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR(""));
	return 0;
}

/* ---- random ---- */

static int fn_uuid(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)cn;
	(void)a;
	(void)n;
	unsigned char r[16];
	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return err_set(c, "XX000", "could not generate random values");
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	*ret = datum_text(str_of(arena_printf(
		c->arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12],
		r[13], r[14], r[15])));
	return 0;
}

/* [0, 1) with 53 bits */
static int fn_random(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	uint64_t bits;
	sqlite3_randomness(sizeof(bits), &bits);
	*ret = datum_real((double)(bits >> 11) * 0x1p-53);
	return 0;
}

static int fn_random_bytes(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)cn;
	(void)n;
	if (a[0].kind != D_INT || a[0].i < 1 || a[0].i > 1024)
		return err_set(c, "39000", "Length not in range");
	size_t size = (size_t)a[0].i;
	char *p = arena_alloc(c->arena, size);
	for (size_t got = 0; got < size;) {
		ssize_t more = getrandom(p + got, size - got, 0);
		if (more < 0)
			return err_set(c, "XX000", "could not generate random values");
		got += (size_t)more;
	}
	*ret = datum_blob((struct str){ p, size });
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_current_setting", 1, FN_STRICT, fn_current_setting },
	{ "bp_current_setting", 2, FN_STRICT, fn_current_setting },
	{ "bp_set_config", 3, 0, fn_set_config },
	{ "bp_auth_uid", 0, FN_CONST, fn_auth_uid },
	{ "bp_auth_jwt", 0, FN_CONST, fn_auth_jwt },
	{ "bp_auth_role", 0, FN_CONST, fn_auth_role },
	{ "bp_auth_email", 0, FN_CONST, fn_auth_email },
	{ "bp_current_user", 0, FN_CONST, fn_current_user },
	{ "bp_session_user", 0, FN_CONST, fn_session_user },
	{ "bp_now", 0, FN_CONST, fn_now },
	{ "bp_current_timestamp", 0, FN_CONST, fn_current_timestamp },
	{ "bp_current_timestamp", 1, FN_CONST, fn_current_timestamp },
	{ "bp_statement_timestamp", 0, FN_CONST, fn_now },
	{ "bp_clock_timestamp", 0, 0, fn_clock },
	{ "bp_current_date", 0, FN_CONST, fn_current_date },
	{ "bp_current_time", 0, FN_CONST, fn_current_time },
	{ "bp_current_time", 1, FN_CONST, fn_current_time },
	{ "bp_localtime", 0, FN_CONST, fn_localtime },
	{ "bp_localtime", 1, FN_CONST, fn_localtime },
	{ "bp_localtimestamp", 0, FN_CONST, fn_localtimestamp },
	{ "bp_localtimestamp", 1, FN_CONST, fn_localtimestamp },
	{ "bp_current_database", 0, FN_CONST, fn_current_database },
	{ "bp_current_schema", 0, FN_CONST, fn_current_schema },
	{ "bp_current_schemas", 1, FN_CONST | FN_STRICT, fn_current_schemas },
	{ "bp_pgsql_version", 0, FN_CONST, fn_version },
	{ "bp_pg_backend_pid", 0, FN_CONST, fn_backend_pid },
	{ "bp_pg_trigger_depth", 0, FN_CONST, fn_trigger_depth },
	{ "bp_pg_client_encoding", 0, FN_CONST, fn_client_encoding },
	{ "bp_pg_advisory_lock_int8", 1, FN_STRICT, fn_nothing },
	{ "bp_pg_advisory_lock_int4", 2, FN_STRICT, fn_nothing },
	{ "bp_pg_advisory_xact_lock_int8", 1, FN_STRICT, fn_nothing },
	{ "bp_pg_advisory_xact_lock_int4", 2, FN_STRICT, fn_nothing },
	{ "bp_gen_random_uuid", 0, 0, fn_uuid },
	{ "bp_uuid_generate_v4", 0, 0, fn_uuid },
	{ "bp_drandom", 0, 0, fn_random },
	{ "bp_gen_random_bytes", 1, FN_STRICT, fn_random_bytes },
};

int sqlite_add_session_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
