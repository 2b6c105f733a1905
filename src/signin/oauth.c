/*
 * GET /authorize and GET, POST /callback: sign-in at another provider, and the
 * linking of a further identity. The state is the id of a row of
 * auth.flow_state, good for once and for five minutes.
 */
#include "signin/oauth.h"
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "external/random.h"
#include "net/request.h"
#include "net/response.h"
#include "signin/link.h"
#include "signin/ott.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

enum { STATE_SECONDS = 300, VERIFIER_BYTES = 32, LOCATION_MAX = 64 << 10 };

/* ---- the way out ---- */

/* pkce_check() and pkce_start() read the body; here these come in the query. */
static void query_to_body(struct call *k)
{
	static const char *const names[] = { "code_challenge", "code_challenge_method" };
	for (size_t i = 0; i < 2; i++) {
		const char *text = query_text(k, names[i]);
		if (!text)
			continue;
		struct json *v = ARENA_NEW(k->a, struct json);
		*v = (struct json){ .kind = JSON_STRING,
				    .key = str_of(names[i]),
				    .text = str_of(text),
				    .next = k->body->child };
		k->body->child = v;
		k->body->count++;
	}
}

struct going {
	const struct provider *p;
	const char *state, *verifier, *client_state;
	bool is_pkce;
	const struct user *target; /* of a linking; NULL: sign-in */
};

static void add_flow(struct txn *t, const struct going *g)
{
	struct call *k = t->k;
	const char *method = body_text(k, "code_challenge_method");
	bool is_plain = strcmp(method, "plain") == 0;
	txn_add(t,
		"INSERT INTO auth.flow_state (id, auth_code, code_challenge_method, "
		"code_challenge, provider_type, provider_access_token, provider_refresh_token, "
		"created_at, updated_at, authentication_method, referrer, oauth_client_state_id, "
		"linking_target_id, email_optional) VALUES ($1::uuid, $2, "
		"$3::auth.code_challenge_method, $4, $5, '', '', now(), now(), 'oauth', $6, "
		"$7::uuid, $8::uuid, $9::boolean)",
		P(g->state, g->is_pkce ? new_uuid(k->a) : NULL,
		  g->is_pkce ? (is_plain ? "plain" : "s256") : NULL,
		  g->is_pkce ? body_text(k, "code_challenge") : NULL, provider_name(g->p),
		  redirect_of(k, NULL), g->client_state, g->target ? g->target->id : NULL,
		  provider_config(g->p)->email_optional ? "true" : "false"));
}

/* The query's parameters, which a client may use to ask the provider for more. */
static const char *const (*extras(struct call *k, size_t *ret_n))[2]
{
	const char *(*v)[2] = arena_array(k->a, PROVIDER_EXTRA_MAX, sizeof(*v));
	struct str rest = k->rq->query;
	size_t n = 0;
	while (rest.p && n < PROVIDER_EXTRA_MAX) {
		struct str item = str_split(&rest, '&');
		struct str name = str_split(&item, '=');
		const char *value = query_text(k, str_dup(k->a, name));
		if (!name.n || !value ||
		    strspn(str_dup(k->a, name), "abcdefghijklmnopqrstuvwxyz_-") != name.n)
			continue;
		v[n][0] = str_dup(k->a, name);
		v[n++][1] = value;
	}
	*ret_n = n;
	return (const char *const(*)[2])v;
}

