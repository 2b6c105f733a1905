#include "signin/user.h"

#include "base/arena.h"
#include "base/buf.h"
#include "signin/signin_int.h"

#include <string.h>
#include <time.h>

/* name in the API ("" when it is not shown), column. */
enum user_col {
	U_ID,
	U_AUD,
	U_ROLE,
	U_EMAIL,
	U_EMAIL_CONFIRMED,
	U_INVITED,
	U_PHONE,
	U_PHONE_CONFIRMED,
	U_CONFIRMATION_SENT,
	U_CONFIRMED,
	U_RECOVERY_SENT,
	U_NEW_EMAIL,
	U_EMAIL_CHANGE_SENT,
	U_NEW_PHONE,
	U_PHONE_CHANGE_SENT,
	U_REAUTH_SENT,
	U_LAST_SIGN_IN,
	U_APP_META,
	U_USER_META,
	U_FACTORS,
	U_IDENTITIES,
	U_CREATED,
	U_UPDATED,
	U_BANNED,
	U_DELETED,
	U_ANONYMOUS,
	U_PASSWORD,
	U_CONFIRMATION_TOKEN,
	U_RECOVERY_TOKEN,
	U_REAUTH_TOKEN,
	U_CHANGE_CURRENT,
	U_CHANGE_NEW,
	U_CHANGE_STATUS,
	U_SSO,
	U_COLS
};

enum user_kind { K_TEXT, K_TEXT_OPT, K_TIME, K_JSON, K_JSON_OPT, K_BOOL, K_HIDDEN };

static const struct user_column {
	const char *name;
	enum user_kind kind;
	const char *sql;
} columns[U_COLS] = {
	[U_ID] = { "id", K_TEXT, "u.id" },
	[U_AUD] = { "aud", K_TEXT, "u.aud" },
	[U_ROLE] = { "role", K_TEXT, "u.role" },
	[U_EMAIL] = { "email", K_TEXT, "u.email" },
	[U_EMAIL_CONFIRMED] = { "email_confirmed_at", K_TIME, "u.email_confirmed_at" },
	[U_INVITED] = { "invited_at", K_TIME, "u.invited_at" },
	[U_PHONE] = { "phone", K_TEXT, "u.phone" },
	[U_PHONE_CONFIRMED] = { "phone_confirmed_at", K_TIME, "u.phone_confirmed_at" },
	[U_CONFIRMATION_SENT] = { "confirmation_sent_at", K_TIME, "u.confirmation_sent_at" },
	[U_CONFIRMED] = { "confirmed_at", K_TIME, "u.confirmed_at" },
	[U_RECOVERY_SENT] = { "recovery_sent_at", K_TIME, "u.recovery_sent_at" },
	[U_NEW_EMAIL] = { "new_email", K_TEXT_OPT, "u.email_change" },
	[U_EMAIL_CHANGE_SENT] = { "email_change_sent_at", K_TIME, "u.email_change_sent_at" },
	[U_NEW_PHONE] = { "new_phone", K_TEXT_OPT, "u.phone_change" },
	[U_PHONE_CHANGE_SENT] = { "phone_change_sent_at", K_TIME, "u.phone_change_sent_at" },
	[U_REAUTH_SENT] = { "reauthentication_sent_at", K_TIME, "u.reauthentication_sent_at" },
	[U_LAST_SIGN_IN] = { "last_sign_in_at", K_TIME, "u.last_sign_in_at" },
	[U_APP_META] = { "app_metadata", K_JSON, "u.raw_app_meta_data" },
	[U_USER_META] = { "user_metadata", K_JSON, "u.raw_user_meta_data" },
	[U_FACTORS] = { "factors", K_JSON_OPT,
			"(SELECT json_agg(json_build_object('id', f.id, 'created_at', "
			"f.created_at, "
			"'updated_at', f.updated_at, 'status', f.status::text, 'friendly_name', "
			"f.friendly_name, 'factor_type', f.factor_type::text, "
			"'last_challenged_at', "
			"f.last_challenged_at) ORDER BY f.created_at) FROM auth.mfa_factors f "
			"WHERE f.user_id = u.id)" },
	[U_IDENTITIES] = { "identities", K_JSON,
			   "(SELECT json_agg(json_build_object('identity_id', i.id, 'id', "
			   "i.provider_id, 'user_id', i.user_id, 'identity_data', i.identity_data, "
			   "'provider', i.provider, 'last_sign_in_at', i.last_sign_in_at, "
			   "'created_at', i.created_at, 'updated_at', i.updated_at, 'email', "
			   "i.email) ORDER BY i.created_at) FROM auth.identities i "
			   "WHERE i.user_id = u.id)" },
	[U_CREATED] = { "created_at", K_TIME, "u.created_at" },
	[U_UPDATED] = { "updated_at", K_TIME, "u.updated_at" },
	[U_BANNED] = { "banned_until", K_TIME, "u.banned_until" },
	[U_DELETED] = { "deleted_at", K_TIME, "u.deleted_at" },
	[U_ANONYMOUS] = { "is_anonymous", K_BOOL, "u.is_anonymous" },
	[U_PASSWORD] = { "", K_HIDDEN, "u.encrypted_password" },
	[U_CONFIRMATION_TOKEN] = { "", K_HIDDEN, "u.confirmation_token" },
	[U_RECOVERY_TOKEN] = { "", K_HIDDEN, "u.recovery_token" },
	[U_REAUTH_TOKEN] = { "", K_HIDDEN, "u.reauthentication_token" },
	[U_CHANGE_CURRENT] = { "", K_HIDDEN, "u.email_change_token_current" },
	[U_CHANGE_NEW] = { "", K_HIDDEN, "u.email_change_token_new" },
	[U_CHANGE_STATUS] = { "", K_HIDDEN, "u.email_change_confirm_status" },
	[U_SSO] = { "", K_HIDDEN, "u.is_sso_user" },
};

