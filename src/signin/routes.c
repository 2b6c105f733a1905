#include "signin/routes.h"
#include "signin/oauth.h"

#include "base/arena.h"
#include "config/config.h"
#include "signin/signin_int.h"

#include <string.h>
#include <time.h>

static const struct route routes[] = {
	{ HTTP_GET, "/health", handle_health, NO_KEY, LIMIT_NONE },
	{ HTTP_GET, "/settings", handle_settings, 0, LIMIT_NONE },
	{ HTTP_GET, "/.well-known/jwks.json", handle_jwks, NO_KEY, LIMIT_NONE },
	{ HTTP_GET, "/.well-known/openid-configuration", handle_discovery, NO_KEY, LIMIT_NONE },
	{ HTTP_GET, "/.well-known/oauth-authorization-server", handle_discovery, NO_KEY,
	  LIMIT_NONE },

	{ HTTP_POST, "/signup", handle_signup, NEEDS_CAPTCHA, LIMIT_OWN },
	{ HTTP_POST, "/token", handle_token, NEEDS_CAPTCHA, LIMIT_OWN },
	{ HTTP_POST, "/otp", handle_otp, NEEDS_CAPTCHA, LIMIT_SIGN_IN },
	{ HTTP_POST, "/magiclink", handle_magiclink, NEEDS_CAPTCHA, LIMIT_SIGN_IN },
	{ HTTP_POST, "/recover", handle_recover, NEEDS_CAPTCHA, LIMIT_SIGN_IN },
	{ HTTP_POST, "/resend", handle_resend, NEEDS_CAPTCHA, LIMIT_SIGN_IN },
	{ HTTP_GET, "/verify", handle_verify_get, NO_KEY, LIMIT_VERIFY },
	{ HTTP_POST, "/verify", handle_verify_post, 0, LIMIT_VERIFY },

	{ HTTP_GET, "/authorize", handle_authorize, NO_KEY, LIMIT_SIGN_IN },
	{ HTTP_GET, "/callback", handle_callback, NO_KEY, LIMIT_NONE },
	{ HTTP_POST, "/callback", handle_callback, NO_KEY, LIMIT_NONE },
	{ HTTP_GET, "/user/identities/authorize", handle_link_identity, NEEDS_USER, LIMIT_NONE },
	{ HTTP_DELETE, "/user/identities/:", handle_unlink_identity, NEEDS_USER, LIMIT_NONE },

	{ HTTP_GET, "/user", handle_user_get, NEEDS_USER, LIMIT_NONE },
	{ HTTP_PUT, "/user", handle_user_put, NEEDS_USER, LIMIT_SIGN_IN },
	{ HTTP_POST, "/logout", handle_logout, NEEDS_USER, LIMIT_NONE },
	{ HTTP_GET, "/reauthenticate", handle_reauthenticate, NEEDS_USER, LIMIT_NONE },
	{ HTTP_POST, "/factors", handle_factor_enroll, NEEDS_USER | NEEDS_NO_ANON, LIMIT_NONE },
	{ HTTP_POST, "/factors/:/challenge", handle_factor_challenge, NEEDS_USER | NEEDS_NO_ANON,
	  LIMIT_MFA },
	{ HTTP_POST, "/factors/:/verify", handle_factor_verify, NEEDS_USER | NEEDS_NO_ANON,
	  LIMIT_MFA },
	{ HTTP_DELETE, "/factors/:", handle_factor_unenroll, NEEDS_USER | NEEDS_NO_ANON,
	  LIMIT_NONE },

	{ HTTP_POST, "/invite", handle_invite, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_POST, "/admin/generate_link", handle_generate_link, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_GET, "/admin/users", handle_admin_list, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_POST, "/admin/users", handle_admin_create, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_GET, "/admin/users/:", handle_admin_get, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_PUT, "/admin/users/:", handle_admin_put, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_DELETE, "/admin/users/:", handle_admin_delete, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_GET, "/admin/users/:/factors", handle_admin_factors, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_PUT, "/admin/users/:/factors/:", handle_admin_factor_put, NEEDS_ADMIN, LIMIT_NONE },
	{ HTTP_DELETE, "/admin/users/:/factors/:", handle_admin_factor_delete, NEEDS_ADMIN,
	  LIMIT_NONE },
	{ HTTP_GET, "/admin/audit", handle_audit, NEEDS_ADMIN, LIMIT_NONE },
};

