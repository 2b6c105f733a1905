#include "app/command.h"
#include "app/project.h"
#include "app/term.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"

#include <sys/random.h>

enum { SECRET_BYTES = 48, OPAQUE_BYTES = 22 };

static int random_text(struct ctx *c, size_t bytes, const char **ret)
{
	char raw[64];
	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		return err_set(c, "58000", "the system gave no random bytes");
	*ret = b64url_encode(c->arena, (struct str){ raw, bytes });
	return 0;
}

static int print_new(struct app *app)
{
	const char *secret, *publishable, *private;
	if (random_text(app->c, SECRET_BYTES, &secret) < 0 ||
	    random_text(app->c, OPAQUE_BYTES, &publishable) < 0 ||
	    random_text(app->c, OPAQUE_BYTES, &private) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	printf("SUPABASE_AUTH_JWT_SECRET=%s\n"
	       "SUPABASE_AUTH_PUBLISHABLE_KEY=sb_publishable_%s\n"
	       "SUPABASE_AUTH_SECRET_KEY=sb_secret_%s\n",
	       secret, publishable, private);
	return EXIT_OK;
}

static void print_json(const struct config *cfg, const struct auth *auth)
{
	const char *const rows[][2] = {
		{ "publishable_key", cfg->auth.publishable_key },
		{ "secret_key", cfg->auth.secret_key },
		{ "anon_key", auth_anon_key(auth) },
		{ "service_role_key", auth_service_role_key(auth) },
	};
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	for (size_t i = 0; i < 4; i++) {
		buf_printf(&b, "%s\"%s\":", i ? "," : "{", rows[i][0]);
		json_put_string(&b, str_of(rows[i][1]));
	}
	printf("%.*s,\"demo\":%s}\n", STR_ARG(buf_view(&b)),
	       config_uses_demo_secret(cfg) ? "true" : "false");
}

static void print_pretty(const struct config *cfg, const struct auth *auth)
{
	printf("publishable key   %s\nsecret key        %s\nanon key          %s\n"
	       "service_role key  %s\n",
	       cfg->auth.publishable_key, cfg->auth.secret_key, auth_anon_key(auth),
	       auth_service_role_key(auth));
	if (config_uses_demo_secret(cfg))
		term_warn("these are the keys of `supabase start`, which everybody knows; for "
			  "production: bedplate keys --new >> supabase/.env");
}

int cmd_keys(struct app *app)
{
	struct config *cfg;
	struct auth *auth;
	if (option_given(&app->options, "new"))
		return print_new(app);
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	if (auth_new(app->c, cfg, &auth) < 0) {
		term_error(app->c);
		config_free(cfg);
		return EXIT_FAILED;
	}
	if (app->is_json)
		print_json(cfg, auth);
	else
		print_pretty(cfg, auth);
	auth_free(auth);
	config_free(cfg);
	return EXIT_OK;
}
