#include "external/captcha.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/provider_int.h"
#include "net/client.h"

#include <stdlib.h>
#include <string.h>

enum { FORM_MAX = 16 << 10 };

bool captcha_is_enabled(const struct config *cfg)
{
	return cfg->external.captcha_provider != NULL;
}

/* BEDPLATE_TEST_CAPTCHA_URL stands in for the provider in tests. */
static const char *url_of(const struct config *cfg)
{
	const char *test = getenv("BEDPLATE_TEST_CAPTCHA_URL");
	if (test && *test)
		return test;
	return strcmp(cfg->external.captcha_provider, "hcaptcha") == 0
		       ? "https://hcaptcha.com/siteverify"
		       : "https://challenges.cloudflare.com/turnstile/v0/siteverify";
}

static int refuse(struct ctx *c, const struct json *answer)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	const struct json *codes = json_get(answer, "error-codes");
	for (const struct json *v = codes ? codes->child : NULL; v; v = v->next)
		if (v->kind == JSON_STRING) {
			buf_puts(&b, b.n ? ", " : "");
			buf_str(&b, v->text);
		}
	err_set(c, "captcha_failed", "captcha protection: request disallowed (%s)",
		buf_dup(c->arena, &b));
	return err_http(c, 400);
}

int captcha_verify(struct ctx *c, const struct config *cfg, struct http_client *client,
		   struct str token, struct str ip)
{
	BUF_CLEANUP struct buf form = buf_make(FORM_MAX);
	struct http_header header = { STR("Content-Type"),
				      STR("application/x-www-form-urlencoded") };
	struct http_answer a;
	struct json *answer;
	token = str_trim(token);
	if (!token.n) {
		err_set(c, "captcha_failed",
			"captcha protection: request disallowed (no captcha_token found)");
		return err_http(c, 400);
	}
	put_parameter(&form, "secret", str_trim(str_of(cfg->external.captcha_secret)));
	put_parameter(&form, "response", token);
	put_parameter(&form, "remoteip", ip);
	struct http_call call = {
		.url = url_of(cfg), .headers = &header, .n_headers = 1, .body = buf_view(&form)
	};
	if (!buf_ok(&form) || http_client_call(c, client, &call, &a) < 0 ||
	    json_parse(c, a.body, (struct json_limits){ 16, 1000 }, &answer) < 0) {
		err_set(c, "unexpected_failure", "captcha verification process failed");
		return err_http(c, 500);
	}
	return json_get_bool(answer, "success", false) ? 0 : refuse(c, answer);
}
