/* /admin/users: list, get, create. With a service_role token only. */
#include "signin/admin.h"
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "net/response.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <string.h>

enum { PER_PAGE = 50, PER_PAGE_MAX = 1000 };

int admin_user(struct call *k, struct user **ret)
{
	TRY(user_by_id(k, k->params[0], ret));
	return *ret ? 0 : refuse(k, 404, "user_not_found", "User not found");
}

int admin_ban_seconds(struct call *k, const char **ret)
{
	const char *text = body_text(k, "ban_duration");
	*ret = NULL;
	if (!*text)
		return 0;
	int64_t n = strcmp(text, "none") ? duration_seconds(text) : 0;
	if (n < 0)
		return refuse(k, 400, "validation_failed",
			      "invalid format for ban duration: time: invalid duration \"%s\"",
			      text);
	*ret = arena_printf(k->a, "%lld", (long long)n);
	return 0;
}

void admin_ban(struct txn *t, const char *user_id, const char *seconds)
{
	if (!seconds)
		return;
	txn_add(t,
		"UPDATE auth.users SET banned_until = CASE WHEN $2::bigint = 0 THEN NULL ELSE "
		"now() + "
		"make_interval(secs => $2::float8) END WHERE id = $1::uuid",
		P(user_id, seconds));
}

const char *admin_traits(struct call *k, const char *user_id, const char *email)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	buf_printf(&b, "{\"user_id\":\"%s\",\"user_email\":", user_id);
	json_put_string(&b, str_of(email ? email : ""));
	buf_puts(&b, ",\"user_phone\":\"\"}");
	return buf_dup(k->a, &b);
}

static int number(struct call *k, const char *name, int64_t dflt, int64_t *ret)
{
	const char *text = query_text(k, name);
	*ret = dflt;
	if (!text || !*text)
		return 0;
	if (!str_to_i64(str_of(text), ret) || *ret < 0 || *ret > 1000000000)
		return refuse(
			k, 400, "validation_failed",
			"Bad Pagination Parameters: strconv.ParseUint: parsing \"%s\": invalid "
			"syntax",
			text);
	if (!*ret)
		*ret = dflt;
	return 0;
}

static void put_paging(struct call *k, int64_t page, int64_t per_page, int64_t total)
{
	int64_t last = (total + per_page - 1) / per_page;
	BUF_CLEANUP struct buf b = buf_make(1024);
	if (page < last)
		buf_printf(&b, "</admin/users?page=%lld&per_page=%lld>; rel=\"next\", ",
			   (long long)(page + 1), (long long)per_page);
	buf_printf(&b, "</admin/users?page=%lld&per_page=%lld>; rel=\"last\"",
		   (long long)(last ? last : 1), (long long)per_page);
	response_header(k->rs, "Link", buf_view(&b));
	response_headerf(k->rs, "X-Total-Count", "%lld", (long long)total);
}

int handle_admin_list(struct call *k)
{
	int64_t page, per_page, total = 0;
	struct user **v;
	size_t n;
	struct rows count;
	const char *filter = query_text(k, "filter");
	const char *like = filter && *filter ? arena_printf(k->a, "%%%s%%", filter) : NULL;
	static const char where[] =
		"WHERE u.instance_id = '00000000-0000-0000-0000-000000000000' AND u.aud = $1 AND "
		"($2::text IS NULL OR u.email LIKE $2 OR u.raw_user_meta_data ->> 'full_name' "
		"ILIKE "
		"$2)";
	TRY(number(k, "page", 1, &page));
	TRY(number(k, "per_page", PER_PAGE, &per_page));
	per_page = per_page > PER_PAGE_MAX ? PER_PAGE_MAX : per_page;
	TRY(txn_query(k, arena_printf(k->a, "SELECT count(*) FROM auth.users u %s", where),
		      P(k->aud, like), &count));
	str_to_i64(rows_at(&count, 0, 0), &total);
	TRY(users_list(k,
		       arena_printf(k->a,
				    "%s ORDER BY u.created_at DESC, u.id LIMIT %lld OFFSET %lld",
				    where, (long long)per_page, (long long)((page - 1) * per_page)),
		       P(k->aud, like), &v, &n));
	BUF_CLEANUP struct buf b = buf_make(64 << 20);
	buf_puts(&b, "{\"users\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		user_put(k, &b, v[i]);
	}
	buf_puts(&b, "],\"aud\":");
	json_put_string(&b, str_of(k->aud));
	buf_char(&b, '}');
	put_paging(k, page, per_page, total);
	return answer(k, 200, buf_view(&b));
}

