#include "external/hook.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "engine/engine.h"
#include "external/random.h"
#include "loop/await.h"
#include "net/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAYLOAD_MAX = 1 << 20, NAME_MAX_BYTES = 63, NS_PER_MS = 1000000 };

#define HOOK_ROLE "supabase_auth_admin"

static const struct {
	const char *setting; /* [auth.hook.<setting>] */
	const char *name;    /* metadata.name */
} kinds[HOOK_KINDS] = {
	[HOOK_CUSTOM_ACCESS_TOKEN] = { "custom_access_token", "customize-access-token" },
	[HOOK_BEFORE_USER_CREATED] = { "before_user_created", "before-user-created" },
	[HOOK_AFTER_USER_CREATED] = { "after_user_created", "after-user-created" },
	[HOOK_SEND_EMAIL] = { "send_email", "send-email" },
	[HOOK_SEND_SMS] = { "send_sms", "send-sms" },
	[HOOK_PASSWORD_VERIFICATION] = { "password_verification_attempt", "password-verification" },
	[HOOK_MFA_VERIFICATION] = { "mfa_verification_attempt", "mfa-verification" },
};

struct hook {
	const char *uri; /* NULL: not enabled */
	const char *sql; /* of a function; NULL: HTTP */
	const char *secrets;
};

struct hooks {
	struct hooks_options o;
	struct arena *arena;
	struct hook v[HOOK_KINDS];
};

static bool is_identifier(struct str s)
{
	if (s.n == 0 || s.n > NAME_MAX_BYTES || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (!(ch == '_' || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
		      (ch >= 'A' && ch <= 'Z')))
			return false;
	}
	return true;
}

/* pg-functions://postgres/<schema>/<function> */
static int read_function(struct ctx *c, struct hooks *h, struct hook *hook)
{
	struct str rest = str_from(str_of(hook->uri), strlen("pg-functions://"));
	struct str host = str_split(&rest, '/');
	struct str schema = str_split(&rest, '/');
	if (!str_is(host, "postgres") || !is_identifier(schema) || !is_identifier(rest))
		return err_set(c, "F0000", "the hook's uri is malformed: %s", hook->uri);
	hook->sql = arena_printf(h->arena, "SELECT (\"%.*s\".\"%.*s\"($1))::text", STR_ARG(schema),
				 STR_ARG(rest));
	return 0;
}

/* Every secret must sign before one is needed. */
static int check_secrets(struct ctx *c, const struct hook *hook)
{
	struct str rest = str_of(hook->secrets);
	const char *signature;
	while (rest.p)
		TRY(hook_sign(c, str_trim(str_split(&rest, '|')), "id", 0, STR(""), &signature));
	return 0;
}

static int read_hook(struct ctx *c, struct hooks *h, const struct config_hook *from)
{
	for (int i = 0; i < HOOK_KINDS; i++) {
		if (strcmp(kinds[i].setting, from->name) != 0)
			continue;
		struct hook *hook = &h->v[i];
		*hook = (struct hook){ .uri = from->uri, .secrets = from->secrets };
		return strncmp(from->uri, "pg-functions://", 15) == 0 ? read_function(c, h, hook)
								      : check_secrets(c, hook);
	}
	return err_set(c, "F0000", "there is no hook [auth.hook.%s]", from->name);
}

int hooks_new(struct ctx *c, const struct hooks_options *o, struct hooks **ret)
{
	struct hooks *h = calloc(1, sizeof(*h));
	CHECK(h);
	h->o = *o;
	h->arena = arena_new(0);
	for (size_t i = 0; i < o->cfg->external.n_hooks; i++)
		if (read_hook(c, h, &o->cfg->external.hooks[i]) < 0) {
			hooks_free(h);
			return -1;
		}
	*ret = h;
	return 0;
}

void hooks_free(struct hooks *h)
{
	if (!h)
		return;
	arena_free(h->arena);
	free(h);
}

bool hook_is_enabled(const struct hooks *h, enum hook_kind kind)
{
	return h->v[kind].uri != NULL;
}

/* ---- the two ways to call ---- */

static int fail(struct ctx *c, const char *code, int status, const char *what)
{
	err_set(c, code, "%s", what);
	return err_http(c, status);
}

