/* grant_type=refresh_token: rotation, the reuse interval, revoking a family. */
#include "base/arena.h"
#include "config/config.h"
#include "net/request.h"
#include "signin/counted.h"
#include "signin/session.h"
#include "signin/signin_int.h"

#include <string.h>

enum { TRIES = 4, TOKEN_MIN = 12 };

struct presented {
	const char *row_id, *token, *session_id, *user_id;
	bool is_revoked;
	int64_t updated_at;
	struct session_times when;
	const char *active, *active_parent; /* the session's token that works, NULL none */
};

static int64_t number_at(const struct rows *r, size_t col)
{
	int64_t n = 0;
	struct str s = rows_at(r, 0, col);
	if (s.p)
		str_to_i64(s, &n);
	return n;
}

/* Times as Unix seconds. The session's active token is its newest not revoked. */
static const char find_sql[] =
	"SELECT r.id, r.session_id, r.user_id, r.revoked, "
	"floor(extract(epoch FROM r.updated_at))::bigint, s.id, "
	"floor(extract(epoch FROM s.created_at))::bigint, "
	"floor(extract(epoch FROM s.refreshed_at))::bigint, "
	"floor(extract(epoch FROM s.not_after))::bigint, "
	"floor(extract(epoch FROM u.banned_until))::bigint, a.token, a.parent, "
	"EXISTS (SELECT 1 FROM auth.sessions o WHERE o.user_id = s.user_id AND o.id <> s.id "
	"AND coalesce(o.refreshed_at, o.created_at::timestamp) > "
	"coalesce(s.refreshed_at, s.created_at::timestamp)) "
	"FROM auth.refresh_tokens r "
	"LEFT JOIN auth.sessions s ON s.id = r.session_id "
	"LEFT JOIN auth.users u ON u.id = s.user_id "
	"LEFT JOIN auth.refresh_tokens a ON a.id = (SELECT max(x.id) FROM auth.refresh_tokens x "
	"WHERE x.session_id = r.session_id AND x.revoked = false) "
	"WHERE r.token = $1";

static int find(struct call *k, const char *token, struct presented *ret)
{
	struct rows r;
	TRY(txn_query(k, find_sql, P(token), &r));
	if (!r.n)
		return refuse(k, 400, "refresh_token_not_found",
			      "Invalid Refresh Token: Refresh Token Not Found");
	if (!rows_at(&r, 0, 5).p)
		return refuse(k, 400, "session_not_found",
			      "Invalid Refresh Token: No Valid Session Found");
	*ret = (struct presented){ .row_id = rows_text(k, &r, 0, 0),
				   .token = token,
				   .session_id = rows_text(k, &r, 0, 1),
				   .user_id = rows_text(k, &r, 0, 2),
				   .is_revoked = rows_at(&r, 0, 3).p[0] == 't',
				   .updated_at = number_at(&r, 4),
				   .when = { .created_at = number_at(&r, 6),
					     .refreshed_at = number_at(&r, 7),
					     .not_after = number_at(&r, 8),
					     .banned_until = number_at(&r, 9),
					     .has_newer = rows_at(&r, 0, 12).p[0] == 't' },
				   .active = rows_text(k, &r, 0, 10),
				   .active_parent = rows_text(k, &r, 0, 11) };
	if (!ret->when.refreshed_at && ret->updated_at > ret->when.created_at)
		ret->when.refreshed_at = ret->updated_at;
	return 0;
}

int session_check_times(struct call *k, const struct session_times *t)
{
	int64_t now = unix_now(), last = t->refreshed_at ? t->refreshed_at : t->created_at;
	if (t->banned_until > now)
		return refuse(k, 400, "user_banned", "Invalid Refresh Token: User Banned");
	if ((t->not_after && now > t->not_after) ||
	    (k->s->timebox > 0 && now > t->created_at + k->s->timebox))
		return refuse(k, 400, "session_expired", "Invalid Refresh Token: Session Expired");
	if (k->s->inactivity > 0 && now > last + k->s->inactivity)
		return refuse(k, 400, "session_expired",
			      "Invalid Refresh Token: Session Expired (Inactivity)");
	if (k->s->o.cfg->auth.single_per_user && t->has_newer)
		return refuse(k, 400, "session_expired",
			      "Invalid Refresh Token: Session Expired (Revoked by Newer Login)");
	return 0;
}

/* A used token came again, too late to be a lost answer: whoever has the family,
 * it is not only the user. */
