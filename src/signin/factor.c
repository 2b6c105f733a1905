/* Second factors: enroll, challenge, verify, unenroll. TOTP only so far. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/hooks.h"
#include "signin/ott.h"
#include "signin/routes.h"
#include "signin/session.h"
#include "signin/signin_int.h"
#include "signin/totp.h"

#include <string.h>

enum { CHALLENGE_SECONDS = 300 };

static int check_type(struct call *k, const char *type)
{
	if (!strcmp(type, "phone"))
		return refuse(k, 422, "mfa_phone_enroll_not_enabled",
			      "MFA enroll is disabled for Phone");
	if (!strcmp(type, "webauthn"))
		return refuse(k, 422, "mfa_webauthn_enroll_not_enabled",
			      "MFA enroll is disabled for WebAuthn");
	if (strcmp(type, "totp"))
		return refuse(k, 400, "validation_failed",
			      "factor_type needs to be totp, phone, or webauthn");
	if (!k->s->o.cfg->auth.totp_enroll)
		return refuse(k, 422, "mfa_totp_enroll_not_enabled",
			      "MFA enroll is disabled for TOTP");
	if (!k->session)
		return refuse(
			k, 500, "unexpected_failure",
			"A valid session and a registered user are required to enroll a factor");
	return 0;
}

static int check_factors(struct call *k, const char *name)
{
	struct rows r;
	int64_t total = 0, same = 0;
	TRY(txn_query(
		k,
		"SELECT count(*), count(*) FILTER (WHERE friendly_name = $2 AND $2 <> '') FROM "
		"auth.mfa_factors WHERE user_id = $1::uuid AND (status = 'verified' OR "
		"created_at > now() - interval '300 seconds')",
		P(k->user->id, name), &r));
	str_to_i64(rows_at(&r, 0, 0), &total);
	str_to_i64(rows_at(&r, 0, 1), &same);
	if (same)
		return refuse(k, 422, "mfa_factor_name_conflict",
			      "A factor with the friendly name \"%s\" for this user already exists",
			      name);
	if (total >= k->s->o.cfg->auth.mfa_max)
		return refuse(k, 422, "too_many_enrolled_mfa_factors",
			      "Maximum number of verified factors reached, unenroll to continue");
	if (user_has_mfa(k, k->user) && strcmp(k->session->aal, "aal2"))
		return refuse(k, 403, "insufficient_aal", "AAL2 required to enroll a new factor");
	return 0;
}

static const char *issuer_of(struct call *k)
{
	const char *given = body_text(k, "issuer");
	struct str site = str_of(k->s->o.cfg->auth.site_url);
	ptrdiff_t at = str_find(site, STR("://"));
	if (*given)
		return given;
	site = at < 0 ? site : str_from(site, (size_t)at + 3);
	return str_dup(k->a, str_split(&site, '/'));
}

static int answer_enrolled(struct call *k, const char *id, const char *name, const char *secret)
{
	const char *account = *k->user->email ? k->user->email : k->user->id;
	const char *uri = totp_uri(k->a, issuer_of(k), account, secret);
	const char *svg = totp_svg(k->a, uri);
	BUF_CLEANUP struct buf b = buf_make(4 << 20);
	if (!svg)
		return refuse(k, 500, "unexpected_failure", "Error generating QR Code");
	buf_printf(&b, "{\"id\":\"%s\",\"type\":\"totp\",\"friendly_name\":", id);
	json_put_string(&b, str_of(name));
	buf_puts(&b, ",\"totp\":{\"qr_code\":");
	json_put_string(&b, str_of(svg));
	buf_printf(&b, ",\"secret\":\"%s\",\"uri\":", secret);
	json_put_string(&b, str_of(uri));
	buf_puts(&b, "}}");
	return answer(k, 200, buf_view(&b));
}

int handle_factor_enroll(struct call *k)
{
	const char *name = body_text(k, "friendly_name"), *id = new_uuid(k->a);
	const char *secret = totp_new_secret(k->a);
	struct txn t;
	TRY(check_type(k, body_text(k, "factor_type")));
	TRY(check_factors(k, name));
	txn_begin(&t, k);
	txn_add(&t,
		"DELETE FROM auth.mfa_factors WHERE user_id = $1::uuid AND status = 'unverified' "
		"AND "
		"created_at <= now() - interval '300 seconds'",
		P(k->user->id));
	txn_add(&t,
		"INSERT INTO auth.mfa_factors (id, user_id, friendly_name, factor_type, status, "
		"created_at, updated_at, secret) VALUES ($1::uuid, $2::uuid, $3, 'totp', "
		"'unverified', now(), now(), $4)",
		P(id, k->user->id, name, secret));
	txn_audit(&t, k->user, "factor_in_progress",
		  arena_printf(k->a, "{\"factor_id\":\"%s\"}", id));
	TRY(txn_run(&t, "Database error creating factor"));
	return answer_enrolled(k, id, name, secret);
}

struct factor {
	const char *id, *type, *status, *secret;
};

static int find_factor(struct call *k, struct factor *ret)
{
	struct rows r;
	TRY(txn_query(k,
		      "SELECT id, factor_type, status, secret FROM auth.mfa_factors WHERE id = "
		      "$1::uuid AND user_id = $2::uuid",
		      P(k->params[0], k->user->id), &r));
	if (!r.n)
		return refuse(k, 404, "mfa_factor_not_found", "Factor not found");
	*ret = (struct factor){ rows_text(k, &r, 0, 0), rows_text(k, &r, 0, 1),
				rows_text(k, &r, 0, 2), rows_text(k, &r, 0, 3) };
	return 0;
}

static int check_can_verify(struct call *k, const struct factor *f)
{
	if (strcmp(f->type, "totp") || !f->secret)
		return refuse(k, 422,
			      !strcmp(f->type, "phone") ? "mfa_phone_verify_not_enabled"
							: "mfa_webauthn_verify_not_enabled",
			      "MFA verification is disabled for %s",
			      !strcmp(f->type, "phone") ? "Phone" : "WebAuthn");
	if (!k->s->o.cfg->auth.totp_verify)
		return refuse(k, 422, "mfa_totp_verify_not_enabled",
			      "MFA verification is disabled for TOTP");
	return 0;
}

int handle_factor_challenge(struct call *k)
{
	struct factor f;
	struct txn t;
	const char *id = new_uuid(k->a);
	TRY(find_factor(k, &f));
	TRY(check_can_verify(k, &f));
	txn_begin(&t, k);
	txn_add(&t,
		"DELETE FROM auth.mfa_challenges WHERE factor_id = $1::uuid AND created_at < now() "
		"- "
		"make_interval(secs => $2::float8)",
		P(f.id, arena_printf(k->a, "%d", CHALLENGE_SECONDS)));
	txn_add(&t,
		"INSERT INTO auth.mfa_challenges (id, factor_id, created_at, ip_address) VALUES "
		"($1::uuid, $2::uuid, now(), $3::inet)",
		P(id, f.id, k->ip));
	txn_add(&t, "UPDATE auth.mfa_factors SET last_challenged_at = now() WHERE id = $1::uuid",
		P(f.id));
	txn_audit(&t, k->user, "challenge_created",
		  arena_printf(k->a, "{\"factor_id\":\"%s\",\"factor_status\":\"%s\"}", f.id,
			       f.status));
	TRY(txn_run(&t, "Database error creating challenge"));
	return answer(
		k, 200,
		str_of(arena_printf(k->a, "{\"id\":\"%s\",\"type\":\"totp\",\"expires_at\":%lld}",
				    id, (long long)(unix_now() + CHALLENGE_SECONDS))));
}

static int check_challenge(struct call *k, const struct factor *f, const char *id)
{
	struct rows r;
	int64_t age = 0;
	if (!is_uuid(str_of(id)))
		return refuse(k, 422, "mfa_factor_not_found",
			      "MFA factor with the provided challenge ID not found");
	TRY(txn_query(
		k,
		"SELECT floor(extract(epoch FROM now() - created_at))::bigint, ip_address::text "
		"FROM auth.mfa_challenges WHERE id = $1::uuid AND factor_id = $2::uuid AND "
		"verified_at IS NULL",
		P(id, f->id), &r));
	if (!r.n)
		return refuse(k, 422, "mfa_factor_not_found",
			      "MFA factor with the provided challenge ID not found");
	str_to_i64(rows_at(&r, 0, 0), &age);
	struct str ip = rows_at(&r, 0, 1);
	if (!str_eq(str_split(&ip, '/'), str_of(k->ip)))
		return refuse(k, 422, "mfa_ip_address_mismatch",
			      "Challenge and verify IP addresses mismatch.");
	if (age > CHALLENGE_SECONDS)
		return refuse(
			k, 422, "mfa_challenge_expired",
			"MFA challenge %s has expired, verify against another challenge or create "
			"a new challenge.",
			id);
	return 0;
}

/* The session rises to aal2; the user's sessions below it and the factors that were
 * never verified go. */