static int on_columns(struct ctx *c, void *arg, const struct result_column *cols, size_t n)
{
	(void)c, (void)arg, (void)cols, (void)n;
	return 0;
}

struct answer {
	struct arena *arena;
	struct str text;
};

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct answer *a = arg;
	(void)c;
	if (n == 1 && cells[0].kind == D_TEXT)
		a->text = str_copy(a->arena, cells[0].s);
	return 0;
}

static uint64_t sooner(uint64_t deadline, uint64_t ms)
{
	uint64_t mine = loop_clock_ns() + ms * NS_PER_MS;
	return deadline && deadline < mine ? deadline : mine;
}

static int call_function(struct ctx *c, struct hooks *h, const struct hook *hook, struct str body,
			 struct str *ret)
{
	struct answer a = { .arena = c->arena };
	struct sink sink = { &a, on_columns, on_row };
	struct sql_param param = { body };
	struct session s = { .role = HOOK_ROLE, .search_path = "auth" };
	struct tx_spec spec = { .end = TX_COMMIT };
	struct step step = {
		.sql = str_of(hook->sql), .params = &param, .n_params = 1, .sink = &sink
	};
	uint64_t deadline = c->deadline_ns;
	c->deadline_ns = sooner(deadline, HOOK_SQL_TIMEOUT_MS);
	int rc = engine_tx(c, h->o.engine, &s, &spec, &step, 1);
	c->deadline_ns = deadline;
	if (rc < 0) {
		const char *why = c->err.message;
		err_set(c, "unexpected_failure", "Error running hook URI: %s", hook->uri);
		err_details(c, "%s", why);
		return err_http(c, 500);
	}
	*ret = a.text;
	return 0;
}

static int signatures(struct ctx *c, const struct hook *hook, const char *id, int64_t now,
		      struct str body, const char **ret)
{
	struct str rest = str_of(hook->secrets);
	const char *all = NULL, *one;
	while (rest.p) {
		TRY(hook_sign(c, str_trim(str_split(&rest, '|')), id, now, body, &one));
		all = all ? arena_printf(c->arena, "%s %s", all, one) : one;
	}
	*ret = all;
	return 0;
}

static int post(struct ctx *c, struct hooks *h, const struct hook *hook, struct str body,
		uint64_t until, struct http_answer *ret)
{
	const char *id = external_uuid(c->arena), *signature;
	int64_t now = time(NULL);
	uint64_t left = until > loop_clock_ns() ? (until - loop_clock_ns()) / NS_PER_MS : 0;
	TRY(signatures(c, hook, id, now, body, &signature));
	struct http_header headers[] = {
		{ STR("Content-Type"), STR("application/json") },
		{ STR("webhook-id"), str_of(id) },
		{ STR("webhook-timestamp"),
		  str_of(arena_printf(c->arena, "%lld", (long long)now)) },
		{ STR("webhook-signature"), str_of(signature) },
	};
	struct http_call call = {
		.url = hook->uri,
		.headers = headers,
		.n_headers = sizeof(headers) / sizeof(*headers),
		.body = body,
		.timeout_ms = left ? (uint32_t)left : 1,
		.body_max = HOOK_ANSWER_MAX,
	};
	return http_client_call(c, h->o.client, &call, ret);
}

static int timed_out(struct ctx *c)
{
	return fail(c, "hook_timeout", 422,
		    "Failed to reach hook within maximum time of 5.000000 seconds");
}

static int judge(struct ctx *c, const struct http_answer *a, struct str *ret)
{
	struct str type = str_of(a->content_type);
	switch (a->status) {
	case 204:
		*ret = STR("{}");
		return 0;
	case 200:
	case 202:
		if (!type.n)
			return fail(c, "hook_payload_invalid_content_type", 400,
				    "Invalid Content-Type: Missing Content-Type header");
		if (!str_ieq(str_trim(str_split(&type, ';')), STR("application/json"))) {
			err_set(c, "hook_payload_invalid_content_type",
				"Invalid JSON response. Received content-type: %s",
				a->content_type);
			return err_http(c, 400);
		}
		*ret = a->body;
		return 0;
	case 400:
		return fail(c, "unexpected_failure", 500, "Invalid payload sent to hook");
	case 401:
		return fail(c, "unexpected_failure", 500, "Hook requires authorization token");
	case 429:
	case 503:
		return fail(c, "unexpected_failure", 500,
			    "Service currently unavailable due to hook");
	default:
		err_set(c, "unexpected_failure", "Unexpected status code returned from hook: %d",
			a->status);
		return err_http(c, 500);
	}
}