int handle_admin_get(struct call *k)
{
	struct user *u;
	TRY(admin_user(k, &u));
	return answer_user(k, 200, u);
}

static int new_password(struct call *k, const char **ret)
{
	const char *password = body_text(k, "password"), *hash = body_text(k, "password_hash");
	if (*password && *hash)
		return refuse(k, 400, "validation_failed",
			      "Only a password or a password hash should be provided");
	if (*hash && !password_is_known_hash(hash))
		return refuse(k, 400, "validation_failed",
			      "Password hash is not in a supported format");
	*ret = *hash ? hash : NULL;
	if (!*password)
		return 0;
	if (strlen(password) > PASSWORD_MAX)
		return refuse(k, 400, "validation_failed",
			      "Password cannot be longer than %d characters", PASSWORD_MAX);
	return password_hash(k, password, ret);
}

static int check_id(struct call *k, const char **ret)
{
	const char *id = body_text(k, "id");
	*ret = *id ? str_dup(k->a, str_lower(k->a, str_of(id))) : new_uuid(k->a);
	if (!is_uuid(str_of(*ret)))
		return refuse(k, 400, "validation_failed", "ID must conform to the uuid v4 format");
	if (!strcmp(*ret, "00000000-0000-0000-0000-000000000000"))
		return refuse(k, 400, "validation_failed", "ID cannot be a nil uuid");
	return 0;
}

static int read_new(struct call *k, struct new_user *u)
{
	const char *email = body_text(k, "email"), *phone = body_text(k, "phone");
	const char *role = body_text(k, "role"), *app = body_object(k, "app_metadata");
	bool is_taken = false;
	if (!*email && !*phone)
		return refuse(k, 400, "validation_failed",
			      "Cannot create a user without either an email or phone");
	if (*email) {
		TRY(check_email(k, email, &u->email));
		TRY(email_is_taken(k, u->email, NULL, &is_taken));
	}
	if (is_taken)
		return refuse(k, 422, "email_exists",
			      "A user with this email address has already been registered");
	if (*phone)
		TRY(admin_check_phone(k, phone, NULL, &u->phone));
	TRY(new_password(k, &u->password_hash));
	TRY(check_id(k, &u->id));
	u->role = *role ? role : NULL;
	u->user_metadata = body_object(k, "user_metadata");
	const char *providers =
		u->email && u->phone
			? "{\"provider\":\"email\",\"providers\":[\"email\",\"phone\"]}"
		: u->email ? "{\"provider\":\"email\",\"providers\":[\"email\"]}"
			   : "{\"provider\":\"phone\",\"providers\":[\"phone\"]}";
	u->app_metadata = app ? merge_json(k, providers, app) : providers;
	return 0;
}

int handle_admin_create(struct call *k)
{
	struct new_user made = { 0 };
	struct user *u;
	struct txn t;
	const char *ban;
	TRY(read_new(k, &made));
	TRY(admin_ban_seconds(k, &ban));
	txn_begin(&t, k);
	txn_new_user(&t, &made, NULL);
	if (made.email && json_get_bool(k->body, "email_confirm", false))
		txn_confirm_email(&t, made.id);
	if (made.phone && json_get_bool(k->body, "phone_confirm", false))
		txn_add(&t, "UPDATE auth.users SET phone_confirmed_at = now() WHERE id = $1::uuid",
			P(made.id));
	admin_ban(&t, made.id, ban);
	txn_audit(&t, NULL, "user_signedup", admin_traits(k, made.id, made.email));
	TRY(txn_run(&t, "Database error creating new user"));
	TRY(user_by_id(k, made.id, &u));
	return u ? answer_user(k, 200, u) : refuse(k, 404, "user_not_found", "User not found");
}
