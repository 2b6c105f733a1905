/*
 * Sessions, refresh tokens and access tokens.
 *
 *	struct issued in;
 *	session_issue(&t, user_id, "password", &in);
 *	TRY(txn_run(&t, "..."));
 *	return session_answer(k, &in);
 *
 * Whoever signs somebody in (password, one-time token, OAuth) ends this way.
 */
#ifndef SIGNIN_SESSION_H
#define SIGNIN_SESSION_H

#include "signin/txn.h"
#include "signin/user.h"

struct buf;

struct issued {
	const char *user_id, *session_id, *refresh_token;
	const char *method; /* as in amr; NULL: the session is refreshed */
	/* Of an OAuth sign-in; NULL none. */
	const char *provider_token, *provider_refresh_token;
	const char *weak_reasons; /* JSON members; NULL: no hint */
};

/* Appends a new session of aal1 with its first refresh token; method as in amr
 * ("password", "otp", "oauth", "recovery", ...). */
void session_issue(struct txn *t, const char *user_id, const char *method, struct issued *ret);

/* After the commit: the session as the client gets it. Suspends. */
int session_answer(struct call *k, const struct issued *in);
/* The same as query parameters for a redirect's fragment, sorted by name. */
int session_put_fragment(struct call *k, struct buf *b, const struct issued *in, const char *type);

/* A successor of the session's refresh token, for a change of its assurance level. */
int session_swap_token(struct txn *t, const char *session_id, const char *user_id,
		       const char **ret_token);

/* When a session began and was used; Unix seconds, 0 never. */
struct session_times {
	int64_t created_at, refreshed_at, not_after, banned_until;
	bool has_newer; /* another session of the user was used later */
};
/* 400 session_expired or user_banned, as [auth.sessions] says. */
int session_check_times(struct call *k, const struct session_times *t);

int token_refresh(struct call *k); /* grant_type=refresh_token */
int token_pkce(struct call *k);	   /* grant_type=pkce */

#endif