/* "2026-01-02 03:04:05.678+00", as a timestamptz prints in UTC. */
static int64_t time_of(struct str s)
{
	struct tm tm = { 0 };
	if (!s.p || s.n < 19)
		return 0;
	char text[20];
	memcpy(text, s.p, 19);
	text[19] = 0;
	if (!strptime(text, "%Y-%m-%d %H:%M:%S", &tm))
		return 0;
	return (int64_t)timegm(&tm);
}

static bool is_true(struct str s)
{
	return s.p && (str_is(s, "t") || str_is(s, "true") || str_is(s, "1"));
}

static struct user *make_user(struct call *k, const struct rows *all, size_t row)
{
	struct user *u = ARENA_NEW(k->a, struct user);
	struct str *v = all->cells + row * all->n_cols;
	int64_t status = 0;
#define TEXT(col) (v[col].p ? str_dup(k->a, v[col]) : "")
	u->row = (struct rows){ 1, all->n_cols, v };
	u->id = TEXT(U_ID), u->aud = TEXT(U_AUD), u->role = TEXT(U_ROLE);
	u->email = TEXT(U_EMAIL), u->phone = TEXT(U_PHONE), u->password_hash = TEXT(U_PASSWORD);
	u->confirmation_token = TEXT(U_CONFIRMATION_TOKEN);
	u->recovery_token = TEXT(U_RECOVERY_TOKEN);
	u->reauthentication_token = TEXT(U_REAUTH_TOKEN);
	u->email_change = TEXT(U_NEW_EMAIL);
	u->email_change_token_current = TEXT(U_CHANGE_CURRENT);
	u->email_change_token_new = TEXT(U_CHANGE_NEW);
	u->app_metadata = v[U_APP_META].p ? TEXT(U_APP_META) : "{}";
	u->user_metadata = v[U_USER_META].p ? TEXT(U_USER_META) : "{}";
	u->identities = v[U_IDENTITIES].p ? TEXT(U_IDENTITIES) : "[]";
	u->factors = v[U_FACTORS].p ? TEXT(U_FACTORS) : "[]";
#undef TEXT
	u->is_anonymous = is_true(v[U_ANONYMOUS]), u->is_sso = is_true(v[U_SSO]);
	u->email_confirmed_at = time_of(v[U_EMAIL_CONFIRMED]);
	u->phone_confirmed_at = time_of(v[U_PHONE_CONFIRMED]);
	u->confirmation_sent_at = time_of(v[U_CONFIRMATION_SENT]);
	u->recovery_sent_at = time_of(v[U_RECOVERY_SENT]);
	u->email_change_sent_at = time_of(v[U_EMAIL_CHANGE_SENT]);
	u->reauthentication_sent_at = time_of(v[U_REAUTH_SENT]);
	u->invited_at = time_of(v[U_INVITED]), u->banned_until = time_of(v[U_BANNED]);
	u->deleted_at = time_of(v[U_DELETED]);
	if (v[U_CHANGE_STATUS].p)
		str_to_i64(v[U_CHANGE_STATUS], &status);
	u->email_change_status = (int)status;
	return u;
}