static int start_flow(struct call *k, struct going *g, const char **ret_url)
{
	struct txn t;
	bool has_pkce;
	const char *scopes = query_text(k, "scopes");
	if (provider_has_pkce(k->c, k->s->providers, g->p, &has_pkce) < 0)
		return refuse_external(k, "Error getting the provider's endpoints");
	txn_begin(&t, k);
	if (has_pkce) {
		g->verifier = external_random(k->a, VERIFIER_BYTES);
		g->client_state = new_uuid(k->a);
		txn_add(&t,
			"INSERT INTO auth.oauth_client_states (id, provider_type, code_verifier, "
			"created_at) VALUES ($1::uuid, $2, $3, now())",
			P(g->client_state, provider_name(g->p), g->verifier));
	}
	add_flow(&t, g);
	TRY(txn_run(&t, "Error creating flow state"));
	struct provider_start s = { .state = g->state,
				    .scopes = scopes ? scopes : "",
				    .verifier = g->verifier };
	s.extra = extras(k, &s.n_extra);
	if (provider_authorize_url(k->c, k->s->providers, g->p, &s, ret_url) < 0)
		return refuse_external(k, "Error getting the provider's endpoints");
	return 0;
}

static int provider_url(struct call *k, const struct user *target, const char **ret_url)
{
	const char *name = query_text(k, "provider");
	struct going g = { .state = new_uuid(k->a), .target = target };
	g.p = provider_find(k->s->providers, str_of(name ? name : ""));
	if (!g.p)
		return refuse(k, 400, "validation_failed",
			      "Unsupported provider: provider is not enabled");
	query_to_body(k);
	TRY(pkce_check(k, &g.is_pkce));
	return start_flow(k, &g, ret_url);
}

static int lead_to(struct call *k, const char *url)
{
	response_header(k->rs, "Location", str_of(url));
	response_header(k->rs, "Cache-Control", STR("no-store"));
	return response_status(k->rs, 302);
}

int handle_authorize(struct call *k)
{
	const char *url;
	TRY(provider_url(k, NULL, &url));
	return lead_to(k, url);
}

int handle_link_identity(struct call *k)
{
	const char *url, *skip = query_text(k, "skip_http_redirect");
	BUF_CLEANUP struct buf b = buf_make(LOCATION_MAX);
	if (!k->s->o.cfg->auth.enable_manual_linking)
		return refuse(k, 404, "manual_linking_disabled", "Manual linking is disabled");
	TRY(provider_url(k, k->user, &url));
	if (!skip || strcmp(skip, "true") != 0)
		return lead_to(k, url);
	buf_puts(&b, "{\"url\":");
	json_put_string(&b, str_of(url));
	buf_char(&b, '}');
	return answer(k, 200, buf_view(&b));
}

/* ---- the way back ---- */

struct coming {
	const struct provider *p;
	const char *state, *code, *user_form;
	const char *referrer, *auth_code, *client_state, *target_id;
	const char *verifier;
	bool is_pkce;
	struct provider_tokens tokens;
	struct identity id;
};

/* A parameter of the query, or of the form that Apple posts. */
static const char *came(struct call *k, const char *name)
{
	struct request form = *k->rq, *was = k->rq;
	if (k->rq->method != HTTP_POST)
		return query_text(k, name);
	form.query = k->rq->body;
	k->rq = &form;
	const char *text = query_text(k, name);
	k->rq = was;
	return text;
}

static int load_state(struct call *k, struct coming *in)
{
	struct rows r;
	int64_t age = STATE_SECONDS;
	if (!in->state || !*in->state)
		return refuse(k, 400, "bad_oauth_callback", "OAuth state parameter missing");
	if (!is_uuid(str_of(in->state)))
		return refuse(k, 400, "bad_oauth_state", "OAuth state parameter is invalid");
	TRY(txn_query(k,
		      "SELECT provider_type, referrer, auth_code, code_challenge, "
		      "oauth_client_state_id, linking_target_id, user_id, floor(extract(epoch FROM "
		      "now() - created_at))::bigint FROM auth.flow_state WHERE id = $1::uuid AND "
		      "authentication_method = 'oauth'",
		      P(in->state), &r));
	if (!r.n)
		return refuse(k, 400, "bad_oauth_state", "OAuth state not found or expired");
	str_to_i64(rows_at(&r, 0, 7), &age);
	if (age >= STATE_SECONDS)
		return refuse(k, 400, "bad_oauth_state", "OAuth state has expired");
	if (rows_at(&r, 0, 6).n)
		return refuse(k, 400, "flow_state_already_used", "State has already been used");
	in->p = provider_find(k->s->providers, rows_at(&r, 0, 0));
	in->referrer = rows_at(&r, 0, 1).n ? rows_text(k, &r, 0, 1) : NULL;
	in->auth_code = rows_text(k, &r, 0, 2);
	in->is_pkce = rows_at(&r, 0, 3).n > 0;
	in->client_state = rows_at(&r, 0, 4).n ? rows_text(k, &r, 0, 4) : NULL;
	in->target_id = rows_at(&r, 0, 5).n ? rows_text(k, &r, 0, 5) : NULL;
	return in->p ? 0 : refuse(k, 400, "oauth_provider_not_supported", "Unsupported provider");
}

