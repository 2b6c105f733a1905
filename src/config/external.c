/* [auth.external.*], [auth.hook.*], [auth.captcha]: what signs in elsewhere. */
#include "base/arena.h"
#include "config/reading.h"

#include <string.h>

const char *reading_member(struct reading *r, const char *section, const char *name)
{
	const char *path = arena_printf(r->c->arena, "%s.%s", section, name), *unset = NULL;
	const struct toml_node *n = reading_at(r, path);
	const char *text = n ? reading_text(r, n, &unset) : NULL;
	if (unset)
		reading_problem(r, CONFIG_WARNING, n, path,
				arena_printf(r->c->arena, "the variable %s is not set", unset),
				"Set it in the environment or in supabase/.env.");
	return text;
}

static bool is_true(struct reading *r, const char *section, const char *name)
{
	const char *text = reading_member(r, section, name);
	return text && strcmp(text, "true") == 0;
}

static const char *member(struct reading *r, const char *section, const char *name)
{
	const char *text = reading_member(r, section, name);
	return text ? text : "";
}

/* What is missing must stop the start: a provider without its client id would
 * take anybody's tokens. */
static void read_provider(struct reading *r, const struct toml_node *n, const char *section,
			  struct config_provider *p)
{
	struct config *cfg = r->cfg;
	p->name = str_dup(r->c->arena, n->key);
	p->client_id = member(r, section, "client_id");
	p->secret = member(r, section, "secret");
	p->url = member(r, section, "url");
	p->redirect_uri = member(r, section, "redirect_uri");
	p->skip_nonce_check = is_true(r, section, "skip_nonce_check");
	p->email_optional = is_true(r, section, "email_optional");
	if (!*p->redirect_uri)
		p->redirect_uri =
			arena_printf(r->c->arena, "%s/auth/v1/callback", cfg->api.external_url);
	if (!*p->client_id)
		reading_problem(r, CONFIG_ERROR, n, section, "is enabled without client_id",
				"Set the client id that the provider gave you.");
}

static bool is_http(const char *uri)
{
	return strncmp(uri, "http://", 7) == 0 || strncmp(uri, "https://", 8) == 0;
}

static void read_hook(struct reading *r, const struct toml_node *n, const char *section,
		      struct config_hook *h)
{
	h->name = str_dup(r->c->arena, n->key);
	h->uri = member(r, section, "uri");
	h->secrets = member(r, section, "secrets");
	bool is_function = strncmp(h->uri, "pg-functions://", 15) == 0;
	if (!is_function && !is_http(h->uri))
		reading_problem(r, CONFIG_ERROR, n, section, "has a uri of no known kind",
				"Write pg-functions://postgres/<schema>/<function>, or "
				"an http(s) URL.");
	if (strcmp(h->name, "send_sms") == 0 || strcmp(h->name, "after_user_created") == 0)
		reading_problem(r, CONFIG_WARNING, n, section, "is not called yet", NULL);
	if (is_http(h->uri) && strncmp(h->secrets, "v1,whsec_", 9) != 0)
		reading_problem(r, CONFIG_ERROR, n, section, "calls a URL without a secret",
				"Set secrets = \"v1,whsec_<base64>\".");
}

/* How many tables stand in a section. */
static size_t count_tables(struct reading *r, const char *section)
{
	const struct toml_node *table = reading_at(r, section);
	size_t n = 0;
	for (const struct toml_node *k = table ? table->child : NULL; k; k = k->next)
		n += k->kind == TOML_TABLE;
	return n;
}

static const char *below(struct reading *r, const char *section, const struct toml_node *n)
{
	return arena_printf(r->c->arena, "%s.%.*s", section, STR_ARG(n->key));
}

static void read_providers(struct reading *r)
{
	struct config_external *x = &r->cfg->external;
	const struct toml_node *table = reading_at(r, "auth.external");
	x->providers = arena_array(r->c->arena, count_tables(r, "auth.external") + 1,
				   sizeof(*x->providers));
	for (const struct toml_node *n = table ? table->child : NULL; n; n = n->next) {
		const char *section = below(r, "auth.external", n);
		if (n->kind == TOML_TABLE && is_true(r, section, "enabled"))
			read_provider(r, n, section, &x->providers[x->n_providers++]);
	}
}

static void read_hooks(struct reading *r)
{
	struct config_external *x = &r->cfg->external;
	const struct toml_node *table = reading_at(r, "auth.hook");
	x->hooks = arena_array(r->c->arena, count_tables(r, "auth.hook") + 1, sizeof(*x->hooks));
	for (const struct toml_node *n = table ? table->child : NULL; n; n = n->next) {
		const char *section = below(r, "auth.hook", n);
		if (n->kind == TOML_TABLE && is_true(r, section, "enabled"))
			read_hook(r, n, section, &x->hooks[x->n_hooks++]);
	}
}

static void read_captcha(struct reading *r)
{
	struct config_external *x = &r->cfg->external;
	if (!is_true(r, "auth.captcha", "enabled"))
		return;
	x->captcha_provider = member(r, "auth.captcha", "provider");
	x->captcha_secret = member(r, "auth.captcha", "secret");
	bool is_known = strcmp(x->captcha_provider, "hcaptcha") == 0 ||
			strcmp(x->captcha_provider, "turnstile") == 0;
	if (!is_known || !*x->captcha_secret)
		reading_problem(r, CONFIG_ERROR, reading_at(r, "auth.captcha"), "auth.captcha",
				"is enabled without a known provider and a secret",
				"Set provider to hcaptcha or turnstile, and its secret.");
}

void reading_external(struct reading *r)
{
	read_providers(r);
	read_hooks(r);
	read_captcha(r);
}