static bool fits(const char *pattern, struct str path, struct str params[2])
{
	size_t n = 0;
	struct str want = str_of(pattern);
	while (want.p && path.p) {
		struct str a = str_split(&want, '/'), b = str_split(&path, '/');
		if (!str_is(a, ":")) {
			if (!str_eq(a, b))
				return false;
		} else if (!b.n || n == 2) {
			return false;
		} else {
			params[n++] = b;
		}
	}
	return !want.p && !path.p;
}

const struct route *route_find(struct call *k, struct str path, bool *ret_known)
{
	if (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	*ret_known = false;
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		struct str params[2] = { 0 };
		if (!fits(routes[i].path, path, params))
			continue;
		*ret_known = true;
		/* HEAD is not GET here: a mail scanner's look would use a link up. */
		if (routes[i].method != k->rq->method)
			continue;
		for (size_t j = 0; j < 2 && params[j].p; j++)
			k->params[j] = str_dup(k->a, str_lower(k->a, params[j]));
		return &routes[i];
	}
	return NULL;
}

static double seconds(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int refuse_limit(struct call *k, const char *code, const char *text, int64_t wait)
{
	atomic_fetch_add_explicit(&k->s->n_limited, 1, memory_order_relaxed);
	k->retry_after = wait;
	return refuse(k, 429, code, "%s", text);
}

/* GoTrue limits by the address in a proxy's header. Without one, requests from
 * this machine are a developer's, or a proxy's that says nothing: not limited. */
static bool is_exempt(const struct call *k)
{
	return !*k->s->o.cfg->auth.ip_header &&
	       (str_starts(str_of(k->ip), STR("127.")) || !strcmp(k->ip, "::1"));
}

static int take(struct call *k, const char *name, int64_t burst, double period)
{
	struct limit what = { name, (double)burst, period };
	int64_t wait = 0;
	if (is_exempt(k) || limits_take(k->s->limits, &what, str_of(k->ip), seconds(), &wait))
		return 0;
	return refuse_limit(k, "over_request_rate_limit", "Request rate limit reached", wait);
}

int limit_take(struct call *k, enum route_limit what)
{
	const struct config *cfg = k->s->o.cfg;
	switch (what) {
	case LIMIT_SIGN_IN:
		return take(k, "sign_in", cfg->auth.rate_signin, 300);
	case LIMIT_VERIFY:
		return take(k, "verify", cfg->auth.rate_verify, 300);
	case LIMIT_MFA:
		return take(k, "mfa", 15, 60);
	case LIMIT_NONE:
	case LIMIT_OWN:
		break;
	}
	return 0;
}

int limit_take_own(struct call *k, enum own_limit what)
{
	const struct config *cfg = k->s->o.cfg;
	if (what == OWN_ANONYMOUS)
		return take(k, "anonymous", cfg->auth.rate_anonymous, 3600);
	return take(k, "token", cfg->auth.rate_refresh, 300);
}

int limit_mail(struct call *k)
{
	const struct config *cfg = k->s->o.cfg;
	/* As the CLI: mail that a catcher takes is not limited. */
	struct limit what = { "mail",
			      cfg->mail.smtp_enabled ? (double)cfg->auth.rate_email : 360000,
			      3600 };
	int64_t wait = 0;
	if (limits_take(k->s->limits, &what, STR(""), seconds(), &wait))
		return 0;
	return refuse_limit(k, "over_email_send_rate_limit", "email rate limit exceeded", wait);
}

/* Per account and address, so that an attacker does not lock the victim out. */
static const struct limit wrong_passwords = { "account", 10, 300 };

static struct str account_key(struct call *k, const char *account)
{
	return str_of(arena_printf(k->a, "%s %s", k->ip, account));
}

int limit_check_account(struct call *k, const char *account)
{
	int64_t wait = 0;
	if (limits_has(k->s->limits, &wrong_passwords, account_key(k, account), seconds(), &wait))
		return 0;
	return refuse_limit(k, "over_request_rate_limit", "Request rate limit reached", wait);
}

bool limit_count_failure(struct call *k, const char *account)
{
	struct str key = account_key(k, account);
	int64_t wait = 0;
	atomic_fetch_add_explicit(&k->s->n_refused, 1, memory_order_relaxed);
	limits_take(k->s->limits, &wrong_passwords, key, seconds(), &wait);
	return !limits_has(k->s->limits, &wrong_passwords, key, seconds(), &wait);
}