/* The verifier is taken out by the one request that gets it. */
static int take_verifier(struct call *k, struct coming *in)
{
	struct txn t;
	struct rows r;
	if (!in->client_state)
		return 0;
	txn_begin(&t, k);
	txn_read(&t,
		 "DELETE FROM auth.oauth_client_states WHERE id = $1::uuid AND provider_type = $2 "
		 "RETURNING code_verifier",
		 P(in->client_state, provider_name(in->p)), &r);
	txn_expect_one(&t, 422, "oauth_client_state_not_found", "OAuth state not found");
	TRY(txn_run(&t, "Failed to find OAuth state"));
	in->verifier = rows_text(k, &r, 0, 0);
	return 0;
}

static int ask_provider(struct call *k, struct coming *in)
{
	TRY(take_verifier(k, in));
	if (provider_exchange(k->c, k->s->providers, in->p, in->code, in->verifier, &in->tokens) <
	    0)
		return refuse_external(
			k, arena_printf(k->a, "Unable to exchange external code: %.4s", in->code));
	if (provider_identity(k->c, k->s->providers, in->p, &in->tokens,
			      str_of(in->user_form ? in->user_form : ""), &in->id) < 0)
		return refuse_external(k, "Error getting user profile from external provider");
	return 0;
}

static int apply(struct txn *t, struct coming *in, struct link *l)
{
	struct user *target;
	if (!in->target_id) {
		TRY(link_decide(t->k, &in->id, in->p, l));
		return link_apply(t, l);
	}
	TRY(user_by_id(t->k, in->target_id, &target));
	if (!target || target->deleted_at || user_is_banned(target))
		return refuse(t->k, 422, "user_not_found", "Linking target user not found");
	*l = (struct link){ .user_id = target->id,
			    .user = target,
			    .provider = provider_name(in->p) };
	return link_to_user(t, target, &in->id, in->p);
}

static const char *text_or_empty(struct call *k, struct str s)
{
	return s.n ? str_dup(k->a, s) : "";
}

/* The state ends here, or becomes a code that the client exchanges. */
static void end_state(struct txn *t, const struct coming *in, const char *user_id)
{
	struct call *k = t->k;
	if (in->is_pkce)
		txn_add(t,
			"UPDATE auth.flow_state SET user_id = $2::uuid, provider_access_token = "
			"$3, "
			"provider_refresh_token = $4, auth_code_issued_at = now(), updated_at = "
			"now() WHERE id = $1::uuid AND user_id IS NULL",
			P(in->state, user_id, text_or_empty(k, in->tokens.access),
			  text_or_empty(k, in->tokens.refresh)));
	else
		txn_add(t, "DELETE FROM auth.flow_state WHERE id = $1::uuid AND user_id IS NULL",
			P(in->state));
	txn_expect_one(t, 400, "flow_state_already_used", "State has already been used");
}

static const char *back(struct call *k, const struct coming *in)
{
	return in->referrer ? in->referrer : k->s->o.cfg->auth.site_url;
}

