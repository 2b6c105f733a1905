/* [auth] of config.toml, and of [bedplate] what concerns it. */
#ifndef CONFIG_AUTH_H
#define CONFIG_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of NUL-terminated strings. */
struct config_list {
	const char **v;
	size_t n;
};

struct config_third_party {
	const char *provider; /* "firebase", "auth0", "aws_cognito", "clerk", "workos" */
	const char *issuer;   /* the iss claim of its tokens */
};

struct config_auth {
	int64_t jwt_expiry; /* seconds */
	/* A secret of 32 bytes or more, or the text of a JWK or JWKS. */
	const char *jwt_secret;
	const char *jwt_issuer;	       /* never NULL */
	const char *signing_keys_path; /* absolute, or NULL */
	const char *publishable_key;
	const char *secret_key;
	const char *anon_key;	      /* a JWT, or NULL: minted by auth_new() */
	const char *service_role_key; /* likewise */
	struct config_third_party *third_party;
	size_t n_third_party; /* the enabled ones */

	bool enabled;
	const char *site_url;
	const char *external_url; /* as clients see the service; "": from the API's URL */
	struct config_list redirect_urls;
	bool is_rotating;
	const char *refresh_tokens; /* opaque, counted */
	int64_t reuse_interval;	    /* seconds */
	bool enable_signup, enable_anonymous, enable_manual_linking;
	const char *password_requirements; /* letters_digits, ... */
	const char *password_hash;	   /* bcrypt, argon2id */
	bool email_enabled, double_confirm, confirm_email, secure_password_change;
	const char *max_frequency; /* a Go duration, as the two below: "1m0s" */
	const char *timebox, *inactivity_timeout;
	int64_t otp_length, otp_expiry;
	bool single_per_user;
	int64_t mfa_max, password_min;
	bool totp_enroll, totp_verify;
	const char *ip_header;
	int64_t rate_email, rate_anonymous, rate_refresh, rate_signin, rate_verify;
};

#endif
