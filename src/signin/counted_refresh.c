/* Refreshing a session whose tokens are counted. */
#include "base/arena.h"
#include "base/b64.h"
#include "config/config.h"
#include "net/request.h"
#include "signin/counted.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

static const char find_sql[] =
	"SELECT s.user_id, s.refresh_token_hmac_key, s.refresh_token_counter, "
	"floor(extract(epoch FROM s.created_at))::bigint, "
	"floor(extract(epoch FROM s.refreshed_at))::bigint, "
	"floor(extract(epoch FROM s.not_after))::bigint, "
	"floor(extract(epoch FROM u.banned_until))::bigint, "
	"EXISTS (SELECT 1 FROM auth.sessions o WHERE o.user_id = s.user_id AND o.id <> s.id "
	"AND coalesce(o.refreshed_at, o.created_at::timestamp) > "
	"coalesce(s.refreshed_at, s.created_at::timestamp)) "
	"FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id "
	"WHERE s.id = $1::uuid AND s.refresh_token_hmac_key IS NOT NULL";

static int64_t number(const struct rows *r, size_t col)
{
	int64_t n = 0;
	if (rows_at(r, 0, col).p)
		str_to_i64(rows_at(r, 0, col), &n);
	return n;
}

static int already_used(struct call *k, const struct counted *t)
{
	struct txn x;
	txn_begin(&x, k);
	if (k->s->o.cfg->auth.is_rotating) {
		txn_add(&x, "DELETE FROM auth.sessions WHERE id = $1::uuid", P(t->session_id));
		TRY(txn_run(&x, "Error ending the session"));
	}
	return refuse(k, 400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
}

/* Counts on from `counter`, unless another request has. */
static int advance(struct call *k, const struct counted *t, const char *user_id, int64_t counter,
		   int64_t step)
{
	struct txn x;
	struct str agent = request_header(k->rq, "User-Agent");
	struct user actor = { .id = user_id, .email = "", .phone = "", .user_metadata = "{}" };
	txn_begin(&x, k);
	txn_add(&x,
		"UPDATE auth.sessions SET refresh_token_counter = refresh_token_counter + "
		"$3::bigint, refreshed_at = (now() AT TIME ZONE 'utc'), user_agent = $4, ip = "
		"$5::inet WHERE id = $1::uuid AND refresh_token_counter = $2::bigint",
		P(t->session_id, arena_printf(k->a, "%lld", (long long)counter),
		  arena_printf(k->a, "%lld", (long long)step),
		  agent.p ? str_dup(k->a, str_sub(agent, 0, 1024)) : NULL, k->ip));
	txn_expect_one(&x, 409, "conflict",
		       "Too many concurrent token refresh requests on the same session or refresh "
		       "token");
	txn_audit(&x, &actor, "token_refreshed", NULL);
	return txn_run(&x, "Error refreshing the session");
}

int counted_refresh(struct call *k, const struct counted *t, struct issued *ret)
{
	struct rows r;
	struct str key;
	TRY(txn_query(k, find_sql, P(t->session_id), &r));
	if (!r.n || !b64url_decode(k->a, rows_at(&r, 0, 1), &key) || !counted_is_signed(t, key))
		return refuse(k, 400, "refresh_token_not_found",
			      "Invalid Refresh Token: Refresh Token Not Found");
	struct session_times when = { .created_at = number(&r, 3),
				      .refreshed_at = number(&r, 4),
				      .not_after = number(&r, 5),
				      .banned_until = number(&r, 6),
				      .has_newer = rows_at(&r, 0, 7).p[0] == 't' };
	int64_t counter = number(&r, 2), behind = counter - t->counter;
	TRY(session_check_times(k, &when));
	if (behind < 0)
		return refuse(k, 400, "validation_failed",
			      "Invalid Refresh Token: Not Issued By This Server");
	bool is_concurrent = unix_now() <= when.refreshed_at + k->s->o.cfg->auth.reuse_interval;
	if (behind > 1 && !is_concurrent)
		return already_used(k, t);
	const char *user_id = rows_text(k, &r, 0, 0);
	TRY(advance(k, t, user_id, counter, behind == 0));
	*ret = (struct issued){ .user_id = user_id,
				.session_id = t->session_id,
				.refresh_token = counted_make(k->a, t->session_id,
							      counter + (behind == 0), key) };
	return ret->refresh_token ? 0 : refuse_internal(k, "Error refreshing the session");
}
