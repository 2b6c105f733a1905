/* GET and POST /verify: a mailed code or link becomes a session. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "net/response.h"
#include "signin/ott.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

#define ACCEPTED                                                                                   \
	"Confirmation link accepted. Please proceed to confirm link sent to the other email"
#define BAD_LINK "Email link is invalid or has expired"
#define BAD_CODE "Token has expired or is invalid"

struct verifying {
	const char *type, *hash;  /* the hash as it came, with its prefix */
	const char *email;	  /* with a code; NULL: by the hash alone */
	const char *found, *kind; /* the token's hash as stored, and its type */
	const char *message;	  /* of the refusal */
	bool is_pkce;
	struct user *user;
};

static const struct verify_type {
	const char *name, *token_types;
} types[] = {
	{ "signup", "confirmation_token" },
	{ "invite", "confirmation_token" },
	{ "recovery", "recovery_token" },
	{ "magiclink", "recovery_token" },
	{ "email", "confirmation_token recovery_token" },
	{ "email_change", "email_change_token_current email_change_token_new" },
};

static const char *token_types(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(types[i].name, type))
			return types[i].token_types;
	return NULL;
}

/* A code proves the address that it was sent to, which is that of the row, or for
 * a change the one in relates_to. */
static int find(struct call *k, struct verifying *v)
{
	struct rows r;
	const char *plain = v->hash;
	int64_t age = 0;
	TRY(txn_query(
		k,
		"SELECT user_id, token_type, token_hash, floor(extract(epoch FROM (now() AT TIME "
		"ZONE 'utc') - created_at))::bigint FROM auth.one_time_tokens WHERE (token_hash = "
		"$1 OR token_hash = $2) AND strpos($3, token_type::text) > 0 AND ($4::text IS NULL "
		"OR relates_to = $4) ORDER BY created_at DESC LIMIT 1",
		P(plain, arena_printf(k->a, "pkce_%s", plain), token_types(v->type), v->email),
		&r));
	if (!r.n)
		return refuse(k, 403, "otp_expired", "%s", v->message);
	str_to_i64(rows_at(&r, 0, 3), &age);
	v->kind = rows_text(k, &r, 0, 1);
	v->found = rows_text(k, &r, 0, 2);
	TRY(user_by_id(k, rows_text(k, &r, 0, 0), &v->user));
	if (!v->user || v->user->deleted_at || age > k->s->o.cfg->auth.otp_expiry)
		return refuse(k, 403, "otp_expired", "%s", v->message);
	if (user_is_banned(v->user))
		return refuse(k, 403, "user_banned", "User is banned");
	if (!strcmp(v->type, "email"))
		v->type = !strcmp(v->kind, "confirmation_token") ? "signup" : "magiclink";
	return 0;
}

static void consume(struct txn *t, const struct verifying *v)
{
	ott_consume(t, v->user->id, v->kind, v->found, v->message);
}

static void confirm_signup(struct txn *t, const struct verifying *v)
{
	consume(t, v);
	txn_confirm_email(t, v->user->id);
	txn_audit(t, v->user, "user_signedup", "{\"provider\":\"email\"}");
}

static void confirm_recovery(struct txn *t, const struct verifying *v)
{
	const struct user *u = v->user;
	consume(t, v);
	txn_add(t, "UPDATE auth.users SET recovery_token = '' WHERE id = $1::uuid", P(u->id));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(u->id));
	txn_audit(t, u, user_is_confirmed(u) ? "login" : "user_signedup", NULL);
	if (user_is_confirmed(u))
		return;
	/* Whoever set a password before never showed to own the address. */
	txn_add(t, "UPDATE auth.users SET encrypted_password = '' WHERE id = $1::uuid", P(u->id));
	txn_confirm_email(t, u->id);
}

static bool is_first_half(struct call *k, const struct user *u)
{
	return k->s->o.cfg->auth.double_confirm && u->email_change_status == 0 && *u->email;
}

static void confirm_half(struct txn *t, const struct verifying *v)
{
	bool is_current = !strcmp(v->kind, "email_change_token_current");
	consume(t, v);
	txn_add(t,
		is_current
			? "UPDATE auth.users SET email_change_confirm_status = 1, "
			  "email_change_token_current = '', updated_at = now() WHERE id = $1::uuid "
			  "AND email_change_confirm_status = 0"
			: "UPDATE auth.users SET email_change_confirm_status = 1, "
			  "email_change_token_new = '', updated_at = now() WHERE id = $1::uuid AND "
			  "email_change_confirm_status = 0",
		P(v->user->id));
	txn_expect_one(t, 403, "otp_expired", BAD_LINK);
}