static int lead_back(struct call *k, const char *base, const char *query, const char *fragment)
{
	BUF_CLEANUP struct buf b = buf_make(LOCATION_MAX);
	struct str rest = str_of(base);
	struct str plain = str_split(&rest, '#');
	buf_str(&b, plain);
	if (query)
		buf_printf(&b, "%c%s", str_chr(plain, '?') >= 0 ? '&' : '?', query);
	if (fragment)
		buf_printf(&b, "#%s", fragment);
	return lead_to(k, buf_dup(k->a, &b));
}

static int come_back(struct call *k, struct coming *in)
{
	struct txn t;
	struct link l = { 0 };
	struct issued session;
	BUF_CLEANUP struct buf b = buf_make(LOCATION_MAX);
	TRY(ask_provider(k, in));
	txn_begin(&t, k);
	TRY(apply(&t, in, &l));
	if (l.is_pending) {
		txn_add(&t, "DELETE FROM auth.flow_state WHERE id = $1::uuid", P(in->state));
		TRY(txn_run(&t, "Database error saving new user"));
		return link_pending(k, &l);
	}
	end_state(&t, in, l.user_id);
	if (!in->is_pkce)
		session_issue(&t, l.user_id, "oauth", &session);
	TRY(txn_run(&t, "Database error saving new user"));
	if (in->is_pkce)
		return lead_back(k, back(k, in), arena_printf(k->a, "code=%s", in->auth_code),
				 NULL);
	session.provider_token = text_or_empty(k, in->tokens.access);
	session.provider_refresh_token =
		in->tokens.refresh.n ? text_or_empty(k, in->tokens.refresh) : NULL;
	TRY(session_put_fragment(k, &b, &session, NULL));
	return lead_back(k, back(k, in), NULL, buf_dup(k->a, &b));
}

static const char *error_name(const struct call *k)
{
	static const char *const denied[] = { "signup_disabled", "user_banned",
					      "provider_email_needs_verification" };
	for (size_t i = 0; i < 3; i++)
		if (k->error_code && strcmp(k->error_code, denied[i]) == 0)
			return "access_denied";
	switch (k->c->err.http_status) {
	case 400:
		return "invalid_request";
	case 401:
		return "unauthorized_client";
	case 403:
		return "access_denied";
	case 503:
		return "temporarily_unavailable";
	default:
		return "server_error";
	}
}

static int lead_back_error(struct call *k, const char *base, const char *name, const char *code,
			   const char *text)
{
	BUF_CLEANUP struct buf b = buf_make(16 << 10);
	buf_puts(&b, "error=");
	put_urlencoded(&b, str_of(name));
	if (code) {
		buf_puts(&b, "&error_code=");
		put_urlencoded(&b, str_of(code));
	}
	buf_puts(&b, "&error_description=");
	put_urlencoded(&b, str_of(text));
	const char *query = buf_dup(k->a, &b);
	err_clear(k->c);
	return lead_back(k, base, query, arena_printf(k->a, "%s&sb=", query));
}

static int fail_back(struct call *k, const struct coming *in)
{
	return lead_back_error(k, back(k, in), error_name(k), k->error_code, k->c->err.message);
}

int handle_callback(struct call *k)
{
	struct coming in = { .state = came(k, "state"),
			     .code = came(k, "code"),
			     .user_form = came(k, "user") };
	const char *error = came(k, "error"), *text = came(k, "error_description");
	if (load_state(k, &in) < 0)
		return fail_back(k, &in);
	if (error && *error)
		return lead_back_error(k, back(k, &in), error, NULL, text ? text : "");
	if (!in.code || !*in.code) {
		refuse(k, 400, "bad_oauth_callback",
		       "OAuth callback with missing authorization code missing");
		return fail_back(k, &in);
	}
	return come_back(k, &in) < 0 ? fail_back(k, &in) : 0;
}
