/* The table of routes (routes.c) and the handlers behind it. */
#ifndef SIGNIN_ROUTES_H
#define SIGNIN_ROUTES_H

#include "net/request.h"
#include "signin/call.h"

enum route_needs {
	NEEDS_NONE,
	NEEDS_USER = 1,	   /* a user's token whose user and session exist */
	NEEDS_ADMIN = 2,   /* a token of service_role or supabase_admin */
	NEEDS_CAPTCHA = 8, /* when [auth.captcha] is on, and the caller is no admin */
	NEEDS_NO_ANON = 4, /* not for anonymous users; with NEEDS_USER */
	NO_KEY = 16,	   /* links in mails and what others fetch: without an apikey */
};

enum route_limit {
	LIMIT_NONE,
	LIMIT_SIGN_IN, /* [auth.rate_limit].sign_in_sign_ups */
	LIMIT_VERIFY,
	LIMIT_MFA,
	LIMIT_OWN, /* the handler takes one */
};

struct route {
	enum http_method method;
	const char *path; /* ":" stands for one UUID */
	int (*handler)(struct call *k);
	unsigned needs;
	enum route_limit limit;
};

/* NULL when there is none; *ret_allowed: another method has this path. */
const struct route *route_find(struct call *k, struct str path, bool *ret_known);

/* Takes a token of the caller's address, 429 without. */
int limit_take(struct call *k, enum route_limit what);
enum own_limit { OWN_REFRESH, OWN_ANONYMOUS };
int limit_take_own(struct call *k, enum own_limit what);
/* The whole project's mails an hour. */
int limit_mail(struct call *k);
/* Wrong passwords of one account from one address. */
int limit_check_account(struct call *k, const char *account);
/* True when this one was the last for a while. */
bool limit_count_failure(struct call *k, const char *account);

/* For a handler whose route does not ask: the caller's user, or an error. */
int require_user(struct call *k);

int handle_health(struct call *k);
int handle_settings(struct call *k);
int handle_jwks(struct call *k);
int handle_discovery(struct call *k);
int handle_signup(struct call *k);
int handle_token(struct call *k);
int handle_user_get(struct call *k);
int handle_user_put(struct call *k);
int handle_logout(struct call *k);
int handle_otp(struct call *k);
int handle_magiclink(struct call *k);
int handle_recover(struct call *k);
int handle_resend(struct call *k);
int handle_reauthenticate(struct call *k);
int handle_verify_get(struct call *k);
int handle_verify_post(struct call *k);
int handle_invite(struct call *k);
int handle_generate_link(struct call *k);
int handle_admin_list(struct call *k);
int handle_admin_create(struct call *k);
int handle_admin_get(struct call *k);
int handle_admin_put(struct call *k);
int handle_admin_delete(struct call *k);
int handle_admin_factors(struct call *k);
int handle_admin_factor_put(struct call *k);
int handle_admin_factor_delete(struct call *k);
int handle_audit(struct call *k);
int handle_factor_enroll(struct call *k);
int handle_factor_challenge(struct call *k);
int handle_factor_verify(struct call *k);
int handle_factor_unenroll(struct call *k);

#endif