static void confirm_change(struct txn *t, const struct verifying *v)
{
	const struct user *u = v->user;
	bool has_identity = strstr(u->identities, "\"email\"") && *u->email;
	consume(t, v);
	txn_add(t,
		"UPDATE auth.users SET email = email_change, email_change = '', "
		"email_change_token_current = '', email_change_token_new = '', "
		"email_change_confirm_status = 0, is_anonymous = false, email_confirmed_at = "
		"coalesce(email_confirmed_at, now()), updated_at = now() WHERE id = $1::uuid AND "
		"email_change = $2 AND email_change_confirm_status = $3::smallint",
		P(u->id, u->email_change, u->email_change_status ? "1" : "0"));
	txn_expect_one(t, 403, "otp_expired", BAD_LINK);
	txn_add(t,
		"UPDATE auth.identities SET identity_data = identity_data || "
		"jsonb_build_object('email', $2::text, 'email_verified', true), updated_at = now() "
		"WHERE user_id = $1::uuid AND provider = 'email'",
		P(u->id, u->email_change));
	if (!has_identity)
		txn_add(t,
			"INSERT INTO auth.identities (id, provider_id, user_id, identity_data, "
			"provider, "
			"last_sign_in_at, created_at, updated_at) SELECT $1::uuid, $4, $2::uuid, "
			"jsonb_build_object('sub', $4::text, 'email', $3::text, 'email_verified', "
			"true, "
			"'phone_verified', false), 'email', now(), now(), now() WHERE NOT EXISTS "
			"(SELECT 1 "
			"FROM auth.identities i WHERE i.user_id = $2::uuid AND i.provider = "
			"'email')",
			P(new_uuid(t->k->a), u->id, u->email_change, u->id));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(u->id));
	txn_refresh_providers(t, u->id);
	txn_audit(t, u, "user_modified", NULL);
	if (*u->email)
		mail_notify(
			t, MAIL_EMAIL_CHANGED, u, u->email,
			&(struct mail_vars){ .old_email = u->email, .new_email = u->email_change });
}

/* Appends what the token proves. *ret_half: the other address is still missing. */
static int apply(struct txn *t, const struct verifying *v, bool *ret_half)
{
	bool is_taken = false;
	*ret_half = false;
	if (!strcmp(v->type, "signup") || !strcmp(v->type, "invite"))
		confirm_signup(t, v);
	else if (strcmp(v->type, "email_change"))
		confirm_recovery(t, v);
	else if (is_first_half(t->k, v->user)) {
		confirm_half(t, v);
		*ret_half = true;
	} else {
		TRY(email_is_taken(t->k, v->user->email_change, v->user->id, &is_taken));
		if (is_taken)
			return refuse(t->k, 422, "email_exists",
				      "A user with this email address has already been registered");
		confirm_change(t, v);
	}
	return 0;
}

static int read_post(struct call *k, struct verifying *v)
{
	const char *token = body_text(k, "token"), *hash = body_text(k, "token_hash");
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	v->type = body_text(k, "type");
	if (!*v->type)
		return refuse(k, 400, "validation_failed", "Verify requires a verification type");
	if (!*token == !*hash)
		return refuse(k, 400, "validation_failed",
			      "Verify requires either a token or a token hash");
	if (*hash && (*email || *phone || *body_text(k, "redirect_to")))
		return refuse(k, 400, "validation_failed",
			      "Only the token_hash and type should be provided");
	v->hash = hash;
	v->message = *hash ? BAD_LINK : BAD_CODE;
	if (*hash)
		return 0;
	if (!*email || *phone)
		return refuse(k, *phone && !*email ? 403 : 400,
			      *phone && !*email ? "otp_expired" : "validation_failed",
			      *phone && !*email
				      ? BAD_CODE
				      : "Only an email address or phone number should be provided "
					"on verify");
	if (check_email(k, email, &v->email) < 0)
		return refuse(k, 422, "validation_failed", "Invalid email format");
	v->hash = ott_hash(k, v->email, token);
	return 0;
}

static int check_type(struct call *k, const struct verifying *v)
{
	if (token_types(v->type))
		return 0;
	return refuse(k, 400, "validation_failed",
		      v->email ? "Unsupported verification type"
			       : "Invalid email verification type");
}