int users_list(struct call *k, const char *tail, const char *const *params, size_t n,
	       struct user ***ret, size_t *ret_n)
{
	BUF_CLEANUP struct buf sql = buf_make(16 << 10);
	struct rows rows;
	buf_puts(&sql, "SELECT ");
	for (int i = 0; i < U_COLS; i++)
		buf_printf(&sql, "%s%s", i ? ", " : "", columns[i].sql);
	buf_printf(&sql, " FROM auth.users u %s", tail);
	TRY(txn_query(k, buf_dup(k->a, &sql), params, n, &rows));
	struct user **v = arena_array(k->a, rows.n ? rows.n : 1, sizeof(*v));
	for (size_t i = 0; i < rows.n; i++)
		v[i] = make_user(k, &rows, i);
	*ret = v;
	*ret_n = rows.n;
	return 0;
}

int user_where(struct call *k, const char *condition, const char *const *params, size_t n,
	       struct user **ret)
{
	struct user **v;
	size_t found;
	TRY(users_list(k, arena_printf(k->a, "WHERE %s LIMIT 1", condition), params, n, &v,
		       &found));
	*ret = found ? v[0] : NULL;
	return 0;
}

int user_by_id(struct call *k, const char *id, struct user **ret)
{
	return user_where(k, "u.id = $1::uuid", P(id), ret);
}

int user_by_email(struct call *k, const char *email, struct user **ret)
{
	const char *lower = str_lower(k->a, str_of(email)).p;
	return user_where(k, "u.email = $1 AND u.aud = $2 AND u.is_sso_user = false",
			  P(lower ? lower : "", k->aud), ret);
}

int email_is_taken(struct call *k, const char *email, const char *except, bool *ret)
{
	struct rows rows;
	TRY(txn_query(k,
		      "SELECT 1 FROM auth.users u WHERE u.aud = $2 AND u.is_sso_user = false AND "
		      "(u.email = $1 OR u.id IN (SELECT i.user_id FROM auth.identities i WHERE "
		      "i.email = $1 AND i.provider NOT LIKE 'sso:%')) AND "
		      "($3::uuid IS NULL OR u.id <> $3::uuid) LIMIT 1",
		      P(email, k->aud, except), &rows));
	*ret = rows.n;
	return 0;
}

bool user_is_banned(const struct user *u)
{
	return u->banned_until > unix_now();
}

bool user_is_confirmed(const struct user *u)
{
	return u->email_confirmed_at;
}

bool user_has_mfa(struct call *k, const struct user *u)
{
	(void)k;
	return strstr(u->factors, "\"verified\"");
}

static void put_time(struct buf *b, struct str s)
{
	BUF_CLEANUP struct buf t = buf_make(64);
	buf_str(&t, str_sub(s, 0, s.n >= 3 && s.p[s.n - 3] == '+' ? s.n - 3 : s.n));
	buf_char(&t, 'Z');
	if (t.n > 10 && t.p[10] == ' ')
		t.p[10] = 'T';
	json_put_string(b, buf_view(&t));
}

void user_put(struct call *k, struct buf *b, const struct user *u)
{
	const struct str *v = u->row.cells;
	(void)k;
	buf_char(b, '{');
	for (int i = 0; i < U_COLS; i++) {
		enum user_kind kind = columns[i].kind;
		if (kind == K_HIDDEN || (!v[i].p && (kind == K_TIME || kind == K_JSON_OPT)) ||
		    (kind == K_TEXT_OPT && !v[i].n))
			continue;
		buf_printf(b, "%s\"%s\":", i ? "," : "", columns[i].name);
		if (kind == K_TIME)
			put_time(b, v[i]);
		else if (kind == K_JSON || kind == K_JSON_OPT)
			buf_puts(b, v[i].p ? str_dup(k->a, v[i]) : i == U_IDENTITIES ? "[]" : "{}");
		else if (kind == K_BOOL)
			buf_puts(b, is_true(v[i]) ? "true" : "false");
		else
			json_put_string(b, v[i].p ? v[i] : STR(""));
	}
	buf_char(b, '}');
}

int answer_user(struct call *k, int status, const struct user *u)
{
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	user_put(k, &b, u);
	return answer(k, status, buf_view(&b));
}
