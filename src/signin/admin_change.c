/* PUT and DELETE of /admin/users/{id}, and its factors. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/admin.h"
#include "signin/ott.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <openssl/sha.h>
#include <string.h>

int admin_check_phone(struct call *k, const char *phone, const char *except, const char **ret)
{
	struct rows r;
	const char *digits = *phone == '+' ? phone + 1 : phone;
	size_t n = strlen(digits);
	if (n < 2 || n > 15 || strspn(digits, "0123456789") != n || *digits == '0')
		return refuse(k, 400, "validation_failed",
			      "Invalid phone number format (E.164 required)");
	TRY(txn_query(k,
		      "SELECT 1 FROM auth.users WHERE phone = $1 AND ($2::uuid IS NULL OR id <> "
		      "$2::uuid) LIMIT 1",
		      P(digits, except), &r));
	if (r.n)
		return refuse(k, 422, "phone_exists",
			      "Phone number already registered by another user");
	*ret = digits;
	return 0;
}

struct change {
	struct user *u;
	const char *email, *phone, *hash, *ban;
	bool has_password, is_email_confirmed;
};

static int read_change(struct call *k, struct change *ch)
{
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	struct json *password = json_get(k->body, "password");
	bool is_taken = false;
	TRY(admin_user(k, &ch->u));
	if (*email) {
		TRY(check_email(k, email, &ch->email));
		TRY(email_is_taken(k, ch->email, ch->u->id, &is_taken));
	}
	if (is_taken)
		return refuse(k, 422, "email_exists",
			      "A user with this email address has already been registered");
	if (*phone)
		TRY(admin_check_phone(k, phone, ch->u->id, &ch->phone));
	TRY(admin_ban_seconds(k, &ch->ban));
	ch->is_email_confirmed = json_get_bool(k->body, "email_confirm", false);
	ch->has_password = password && password->kind == JSON_STRING;
	if (!ch->has_password)
		return 0;
	TRY(password_check_strength(k, str_dup(k->a, password->text)));
	return password_hash(k, str_dup(k->a, password->text), &ch->hash);
}

static void set_email(struct txn *t, const struct change *ch)
{
	const char *id = ch->u->id;
	txn_add(t,
		"UPDATE auth.users SET email = $2, is_anonymous = is_anonymous AND $3::boolean = "
		"false, "
		"updated_at = now() WHERE id = $1::uuid",
		P(id, ch->email, ch->is_email_confirmed ? "true" : "false"));
	txn_add(t,
		"UPDATE auth.identities SET identity_data = identity_data || "
		"jsonb_build_object('email', $2::text, 'email_verified', $3::boolean), updated_at "
		"= "
		"now() WHERE user_id = $1::uuid AND provider = 'email'",
		P(id, ch->email, ch->is_email_confirmed ? "true" : "false"));
	if (!strstr(ch->u->identities, "\"provider\" : \"email\"") &&
	    !strstr(ch->u->identities, "\"provider\":\"email\""))
		txn_new_email_identity(t, id, ch->email, ch->is_email_confirmed, NULL);
}

static void set_password(struct txn *t, const struct change *ch)
{
	txn_add(t,
		"UPDATE auth.users SET encrypted_password = $2, recovery_token = '', "
		"confirmation_token = '', updated_at = now() WHERE id = $1::uuid",
		P(ch->u->id, ch->hash));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(ch->u->id));
	txn_add(t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(ch->u->id));
}

static void set_others(struct txn *t, const struct change *ch)
{
	struct call *k = t->k;
	const char *role = body_text(k, "role"), *id = ch->u->id;
	const char *app = body_object(k, "app_metadata"), *data = body_object(k, "user_metadata");
	if (*role)
		txn_add(t, "UPDATE auth.users SET role = $2 WHERE id = $1::uuid", P(id, role));
	if (json_get_bool(k->body, "phone_confirm", false))
		txn_add(t, "UPDATE auth.users SET phone_confirmed_at = now() WHERE id = $1::uuid",
			P(id));
	if (ch->phone)
		txn_add(t,
			"UPDATE auth.users SET phone = $2, updated_at = now() WHERE id = $1::uuid",
			P(id, ch->phone));
	if (app)
		txn_merge_metadata(t, ch->u, "raw_app_meta_data", app);
	if (data)
		txn_merge_metadata(t, ch->u, "raw_user_meta_data", data);
	admin_ban(t, id, ch->ban);
}

int handle_admin_put(struct call *k)
{
	struct change ch = { 0 };
	struct txn t;
	struct user *u;
	TRY(read_change(k, &ch));
	txn_begin(&t, k);
	set_others(&t, &ch);
	if (ch.is_email_confirmed)
		txn_confirm_email(&t, ch.u->id);
	if (ch.has_password)
		set_password(&t, &ch);
	if (ch.email)
		set_email(&t, &ch);
	txn_audit(&t, NULL, "user_modified", admin_traits(k, ch.u->id, ch.u->email));
	TRY(txn_run(&t, "Error updating user"));
	TRY(user_by_id(k, ch.u->id, &u));
	return u ? answer_user(k, 200, u) : refuse(k, 404, "user_not_found", "User not found");
}

/* What is left of a softly deleted user's address: not the address, not free. */
static const char *obscured(struct call *k, const struct user *u, const char *text)
{
	unsigned char md[SHA256_DIGEST_LENGTH];
	const char *both = arena_printf(k->a, "%s%s", u->id, text);
	if (!*text)
		return text;
	SHA256((const unsigned char *)both, strlen(both), md);
	return hex_of(k->a, md, sizeof(md));
}