int handle_verify_post(struct call *k)
{
	struct verifying v = { 0 };
	struct issued in;
	struct txn t;
	bool is_half;
	TRY(read_post(k, &v));
	TRY(check_type(k, &v));
	TRY(find(k, &v));
	txn_begin(&t, k);
	TRY(apply(&t, &v, &is_half));
	if (!is_half)
		session_issue(&t, v.user->id, "otp", &in);
	TRY(txn_run(&t, "Error confirming user"));
	if (is_half)
		return answer(k, 200, STR("{\"code\":\"200\",\"msg\":\"" ACCEPTED "\"}"));
	return session_answer(k, &in);
}

/* The code of the flow that asked for this mail. */
static int issue_code(struct call *k, struct txn *t, const struct verifying *v, const char **ret)
{
	struct rows r;
	const char *flow = !strcmp(v->type, "signup") ? "email/signup" : v->type;
	TRY(txn_query(
		k,
		"SELECT id, auth_code FROM auth.flow_state WHERE user_id = $1::uuid AND "
		"authentication_method = $2 AND code_challenge IS NOT NULL ORDER BY created_at "
		"DESC LIMIT 1",
		P(v->user->id, flow), &r));
	if (!r.n)
		return refuse(
			k, 400, "flow_state_not_found",
			"No associated flow state found. No valid flow state found for user.");
	txn_add(t,
		"UPDATE auth.flow_state SET auth_code_issued_at = now(), updated_at = now() WHERE "
		"id = "
		"$1::uuid",
		P(rows_text(k, &r, 0, 0)));
	txn_expect_one(t, 400, "flow_state_not_found",
		       "No associated flow state found. No valid flow state found for user.");
	*ret = rows_text(k, &r, 0, 1);
	return 0;
}

static int redirect(struct call *k, const char *base, const char *query, const char *fragment)
{
	struct str rest = str_of(base);
	struct str plain = str_split(&rest, '#');
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	buf_str(&b, plain);
	if (query)
		buf_printf(&b, "%c%s", str_chr(plain, '?') >= 0 ? '&' : '?', query);
	if (fragment)
		buf_printf(&b, "#%s", fragment);
	response_header(k->rs, "Location", buf_view(&b));
	return response_status(k->rs, 303);
}

static int redirect_error(struct call *k, const struct verifying *v, const char *base)
{
	int status = k->c->err.http_status;
	const char *name = status == 400   ? "invalid_request"
			   : status == 401 ? "unauthorized_client"
			   : status == 403 ? "access_denied"
			   : status == 500 ? "server_error"
			   : status == 503 ? "temporarily_unavailable"
					   : NULL;
	BUF_CLEANUP struct buf b = buf_make(16 << 10);
	if (name)
		buf_printf(&b, "error=%s&", name);
	buf_printf(&b, "error_code=%s&error_description=", k->error_code);
	put_urlencoded(&b, str_of(k->c->err.message));
	const char *query = buf_dup(k->a, &b);
	err_clear(k->c);
	return redirect(k, base, v->is_pkce ? query : NULL, arena_printf(k->a, "%s&sb=", query));
}

static int follow(struct call *k, struct verifying *v, const char *base)
{
	struct issued in;
	struct txn t;
	const char *code = NULL;
	bool is_half;
	TRY(check_type(k, v));
	TRY(find(k, v));
	txn_begin(&t, k);
	TRY(apply(&t, v, &is_half));
	if (!is_half && v->is_pkce)
		TRY(issue_code(k, &t, v, &code));
	else if (!is_half)
		session_issue(&t, v->user->id, "otp", &in);
	TRY(txn_run(&t, "Error confirming user"));
	if (is_half) {
		BUF_CLEANUP struct buf b = buf_make(1024);
		buf_puts(&b, "message=");
		put_urlencoded(&b, STR(ACCEPTED));
		const char *query = buf_dup(k->a, &b);
		return redirect(k, base, v->is_pkce ? query : NULL,
				arena_printf(k->a, "%s&sb=", query));
	}
	if (code)
		return redirect(k, base, arena_printf(k->a, "code=%s", code), NULL);
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	TRY(session_put_fragment(k, &b, &in, v->type));
	return redirect(k, base, NULL, buf_dup(k->a, &b));
}

int handle_verify_get(struct call *k)
{
	struct verifying v = { .type = query_text(k, "type"),
			       .hash = query_text(k, "token"),
			       .message = BAD_LINK };
	const char *base = redirect_of(k, NULL);
	if (!v.type || !*v.type)
		return refuse(k, 400, "validation_failed", "Verify requires a verification type");
	if (!v.hash || !*v.hash)
		return refuse(k, 400, "validation_failed",
			      "Verify requires a token or a token hash");
	v.is_pkce = !strncmp(v.hash, "pkce_", 5);
	return follow(k, &v, base) < 0 ? redirect_error(k, &v, base) : 0;
}