static void raise_session(struct txn *t, const struct factor *f, const char *challenge)
{
	struct call *k = t->k;
	const char *sid = k->session->id;
	txn_add(t, "DELETE FROM auth.mfa_challenges WHERE id = $1::uuid AND factor_id = $2::uuid",
		P(challenge, f->id));
	txn_expect_one(t, 422, "mfa_factor_not_found",
		       "MFA factor with the provided challenge ID not found");
	txn_add(t,
		"UPDATE auth.mfa_factors SET status = 'verified', updated_at = now() WHERE id = "
		"$1::uuid",
		P(f->id));
	txn_add(t,
		"DELETE FROM auth.mfa_amr_claims WHERE session_id = $1::uuid AND "
		"authentication_method = 'totp'",
		P(sid));
	txn_add(t,
		"INSERT INTO auth.mfa_amr_claims (id, session_id, created_at, updated_at, "
		"authentication_method) VALUES ($1::uuid, $2::uuid, now(), now(), 'totp')",
		P(new_uuid(k->a), sid));
	txn_add(t,
		"UPDATE auth.sessions SET aal = 'aal2', factor_id = $2::uuid, updated_at = now() "
		"WHERE "
		"id = $1::uuid",
		P(sid, f->id));
	txn_expect_one(t, 403, "session_not_found",
		       "Session from session_id claim in JWT does not exist");
	txn_add(t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid AND aal < 'aal2'",
		P(k->user->id));
	txn_add(t,
		"DELETE FROM auth.mfa_factors WHERE user_id = $1::uuid AND status = 'unverified' "
		"AND "
		"factor_type = 'totp' AND id <> $2::uuid",
		P(k->user->id, f->id));
}