static void soft_delete(struct txn *t, const struct user *u)
{
	struct call *k = t->k;
	txn_add(t,
		"UPDATE auth.users SET email = NULLIF($2, ''), phone = NULLIF($3, ''), "
		"email_change = "
		"$4, phone_change = '', encrypted_password = NULL, confirmation_token = '', "
		"recovery_token = '', email_change_token_current = '', email_change_token_new = "
		"'', "
		"phone_change_token = '', raw_user_meta_data = '{}'::jsonb, raw_app_meta_data = "
		"'{}'::jsonb, deleted_at = now() WHERE id = $1::uuid AND deleted_at IS NULL",
		P(u->id, obscured(k, u, u->email),
		  str_dup(k->a, str_sub(str_of(obscured(k, u, u->phone)), 0, 15)),
		  obscured(k, u, u->email_change)));
	txn_add(t,
		"UPDATE auth.identities SET identity_data = '{}'::jsonb, provider_id = $2 WHERE "
		"user_id = $1::uuid",
		P(u->id, obscured(k, u, "identity")));
	txn_add(t, "DELETE FROM auth.one_time_tokens WHERE user_id = $1::uuid", P(u->id));
	txn_add(t, "DELETE FROM auth.mfa_factors WHERE user_id = $1::uuid", P(u->id));
	txn_add(t, "DELETE FROM auth.sessions WHERE user_id = $1::uuid", P(u->id));
}

int handle_admin_delete(struct call *k)
{
	struct user *u;
	struct txn t;
	TRY(admin_user(k, &u));
	txn_begin(&t, k);
	txn_audit(&t, NULL, "user_deleted", admin_traits(k, u->id, u->email));
	if (json_get_bool(k->body, "should_soft_delete", false))
		soft_delete(&t, u);
	else
		txn_add(&t, "DELETE FROM auth.users WHERE id = $1::uuid", P(u->id));
	TRY(txn_run(&t, "Database error deleting user"));
	return answer_empty(k);
}

int handle_admin_factors(struct call *k)
{
	struct user *u;
	TRY(admin_user(k, &u));
	return answer(k, 200, str_of(u->factors));
}

int handle_admin_factor_put(struct call *k)
{
	struct user *u;
	struct txn t;
	struct rows r;
	const char *name = body_text(k, "friendly_name");
	TRY(admin_user(k, &u));
	txn_begin(&t, k);
	txn_read(&t,
		 "UPDATE auth.mfa_factors SET friendly_name = CASE WHEN $3 = '' THEN friendly_name "
		 "ELSE $3 END, updated_at = now() WHERE id = $1::uuid AND user_id = $2::uuid "
		 "RETURNING json_build_object('id', id, 'created_at', created_at, 'updated_at', "
		 "updated_at, 'status', status::text, 'friendly_name', friendly_name, "
		 "'factor_type', "
		 "factor_type::text)",
		 P(k->params[1], u->id, name), &r);
	txn_expect_one(&t, 404, "mfa_factor_not_found", "Factor not found");
	txn_audit(&t, NULL, "factor_updated", admin_traits(k, u->id, u->email));
	TRY(txn_run(&t, "Database error updating factor"));
	return answer(k, 200, rows_at(&r, 0, 0));
}

int handle_admin_factor_delete(struct call *k)
{
	struct user *u;
	struct txn t;
	TRY(admin_user(k, &u));
	txn_begin(&t, k);
	txn_add(&t, "DELETE FROM auth.mfa_factors WHERE id = $1::uuid AND user_id = $2::uuid",
		P(k->params[1], u->id));
	txn_expect_one(&t, 404, "mfa_factor_not_found", "Factor not found");
	txn_add(&t,
		"UPDATE auth.sessions SET aal = 'aal1', factor_id = NULL WHERE user_id = $1::uuid "
		"AND "
		"factor_id = $2::uuid",
		P(u->id, k->params[1]));
	txn_audit(&t, NULL, "factor_deleted", admin_traits(k, u->id, u->email));
	TRY(txn_run(&t, "Database error deleting factor"));
	return answer(k, 200, str_of(arena_printf(k->a, "{\"id\":\"%s\"}", k->params[1])));
}

int handle_audit(struct call *k)
{
	struct rows r;
	const char *page = query_text(k, "page"), *size = query_text(k, "per_page");
	int64_t n = 50, at = 1;
	if (size && str_to_i64(str_of(size), &n) && (n < 1 || n > 1000))
		n = 50;
	if (page && (!str_to_i64(str_of(page), &at) || at < 1))
		at = 1;
	TRY(txn_query(k,
		      arena_printf(k->a,
				   "SELECT json_build_object('id', id, 'payload', payload, "
				   "'created_at', created_at, 'ip_address', ip_address) FROM "
				   "auth.audit_log_entries ORDER BY created_at DESC, id LIMIT %lld "
				   "OFFSET %lld",
				   (long long)n, (long long)((at - 1) * n)),
		      P_NONE, &r));
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	buf_char(&b, '[');
	for (size_t i = 0; i < r.n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_str(&b, rows_at(&r, i, 0));
	}
	buf_char(&b, ']');
	return answer(k, 200, buf_view(&b));
}
