#include "app/command.h"
#include "app/project.h"
#include "app/term.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"

#include <string.h>
#include <time.h>

enum { CLAIMS_MAX = 8 << 10 };

/* The claims of --claims, NULL without. */
static int extra_claims(struct app *app, struct json **ret)
{
	const char *text = option_value(&app->options, "claims", NULL);
	*ret = NULL;
	if (!text)
		return 0;
	struct json *v;
	if (json_parse(app->c, str_of(text), (struct json_limits){ 32, 1000 }, &v) < 0)
		return err_wrap(app->c, "--claims");
	if (v->kind != JSON_OBJECT)
		return err_set(app->c, "22023", "--claims takes one JSON object");
	*ret = v;
	return 0;
}

static void put_text(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, ",\"%s\":", name);
	json_put_string(b, str_of(value));
}

/* GoTrue's claims; those of --claims replace them. */
static int build_claims(struct app *app, const struct config *cfg, struct buf *b, int64_t *ret_exp)
{
	struct json *extra;
	int64_t seconds = cfg->auth.jwt_expiry, now = time(NULL);
	const char *expires = option_value(&app->options, "expires", NULL);
	const char *sub = option_value(&app->options, "sub", NULL);
	const char *role = option_value(&app->options, "role", cfg->server.authenticated_role);
	TRY(extra_claims(app, &extra));
	if (expires && !duration_parse(str_of(expires), &seconds))
		return err_set(app->c, "22023",
			       "--expires takes a time such as 90s, 15m, 1h or 7d");
	*ret_exp = now + seconds;
	buf_printf(b, "{\"iat\":%lld", (long long)now);
	if (!json_get(extra, "exp"))
		buf_printf(b, ",\"exp\":%lld", (long long)*ret_exp);
	if (!json_get(extra, "iss"))
		put_text(b, "iss", cfg->auth.jwt_issuer);
	if (!json_get(extra, "aud") && strcmp(role, "authenticated") == 0)
		put_text(b, "aud", "authenticated");
	if (!json_get(extra, "role"))
		put_text(b, "role", role);
	if (sub && !json_get(extra, "sub"))
		put_text(b, "sub", sub);
	for (const struct json *m = extra ? extra->child : NULL; m; m = m->next) {
		buf_char(b, ',');
		json_put_string(b, m->key);
		buf_char(b, ':');
		json_put(b, m);
	}
	buf_char(b, '}');
	return buf_ok(b) ? 0 : err_set(app->c, "54000", "the claims are too large");
}

static int mint(struct app *app, const struct config *cfg)
{
	struct auth *auth;
	const char *token = NULL;
	int64_t exp = 0;
	BUF_CLEANUP struct buf claims = buf_make(CLAIMS_MAX);
	TRY(build_claims(app, cfg, &claims, &exp));
	TRY(auth_new(app->c, cfg, &auth));
	int rc = auth_sign(app->c, auth, buf_view(&claims), &token);
	auth_free(auth);
	if (rc < 0)
		return -1;
	if (app->is_json)
		printf("{\"token\":\"%s\",\"claims\":%.*s}\n", token, STR_ARG(buf_view(&claims)));
	else
		printf("%s\n", token);
	return 0;
}

int cmd_token(struct app *app)
{
	struct config *cfg;
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	int rc = mint(app, cfg);
	if (rc < 0)
		term_error(app->c);
	config_free(cfg);
	return rc < 0 ? EXIT_FAILED : EXIT_OK;
}