int handle_factor_verify(struct call *k)
{
	const char *challenge = body_text(k, "challenge_id"), *code = body_text(k, "code");
	struct factor f;
	struct txn t;
	struct issued in = { .user_id = k->user->id, .method = "totp" };
	TRY(find_factor(k, &f));
	if (!*code)
		return refuse(k, 400, "validation_failed", "Code needs to be non-empty");
	TRY(check_can_verify(k, &f));
	if (!k->session)
		return refuse(k, 403, "session_not_found",
			      "Session from session_id claim in JWT does not exist");
	TRY(limit_check_account(k, f.id));
	TRY(check_challenge(k, &f, challenge));
	bool is_right = totp_matches(f.secret, unix_now(), code);
	TRY(hook_mfa(k, k->user->id, f.id, "totp", is_right));
	if (!is_right) {
		limit_count_failure(k, f.id);
		return refuse(k, 422, "mfa_verification_failed", "Invalid TOTP code entered");
	}
	txn_begin(&t, k);
	raise_session(&t, &f, challenge);
	in.session_id = k->session->id;
	TRY(session_swap_token(&t, in.session_id, k->user->id, &in.refresh_token));
	txn_audit(&t, k->user, "verification_attempted",
		  arena_printf(k->a, "{\"factor_id\":\"%s\",\"challenge_id\":\"%s\"}", f.id,
			       challenge));
	if (!strcmp(f.status, "unverified"))
		mail_notify(&t, MAIL_MFA_ENROLLED, k->user, k->user->email,
			    &(struct mail_vars){ .factor_type = "totp" });
	TRY(txn_run(&t, "Database error verifying factor"));
	return session_answer(k, &in);
}

int handle_factor_unenroll(struct call *k)
{
	struct factor f;
	struct txn t;
	TRY(find_factor(k, &f));
	bool is_verified = !strcmp(f.status, "verified");
	if (is_verified && (!k->session || strcmp(k->session->aal, "aal2")))
		return refuse(k, 422, "insufficient_aal",
			      "AAL2 required to unenroll verified factor");
	txn_begin(&t, k);
	txn_add(&t, "DELETE FROM auth.mfa_factors WHERE id = $1::uuid", P(f.id));
	txn_add(&t,
		"DELETE FROM auth.mfa_amr_claims WHERE authentication_method = 'totp' AND "
		"session_id "
		"IN (SELECT s.id FROM auth.sessions s WHERE s.user_id = $1::uuid AND s.factor_id = "
		"$2::uuid)",
		P(k->user->id, f.id));
	txn_add(&t,
		"UPDATE auth.sessions SET aal = 'aal1', factor_id = NULL WHERE user_id = $1::uuid "
		"AND "
		"factor_id = $2::uuid",
		P(k->user->id, f.id));
	txn_audit(&t, k->user, "factor_unenrolled",
		  arena_printf(k->a, "{\"factor_id\":\"%s\",\"factor_status\":\"%s\"}", f.id,
			       f.status));
	if (is_verified)
		mail_notify(&t, MAIL_MFA_UNENROLLED, k->user, k->user->email,
			    &(struct mail_vars){ .factor_type = "totp" });
	TRY(txn_run(&t, "Database error deleting factor"));
	return answer(k, 200, str_of(arena_printf(k->a, "{\"id\":\"%s\"}", f.id)));
}