static int end_family(struct call *k, const struct presented *p)
{
	struct txn t;
	txn_begin(&t, k);
	if (k->s->o.cfg->auth.is_rotating) {
		txn_add(&t,
			"UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE "
			"session_id = $1::uuid AND revoked = false",
			P(p->session_id));
		TRY(txn_run(&t, "Error revoking refresh tokens"));
	}
	return refuse(k, 400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
}

static void touch(struct txn *t, const struct presented *p)
{
	struct str agent = request_header(t->k->rq, "User-Agent");
	struct user actor = { .id = p->user_id, .email = "", .phone = "", .user_metadata = "{}" };
	txn_add(t,
		"UPDATE auth.sessions SET refreshed_at = (now() AT TIME ZONE 'utc'), user_agent = "
		"$2, "
		"ip = $3::inet WHERE id = $1::uuid",
		P(p->session_id, agent.p ? str_dup(t->k->a, str_sub(agent, 0, 1024)) : NULL,
		  t->k->ip));
	txn_expect_one(t, 400, "session_not_found",
		       "Invalid Refresh Token: No Valid Session Found");
	txn_audit(t, &actor, "token_refreshed", NULL);
}

/* The next token of the family; 409 when another request was faster. */
static int rotate(struct call *k, const struct presented *p, const char **ret_token)
{
	struct txn t;
	struct user actor = { .id = p->user_id, .email = "", .phone = "", .user_metadata = "{}" };
	*ret_token = new_random(k->a, "abcdefghijklmnopqrstuvwxyz234567", TOKEN_MIN);
	txn_begin(&t, k);
	txn_add(&t,
		p->is_revoked
			? "UPDATE auth.refresh_tokens SET revoked = true WHERE id = $1::bigint AND "
			  "revoked = true AND NOT EXISTS (SELECT 1 FROM auth.refresh_tokens c "
			  "WHERE "
			  "c.session_id = refresh_tokens.session_id AND c.parent = "
			  "refresh_tokens.token "
			  "AND c.revoked = false)"
			: "UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE "
			  "id = $1::bigint AND revoked = false",
		P(p->row_id));
	txn_expect_one(&t, 409, "conflict",
		       "Too many concurrent token refresh requests on the same session or refresh "
		       "token");
	txn_add(&t,
		"INSERT INTO auth.refresh_tokens (instance_id, token, user_id, revoked, "
		"created_at, "
		"updated_at, parent, session_id) VALUES ('00000000-0000-0000-0000-000000000000', "
		"$1, "
		"$2, false, now(), now(), $3, $4::uuid)",
		P(*ret_token, p->user_id, p->token, p->session_id));
	touch(&t, p);
	txn_audit(&t, &actor, "token_revoked", NULL);
	return txn_run(&t, "Error refreshing the session");
}

static int again(struct call *k, const struct presented *p, const char **ret_token)
{
	struct txn t;
	*ret_token = p->active;
	txn_begin(&t, k);
	touch(&t, p);
	return txn_run(&t, "Error refreshing the session");
}

static int refresh(struct call *k, const char *token, struct issued *ret)
{
	struct presented p;
	struct counted counted;
	if (counted_parse(k->a, str_of(token), &counted))
		return counted_refresh(k, &counted, ret);
	TRY(find(k, token, &p));
	TRY(session_check_times(k, &p.when));
	*ret = (struct issued){ .user_id = p.user_id, .session_id = p.session_id };
	if (!p.is_revoked)
		return rotate(k, &p, &ret->refresh_token);
	/* The client never saw the answer with the next one. */
	if (p.active && p.active_parent && !strcmp(p.active_parent, token))
		return again(k, &p, &ret->refresh_token);
	/* Without any active token the family has been ended. */
	if (!p.active || unix_now() > p.updated_at + k->s->o.cfg->auth.reuse_interval)
		return end_family(k, &p);
	return rotate(k, &p, &ret->refresh_token);
}

int token_refresh(struct call *k)
{
	const char *token = body_text(k, "refresh_token");
	struct issued in;
	if (strlen(token) < TOKEN_MIN)
		return refuse(k, 400, "validation_failed", "Refresh token is not valid");
	for (int i = 0; refresh(k, token, &in) < 0; i++)
		if (k->c->err.http_status != 409 || i == TRIES)
			return -1;
	atomic_fetch_add_explicit(&k->s->n_refreshed, 1, memory_order_relaxed);
	return session_answer(k, &in);
}