/* A failed connection is tried again after a pause; a busy hook that says when
 * to come back, at once. */
static int call_url(struct ctx *c, struct hooks *h, const struct hook *hook, struct str body,
		    struct str *ret)
{
	uint64_t until = sooner(c->deadline_ns, HOOK_HTTP_TIMEOUT_MS);
	struct http_answer a;
	for (int i = 0; i < HOOK_HTTP_TRIES; i++) {
		bool is_last = i + 1 == HOOK_HTTP_TRIES;
		if (post(c, h, hook, body, until, &a) == 0) {
			bool is_busy = (a.status == 429 || a.status == 503) && *a.retry_after;
			if (is_busy && !is_last)
				continue;
			return judge(c, &a, ret);
		}
		if (err_is(c, "54000"))
			return fail(c, "hook_payload_over_size_limit", 422,
				    "Payload size exceeded size limit of 204800 bytes");
		if (err_is(c, "57014") || loop_clock_ns() >= until)
			return timed_out(c);
		if (!err_is(c, "08006") || is_last)
			break;
		err_clear(c);
		if (loop_clock_ns() + (uint64_t)HOOK_HTTP_PAUSE_MS * NS_PER_MS >= until)
			return timed_out(c);
		TRY(await_sleep(c, (uint64_t)HOOK_HTTP_PAUSE_MS * NS_PER_MS));
	}
	return fail(c, "hook_timeout_after_retry", 422,
		    "Failed to reach hook after maximum retries");
}

/* ---- payload and answer ---- */

static int build(struct ctx *c, enum hook_kind kind, struct str ip, struct str members,
		 struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(PAYLOAD_MAX);
	struct timespec now;
	struct tm t;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &t);
	buf_printf(
		&b,
		"{\"metadata\":{\"uuid\":\"%s\",\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ\","
		"\"name\":\"%s\"",
		external_uuid(c->arena), t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
		t.tm_min, t.tm_sec, now.tv_nsec, kinds[kind].name);
	if (ip.n) {
		buf_puts(&b, ",\"ip_address\":");
		json_put_string(&b, ip);
	}
	buf_puts(&b, "}");
	if (members.n)
		buf_char(&b, ',');
	buf_str(&b, members);
	buf_char(&b, '}');
	if (!buf_ok(&b))
		return fail(c, "unexpected_failure", 500, "Error marshaling JSON input.");
	*ret = (struct str){ buf_dup(c->arena, &b), b.n };
	return 0;
}

static int check_error(struct ctx *c, const struct json *answer)
{
	const struct json *error = json_get(answer, "error");
	struct str message = json_get_str(error, "message", STR(""));
	int64_t status = json_get_i64(error, "http_code", 500);
	if (!error || error->kind != JSON_OBJECT || !message.n)
		return 0;
	if (status < 400 || status > 599)
		status = 500;
	err_set(c, status == 500 ? "unexpected_failure" : "unknown", "%.*s", STR_ARG(message));
	return err_http(c, (int)status);
}

static int read_answer(struct ctx *c, struct str text, struct json **ret)
{
	struct json *answer;
	/* A function that returns void or NULL says nothing. */
	if (!str_trim(text).n)
		text = STR("{}");
	if (json_parse(c, text, (struct json_limits){ 64, 20000 }, &answer) < 0 ||
	    (answer->kind != JSON_OBJECT && answer->kind != JSON_NULL))
		return fail(c, "unexpected_failure", 500, "Error unmarshaling JSON output.");
	TRY(check_error(c, answer));
	*ret = answer;
	return 0;
}

int hook_call(struct ctx *c, struct hooks *h, enum hook_kind kind, struct str ip,
	      struct str members, struct json **ret)
{
	const struct hook *hook = &h->v[kind];
	struct str body, text = { 0 };
	CHECK(hook->uri);
	TRY(build(c, kind, ip, members, &body));
	TRY(hook->sql ? call_function(c, h, hook, body, &text) : call_url(c, h, hook, body, &text));
	return read_answer(c, text, ret);
}
