/* Captchas: hCaptcha and Cloudflare Turnstile, asked whether a person is there. */
#ifndef EXTERNAL_CAPTCHA_H
#define EXTERNAL_CAPTCHA_H

#include "base/str.h"

struct config;
struct ctx;
struct http_client;

/* True when [auth.captcha] is enabled. */
bool captcha_is_enabled(const struct config *cfg);

/*
 * Asks the provider about a token from a client; may suspend. Errors as
 * upstream's: captcha_failed 400 without a token or when it is refused (the
 * provider's codes in the message), unexpected_failure 500 when the provider
 * cannot be asked.
 */
int captcha_verify(struct ctx *c, const struct config *cfg, struct http_client *client,
		   struct str token, struct str ip);

#endif
